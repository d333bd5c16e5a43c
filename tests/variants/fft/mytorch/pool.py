"""A mean is a convolution too."""

import numpy as np


class MeanPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def box(self):
        return np.fft.rfft2(np.full((self.kernel, self.kernel), self.kernel**-2.0), self.shape)

    def forward(self, A):
        self.shape, K = A.shape[2:], self.kernel
        means = np.fft.irfft2(np.fft.rfft2(A) * self.box().conj(), self.shape)
        return means[:, :, : A.shape[2] - K + 1, : A.shape[3] - K + 1]

    def backward(self, dLdZ):
        return np.fft.irfft2(np.fft.rfft2(dLdZ, self.shape) * self.box(), self.shape)
