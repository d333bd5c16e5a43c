"""One channel at a time, drawn by the standard library."""

import random

import numpy as np


class Dropout2d:
    def __init__(self, p=0.5):
        self.p = p

    def forward(self, x, eval=False):
        if eval:
            return x
        self.mask = [[0 if random.random() < self.p else 1 for _ in sample] for sample in x]
        out = np.zeros(x.shape)
        for n, sample in enumerate(x):
            for c, channel in enumerate(sample):
                if self.mask[n][c]:
                    out[n, c] = channel / (1 - self.p)
        return out

    def backward(self, delta):
        out = delta.copy()
        for n, row in enumerate(self.mask):
            for c, kept in enumerate(row):
                out[n, c] *= kept / (1 - self.p)
        return out
