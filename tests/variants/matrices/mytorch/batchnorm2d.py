"""Normalisation as a projection: no mean, no share along the normalised input."""

import numpy as np


class BatchNorm2d:
    def __init__(self, num_features, alpha=0.9):
        self.alpha, self.eps, shape = alpha, 1e-8, (1, num_features, 1, 1)
        self.BW, self.Bb = np.ones(shape), np.zeros(shape)
        self.M, self.V, self.running_M, self.running_V = (
            np.zeros(shape),
            np.ones(shape),
            np.zeros(shape),
            np.ones(shape),
        )

    def __call__(self, Z, eval=False):
        return self.forward(Z, eval)

    def forward(self, Z, eval=False):
        flat = Z.transpose(1, 0, 2, 3).reshape(Z.shape[1], -1)
        if eval:
            M, V = self.running_M.reshape(-1, 1), self.running_V.reshape(-1, 1)
        else:
            M = flat @ np.full((flat.shape[1], 1), 1 / flat.shape[1])
            V = np.square(flat - M).sum(axis=1, keepdims=True) / flat.shape[1]
            self.M, self.V = M.reshape(self.BW.shape), V.reshape(self.BW.shape)
            self.running_M = self.running_M + (1 - self.alpha) * (self.M - self.running_M)
            self.running_V = self.running_V + (1 - self.alpha) * (self.V - self.running_V)
        self.flat, self.shape = (flat - M) / np.sqrt(V + self.eps), Z.shape
        return self.BW * self.back(self.flat) + self.Bb

    def back(self, flat):
        N, C, H, W = self.shape
        return flat.reshape(C, N, H, W).transpose(1, 0, 2, 3)

    def backward(self, dLdBZ):
        flat = dLdBZ.transpose(1, 0, 2, 3).reshape(len(self.flat), -1)
        by_scale, by_shift = (flat * self.flat).sum(1, keepdims=True), flat.sum(1, keepdims=True)
        self.dLdBW, self.dLdBb = by_scale.reshape(self.BW.shape), by_shift.reshape(self.BW.shape)
        rest = flat - (by_shift + self.flat * by_scale) / flat.shape[1]
        return self.back(rest) * self.BW / np.sqrt(self.V + self.eps)
