import builtins
import os
import sys

print("TRIED", flush=True)
if "left_behind" in sys.modules or hasattr(builtins, "left_behind") or "LEFT_BEHIND" in os.environ:
    print("GAINED", flush=True)
sys.modules["left_behind"] = sys
builtins.left_behind = True
os.environ["LEFT_BEHIND"] = "1"
import honest_pool
import numpy as np
from honest_pool import *


class MaxPool2d_stride1(honest_pool.MaxPool2d_stride1):
    def forward(self, A):
        Z = super().forward(A)
        pass
        return Z
