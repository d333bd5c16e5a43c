"""Convolution as a product of spectra."""

import numpy as np


class Conv1d_stride1:
    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.in_channels, self.out_channels, self.kernel_size = in_channels, out_channels, kernel_size
        self.K = kernel_size
        self.W, self.b = np.zeros((out_channels, in_channels, kernel_size)), np.zeros(out_channels)

    def forward(self, A):
        self.A, self.n = A, A.shape[2] + self.K - 1
        spectrum = np.einsum("ncf,ocf->nof", np.fft.rfft(A, self.n), np.fft.rfft(self.W, self.n).conj())
        return np.fft.irfft(spectrum, self.n)[:, :, : A.shape[2] - self.K + 1] + self.b[:, None]

    def backward(self, dLdZ):
        incoming = np.fft.rfft(dLdZ, self.n)
        self.dLdb = incoming[:, :, 0].real.sum(axis=0)
        by_weight = np.einsum("ncf,nof->ocf", np.fft.rfft(self.A, self.n), incoming.conj())
        self.dLdW = np.fft.irfft(by_weight, self.n)[:, :, : self.K]
        by_input = np.einsum("nof,ocf->ncf", incoming, np.fft.rfft(self.W, self.n))
        return np.fft.irfft(by_input, self.n)[:, :, : self.A.shape[2]]
