"""Each tap of the kernel adds its part."""

import numpy as np


class Conv1d_stride1:
    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.in_channels, self.out_channels, self.kernel_size = in_channels, out_channels, kernel_size
        self.W = np.random.uniform(-1, 1, (out_channels, in_channels, kernel_size))
        self.b = np.zeros(out_channels)

    def forward(self, A):
        self.A, width = A, A.shape[-1] - self.kernel_size + 1
        Z = np.empty((len(A), len(self.b), width))
        Z[:] = self.b[:, None]
        for k in reversed(range(self.kernel_size)):
            Z += self.W[:, :, k] @ A[:, :, k : k + width]
        return Z

    def backward(self, dLdZ):
        width, dLdA, self.dLdW = dLdZ.shape[-1], np.zeros_like(self.A), np.empty_like(self.W)
        self.dLdb = np.add.reduce(dLdZ, axis=(0, -1))
        for k in range(self.kernel_size):
            dLdA[:, :, k : k + width] += self.W[:, :, k].T @ dLdZ
            self.dLdW[:, :, k] = (dLdZ @ self.A[:, :, k : k + width].swapaxes(1, 2)).sum(axis=0)
        return dLdA
