"""Outputs that do not lie in memory as NumPy lays them: column by column, or reversed."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


class Conv2d_stride1:
    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.K = kernel_size
        self.axes = tuple(range(2, 2 + 2))
        self.W = np.zeros((out_channels, in_channels) + (kernel_size,) * 2, order="F")
        self.b = np.zeros(out_channels)

    def forward(self, A):
        self.A = np.asfortranarray(A)
        windows = sliding_window_view(self.A, (self.K,) * 2, axis=self.axes)
        taps = tuple(range(-2, 0))
        Z = np.tensordot(windows, self.W, ((1, *taps), (1, *self.axes))) + self.b
        return np.asfortranarray(np.moveaxis(Z, -1, 1))

    def backward(self, dLdZ):
        windows = sliding_window_view(self.A, (self.K,) * 2, axis=self.axes)
        self.dLdW = np.asfortranarray(np.tensordot(dLdZ, windows, ((0, *self.axes), (0, *self.axes))))
        self.dLdb = dLdZ.sum((0, *self.axes))[::-1].copy()[::-1]
        padded = np.pad(dLdZ, [(0, 0), (0, 0)] + [(self.K - 1,) * 2] * 2)
        windows = sliding_window_view(padded, (self.K,) * 2, axis=self.axes)
        taps = tuple(range(-2, 0))
        dLdA = np.tensordot(windows, np.flip(self.W, self.axes), ((1, *taps), (0, *self.axes)))
        return np.flip(np.flip(np.moveaxis(dLdA, -1, 1), 2).copy(order="F"), 2)
