import numpy as np
from module import Module


class Dropout2d(Module):
    def __init__(self, p=0.5):
        self.p, self.random = p, np.random.default_rng()

    def run(self, x, eval=False):
        self.mask = 1.0 if eval else (self.random.random((*x.shape[:2], 1, 1)) > self.p) / (1 - self.p)
        return x * self.mask

    def backward(self, delta):
        return delta * self.mask
