"""Separable pooling: along the width, then along the height."""

import numpy as np


class MaxPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        self.rows = _Max(self.kernel)
        self.columns = _Max(self.kernel)
        return self.columns.forward(self.rows.forward(A).swapaxes(2, 3)).swapaxes(2, 3)

    def backward(self, dLdZ):
        return self.rows.backward(self.columns.backward(dLdZ.swapaxes(2, 3)).swapaxes(2, 3))


class _Max:
    """Maxima along the last axis."""

    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        self.width, left = A.shape[-1], A.shape[-1] - self.kernel + 1
        taps = np.stack([A[..., k : k + left] for k in range(self.kernel)])
        self.chosen = np.argmax(taps, axis=0)
        return np.max(taps, axis=0)

    def backward(self, dLdZ):
        dLdA = np.zeros((*dLdZ.shape[:-1], self.width))
        for k in range(self.kernel):
            dLdA[..., k : k + dLdZ.shape[-1]] += dLdZ * (self.chosen == k)
        return dLdA


class MeanPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def slide(self, A):
        """Means along the last two axes."""
        for _ in range(2):
            left = A.shape[-1] - self.kernel + 1
            A = (sum(A[..., k : k + left] for k in range(self.kernel)) / self.kernel).swapaxes(2, 3)
        return A

    def forward(self, A):
        return self.slide(A)

    def backward(self, dLdZ):
        p = self.kernel - 1
        return self.slide(np.pad(dLdZ, ((0, 0), (0, 0), (p, p), (p, p))))
