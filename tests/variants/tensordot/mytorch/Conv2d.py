"""One tensordot for each position."""

import numpy as np


class Conv2d_stride1:
    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.kernel_size = kernel_size
        if weight_init_fn is None:
            self.W = np.random.normal(0, 1.0, (out_channels, in_channels, kernel_size, kernel_size))
        else:
            self.W = weight_init_fn(out_channels, in_channels, kernel_size, kernel_size)
        self.b = np.zeros(out_channels) if bias_init_fn is None else bias_init_fn(out_channels)

    def forward(self, A):
        self.A, K = A, self.kernel_size
        rows = []
        for i in range(A.shape[2] - K + 1):
            row = [
                np.tensordot(A[:, :, i : i + K, j : j + K], self.W, axes=[(1, 2, 3), (1, 2, 3)])
                for j in range(A.shape[3] - K + 1)
            ]
            rows.append(np.stack(row, axis=-1))
        return np.stack(rows, axis=-2) + self.b[None, :, None, None]

    def backward(self, dLdZ):
        K, (H, W) = self.kernel_size, dLdZ.shape[2:]
        self.dLdW = np.zeros(self.W.shape)
        for i in range(K):
            for j in range(K):
                seen = self.A[:, :, i : i + H, j : j + W]
                self.dLdW[:, :, i, j] = np.tensordot(dLdZ, seen, axes=([0, 2, 3], [0, 2, 3]))
        self.dLdb = dLdZ.sum(axis=3).sum(axis=2).sum(axis=0)
        padded = np.pad(dLdZ, ((0, 0), (0, 0), (K - 1, K - 1), (K - 1, K - 1)))
        flipped = np.flip(self.W, axis=(2, 3))
        dLdA = np.zeros(self.A.shape)
        for i in range(dLdA.shape[2]):
            for j in range(dLdA.shape[3]):
                dLdA[:, :, i, j] = np.tensordot(padded[:, :, i : i + K, j : j + K], flipped, ([1, 2, 3], [0, 2, 3]))
        return dLdA
