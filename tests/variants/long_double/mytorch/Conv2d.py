"""More digits than asked for."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


class Conv2d_stride1:
    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.K = kernel_size
        self.W = np.zeros((out_channels, in_channels, kernel_size, kernel_size))
        self.b = np.zeros(out_channels)

    def forward(self, A):
        self.windows = sliding_window_view(A.astype(np.longdouble), (self.K, self.K), axis=(2, 3))
        return np.einsum("nchwij,ocij->nohw", self.windows, self.W) + self.b[:, None, None]

    def backward(self, dLdZ):
        self.dLdW = np.einsum("nohw,nchwij->ocij", dLdZ, self.windows)
        self.dLdb = dLdZ.astype(np.longdouble).sum(axis=(0, 2, 3))
        p = self.K - 1
        padded = np.pad(dLdZ.astype(np.longdouble), ((0, 0), (0, 0), (p, p), (p, p)))
        windows = sliding_window_view(padded, (self.K, self.K), axis=(2, 3))
        return np.einsum("nohwij,ocij->nchw", windows, self.W[:, :, ::-1, ::-1])
