"""Slices from a generator."""

import numpy as np


def places(shape, K):
    """For each window, its index and the slices that it covers."""
    for h in range(shape[2] - K + 1):
        for w in range(shape[3] - K + 1):
            yield (slice(None), slice(None), h, w), np.s_[:, :, h : h + K, w : w + K]


class MaxPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        self.A, K = A, self.kernel
        Z = np.zeros((*A.shape[:2], A.shape[2] - K + 1, A.shape[3] - K + 1))
        for index, window in places(A.shape, K):
            Z[index] = np.amax(A[window], axis=(2, 3))
        return Z

    def backward(self, dLdZ):
        dLdA = np.zeros(self.A.shape, dtype=dLdZ.dtype)
        for index, window in places(self.A.shape, self.kernel):
            flat = self.A[window].reshape(*self.A.shape[:2], -1)
            hot = np.zeros(flat.shape)
            # The last of several maxima: any single one is right.
            last = flat.shape[2] - 1 - flat[..., ::-1].argmax(axis=2)
            np.put_along_axis(hot, last[..., None], dLdZ[index][..., None], axis=2)
            dLdA[window] += hot.reshape(self.A[window].shape)
        return dLdA


class MeanPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        self.shape, K = A.shape, self.kernel
        Z = np.zeros((*A.shape[:2], A.shape[2] - K + 1, A.shape[3] - K + 1))
        for index, window in places(A.shape, K):
            Z[index] = np.mean(A[window], axis=(2, 3))
        return Z

    def backward(self, dLdZ):
        dLdA = np.zeros(self.shape)
        for index, window in places(self.shape, self.kernel):
            dLdA[window] += dLdZ[index][..., None, None] / self.kernel**2
        return dLdA
