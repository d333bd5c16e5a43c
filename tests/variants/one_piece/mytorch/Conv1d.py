"""The stride is taken at once; the layer at stride 1 only holds the parameters."""

import numpy as np


class Conv1d:
    def __init__(
        self, in_channels, out_channels, kernel_size, stride, padding=0, weight_init_fn=None, bias_init_fn=None
    ):
        self.K, self.stride, self.pad = kernel_size, stride, padding
        self.conv1d_stride1 = Conv1d_stride1(in_channels, out_channels, kernel_size, weight_init_fn, bias_init_fn)

    def forward(self, A):
        inner, s = self.conv1d_stride1, self.stride
        self.A = np.pad(A, ((0, 0), (0, 0), (self.pad, self.pad)))
        width = (self.A.shape[2] - self.K) // s + 1
        self.spans = [slice(k, k + s * (width - 1) + 1, s) for k in range(self.K)]
        return sum(inner.W[:, :, k] @ self.A[:, :, span] for k, span in enumerate(self.spans)) + inner.b[:, None]

    def backward(self, dLdZ):
        inner, dLdA = self.conv1d_stride1, np.zeros(self.A.shape)
        inner.dLdb, inner.dLdW = dLdZ.sum((0, 2)), np.zeros(inner.W.shape)
        for k, span in enumerate(self.spans):
            inner.dLdW[:, :, k] = np.tensordot(dLdZ, self.A[:, :, span], ((0, 2), (0, 2)))
            dLdA[:, :, span] += inner.W[:, :, k].T @ dLdZ
        return dLdA[:, :, self.pad : -self.pad] if self.pad else dLdA
