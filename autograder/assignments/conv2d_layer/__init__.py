"""conv2d_layer: a convolutional layer as one class, channels first."""
