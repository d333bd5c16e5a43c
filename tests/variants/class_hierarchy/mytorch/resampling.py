"""Resampling along any number of axes."""

import numpy as np
from module import Module


class Upsample(Module):
    def __init__(self, upsampling_factor):
        self.k = upsampling_factor

    def run(self, A):
        Z = np.zeros((*A.shape[:2], *(self.k * (side - 1) + 1 for side in A.shape[2:])))
        Z[self.kept(A.ndim)] = A
        return Z

    def backward(self, dLdZ):
        return dLdZ[self.kept(dLdZ.ndim)]

    def kept(self, ndim):
        return (..., *[slice(None, None, self.k)] * (ndim - 2))


class Downsample(Upsample):
    def run(self, A):
        self.shape = A.shape
        return A[self.kept(A.ndim)]

    def backward(self, dLdZ):
        dLdA = np.zeros(self.shape)
        dLdA[self.kept(dLdZ.ndim)] = dLdZ
        return dLdA


class Upsample1d(Upsample): ...


class Upsample2d(Upsample): ...


class Downsample1d(Downsample): ...


class Downsample2d(Downsample): ...
