"""Windows as columns, one matrix product for each gradient."""

import numpy as np


def columns(A, K):
    """The windows of width K as rows, one for each sample and position."""
    width = A.shape[2] - K + 1
    places = np.arange(width)[:, None] + np.arange(K)
    return A[:, :, places].transpose(0, 2, 1, 3).reshape(len(A) * width, -1)


class Conv1d_stride1:
    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.in_channels, self.out_channels, self.kernel_size = in_channels, out_channels, kernel_size
        shape = (out_channels, in_channels, kernel_size)
        self.W = np.random.normal(0, 1.0, shape) if weight_init_fn is None else weight_init_fn(*shape)
        self.b = np.zeros(out_channels) if bias_init_fn is None else bias_init_fn(out_channels)

    def forward(self, A):
        self.shape, self.columns = A.shape, columns(A, self.kernel_size)
        Z = self.columns @ self.W.reshape(self.out_channels, -1).T + self.b
        return Z.reshape(len(A), -1, self.out_channels).transpose(0, 2, 1)

    def backward(self, dLdZ):
        rows = dLdZ.transpose(0, 2, 1).reshape(-1, self.out_channels)
        self.dLdW = (rows.T @ self.columns).reshape(self.W.shape)
        self.dLdb = rows.sum(0)
        back = (rows @ self.W.reshape(self.out_channels, -1)).reshape(len(dLdZ), -1, *self.W.shape[1:])
        dLdA = np.zeros(self.shape)
        for k in range(self.kernel_size):
            dLdA[:, :, k : k + dLdZ.shape[2]] += back[..., k].transpose(0, 2, 1)
        return dLdA
