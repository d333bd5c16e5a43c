"""Windows as columns."""

import numpy as np


def windows(A, K):
    """All windows in one last axis."""
    H, W = A.shape[2] - K + 1, A.shape[3] - K + 1
    return np.stack([A[:, :, i : i + H, j : j + W] for i in range(K) for j in range(K)], axis=-1)


class MaxPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        self.shape, found = A.shape, windows(A, self.kernel)
        first = found.argmax(-1)
        self.hot = first[..., None] == np.arange(self.kernel**2)
        return np.take_along_axis(found, first[..., None], -1)[..., 0]

    def backward(self, dLdZ):
        return spread(dLdZ[..., None] * self.hot, self.shape, self.kernel)


class MeanPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        self.shape = A.shape
        return windows(A, self.kernel) @ np.full(self.kernel**2, self.kernel**-2.0)

    def backward(self, dLdZ):
        return spread(np.multiply.outer(dLdZ, np.full(self.kernel**2, self.kernel**-2.0)), self.shape, self.kernel)


def spread(columns, shape, K):
    """The opposite of `windows`: what overlaps is added up."""
    out, (H, W) = np.zeros(shape), columns.shape[2:4]
    for i in range(K):
        for j in range(K):
            out[:, :, i : i + H, j : j + W] += columns[..., K * i + j]
    return out
