"""PyTorch as an oracle: forward by its functions, backward by its autograd, all in float64."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from autograder.assignments.oracles import Inputs, Outputs, Params
from autograder.assignments.torch_tools import arrays, functional, leaves, torch

EPS = 1e-8  # of the batch normalisation


def _upsample(A: Any, k: int) -> Any:
    sides = [k * (side - 1) + 1 for side in A.shape[2:]]
    Z = A.new_zeros((*A.shape[:2], *sides))
    Z[(..., *[slice(None, None, k)] * len(sides))] = A
    return Z


def _downsample(A: Any, k: int) -> Any:
    return A[(..., *[slice(None, None, k)] * (A.ndim - 2))]


def _convolve(A: Any, W: Any, b: Any, stride: int, padding: int) -> Any:
    convolve = functional().conv1d if A.ndim == 3 else functional().conv2d
    return convolve(A, W, b, stride=stride, padding=padding)


def _transposed(A: Any, W: Any, b: Any, k: int) -> Any:
    """Upsampling and then a plain convolution, as one transposed convolution of the flipped, swapped kernel."""
    transpose = functional().conv_transpose1d if A.ndim == 3 else functional().conv_transpose2d
    flipped = W.flip(list(range(2, W.ndim))).transpose(0, 1)
    return transpose(A, flipped, b, stride=k, padding=W.shape[-1] - 1)


#: Each layer as a function of its tensors, its arguments and its padding.
LAYERS: Mapping[str, Callable[[dict[str, Any], Params, int], Any]] = {
    **dict.fromkeys(("Upsample1d", "Upsample2d"), lambda t, a, p: _upsample(t["A"], a["upsampling_factor"])),
    **dict.fromkeys(("Downsample1d", "Downsample2d"), lambda t, a, p: _downsample(t["A"], a["downsampling_factor"])),
    **dict.fromkeys(
        ("Conv1d_stride1", "Conv2d_stride1", "Conv1d", "Conv2d"),
        lambda t, a, p: _convolve(t["A"], t["W"], t["b"], a.get("stride", 1), p),
    ),
    **dict.fromkeys(
        ("ConvTranspose1d", "ConvTranspose2d"),
        lambda t, a, p: _transposed(t["A"], t["W"], t["b"], a["upsampling_factor"]),
    ),
    **dict.fromkeys(
        ("MaxPool2d_stride1", "MaxPool2d"),
        lambda t, a, p: functional().max_pool2d(t["A"], a["kernel"], a.get("stride", 1)),
    ),
    **dict.fromkeys(
        ("MeanPool2d_stride1", "MeanPool2d"),
        lambda t, a, p: functional().avg_pool2d(t["A"], a["kernel"], a.get("stride", 1)),
    ),
}


def layer(params: Params, inputs: Inputs) -> Outputs:
    """Resampling, convolutions, pooling: the output and the gradients to the input and the parameters."""
    tensors = leaves(inputs)
    if "W" in tensors and "b" not in tensors:
        tensors["b"] = tensors["W"].new_zeros(tensors["W"].shape[0]).requires_grad_()
    Z = LAYERS[params["layer"]](tensors, params["arguments"], params.get("padding", 0))
    Z.backward(tensors["dLdZ"].detach() if "dLdZ" in tensors else Z.detach())
    gradients = {f"dLd{name}": tensors[name].grad for name in ("A", "W", "b") if name in tensors}
    unasked = params.get("unasked", ())
    return arrays({name: value for name, value in {"Z": Z, **gradients}.items() if name not in unasked})


def cnn(params: Params, inputs: Inputs) -> Outputs:
    """The CNN with its loss, its gradients and one step; or the Flatten layer alone."""
    tensors = leaves(inputs)
    if params["layer"] == "Flatten":
        Z = tensors["A"].flatten(1)
        Z.backward(tensors["dLdZ"].detach())
        return arrays({"flatten Z": Z, "flatten dLdA": tensors["A"].grad})
    given = params["arguments"]
    parts = [*(f"conv{i}" for i in range(1, len(given["strides"]) + 1)), "linear"]
    for part in parts:
        if f"{part} b" not in tensors:
            W = tensors[f"{part} W"]
            shape = (W.shape[0], 1) if part == "linear" else (W.shape[0],)
            tensors[f"{part} b"] = W.new_zeros(shape).requires_grad_()
    Z = tensors["A"]
    for part, stride, activation in zip(parts, given["strides"], given["activations"], strict=False):
        Z = _convolve(Z, tensors[f"{part} W"], tensors[f"{part} b"], stride, 0)
        Z = {"Tanh": torch().tanh, "ReLU": torch().relu, "Sigmoid": torch().sigmoid}[activation](Z)
    Z = functional().linear(Z.flatten(1), tensors["linear W"], tensors["linear b"].flatten())
    if "Y" not in tensors:
        return arrays({"Z": Z})
    loss = functional().cross_entropy(Z, tensors["Y"].detach())
    loss.backward()
    return arrays(
        {
            "Z": Z,
            "loss": loss,
            "dLdA": tensors["A"].grad,
            **_trained(tensors, parts, given["lr"] * params.get("steps", 1)),
        }
    )


def _trained(tensors: Mapping[str, Any], parts: list[str], rate: float) -> dict[str, Any]:
    """Every part's gradients, all parameters after a step (or several: the gradients stay), then zeroed gradients."""
    outputs = {f"{part} dLd{name}": tensors[f"{part} {name}"].grad for part in parts for name in "Wb"}
    for name in "Wb":
        stepped = [tensors[f"{part} {name}"] - rate * tensors[f"{part} {name}"].grad for part in parts]
        outputs[f"step {name}"] = torch().cat([tensor.flatten() for tensor in stepped])
    every = torch().cat([gradient.flatten() for gradient in list(outputs.values())[: 2 * len(parts)]])
    return {**outputs, "zero_grads": torch().zeros_like(every)}


def batchnorm2d(params: Params, inputs: Inputs) -> Outputs:
    """Batch normalisation by PyTorch; the running statistics, whose variance PyTorch defines otherwise, by formula."""
    tensors = leaves(inputs)
    alpha = params["arguments"]["alpha"]
    shape = (1, params["arguments"]["num_features"], 1, 1)
    BW = tensors.get("BW", torch().ones(shape, dtype=torch().float64, requires_grad=True))
    Bb = tensors.get("Bb", torch().zeros(shape, dtype=torch().float64, requires_grad=True))
    running_M, running_V = torch().zeros_like(BW).detach(), torch().ones_like(BW).detach()
    for name in ("A_first", "A") if "A_first" in tensors else ("A",):
        A = tensors[name].detach()
        M, V = A.mean((0, 2, 3), keepdim=True), A.var((0, 2, 3), correction=0, keepdim=True)
        running_M = alpha * running_M + (1 - alpha) * M
        running_V = alpha * running_V + (1 - alpha) * V
    normalise, scale = functional().batch_norm, (BW.flatten(), Bb.flatten())
    BZ = normalise(tensors["A"], None, None, *scale, training=True, eps=EPS)
    BZ.backward(tensors["dLdZ"].detach())
    evaluated = normalise(tensors["A eval"], running_M.flatten(), running_V.flatten(), *scale, eps=EPS)
    statistics = {"running_M": running_M, "running_V": running_V}
    return arrays(
        {
            "BZ": BZ, "dLdZ": tensors["A"].grad, "dLdBW": BW.grad, "dLdBb": Bb.grad, "M": M, "V": V,
            **statistics, "BZ eval": evaluated, **{f"{name} after eval": value for name, value in statistics.items()},
        }
    )  # fmt: skip


def resnet(params: Params, inputs: Inputs) -> Outputs:
    """A residual block: two convolutions with norms, and a shortcut that is the input or such a pair."""
    tensors, given = leaves(inputs), params["arguments"]

    def pair(role: str, A: Any, stride: int, padding: int) -> Any:
        Z = _convolve(A, tensors[f"{role} W"], tensors.get(f"{role} b"), stride, padding)
        scale = [tensors[f"{role} {name}"].flatten() if f"{role} {name}" in tensors else None for name in ("BW", "Bb")]
        return functional().batch_norm(Z, None, None, *scale, training=True, eps=EPS)

    A = tensors["A"]
    main = pair("conv2", torch().relu(pair("conv1", A, given["stride"], given["padding"])), 1, 0)
    side = pair("shortcut", A, given["stride"], given["padding"]) if "shortcut W" in tensors else A
    Z = torch().relu(main + side)
    Z.backward(tensors["dLdZ"].detach())
    roles = [role for role in ("conv1", "conv2", "shortcut") if f"{role} W" in tensors]
    return arrays({"Z": Z, "dLdA": A.grad, **{f"{role} dLdW": tensors[f"{role} W"].grad for role in roles}})
