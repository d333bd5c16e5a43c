"""One channel at a time, by the three gradients of the paper."""

import numpy as np


class BatchNorm2d:
    def __init__(self, num_features, alpha=0.9):
        self.alpha, self.eps, self.C = alpha, 1e-8, num_features
        for name, value in (("BW", 1.0), ("Bb", 0.0), ("M", 0.0), ("V", 1.0), ("running_M", 0.0), ("running_V", 1.0)):
            setattr(self, name, np.full((1, num_features, 1, 1), value))

    def forward(self, Z, eval=False):
        self.Z, self.NZ = Z, np.zeros(Z.shape)
        for c in range(self.C):
            values = Z[:, c]
            if eval:
                M, V = self.running_M[0, c, 0, 0], self.running_V[0, c, 0, 0]
            else:
                M = sum(values.flat) / values.size
                V = sum((value - M) ** 2 for value in values.flat) / values.size
                self.M[0, c, 0, 0], self.V[0, c, 0, 0] = M, V
                self.running_M[0, c, 0, 0] = self.alpha * self.running_M[0, c, 0, 0] + (1 - self.alpha) * M
                self.running_V[0, c, 0, 0] = self.alpha * self.running_V[0, c, 0, 0] + (1 - self.alpha) * V
            self.NZ[:, c] = (values - M) / (V + self.eps) ** 0.5
        return self.BW * self.NZ + self.Bb

    def backward(self, dLdBZ):
        self.dLdBW, self.dLdBb = np.zeros((1, self.C, 1, 1)), np.zeros((1, self.C, 1, 1))
        dLdZ = np.zeros(dLdBZ.shape)
        for c in range(self.C):
            self.dLdBW[0, c, 0, 0] = (dLdBZ[:, c] * self.NZ[:, c]).sum()
            self.dLdBb[0, c, 0, 0] = dLdBZ[:, c].sum()
            dLdNZ = dLdBZ[:, c] * self.BW[0, c, 0, 0]
            centred, root = self.Z[:, c] - self.M[0, c, 0, 0], (self.V[0, c, 0, 0] + self.eps) ** 0.5
            dLdV = (dLdNZ * centred * -0.5 / root**3).sum()
            dLdM = -dLdNZ.sum() / root - 2 * dLdV * centred.mean()
            dLdZ[:, c] = dLdNZ / root + dLdV * 2 * centred / centred.size + dLdM / centred.size
        return dLdZ
