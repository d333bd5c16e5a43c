"""Sums without any rounding but the last."""

import math

import numpy as np


class Conv1d_stride1:
    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.in_channels, self.out_channels, self.kernel_size = in_channels, out_channels, kernel_size
        self.K = kernel_size
        self.W, self.b = np.zeros((out_channels, in_channels, kernel_size)), np.zeros(out_channels)

    def forward(self, A):
        self.A = A
        Z = np.zeros((len(A), len(self.b), A.shape[2] - self.K + 1))
        for n, o, w in np.ndindex(*Z.shape):
            Z[n, o, w] = math.fsum([*(A[n, :, w : w + self.K] * self.W[o]).flat, self.b[o]])
        return Z

    def backward(self, dLdZ):
        width, dLdA = dLdZ.shape[2], np.zeros(self.A.shape)
        self.dLdW = np.zeros(self.W.shape)
        self.dLdb = np.array([math.fsum(dLdZ[:, o].flat) for o in range(len(self.b))])
        for o, c, k in np.ndindex(*self.W.shape):
            self.dLdW[o, c, k] = math.fsum((dLdZ[:, o] * self.A[:, c, k : k + width]).flat)
        for n, c, i in np.ndindex(*dLdA.shape):
            taps = range(max(0, i - width + 1), min(self.K, i + 1))
            dLdA[n, c, i] = math.fsum(dLdZ[n, o, i - k] * self.W[o, c, k] for o in range(len(self.b)) for k in taps)
        return dLdA
