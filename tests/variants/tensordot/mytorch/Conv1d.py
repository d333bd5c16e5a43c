"""One tensordot for each position."""

import numpy as np


class Conv1d_stride1:
    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.in_channels, self.out_channels, self.kernel_size = in_channels, out_channels, kernel_size
        if weight_init_fn is None:
            self.W = np.random.normal(0, 1.0, (out_channels, in_channels, kernel_size))
        else:
            self.W = weight_init_fn(out_channels, in_channels, kernel_size)
        self.b = np.zeros(out_channels) if bias_init_fn is None else bias_init_fn(out_channels)

    def forward(self, A):
        self.A, K = A, self.kernel_size
        Z = np.zeros((A.shape[0], self.W.shape[0], A.shape[2] - K + 1))
        for i in range(Z.shape[2]):
            Z[:, :, i] = np.tensordot(A[:, :, i : i + K], self.W, axes=([1, 2], [1, 2])) + self.b
        return Z

    def backward(self, dLdZ):
        K, width = self.kernel_size, dLdZ.shape[2]
        self.dLdW = np.zeros(self.W.shape)
        for k in range(K):
            self.dLdW[:, :, k] = np.tensordot(dLdZ, self.A[:, :, k : k + width], axes=([0, 2], [0, 2]))
        self.dLdb = np.sum(dLdZ, axis=(0, 2))
        padded = np.pad(dLdZ, ((0, 0), (0, 0), (K - 1, K - 1)), mode="constant", constant_values=0)
        flipped = np.flip(self.W, axis=2)
        dLdA = np.zeros(self.A.shape)
        for i in range(self.A.shape[2]):
            dLdA[:, :, i] = np.tensordot(padded[:, :, i : i + K], flipped, axes=((1, 2), (0, 2)))
        return dLdA
