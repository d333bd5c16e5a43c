"""Windows by strides, sums by Einstein's convention."""

import numpy as np
from numpy.lib.stride_tricks import as_strided


def windows(A, K):
    """(N, C, rows, columns, K, K), without a copy."""
    N, C, H, W = A.shape
    return as_strided(A, (N, C, H - K + 1, W - K + 1, K, K), (*A.strides, *A.strides[2:]))


class Conv2d_stride1:
    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.K = kernel_size
        self.W = (weight_init_fn or np.random.randn)(out_channels, in_channels, kernel_size, kernel_size)
        self.b = (bias_init_fn or np.zeros)(out_channels)

    def forward(self, A):
        self.A = np.ascontiguousarray(A)
        return np.einsum("nchwij,ocij->nohw", windows(self.A, self.K), self.W) + self.b.reshape(1, -1, 1, 1)

    def backward(self, dLdZ):
        self.dLdb = np.einsum("nohw->o", dLdZ)
        self.dLdW = np.einsum("nchwij,nohw->ocij", windows(self.A, self.K), dLdZ)
        padded = np.pad(dLdZ, [(0, 0), (0, 0), (self.K - 1,) * 2, (self.K - 1,) * 2])
        return np.einsum("nohwij,ocij->nchw", windows(padded, self.K), self.W[..., ::-1, ::-1])
