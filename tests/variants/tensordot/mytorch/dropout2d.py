"""Keep or drop by a binomial draw."""

import numpy as np


class Dropout2d:
    def __init__(self, p=0.5):
        self.p = p

    def __call__(self, *args, **kwargs):
        return self.forward(*args, **kwargs)

    def forward(self, x, eval=False):
        if eval:
            return x
        self.mask = np.random.binomial(1, 1 - self.p, size=(x.shape[0], x.shape[1], 1, 1))
        self.mask = np.tile(self.mask, (1, 1, x.shape[2], x.shape[3]))
        return self.mask * x / (1 - self.p)

    def backward(self, delta):
        return np.multiply(delta, self.mask) / (1 - self.p)
