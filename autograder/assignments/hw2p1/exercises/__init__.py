"""HW2P1's exercises: how a case is put through a submission. They run in the guest, beside the student's code.

This folder is mounted into the sandbox alone: it imports the standard library and NumPy, and knows nothing of
what is right. An exercise gets a `Task`: the case's parameters and inputs, a way to find and build the
submission's classes, and a place for outputs. It records an output the moment it has it.

A case with `A_first` uses the same objects for a first forward and backward; the last pair counts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .convolutions import convolution
from .finding import FILES
from .layers import batchnorm2d, dropout2d, layer, part
from .networks import cnn, scan
from .questions import mcq
from .residual import resnet

__all__ = ["EXERCISES", "FILES"]

EXERCISES: dict[str, Callable[[Any], None]] = {
    "part": part,
    "mcq": mcq,
    "layer": layer,
    "convolution": convolution,
    "scan": scan,
    "cnn": cnn,
    "dropout2d": dropout2d,
    "batchnorm2d": batchnorm2d,
    "resnet": resnet,
}
