"""One position at a time."""

import numpy as np


class Upsample1d:
    def __init__(self, upsampling_factor):
        self.k = upsampling_factor

    def forward(self, A):
        Z = np.zeros((A.shape[0], A.shape[1], self.k * (A.shape[2] - 1) + 1))
        for i in range(A.shape[2]):
            Z[:, :, self.k * i] = A[:, :, i]
        return Z

    def backward(self, dLdZ):
        return np.stack([dLdZ[:, :, i] for i in range(0, dLdZ.shape[2], self.k)], axis=2)


class Downsample1d:
    def __init__(self, downsampling_factor):
        self.k = downsampling_factor

    def forward(self, A):
        self.width = A.shape[2]
        return np.stack([A[:, :, i] for i in range(A.shape[2]) if i % self.k == 0], axis=2)

    def backward(self, dLdZ):
        dLdA = np.zeros((dLdZ.shape[0], dLdZ.shape[1], self.width))
        for i in range(dLdZ.shape[2]):
            dLdA[:, :, i * self.k] += dLdZ[:, :, i]
        return dLdA


class Upsample2d:
    def __init__(self, upsampling_factor):
        self.k = upsampling_factor

    def forward(self, A):
        N, C, H, W = A.shape
        Z = np.zeros((N, C, self.k * (H - 1) + 1, self.k * (W - 1) + 1))
        for h in range(H):
            for w in range(W):
                Z[:, :, self.k * h, self.k * w] = A[:, :, h, w]
        return Z

    def backward(self, dLdZ):
        N, C, H, W = dLdZ.shape
        dLdA = np.zeros((N, C, (H - 1) // self.k + 1, (W - 1) // self.k + 1))
        for h in range(dLdA.shape[2]):
            for w in range(dLdA.shape[3]):
                dLdA[:, :, h, w] = dLdZ[:, :, self.k * h, self.k * w]
        return dLdA


class Downsample2d:
    def __init__(self, downsampling_factor):
        self.k = downsampling_factor

    def forward(self, A):
        self.shape = A.shape
        N, C, H, W = A.shape
        Z = np.zeros((N, C, -(-H // self.k), -(-W // self.k)))
        for h in range(Z.shape[2]):
            for w in range(Z.shape[3]):
                Z[:, :, h, w] = A[:, :, h * self.k, w * self.k]
        return Z

    def backward(self, dLdZ):
        dLdA = np.zeros(self.shape)
        for h in range(dLdZ.shape[2]):
            for w in range(dLdZ.shape[3]):
                dLdA[:, :, h * self.k, w * self.k] = dLdZ[:, :, h, w]
        return dLdA
