"""A failing case as lines that a student can paste into a Python shell and run without the grader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.assignments.cases import Array
from autograder.assignments.snippet_lines import array, imported

from .exercises import FILE


def snippet(
    params: Mapping[str, Any], inputs: Mapping[str, Array], output: str, files: Mapping[str, bytes]
) -> str | None:
    """The lines, up to printing the output."""
    arrays = {name: array(values) for name, values in inputs.items()}
    lines = _layer(params, arrays, output) if "layer" in params else _function(params, arrays, output)
    name = params.get("layer") or params["function"]
    return "\n".join([*imported(name, files, [FILE]), *lines]) + "\n"


def _function(params: Mapping[str, Any], arrays: Mapping[str, str], output: str) -> list[str]:
    function, pad = params["function"], repr(_pad(params))
    kernel, shape = repr(tuple(params["kernel"])), (*params["kernel"], params["shape"][3], params["out"])
    steps = f"stride={params['stride']}, dilation={params['dilation']}"
    if function == "Pad2D":
        return [f"X_pad, pad4 = Pad2D({arrays['X']}, {pad}, {kernel}, {steps})", f"print({output})"]
    if function == "im2col":
        return [f"X_col, pad4 = im2col({arrays['X']}, {shape}, {pad}, {steps})", f"print({output})"]
    if function == "col2im":
        sides = f"{tuple(params['shape'])}, {shape}, {tuple(params['pad4'])}"
        return [f"print(col2im({arrays['X_col']}, {sides}, {steps}))"]
    return [f"print({function}({arrays['X']}, {arrays['W']}, pad={pad}, {steps}))"]


def _layer(params: Mapping[str, Any], arrays: Mapping[str, str], output: str) -> list[str]:
    given = {"pad": _pad(params), "stride": params["stride"], "dilation": params["dilation"]}
    named = [f"{name}={value!r}" for name, value in {**given, "acti_fn": params["acti_fn"]}.items()]
    arguments = ", ".join([str(params["out"]), repr(tuple(params["kernel"])), *named])
    lines = [f"layer = {params['layer']}({arguments})", f"X = {arrays['X']}", "layer.forward(X, retain_derived=False)"]
    lines += [f'layer.params["{name}"] = {arrays[name]}' for name in ("W", "b")]
    if output == "hyperparams numbers":
        numbers = 'said[name] for name in ("in_ch", "out_ch", "stride", "dilation")'
        return [*lines, "said = layer.hyperparams", f'print(*[{numbers}], *said["kernel_shape"])']
    if "dLda" not in arrays:
        return [*lines, "print(layer.forward(X))"]
    if "dLda first" in arrays:
        lines += [f"layer.forward({arrays['X first']})", "layer.forward(X)"]
        gradients = f"[{arrays['dLda first']}, {arrays['dLda']}]"
        lines.append(f"dX_first, dX = layer.backward({gradients})")
    else:
        lines += ["layer.forward(X)", f"dX = layer.backward({arrays['dLda']})"]
    shown = {"dX": "dX", "dX first": "dX_first", "dW": 'layer.gradients["W"]', "db": 'layer.gradients["b"]'}
    return [*lines, f"print({shown[output]})"]


def _pad(params: Mapping[str, Any]) -> Any:
    pad = params["pad"]
    return tuple(pad) if isinstance(pad, list) else pad
