"""Dropout of whole channels (bonus)."""

import numpy as np


class Dropout2d:
    """Drop whole channels of each sample at random, and scale the kept ones up.

    Neighbouring cells of a channel are so alike that dropping single cells hides little; see "Efficient
    Object Localization Using Convolutional Networks" (arXiv:1411.4280).

    Parameters
    ----------
    p : float, optional
        The probability that a channel of a sample is dropped, 0 ≤ p < 1.

    Raises
    ------
    ValueError
        p is not in that range.
    """

    def __init__(self, p=0.5):
        if not 0.0 <= p < 1.0:
            raise ValueError(f"the probability must be at least 0 and less than 1, not {p}")
        self.p = p

    def forward(self, x, eval=False):
        """Drop channels, or in evaluation let everything pass.

        Parameters
        ----------
        x : ndarray (N, C, H, W)
            The input. It is left as it is.
        eval : bool, optional
            Whether the model is being evaluated, not trained.

        Returns
        -------
        ndarray (N, C, H, W)
            In training: each channel of each sample is zero with probability p, else the input times 1/(1
            − p), so that the expected output is the input. In evaluation: the input.
        """
        # <solution: draw one number for each sample and channel, whatever the height and width; remember the
        # mask; in evaluation return x>
        shape = (*x.shape[:2], 1, 1)
        if eval:
            self.mask = np.ones(shape)
            return x
        kept = np.random.uniform(size=shape) >= self.p
        self.mask = kept / (1.0 - self.p)
        return x * self.mask
        # </solution>

    def backward(self, delta):
        """Let the gradient through where the input passed.

        Parameters
        ----------
        delta : ndarray (N, C, H, W)
            Gradient of the loss by the last output.

        Returns
        -------
        ndarray (N, C, H, W)
            The gradient times the last call's mask, scale included.
        """
        # <solution: the same mask and the same scale as in the last forward>
        return delta * self.mask
        # </solution>
