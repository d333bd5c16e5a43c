"""Convolution as a product of spectra."""

import numpy as np


class Conv2d_stride1:
    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.K = kernel_size
        self.W, self.b = np.zeros((out_channels, in_channels, kernel_size, kernel_size)), np.zeros(out_channels)

    def forward(self, A):
        self.A = A
        self.size = tuple(side + self.K - 1 for side in A.shape[2:])
        spectrum = np.einsum("ncfg,ocfg->nofg", self.spectrum(A), self.spectrum(self.W).conj())
        return self.back(spectrum, *(side - self.K + 1 for side in A.shape[2:])) + self.b[:, None, None]

    def backward(self, dLdZ):
        incoming = self.spectrum(dLdZ)
        self.dLdb = np.sum(dLdZ, (0, 2, 3))
        self.dLdW = self.back(np.einsum("ncfg,nofg->ocfg", self.spectrum(self.A), incoming.conj()), self.K, self.K)
        return self.back(np.einsum("nofg,ocfg->ncfg", incoming, self.spectrum(self.W)), *self.A.shape[2:])

    def spectrum(self, array):
        return np.fft.fft2(array, self.size)

    def back(self, spectrum, height, width):
        return np.fft.ifft2(spectrum, self.size).real[:, :, :height, :width]
