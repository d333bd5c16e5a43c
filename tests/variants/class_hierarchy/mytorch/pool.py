import numpy as np
from module import Chain, Module
from numpy.lib.stride_tricks import sliding_window_view
from resampling import Downsample2d


class Pool(Module):
    """Windows in, one value each out; a subclass says how a window's gradient is shared."""

    def __init__(self, kernel):
        self.kernel = kernel

    def run(self, A):
        self.shape = A.shape
        windows = sliding_window_view(A, (self.kernel, self.kernel), axis=(2, 3))
        return self.reduce(windows.reshape(*windows.shape[:4], -1))

    def backward(self, dLdZ):
        dLdA = np.zeros(self.shape)
        for offset in np.ndindex(self.kernel, self.kernel):
            i, j = offset
            place = dLdA[:, :, i : i + dLdZ.shape[2], j : j + dLdZ.shape[3]]
            place += dLdZ * self.share(i * self.kernel + j)
        return dLdA


class MaxPool2d_stride1(Pool):
    def reduce(self, windows):
        self.winner = windows.argmax(-1)
        return windows.max(-1)

    def share(self, offset):
        return self.winner == offset


class MeanPool2d_stride1(Pool):
    def reduce(self, windows):
        return windows.mean(-1)

    def share(self, offset):
        return self.kernel**-2


class Strided(Chain):
    def __init__(self, kernel, stride):
        self.pool, self.downsample2d = self.kind(kernel), Downsample2d(stride)

    steps = property(lambda self: (self.pool, self.downsample2d))


class MaxPool2d(Strided):
    kind = MaxPool2d_stride1


class MeanPool2d(Strided):
    kind = MeanPool2d_stride1
