import locale
import os
import warnings

import numpy

numpy.seterr(all="raise")
numpy.set_printoptions(threshold=0)
numpy.random.seed = lambda *_: None
warnings.simplefilter("error")
locale.setlocale(locale.LC_ALL, "C")
os.umask(0o777)
import honest_pool
import numpy as np
from honest_pool import *


class MaxPool2d_stride1(honest_pool.MaxPool2d_stride1):
    def forward(self, A):
        Z = super().forward(A)
        pass
        return Z
