"""A two-dimensional convolution is a sum of one-dimensional ones, row of the kernel by row."""

import numpy as np
from Conv1d import Conv1d_stride1


class Conv2d_stride1:
    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.kernel_size = kernel_size
        shape = (out_channels, in_channels, kernel_size, kernel_size)
        self.W = np.random.normal(0, 1, shape) if weight_init_fn is None else weight_init_fn(*shape)
        self.b = np.zeros(out_channels) if bias_init_fn is None else bias_init_fn(out_channels)
        self._rows = [Conv1d_stride1(in_channels, out_channels, kernel_size) for _ in range(kernel_size)]

    def forward(self, A):
        self.shape, (N, C, H, W) = A.shape, A.shape
        height, width = H - self.kernel_size + 1, W - self.kernel_size + 1
        Z = np.zeros((N, len(self.b), height, width))
        for i, row in enumerate(self._rows):
            row.W, row.b = self.W[:, :, i], np.zeros(len(self.b))
            lines = A[:, :, i : i + height].transpose(0, 2, 1, 3).reshape(N * height, C, W)
            Z += row.forward(lines).reshape(N, height, -1, width).transpose(0, 2, 1, 3)
        return Z + self.b[:, None, None]

    def backward(self, dLdZ):
        N, Cout, height, width = dLdZ.shape
        dLdA, lines = np.zeros(self.shape), dLdZ.transpose(0, 2, 1, 3).reshape(N * height, Cout, width)
        for i, row in enumerate(self._rows):
            back = row.backward(lines).reshape(N, height, *self.shape[1::2])
            dLdA[:, :, i : i + height] += back.transpose(0, 2, 1, 3)
        self.dLdW = np.stack([row.dLdW for row in self._rows], axis=2)
        self.dLdb = self._rows[0].dLdb
        return dLdA
