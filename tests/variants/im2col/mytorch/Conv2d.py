"""Windows as columns, one matrix product for each gradient."""

import numpy as np


class Conv2d_stride1:
    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.out_channels, self.kernel_size = out_channels, kernel_size
        shape = (out_channels, in_channels, kernel_size, kernel_size)
        self.W = np.random.normal(0, 1.0, shape) if weight_init_fn is None else weight_init_fn(*shape)
        self.b = np.zeros(out_channels) if bias_init_fn is None else bias_init_fn(out_channels)

    def places(self, H, W):
        K = self.kernel_size
        rows = np.repeat(np.arange(K), K)[:, None] + np.repeat(np.arange(H), W)
        columns = np.tile(np.arange(K), K)[:, None] + np.tile(np.arange(W), H)
        return rows, columns

    def forward(self, A):
        N, C, H, W = self.shape = A.shape
        size = H - self.kernel_size + 1, W - self.kernel_size + 1
        self.taken = self.places(*size)
        self.columns = A[:, :, *self.taken].reshape(N, -1, size[0] * size[1])
        Z = self.W.reshape(self.out_channels, -1) @ self.columns + self.b[:, None]
        return Z.reshape(N, self.out_channels, *size)

    def backward(self, dLdZ):
        flat = dLdZ.reshape(len(dLdZ), self.out_channels, -1)
        self.dLdW = (flat @ self.columns.transpose(0, 2, 1)).sum(0).reshape(self.W.shape)
        self.dLdb = flat.sum((0, 2))
        back = self.W.reshape(self.out_channels, -1).T @ flat
        dLdA = np.zeros(self.shape)
        np.add.at(dLdA, (slice(None), slice(None), *self.taken), back.reshape(*self.shape[:2], *self.taken[0].shape))
        return dLdA
