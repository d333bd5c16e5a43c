"""conv2d_functional: convolution of one image as functions, channels last."""
