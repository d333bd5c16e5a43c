"""What `conv2d` should give with a dilation, groups or a bias, by the submission's own `conv2d` without any of them.

A dilated kernel is a larger one with zeros in it, a group is a convolution by itself, and a bias is added at the end.
`conv2d_backward` gets a cache that the grader has made: its sections build upon no other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.assignments.compositions import Arrays, Ask, Composition
from autograder.assignments.oracles import Inputs, Params

Array = np.ndarray[Any, np.dtype[Any]]


def whole(params: Params, inputs: Inputs, ask: Ask) -> Arrays:
    """The output, by plain convolutions."""
    image, weight = inputs["input"], spread(inputs["weight"], params["dilation"])
    groups, depth, filters = params["groups"], weight.shape[3], len(weight) // params["groups"]
    plain = {"function": "conv2d", "stride": params["stride"], "padding": params["padding"], "dilation": 1, "groups": 1}
    blocks = [
        ask(plain, {
            "input": image[:, :, group * depth : (group + 1) * depth],
            "weight": weight[group * filters : (group + 1) * filters],
        })["output"]
        for group in range(groups)
    ]  # fmt: skip
    output = np.concatenate(blocks, axis=2)
    return {"output": output + inputs["bias"].astype(output.dtype) if "bias" in inputs else output}


def spread(weight: Array, dilation: int) -> Array:
    """Kernels with zeros between their entries."""
    side = (weight.shape[1] - 1) * dilation + 1
    dilated = np.zeros((len(weight), side, side, weight.shape[3]))
    dilated[:, ::dilation, ::dilation] = weight
    return dilated


COMPOSED = dict.fromkeys(("dilation", "groups", "bias"), Composition("forward", whole, frozenset({"output"})))
