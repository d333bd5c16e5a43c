"""The stride is taken at once."""

import numpy as np


class MaxPool2d:
    def __init__(self, kernel, stride):
        self.kernel, self.stride = kernel, stride

    def forward(self, A):
        K, s = self.kernel, self.stride
        self.shape = A.shape
        H, W = (A.shape[2] - K) // s + 1, (A.shape[3] - K) // s + 1
        Z, self.argmax = np.zeros((*A.shape[:2], H, W)), {}
        for n, c, h, w in np.ndindex(*Z.shape):
            window = A[n, c, h * s : h * s + K, w * s : w * s + K]
            i, j = np.unravel_index(window.argmax(), window.shape)
            self.argmax[n, c, h, w] = n, c, h * s + i, w * s + j
            Z[n, c, h, w] = window[i, j]
        return Z

    def backward(self, dLdZ):
        dLdA = np.zeros(self.shape)
        for index, place in self.argmax.items():
            dLdA[place] += dLdZ[index]
        return dLdA


class MeanPool2d:
    def __init__(self, kernel, stride):
        self.kernel, self.stride = kernel, stride

    def forward(self, A):
        K, s = self.kernel, self.stride
        self.shape = A.shape
        rows, columns = range(0, A.shape[2] - K + 1, s), range(0, A.shape[3] - K + 1, s)
        return np.array([[[[c[h : h + K, w : w + K].mean() for w in columns] for h in rows] for c in n] for n in A])

    def backward(self, dLdZ):
        K, s, dLdA = self.kernel, self.stride, np.zeros(self.shape)
        for h in range(dLdZ.shape[2]):
            for w in range(dLdZ.shape[3]):
                dLdA[:, :, h * s : h * s + K, w * s : w * s + K] += dLdZ[:, :, h : h + 1, w : w + 1] / (K * K)
        return dLdA
