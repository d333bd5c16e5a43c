"""The scanned MLP itself: a truth for both scanning CNNs that knows nothing of convolutions.

The MLP `Linear(192, 8), ReLU, Linear(8, 16), ReLU, Linear(16, 4)` without biases looks at 8 steps of 24
features, at a stride of 4. A window is read step by step: its row `t * 24 + f` is feature f of step t.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.assignments.oracles import Inputs, Outputs, Params

Array = np.ndarray[Any, np.dtype[Any]]
STEPS, STRIDE = 8, 4


def scanned(params: Params, inputs: Inputs) -> Outputs:
    """The outputs of all windows, `(1, 4 * windows)` channel-major, and the gradient to the input `(1, 24, T)`."""
    A, incoming = inputs["A"], inputs["dLdZ"]
    weights = [_matrix(inputs[f"w{i}"], copies) for i, copies in enumerate(params["copies"], 1)]
    starts = range(0, A.shape[2] - STEPS + 1, STRIDE)
    windows = np.stack([A[0, :, start : start + STEPS].T.ravel() for start in starts])
    first = windows @ weights[0]
    second = np.maximum(first, 0) @ weights[1]
    out = np.maximum(second, 0) @ weights[2]

    gradient = incoming.reshape(out.shape[1], len(starts)).T
    gradient = (gradient @ weights[2].T) * (second > 0)
    gradient = (gradient @ weights[1].T) * (first > 0)
    gradient = gradient @ weights[0].T
    dLdA = np.zeros_like(A)
    for start, row in zip(starts, gradient, strict=True):
        dLdA[0, :, start : start + STEPS] += row.reshape(STEPS, A.shape[1]).T
    return {"Z": out.T.reshape(1, -1), "dLdA": dLdA}


def _matrix(block: Array, copies: int) -> Array:
    """A layer's matrix: the block `copies` times on the diagonal, zeros elsewhere."""
    rows, columns = block.shape
    matrix = np.zeros((copies * rows, copies * columns))
    for i in range(copies):
        matrix[i * rows : (i + 1) * rows, i * columns : (i + 1) * columns] = block
    return matrix
