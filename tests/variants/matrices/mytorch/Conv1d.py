"""Convolution as a product with a banded matrix."""

import numpy as np


class Conv1d_stride1:
    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.in_channels, self.out_channels, self.kernel_size = in_channels, out_channels, kernel_size
        self.W, self.b = np.zeros((out_channels, in_channels, kernel_size)), np.zeros((out_channels,))

    def forward(self, A):
        self.A, self.width = A, A.shape[2] - self.kernel_size + 1
        Cout, Cin, K = self.W.shape
        self.band = np.zeros((Cout, self.width, Cin, A.shape[2]))
        for w in range(self.width):
            self.band[:, w, :, w : w + K] = self.W
        self.band = self.band.reshape(Cout * self.width, -1)
        Z = A.reshape(len(A), -1) @ self.band.T + np.repeat(self.b, self.width)
        return Z.reshape(len(A), Cout, self.width)

    def backward(self, dLdZ):
        rows = dLdZ.reshape(len(dLdZ), -1)
        dense = (rows.T @ self.A.reshape(len(rows), -1)).reshape(self.out_channels, self.width, *self.A.shape[1:])
        self.dLdW = sum(dense[:, w, :, w : w + self.kernel_size] for w in range(self.width))
        self.dLdb = np.ones(len(rows)) @ (dLdZ @ np.ones(self.width))
        return (rows @ self.band).reshape(self.A.shape)
