"""Resampling as a product with a matrix of zeros and ones."""

import numpy as np


def chooser(rows, columns, k):
    """Ones at (i, k i)."""
    matrix = np.zeros((rows, columns))
    matrix[np.arange(rows), k * np.arange(rows)] = 1
    return matrix


class Upsample1d:
    def __init__(self, upsampling_factor):
        self.k = upsampling_factor

    def forward(self, A):
        self.matrix = chooser(A.shape[2], self.k * (A.shape[2] - 1) + 1, self.k)
        return A @ self.matrix

    def backward(self, dLdZ):
        return dLdZ @ self.matrix.T


class Downsample1d:
    def __init__(self, downsampling_factor):
        self.k = downsampling_factor

    def forward(self, A):
        self.matrix = chooser(-(-A.shape[2] // self.k), A.shape[2], self.k)
        return A @ self.matrix.T

    def backward(self, dLdZ):
        return dLdZ @ self.matrix


class Upsample2d:
    def __init__(self, upsampling_factor):
        self.k = upsampling_factor

    def forward(self, A):
        self.rows, self.columns = (chooser(side, self.k * (side - 1) + 1, self.k) for side in A.shape[2:])
        return self.rows.T @ A @ self.columns

    def backward(self, dLdZ):
        return self.rows @ dLdZ @ self.columns.T


class Downsample2d:
    def __init__(self, downsampling_factor):
        self.k = downsampling_factor

    def forward(self, A):
        self.rows, self.columns = (chooser(-(-side // self.k), side, self.k) for side in A.shape[2:])
        return self.rows @ A @ self.columns.T

    def backward(self, dLdZ):
        return self.rows.T @ dLdZ @ self.columns
