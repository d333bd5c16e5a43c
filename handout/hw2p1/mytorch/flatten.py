"""Flatten: from channels and positions to one row for each sample."""


class Flatten:
    """Lay out all axes but the first in one row."""

    def forward(self, A):
        """Flatten.

        Parameters
        ----------
        A : ndarray (N, …)
            The input, N ≥ 1, with any number of axes after the first.

        Returns
        -------
        Z : ndarray (N, product of the other sizes)
            In row-major order: the last axis varies fastest, so (N, C, W) is laid out channel by channel.
        """
        # Your code here: remember the input's shape for backward
        raise NotImplementedError("Flatten.forward")

    def backward(self, dLdZ):
        """Give the gradient the input's shape.

        Parameters
        ----------
        dLdZ : ndarray (N, product of the other sizes)
            Gradient of the loss by the last output.

        Returns
        -------
        dLdA : ndarray (N, …)
            The same values in the shape of the last input.
        """
        # Your code here: the opposite of forward
        raise NotImplementedError("Flatten.backward")
