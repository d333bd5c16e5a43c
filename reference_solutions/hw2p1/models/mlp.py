"""A multilayer perceptron (given: you may use it as it is, for example to check the scanning networks)."""

from itertools import pairwise

import numpy as np
from activation import ReLU
from linear import Linear


class MLP:
    """Linear layers with an activation between each two.

    Parameters
    ----------
    layer_sizes : sequence of int
        The number of inputs, of each hidden layer's units, and of outputs: n + 1 numbers for n linear layers.
    activations : sequence of layers, optional
        What stands between the linear layers, n − 1 objects of `activation`; ReLU everywhere without it.

    Attributes
    ----------
    layers : list
        Linear, activation, Linear, …, Linear.

    Raises
    ------
    ValueError
        The sizes and the activations do not fit each other.
    """

    def __init__(self, layer_sizes, activations=None):
        linears = [Linear(*sizes) for sizes in pairwise(layer_sizes)]
        if activations is None:
            activations = [ReLU() for _ in linears[1:]]
        self.layers = linears[:1]
        for activation, linear in zip(activations, linears[1:], strict=True):
            self.layers += [activation, linear]

    def init_weights(self, weights):
        """Set the linear layers' weights, and their biases to zero.

        Parameters
        ----------
        weights : sequence of ndarray
            One matrix (inputs, outputs) for each linear layer: the transpose of the layer's own ``W``.

        Raises
        ------
        ValueError
            There are more or fewer matrices than linear layers.
        """
        for linear, matrix in zip(self.layers[::2], weights, strict=True):
            linear.W = matrix.T.copy()
            linear.b = np.zeros(linear.b.shape)

    def forward(self, A):
        """Map each sample: (N, inputs) to (N, outputs)."""
        for layer in self.layers:
            A = layer.forward(A)
        return A

    def backward(self, dLdA):
        """Return the gradient by the input, (N, inputs), from that by the output, (N, outputs)."""
        for layer in reversed(self.layers):
            dLdA = layer.backward(dLdA)
        return dLdA

    def __call__(self, A):
        """Map each sample, as `forward` does."""
        return self.forward(A)
