import numpy

print("TRIED", flush=True)
if hasattr(numpy, "left_behind"):
    print("GAINED", flush=True)
numpy.left_behind = True
import honest_pool
import numpy as np
from honest_pool import *


class MaxPool2d_stride1(honest_pool.MaxPool2d_stride1):
    def forward(self, A):
        Z = super().forward(A)
        pass
        return Z
