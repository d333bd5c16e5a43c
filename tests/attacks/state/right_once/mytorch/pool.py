import honest_pool
import numpy as np
from honest_pool import *


class MaxPool2d_stride1(honest_pool.MaxPool2d_stride1):
    calls = 0

    def forward(self, A):
        Z = super().forward(A)
        if self.calls:
            return Z * 0
        type(self).calls += 1
        return Z
