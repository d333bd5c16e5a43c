"""One multiplication at a time."""

from itertools import product

import numpy as np


class Conv2d_stride1:
    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.K = kernel_size
        self.W = np.ones((out_channels, in_channels, kernel_size, kernel_size))
        self.b = np.zeros(out_channels)

    def forward(self, A):
        self.A = A
        N, Cin, H, W = A.shape
        Z = np.zeros((N, len(self.W), H - self.K + 1, W - self.K + 1))
        for n, o, h, w in np.ndindex(*Z.shape):
            Z[n, o, h, w] = self.b[o]
            for c, i, j in product(range(Cin), range(self.K), range(self.K)):
                Z[n, o, h, w] += A[n, c, h + i, w + j] * self.W[o, c, i, j]
        return Z

    def backward(self, dLdZ):
        self.dLdW, self.dLdb, dLdA = np.zeros(self.W.shape), np.zeros(self.b.shape), np.zeros(self.A.shape)
        for n, o, h, w in np.ndindex(*dLdZ.shape):
            self.dLdb[o] += dLdZ[n, o, h, w]
            for c, i, j in np.ndindex(*self.W.shape[1:]):
                self.dLdW[o, c, i, j] += dLdZ[n, o, h, w] * self.A[n, c, h + i, w + j]
                dLdA[n, c, h + i, w + j] += dLdZ[n, o, h, w] * self.W[o, c, i, j]
        return dLdA
