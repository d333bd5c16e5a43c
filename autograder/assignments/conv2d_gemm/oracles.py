"""The oracles: PyTorch, then the reference put through the exercises. What is drawn at random is judged."""

from __future__ import annotations

from collections.abc import Mapping

from autograder.assignments import reference
from autograder.assignments.oracles import Oracle

from . import torch_truth
from .exercises import EXERCISES

PRIMARY: Mapping[str, Oracle] = {
    "pad2d": Oracle("PyTorch", torch_truth.pad2d),
    "conv2d": Oracle("PyTorch", torch_truth.convolution),
    "im2col": Oracle("PyTorch", torch_truth.im2col),
    "col2im": Oracle("PyTorch", torch_truth.col2im),
    "conv2d_gemm": Oracle("PyTorch", torch_truth.convolution),
    "loops_forward": Oracle("PyTorch", torch_truth.forward),
    "loops_backward": Oracle("PyTorch", torch_truth.backward),
    "gemm_forward": Oracle("PyTorch", torch_truth.forward),
    "gemm_backward": Oracle("PyTorch", torch_truth.backward),
    "speed": Oracle("PyTorch", torch_truth.speed),
}


def oracles(section_id: str) -> tuple[Oracle, ...]:
    """The truths about a section, the primary one first."""
    return PRIMARY[section_id], reference.oracle("conv2d_gemm", section_id, EXERCISES)
