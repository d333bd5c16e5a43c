"""The fully connected layer (given: you may use it as it is)."""

import numpy as np


class Linear:
    """Multiply by a matrix and add a bias.

    Parameters
    ----------
    in_features, out_features : int
        Cin and Cout.

    Attributes
    ----------
    W, dLdW : ndarray (Cout, Cin)
        The weights, standard normal values at first, and the gradient of the loss by them after `backward`.
    b, dLdb : ndarray (Cout, 1)
        The biases, zeros at first, and the gradient of the loss by them after `backward`.
    """

    def __init__(self, in_features, out_features):
        self.W = np.random.normal(0.0, 1.0, (out_features, in_features))
        self.b = np.zeros((out_features, 1))
        self.dLdW = np.zeros(self.W.shape)
        self.dLdb = np.zeros(self.b.shape)

    def forward(self, A):
        """Map each sample.

        Parameters
        ----------
        A : ndarray (N, Cin)
            One sample a row.

        Returns
        -------
        Z : ndarray (N, Cout)
            ``Z = A Wᵀ + bᵀ``.

        Raises
        ------
        ValueError
            The input has another number of features.
        """
        self.A = A
        return A @ self.W.T + self.b.T

    def backward(self, dLdZ):
        """Find the gradients by the weights, the biases and the input.

        Parameters
        ----------
        dLdZ : ndarray (N, Cout)
            Gradient of the loss by the last output.

        Returns
        -------
        dLdA : ndarray (N, Cin)
            ``dLdA = dLdZ W``.

        Notes
        -----
        Sets ``dLdW = dLdZᵀ A`` and ``dLdb``, the sum of dLdZ over the batch, by the chain rule.
        """
        self.dLdW = dLdZ.T @ self.A
        self.dLdb = dLdZ.sum(axis=0)[:, None]
        return dLdZ @ self.W
