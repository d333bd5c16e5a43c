"""Each tap of the kernel adds its part."""

import numpy as np


class Conv2d_stride1:
    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.kernel_size = kernel_size
        self.W = np.random.uniform(-1, 1, (out_channels, in_channels, kernel_size, kernel_size))
        self.b = np.zeros(out_channels)

    def taps(self, height, width):
        K = self.kernel_size
        return [(i, j, np.s_[:, :, i : i + height, j : j + width]) for i in range(K) for j in range(K)]

    def forward(self, A):
        self.A = A
        height, width = A.shape[2] - self.kernel_size + 1, A.shape[3] - self.kernel_size + 1
        parts = [np.tensordot(self.W[:, :, i, j], A[place], (1, 1)) for i, j, place in self.taps(height, width)]
        return np.moveaxis(sum(parts), 1, 0) + self.b.reshape(-1, 1, 1)

    def backward(self, dLdZ):
        dLdA, self.dLdW = np.zeros(self.A.shape), np.zeros(self.W.shape)
        self.dLdb = np.tensordot(dLdZ, np.ones((len(dLdZ), *dLdZ.shape[2:])), ((0, 2, 3), (0, 1, 2)))
        for i, j, place in self.taps(*dLdZ.shape[2:]):
            dLdA[place] += np.tensordot(dLdZ, self.W[:, :, i, j], (1, 0)).transpose(0, 3, 1, 2)
            self.dLdW[:, :, i, j] = np.tensordot(dLdZ, self.A[place], ((0, 2, 3), (0, 2, 3)))
        return dLdA
