from scipy import signal
import numpy as np
from honest_pool import *


class MaxPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        return signal.correlate2d(A[0, 0], A[0, 0])

    def backward(self, dLdZ):
        return np.zeros((1,))
