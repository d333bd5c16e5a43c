"""The stride is taken at once; the layer at stride 1 only holds the parameters."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


class Conv2d:
    def __init__(
        self, in_channels, out_channels, kernel_size, stride, padding=0, weight_init_fn=None, bias_init_fn=None
    ):
        self.K, self.stride, self.pad = kernel_size, stride, padding
        self.conv2d_stride1 = Conv2d_stride1(in_channels, out_channels, kernel_size, weight_init_fn, bias_init_fn)

    def forward(self, A):
        s, inner = self.stride, self.conv2d_stride1
        padded = np.zeros((*A.shape[:2], *(side + 2 * self.pad for side in A.shape[2:])))
        padded[:, :, self.pad : self.pad + A.shape[2], self.pad : self.pad + A.shape[3]] = A
        self.size = A.shape
        self.windows = sliding_window_view(padded, (self.K, self.K), axis=(2, 3))[:, :, ::s, ::s]
        Z = np.tensordot(self.windows, inner.W, ((1, 4, 5), (1, 2, 3)))
        return Z.transpose(0, 3, 1, 2) + inner.b[None, :, None, None]

    def backward(self, dLdZ):
        s, inner, (H, W) = self.stride, self.conv2d_stride1, dLdZ.shape[2:]
        inner.dLdW = np.tensordot(dLdZ, self.windows, ((0, 2, 3), (0, 2, 3)))
        inner.dLdb = dLdZ.sum(axis=(0, 2, 3))
        dLdA = np.zeros((*self.size[:2], *(side + 2 * self.pad for side in self.size[2:])))
        for i in range(self.K):
            for j in range(self.K):
                part = np.einsum("nohw,oc->nchw", dLdZ, inner.W[:, :, i, j])
                dLdA[:, :, i : i + s * (H - 1) + 1 : s, j : j + s * (W - 1) + 1 : s] += part
        return dLdA[:, :, self.pad : self.pad + self.size[2], self.pad : self.pad + self.size[3]]
