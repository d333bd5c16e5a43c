"""Batch normalisation of images (bonus)."""

import numpy as np


class BatchNorm2d:
    """Give each channel mean 0 and variance 1 over the batch, then a learnt scale and shift.

    See "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift"
    (arXiv:1502.03167): algorithm 1 with section 3.2 for convolutions.

    Parameters
    ----------
    num_features : int
        C, the number of channels.
    alpha : float, optional
        The share of the old value that a running statistic keeps at each training step.

    Attributes
    ----------
    BW, Bb : ndarray (1, C, 1, 1)
        The scale, ones at first, and the shift, zeros at first.
    dLdBW, dLdBb : ndarray (1, C, 1, 1)
        The gradients of the loss by them after `backward`.
    M, V : ndarray (1, C, 1, 1)
        Mean and biased variance of the last training batch.
    running_M, running_V : ndarray (1, C, 1, 1)
        Running mean, zeros at first, and running biased variance, ones at first; used in evaluation.
    eps : float
        1e-8, added to each variance before its root is taken.
    """

    def __init__(self, num_features, alpha=0.9):
        shape = (1, num_features, 1, 1)
        self.alpha = alpha
        self.eps = 1e-8

        self.BW = np.ones(shape)
        self.Bb = np.zeros(shape)
        self.dLdBW = np.zeros(shape)
        self.dLdBb = np.zeros(shape)

        self.M = np.zeros(shape)
        self.V = np.ones(shape)
        self.running_M = np.zeros(shape)
        self.running_V = np.ones(shape)

    def forward(self, Z, eval=False):
        """Normalise, scale and shift.

        Parameters
        ----------
        Z : ndarray (N, C, H, W)
            The input.
        eval : bool, optional
            Whether to use the running statistics, and leave them alone, in place of the batch's.

        Returns
        -------
        BZ : ndarray (N, C, H, W), float64
            ``BZ = BW · (Z − mean)/√(variance + eps) + Bb``, statistics over N, H and W.

        Notes
        -----
        In training, sets ``M`` and ``V`` (divided by N·H·W), and then ``running = α·running + (1 − α)·batch``
        for both.
        """
        # <solution: statistics over the axes 0, 2 and 3, kept as (1, C, 1, 1); remember what backward needs>
        if eval:
            M, V = self.running_M, self.running_V
        else:
            M = self.M = Z.mean(axis=(0, 2, 3), keepdims=True)
            V = self.V = Z.var(axis=(0, 2, 3), keepdims=True)
            self.running_M = self.alpha * self.running_M + (1.0 - self.alpha) * M
            self.running_V = self.alpha * self.running_V + (1.0 - self.alpha) * V
        self.NZ = (Z - M) / np.sqrt(V + self.eps)
        return self.BW * self.NZ + self.Bb
        # </solution>

    def backward(self, dLdBZ):
        """Find the gradients by scale, shift and input, after a forward pass in training.

        Parameters
        ----------
        dLdBZ : ndarray (N, C, H, W)
            Gradient of the loss by the last output.

        Returns
        -------
        dLdZ : ndarray (N, C, H, W)
            ``(g − mean(g) − NZ · mean(g·NZ)) / √(V + eps)`` with ``g = BW·dLdBZ``, ``NZ`` the normalised
            input and means over N, H and W: the three gradients of section 3 of the paper, put together.

        Notes
        -----
        Sets ``dLdBW = Σ dLdBZ·NZ`` and ``dLdBb = Σ dLdBZ``, sums over N, H and W.
        """
        # <solution: the batch's mean and variance depend on every cell, so the gradient by Z has three parts>
        axes = (0, 2, 3)
        self.dLdBW = np.sum(dLdBZ * self.NZ, axis=axes, keepdims=True)
        self.dLdBb = np.sum(dLdBZ, axis=axes, keepdims=True)

        g = self.BW * dLdBZ
        centred = g - g.mean(axis=axes, keepdims=True)
        along = self.NZ * np.mean(g * self.NZ, axis=axes, keepdims=True)
        return (centred - along) / np.sqrt(self.V + self.eps)
        # </solution>
