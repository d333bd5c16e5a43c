"""One window at a time."""

import numpy as np


class MaxPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        K, (N, C, H, W) = self.kernel, A.shape
        self.shape, self.place = A.shape, {}
        Z = np.zeros((N, C, H - K + 1, W - K + 1))
        for index in np.ndindex(*Z.shape):
            n, c, h, w = index
            best = None
            for i in range(K):
                for j in range(K):
                    if best is None or A[n, c, h + i, w + j] > best:
                        best = A[n, c, h + i, w + j]
                        self.place[index] = n, c, h + i, w + j
            Z[index] = best
        return Z

    def backward(self, dLdZ):
        dLdA = np.zeros(self.shape)
        for index, place in self.place.items():
            dLdA[place] += dLdZ[index]
        return dLdA


class MeanPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        K, (N, C, H, W) = self.kernel, A.shape
        self.shape = A.shape
        Z = np.zeros((N, C, H - K + 1, W - K + 1))
        for n, c, h, w in np.ndindex(*Z.shape):
            total = 0
            for i in range(K):
                for j in range(K):
                    total = total + A[n, c, h + i, w + j]
            Z[n, c, h, w] = total / K / K
        return Z

    def backward(self, dLdZ):
        dLdA = np.zeros(self.shape)
        for n, c, h, w in np.ndindex(*dLdZ.shape):
            for i in range(self.kernel):
                for j in range(self.kernel):
                    dLdA[n, c, h + i, w + j] += dLdZ[n, c, h, w] * (1 / self.kernel) ** 2
        return dLdA
