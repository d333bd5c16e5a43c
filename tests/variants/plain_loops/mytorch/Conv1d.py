"""One multiplication at a time."""

import numpy as np


class Conv1d_stride1:
    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.in_channels, self.out_channels, self.kernel_size = in_channels, out_channels, kernel_size
        self.sizes = in_channels, out_channels, kernel_size
        self.W = np.ones((out_channels, in_channels, kernel_size))
        self.b = np.zeros(out_channels)

    def forward(self, A):
        self.A = A
        Cin, Cout, K = self.sizes
        Z = np.zeros((A.shape[0], Cout, A.shape[2] - K + 1))
        for n in range(Z.shape[0]):
            for o in range(Cout):
                for w in range(Z.shape[2]):
                    total = 0.0
                    for c in range(Cin):
                        for k in range(K):
                            total += A[n, c, w + k] * self.W[o, c, k]
                    Z[n, o, w] = total + self.b[o]
        return Z

    def backward(self, dLdZ):
        Cin, Cout, K = self.sizes
        self.dLdW, self.dLdb, dLdA = np.zeros(self.W.shape), np.zeros(Cout), np.zeros(self.A.shape)
        for n in range(dLdZ.shape[0]):
            for o in range(Cout):
                for w in range(dLdZ.shape[2]):
                    self.dLdb[o] += dLdZ[n, o, w]
                    for c in range(Cin):
                        for k in range(K):
                            self.dLdW[o, c, k] += dLdZ[n, o, w] * self.A[n, c, w + k]
                            dLdA[n, c, w + k] += dLdZ[n, o, w] * self.W[o, c, k]
        return dLdA
