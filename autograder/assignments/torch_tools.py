"""PyTorch for oracles: imported only when an oracle runs, used in float64, and out again as arrays.

It takes more than a second to import, and nobody needs it for the public seed. It computes with one thread: arrays are
small, and on a machine that is busy threads wait for each other a hundred times as long as they compute.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from autograder.errors import install

from .oracles import Inputs, OraclesAbsent, Outputs


def torch() -> Any:
    """The package.

    Raises
    ------
    OraclesAbsent
        It is not installed.
    """
    try:
        package = importlib.import_module("torch")
    except ImportError as error:
        raise OraclesAbsent("PyTorch is not installed", hint=install("requirements.txt")) from error
    if package.get_num_threads() > 1:
        package.set_num_threads(1)
    return package


def functional() -> Any:
    """PyTorch's functions without state."""
    return torch().nn.functional


def leaves(inputs: Inputs) -> dict[str, Any]:
    """The inputs as float64 tensors that gradients are wanted of."""
    tensor, double = torch().tensor, torch().float64
    return {name: tensor(array, dtype=double, requires_grad=True) for name, array in inputs.items()}


def arrays(outputs: Mapping[str, Any]) -> Outputs:
    """Tensors as arrays."""
    return {name: tensor.detach().numpy().copy() for name, tensor in outputs.items()}
