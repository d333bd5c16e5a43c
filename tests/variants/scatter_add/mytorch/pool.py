"""Gradients are counted into flat places."""

import numpy as np


class MaxPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        K, (N, C, H, W) = self.kernel, A.shape
        self.shape = A.shape
        every = np.arange(A.size).reshape(A.shape)
        choices = [every[:, :, i : H - K + 1 + i, j : W - K + 1 + j] for i in range(K) for j in range(K)]
        best = choices[0]
        for choice in choices[1:]:
            best = np.where(A.flat[choice.ravel()].reshape(choice.shape) > A.ravel()[best], choice, best)
        self.best = best
        return A.ravel()[best]

    def backward(self, dLdZ):
        size = int(np.prod(self.shape))
        return np.bincount(self.best.ravel(), weights=dLdZ.ravel(), minlength=size).reshape(self.shape)


class MeanPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        # Summed-area table: each window is a difference of four corners.
        self.shape, K = A.shape, self.kernel
        table = np.pad(A, ((0, 0), (0, 0), (1, 0), (1, 0))).cumsum(2).cumsum(3)
        return (table[..., K:, K:] - table[..., :-K, K:] - table[..., K:, :-K] + table[..., :-K, :-K]) / K**2

    def backward(self, dLdZ):
        K, (H, W) = self.kernel, self.shape[2:]
        steps = np.zeros((*self.shape[:2], H + 1, W + 1))
        for down in (0, K):
            for right in (0, K):
                sign = 1 if down == right else -1
                steps[:, :, down : down + dLdZ.shape[2], right : right + dLdZ.shape[3]] += sign * dLdZ
        return steps.cumsum(2).cumsum(3)[:, :, :H, :W] / K**2
