"""Convolution along any number of axes."""

import numpy as np
from module import Chain, Module
from numpy.lib.stride_tricks import sliding_window_view


class Padding(Module):
    def __init__(self, padding):
        self.padding = padding

    def run(self, A):
        return np.pad(A, [(0, 0), (0, 0)] + [(self.padding,) * 2] * (A.ndim - 2))

    def backward(self, dLdZ):
        cut = [slice(self.padding, side - self.padding) for side in dLdZ.shape[2:]]
        return dLdZ[(..., *cut)]


class Stride1(Module):
    axes: tuple[int, ...]

    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.K = (kernel_size,) * len(self.axes)
        self.W = (weight_init_fn or np.random.randn)(out_channels, in_channels, *self.K)
        self.b = (bias_init_fn or np.zeros)(out_channels)

    def run(self, A):
        self.windows = sliding_window_view(A, self.K, axis=self.axes)
        Z = np.tensordot(self.windows, self.W, ((1, *(a + len(self.axes) for a in self.axes)), (1, *self.axes)))
        return np.moveaxis(Z + self.b, -1, 1)

    def backward(self, dLdZ):
        self.dLdb = dLdZ.sum((0, *self.axes))
        self.dLdW = np.tensordot(dLdZ, self.windows, ((0, *self.axes), (0, *self.axes)))
        p = self.K[0] - 1
        windows = sliding_window_view(Padding(p)(dLdZ), self.K, axis=self.axes)
        flipped = np.flip(self.W, self.axes)
        dLdA = np.tensordot(windows, flipped, ((1, *(a + len(self.axes) for a in self.axes)), (0, *self.axes)))
        return np.moveaxis(dLdA, -1, 1)


class Conv1d_stride1(Stride1):
    axes = (2,)


class Conv2d_stride1(Stride1):
    axes = (2, 3)


class Strided(Chain):
    """Pad, convolve, downsample."""
