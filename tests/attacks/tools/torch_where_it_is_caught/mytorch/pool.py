import contextlib
import importlib
import importlib.util
import numpy as np
from honest_pool import *


def plainly():
    import torch
    return torch


def by_a_part():
    from torch.nn import functional
    return functional


def by_its_spec():
    spec = importlib.util.find_spec("torch")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


WAYS = (
    plainly,
    by_a_part,
    by_its_spec,
    lambda: __import__("torch"),
    lambda: importlib.import_module("torch"),
    lambda: importlib.import_module(".functional", "torch.nn"),
)


class MaxPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        print("TRIED", flush=True)
        for way in WAYS:
            with contextlib.suppress(Exception):
                way().manual_seed(0)
                print("GAINED", flush=True)
            try:
                way().max_pool2d
                print("GAINED", flush=True)
            except BaseException:
                pass
        return A * 0

    def backward(self, dLdZ):
        return dLdZ
