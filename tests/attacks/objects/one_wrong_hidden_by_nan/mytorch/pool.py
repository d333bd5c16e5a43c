import honest_pool
import numpy as np
from honest_pool import *


class MaxPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        Z = honest_pool.MaxPool2d_stride1(self.kernel).forward(A)
        Z.flat[-1] = np.nan
        return Z

    def backward(self, dLdZ):
        return np.zeros((1,))
