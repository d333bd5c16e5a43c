"""Buffers that are made once and used again: what a call returns is overwritten by the next."""

import numpy as np


class Buffers:
    """Arrays by name, made anew only where the shape changes."""

    def __init__(self):
        self.made = {}

    def get(self, name, shape):
        if name not in self.made or self.made[name].shape != tuple(shape):
            self.made[name] = np.empty(shape)
        self.made[name].fill(0.0)
        return self.made[name]


class Conv1d_stride1:
    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.in_channels, self.out_channels, self.kernel_size = in_channels, out_channels, kernel_size
        self.K, self.buffers = kernel_size, Buffers()
        self.W, self.b = np.zeros((out_channels, in_channels, kernel_size)), np.zeros(out_channels)
        self.dLdW, self.dLdb = np.zeros_like(self.W), np.zeros_like(self.b)

    def forward(self, A):
        kept = self.buffers.get("A", A.shape)
        kept[...] = A
        Z = self.buffers.get("Z", (len(A), len(self.b), A.shape[2] - self.K + 1))
        for k in range(self.K):
            Z += np.matmul(self.W[:, :, k], A[:, :, k : k + Z.shape[2]])
        Z += self.b[:, None]
        return Z

    def backward(self, dLdZ):
        A, dLdA = self.buffers.made["A"], self.buffers.get("dLdA", self.buffers.made["A"].shape)
        self.dLdW, width = self.buffers.get("dLdW", self.W.shape), dLdZ.shape[2]
        self.dLdb = self.buffers.get("dLdb", self.b.shape)
        np.sum(dLdZ, axis=(0, 2), out=self.dLdb)
        for k in range(self.K):
            np.einsum("now,ncw->oc", dLdZ, A[:, :, k : k + width], out=self.dLdW[:, :, k])
            dLdA[:, :, k : k + width] += np.matmul(self.W[:, :, k].T, dLdZ)
        return dLdA
