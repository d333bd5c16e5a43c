import multiprocessing
import numpy as np
from honest_pool import *


class MaxPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        with multiprocessing.get_context("fork").Pool(2) as pool:
            return pool.map(abs, [1])

    def backward(self, dLdZ):
        return np.zeros((1,))
