"""A convolutional network of any depth: convolutions with activations, Flatten, one linear layer."""

import numpy as np
from Conv1d import Conv1d
from flatten import Flatten
from linear import Linear


class CNN:
    """Convolution and activation, as often as asked, then Flatten and a linear layer.

    Parameters
    ----------
    input_width : int
        The width of each sample.
    num_input_channels : int
        The channels of each sample.
    num_channels, kernel_sizes, strides : sequence of int
        Output channels, kernel size and stride of each convolution; none is padded.
    num_linear_neurons : int
        The number of outputs.
    activations : sequence of layers
        One object of `activation` for each convolution; it follows that convolution.
    conv_weight_init_fn : callable or None
        ``conv_weight_init_fn(Cout, Cin, K)``, handed to each convolution.
    bias_init_fn : callable or None
        ``bias_init_fn(Cout)``, handed to each convolution, and used for the linear layer's bias too.
    linear_weight_init_fn : callable or None
        ``linear_weight_init_fn(out_features, in_features)`` gives the linear layer's ``W``. Without a
        function, a layer's own default stays.
    criterion : object of `loss`
        What the network is trained to make small.
    lr : float
        The learning rate of `step`.

    Attributes
    ----------
    convolutional_layers : list of Conv1d
    flatten : Flatten
    linear_layer : Linear
    layers : list
        All layers in order: convolution, its activation, …, flatten, linear layer.
    Z : ndarray (N, num_linear_neurons)
        The last output.
    loss : float
        The last loss.
    """

    def __init__(
        self,
        input_width,
        num_input_channels,
        num_channels,
        kernel_sizes,
        strides,
        num_linear_neurons,
        activations,
        conv_weight_init_fn,
        bias_init_fn,
        linear_weight_init_fn,
        criterion,
        lr,
    ):
        self.train_mode = True
        self.activations = activations
        self.criterion = criterion
        self.lr = lr

        # <solution: follow the width through the convolutions, for the linear layer needs to know how
        # many values are left. Set convolutional_layers, flatten, linear_layer and layers>
        self.convolutional_layers = []
        self.layers = []
        channels, width = num_input_channels, input_width
        for out_channels, K, s, activation in zip(num_channels, kernel_sizes, strides, activations, strict=True):
            convolution = Conv1d(
                channels, out_channels, K, s, weight_init_fn=conv_weight_init_fn, bias_init_fn=bias_init_fn
            )
            self.convolutional_layers.append(convolution)
            self.layers += [convolution, activation]
            channels, width = out_channels, (width - K) // s + 1

        self.flatten = Flatten()
        self.linear_layer = Linear(channels * width, num_linear_neurons)
        if linear_weight_init_fn is not None:
            self.linear_layer.W = linear_weight_init_fn(num_linear_neurons, channels * width)
        if bias_init_fn is not None:
            self.linear_layer.b = np.reshape(bias_init_fn(num_linear_neurons), (num_linear_neurons, 1))
        self.layers += [self.flatten, self.linear_layer]
        # </solution>

    def forward(self, A):
        """Compute the logits.

        Parameters
        ----------
        A : ndarray (N, num_input_channels, input_width)
            The samples.

        Returns
        -------
        Z : ndarray (N, num_linear_neurons)
            Also kept as ``Z``.
        """
        # <solution: through the layers; keep the result as self.Z>
        for layer in self.layers:
            A = layer.forward(A)
        self.Z = A
        return self.Z
        # </solution>

    def backward(self, labels):
        """Compute the loss of the last output and every gradient.

        Parameters
        ----------
        labels : ndarray (N, num_linear_neurons)
            One-hot labels.

        Returns
        -------
        ndarray (N, num_input_channels, input_width)
            Gradient of the loss by the samples. ``loss`` is set, and ``dLdW`` and ``dLdb`` of each layer
            that has them.
        """
        # <solution: first the criterion, forward and backward; then the layers in reverse order>
        self.loss = self.criterion.forward(self.Z, labels)
        gradient = self.criterion.backward()
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient)
        return gradient
        # </solution>

    def zero_grads(self):
        """Set every ``dLdW`` and ``dLdb`` to zero (given)."""
        for layer in self._layers_with_weights():
            layer.dLdW = np.zeros(layer.W.shape)
            layer.dLdb = np.zeros(layer.b.shape)

    def step(self):
        """Move every weight and bias against its gradient: plain gradient descent (given)."""
        for layer in self._layers_with_weights():
            layer.W = layer.W - self.lr * layer.dLdW
            layer.b = layer.b - self.lr * layer.dLdb

    def train(self):
        """Go to training mode (given)."""
        self.train_mode = True

    def eval(self):
        """Go to evaluation mode (given)."""
        self.train_mode = False

    def __call__(self, A):
        """Compute the logits, as `forward` does."""
        return self.forward(A)

    def _layers_with_weights(self):
        return [*(layer.conv1d_stride1 for layer in self.convolutional_layers), self.linear_layer]
