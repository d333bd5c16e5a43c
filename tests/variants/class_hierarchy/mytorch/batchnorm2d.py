import numpy as np
from module import Module


class BatchNorm2d(Module):
    axes = (0, 2, 3)

    def __init__(self, num_features, alpha=0.9):
        ones, zeros = np.ones((1, num_features, 1, 1)), np.zeros((1, num_features, 1, 1))
        self.alpha, self.BW, self.Bb, self.running_M, self.running_V = alpha, ones, zeros, zeros, ones

    def mean(self, array):
        return array.mean(self.axes, keepdims=True)

    def run(self, Z, eval=False):
        if eval:
            return self.BW * (Z - self.running_M) / np.sqrt(self.running_V + 1e-8) + self.Bb
        self.M = self.mean(Z)
        self.centred = Z - self.M
        self.V = self.mean(self.centred**2)
        self.running_M, self.running_V = (
            self.alpha * old + (1 - self.alpha) * new
            for old, new in ((self.running_M, self.M), (self.running_V, self.V))
        )
        self.root = np.sqrt(self.V + 1e-8)
        self.NZ = self.centred / self.root
        return self.BW * self.NZ + self.Bb

    def backward(self, dLdBZ):
        count = dLdBZ[:, 0].size
        self.dLdBW, self.dLdBb = self.mean(dLdBZ * self.NZ) * count, self.mean(dLdBZ) * count
        return self.BW / self.root * (dLdBZ - self.mean(dLdBZ) - self.NZ * self.mean(dLdBZ * self.NZ))
