"""Snippets of the CNN, the residual block and the scanning networks, whose parts have parameters of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograder.assignments.snippet_lines import array, imported, sparse

from .exercises import FILES

Array = np.ndarray[Any, np.dtype[Any]]
FOLDERS = ("mytorch", "models", ".")
#: Finds the convolutions of a residual block that keeps its parts under the handout's names, be there too few or many.
KERNELS = (
    "kernels = lambda part: [layer.conv2d_stride1 for layer in getattr(part, 'layers', [part])"
    " if hasattr(layer, 'conv2d_stride1')]"
)
#: So many numbers of a large output are printed.
PRINTED = 16
KEPT = (b"convolution_layers", b"residual_connection", b"self.layers")


def snippet(
    params: Mapping[str, Any], inputs: Mapping[str, Array], output: str, files: Mapping[str, bytes]
) -> str | None:
    """The lines; None of a residual block that keeps its parts under other names than the handout's."""
    lines = list(imported(params["layer"], files, FILES[params["layer"]], FOLDERS))
    if params["layer"] == "CNN":
        return "\n".join([*lines, *_network(params, inputs, output, files)]) + "\n"
    source = b"".join(content for path, content in files.items() if path in FILES["ResBlock"])
    if not all(name in source for name in KEPT):
        return None
    return "\n".join([*lines, *_block(params, inputs, output)]) + "\n"


def scan(params: Mapping[str, Any], inputs: Mapping[str, Array], output: str, files: Mapping[str, bytes]) -> str:
    """The lines of a scanning network, with arrays made of zeros; what comes out is printed as what is not 0 in it."""
    lines = list(imported(params["layer"], files, FILES[params["layer"]], FOLDERS))
    for i, copies in enumerate(params["copies"], 1):
        lines.append(sparse(f"w{i}", inputs[f"w{i}"]))
        if copies > 1:
            lines.append(f"w{i} = np.kron(np.eye({copies}), w{i})")
    lines += [f"net = {params['layer']}()", "net.init_weights([w1, w2, w3])"]
    for suffix in ("_first", "") if "A_first" in inputs else ("",):
        lines += [sparse("A", inputs[f"A{suffix}"]), "Z = net.forward(A)"]
        if output != "Z" or suffix:
            lines += [sparse("dLdZ", inputs[f"dLdZ{suffix}"]), "dLdA = net.backward(dLdZ)"]
    lines.append(f"found = np.round({output}, 9)")  # what is left of rounding is 0
    lines.append(f"print(found.shape, np.argwhere(found)[:{PRINTED}].tolist(), found[found != 0][:{PRINTED}])")
    return "\n".join(lines) + "\n"


def _network(
    params: Mapping[str, Any], inputs: Mapping[str, Array], output: str, files: Mapping[str, bytes]
) -> Iterator[str]:
    given = params["arguments"]
    for name in dict.fromkeys([*given["activations"], "CrossEntropyLoss"]):
        yield list(imported(name, files, FILES[name], FOLDERS))[-1]
    yield "weights = lambda *shape: np.zeros(shape)"
    leading = [given[name] for name in ("input_width", "num_input_channels", "num_channels", "kernel_sizes", "strides")]
    activations = ", ".join(f"{name}()" for name in given["activations"])
    shown = ", ".join(map(str, [*leading, given["num_linear_neurons"]]))
    yield f"net = CNN({shown}, [{activations}], weights, weights, weights, CrossEntropyLoss(), {given['lr']})"
    parts = {f"conv{i}": f"net.convolutional_layers[{i - 1}].conv1d_stride1"
             for i in range(1, len(given["num_channels"]) + 1)}  # fmt: skip
    parts["linear"] = "net.linear_layer"
    for part, place in parts.items():
        for letter in "Wb":
            if f"{part} {letter}" in inputs:
                yield f"{place}.{letter} = {array(inputs[f'{part} {letter}'])}"
    for suffix in ("_first", "") if "A_first" in inputs else ("",):
        yield f"Z = net.forward({array(inputs[f'A{suffix}'])})"
        if output != "Z" or suffix:
            yield f"dLdA = net.backward({array(inputs[f'Y{suffix}'])})"
    if output in ("step W", "step b", "zero_grads"):
        yield from ["net.step()"] * params.get("steps", 1)
    if output == "zero_grads":
        yield "net.zero_grads()"
    yield f"print({_of_network(output, parts)})"


def _of_network(output: str, parts: Mapping[str, str]) -> str:
    if output in ("Z", "dLdA"):
        return output
    if output == "loss":
        return "net.loss"
    names = {"step W": ("W",), "step b": ("b",), "zero_grads": ("dLdW", "dLdb")}.get(output)
    if names is None:
        part, _, name = output.partition(" ")
        return f"{parts[part]}.{name}"
    values = ", ".join(f"np.ravel({place}.{name})" for place in parts.values() for name in names)
    return f"np.concatenate([{values}])"


def _block(params: Mapping[str, Any], inputs: Mapping[str, Array], output: str) -> Iterator[str]:
    yield f"block = ResBlock({', '.join(map(str, params['arguments'].values()))})"
    yield KERNELS
    yield "conv1, conv2 = [kernel for part in block.convolution_layers for kernel in kernels(part)]"
    if "shortcut W" in inputs:
        yield "(shortcut,) = kernels(block.residual_connection)"
    for role in ("conv1", "conv2", "shortcut"):
        if f"{role} W" in inputs:
            yield f"{role}.W = {array(inputs[f'{role} W'])}"
            yield f"{role}.b = np.zeros({len(inputs[f'{role} W'])})"
    for suffix in ("_first", "") if "A_first" in inputs else ("",):
        yield f"Z = block.forward({array(inputs[f'A{suffix}'])})"
        if output != "Z" or suffix:
            yield f"dLdA = block.backward({array(inputs[f'dLdZ{suffix}'])})"
    yield f"print({output.replace(' ', '.')})"
