"""What the wrong ideas share: sides, windows, and which sections a part is seen in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Around = Callable[..., Any]
Four = tuple[int, int, int, int]

LOOPS, GEMM = "loops_forward loops_backward", "gemm_forward gemm_backward"
#: Where each function is seen.
PADDED = f"pad2d conv2d im2col conv2d_gemm {LOOPS} {GEMM}"
CONVOLVED = {"Conv2d": "conv2d loops_forward", "conv2D_gemm": "conv2d_gemm gemm_forward"}
COLUMNS = f"im2col conv2d_gemm {GEMM}"
BACK = "loops_backward gemm_backward"
FORWARD = "loops_forward gemm_forward"


def four(shape: tuple[int, ...], pad: Any, kernel: tuple[int, int], stride: int, dilation: int) -> Four:
    """A padding as top, bottom, left, right."""
    if pad == "same":
        first, second = (
            max(0, (-(-side // stride) - 1) * stride + (taps - 1) * dilation + 1 - side)
            for side, taps in zip(shape[1:3], kernel, strict=True)
        )
        return first // 2, first - first // 2, second // 2, second - second // 2
    if pad == "valid":
        return 0, 0, 0, 0
    if isinstance(pad, int):
        return pad, pad, pad, pad
    top, bottom, left, right = pad if len(pad) == 4 else (pad[0], pad[0], pad[1], pad[1])
    return top, bottom, left, right


def padded(X: Any, pad4: Four) -> Any:
    """Images with zeros around them."""
    return np.pad(X, ((0, 0), pad4[:2], pad4[2:], (0, 0)))


def counts(sides: tuple[int, int], kernel: tuple[int, int], stride: int, dilation: int) -> tuple[int, int]:
    """How many windows there are along each side of a padded image."""
    rows, cols = ((side - (taps - 1) * dilation - 1) // stride + 1 for side, taps in zip(sides, kernel, strict=True))
    return rows, cols


def taken(tap: int, count: int, stride: int, dilation: int) -> slice:
    """What a tap sees along a side."""
    return slice(tap * dilation, tap * dilation + (count - 1) * stride + 1, stride)
