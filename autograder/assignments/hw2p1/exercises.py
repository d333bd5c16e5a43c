"""HW2P1's exercises: how a case is put through a submission. Runs in the guest, beside the student's code.

This file is mounted into the sandbox alone: it imports the standard library and NumPy, and knows nothing of
what is right. An exercise gets a `Task`: the case's parameters and inputs, a way to find and build the
submission's classes, and a place for outputs. It records an output the moment it has it.

Weights are always set on a layer after it was built, because a layer may ignore `weight_init_fn`.
A case with `A_first` uses the same objects for a first forward and backward; the last pair counts.
"""

from __future__ import annotations

import contextlib
import inspect
import itertools
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Shape = tuple[int, ...]

#: Where the layouts of the course's editions keep a class or function; elsewhere it is searched for by name.
FILES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("Upsample1d", "Downsample1d", "Upsample2d", "Downsample2d"),
        ("mytorch/resampling.py", "mytorch/nn/resampling.py"),
    ),
    **dict.fromkeys(
        ("Conv1d_stride1", "Conv1d"),
        ("mytorch/Conv1d.py", "mytorch/nn/Conv1d.py", "mytorch/conv.py"),
    ),
    **dict.fromkeys(
        ("Conv2d_stride1", "Conv2d", "Conv2d_padding"),
        ("mytorch/Conv2d.py", "mytorch/nn/Conv2d.py", "mytorch/conv.py"),
    ),
    **dict.fromkeys(
        ("ConvTranspose1d", "ConvTranspose2d"),
        ("mytorch/ConvTranspose.py", "mytorch/nn/ConvTranspose.py", "mytorch/conv.py"),
    ),
    **dict.fromkeys(
        ("MaxPool2d_stride1", "MeanPool2d_stride1", "MaxPool2d", "MeanPool2d"),
        ("mytorch/pool.py", "mytorch/nn/pool.py"),
    ),
    **dict.fromkeys(
        ("Identity", "Sigmoid", "Tanh", "ReLU", "GELU"),
        ("mytorch/activation.py", "mytorch/nn/activation.py"),
    ),
    "Flatten": ("mytorch/flatten.py", "mytorch/nn/flatten.py"),
    "CrossEntropyLoss": ("mytorch/loss.py", "mytorch/nn/loss.py"),
    "CNN_SimpleScanningMLP": ("models/mlp_scan.py", "hw2/mlp_scan.py"),
    "CNN_DistributedScanningMLP": ("models/mlp_scan.py", "hw2/mlp_scan.py"),
    "CNN": ("models/cnn.py", "hw2/hw2.py", "hw2/cnn.py"),
    "Dropout2d": ("mytorch/dropout2d.py", "mytorch/nn/dropout2d.py"),
    "BatchNorm2d": ("mytorch/batchnorm2d.py", "mytorch/nn/batchnorm2d.py"),
    "ResBlock": ("models/resnet.py", "hw2/resnet.py"),
}
#: Layers that are made of no others: what such a one shares is told there, and not of all that is made of it.
ELEMENTARY = (
    *("Upsample1d", "Downsample1d", "Upsample2d", "Downsample2d", "Conv1d_stride1", "Conv2d_stride1"),
    *("MaxPool2d_stride1", "MeanPool2d_stride1"),
)
QUESTIONS = ("MCQ/mcq.py", "hw2/mc.py", "hw2/mcq.py")


def find(task: Any, name: str) -> Any:
    """The submission's class of that name."""
    return task.find(name, *FILES[name])


def zero_weights(out: int, into: int, *kernel: int) -> Array:
    """A layer's `weight_init_fn`: the real values are set afterwards."""
    return np.zeros((out, into, *kernel))


def zero_bias(out: int) -> Array:
    """A layer's `bias_init_fn`; it takes no shape of weights, so that the two cannot be confused."""
    return np.zeros(out)


#: A CNN's `conv_weight_init_fn`, `bias_init_fn`, `linear_weight_init_fn`.
INITIAL = (zero_weights, zero_bias, zero_weights)


def forward(task: Any, layer: Any, *args: Any) -> Any:
    """The layer's output, by `forward` where it has that, else by calling it."""
    if not hasattr(layer, "forward") and not callable(layer):
        task.missing(f"{type(layer).__name__} has no `forward`")
    return task.called(layer.forward if hasattr(layer, "forward") else layer, *args)


def private(task: Any, name: str) -> Array:
    """An input for an object to keep: its own to change, as `step` does, without a note."""
    return np.array(task.input(name))


def record_attribute(task: Any, output: str, owner: Any, name: str) -> None:
    """Record `owner.name` as an output; that it is missing is counted on that output."""
    task.expecting(output)
    task.record(output, task.attribute(owner, name, output))


def arguments(task: Any) -> list[Any]:
    """The constructor's leading arguments: all of the case's, or the first `given` where it relies on the defaults."""
    return list(task.params["arguments"].values())[: task.params.get("given")]


def passes(task: Any) -> tuple[str, ...]:
    """Suffixes of the inputs of each forward and backward, the one that counts last."""
    return ("_first", "") if task.has("A_first") else ("",)


def not_none(task: Any, layer: Any, method: str, result: Any) -> None:
    """Where a layer has no section of its own, None is its doing, and no stub of who uses it."""
    if result is None:
        task.handed_on(f"`{type(layer).__name__}.{method}` returned None")


def run(task: Any, layer: Any, out: str = "Z", back: str = "dLdA", other: Any = None) -> None:
    """Forward and backward, recorded as `out` and `back`.

    The incoming gradient is `dLdZ`; where a case has none, it is the layer's own output, as in the
    course's own cases. Where there is an `other` object of the same class, it is at work at the same
    time, on an input of the same shape, as layers of a network are: nothing of it may show.
    """
    own = not out.startswith("flatten")  # what Flatten gives is best a view
    for suffix in passes(task):
        task.expecting(out)
        if other is not None:
            forward(task, other, -task.input(f"A{suffix}"))
        result = forward(task, layer, task.input(f"A{suffix}"))
        if not own:
            not_none(task, layer, "forward", result)
        if not suffix:
            task.record(out, result, own=own)
        elif own:
            task.returned(out, result)
        if other is not None:
            forward(task, other, -task.input(f"A{suffix}"))
        task.expecting(back)
        incoming = task.input(f"dLdZ{suffix}") if task.has(f"dLdZ{suffix}") else np.array(task.outputs[out])
        backward = task.attribute(layer, "backward")
        gradient = backward(incoming) if suffix else task.called(backward, incoming)
        if not own:
            not_none(task, layer, "backward", gradient)
        elif suffix:
            task.returned(back, gradient)
    task.record(back, gradient, own=own)


def call_again(task: Any, layer: Any) -> None:
    """Both once more, on inputs of the same shape, when all is recorded: only for the note on a result that is kept."""
    with contextlib.suppress(Exception):
        result = forward(task, layer, -task.input("A"))
        task.returned("Z", result)
        task.returned("dLdA", task.attribute(layer, "backward")(np.array(result)))


def keep_apart(task: Any, layer: Any, other: Any, back: str = "dLdA") -> None:
    """Both once more, while `other` works on an input of another shape: sizes that are shared show now.

    Raises
    ------
    BadOutput
        What was right before is not any more.
    """
    task.expecting(back)
    incoming = task.input("dLdZ") if task.has("dLdZ") else np.array(task.outputs["Z"])
    name, due = type(layer).__name__, task.outputs[back].shape
    said = f"what `forward` remembers belongs to the object, not to the class or the file: once a second {name} has"
    said = f"{said} worked on an input of another shape, `backward` of the first"
    try:
        forward(task, layer, task.input("A"))
        forward(task, other, -task.input("A_first"))
    except Exception:  # who is not ready for a third call has not been asked to be
        return
    try:
        shape = np.shape(task.attribute(layer, "backward")(incoming))
    except Exception as error:
        task.unfit(f"{said} raises {type(error).__name__}")
    if shape != due:
        task.unfit(f"{said} gives an array of shape {shape}, where it gave {due}")


def mcq(task: Any) -> None:
    """One multiple-choice question: the letter, whatever its case and the spaces around it."""
    answer = task.called(task.find(f"question_{task.params['question']}", *QUESTIONS))
    task.record_text("answer", str.__str__(answer).strip().lower() if isinstance(answer, str) else answer)


def layer(task: Any) -> None:
    """A layer without weights: resampling, pooling."""
    cls = find(task, task.params["layer"])
    first, *second = (task.build(cls, *arguments(task)) for _ in passes(task))
    run(task, first, other=second[0] if second else None)
    if second:
        call_again(task, first)
        if task.params["layer"] in ELEMENTARY:
            keep_apart(task, first, second[0])


def convolution(task: Any) -> None:
    """A convolution of any kind: output and all gradients."""
    built, *second = (build_convolution(task) for _ in passes(task))
    kernel = inner_convolution(task, built)
    set_parameters(task, kernel)
    if second and task.params["layer"] in ELEMENTARY:
        keep_defaults(task, kernel)
    for other in second:
        set_parameters(task, inner_convolution(task, other))
    run(task, built, other=second[0] if second else None)
    for name in ("dLdW", "dLdb"):
        if name not in task.params.get("unasked", ()):
            record_attribute(task, name, kernel, name)
    if second:
        call_again(task, built)
        if task.params["layer"] in ELEMENTARY:
            keep_apart(task, built, second[0])


def build_convolution(task: Any) -> Any:
    """The case's convolution, with a padding where the edition and the class have one."""
    name = task.params["layer"]
    cls = find(task, name)
    leading = arguments(task)
    options: dict[str, Any] = {"weight_init_fn": zero_weights, "bias_init_fn": zero_bias}
    if "padding" in task.params:
        padding = task.params["padding"]
        if task.takes(cls, "padding"):
            options["padding"] = padding
        elif task.params["padding_by"] == "position" and takes_fifth(cls):
            leading.append(padding)
        elif has_padded_class(task, name):
            cls = find(task, f"{name}_padding")
            options["padding"] = padding
        elif task.params["padding_by"] == "optional":
            apart = f"{name}_padding"
            here = f"neither {name} nor {apart} takes a" if apart in FILES else f"{name} takes no"
            task.not_applicable(f"{here} `padding`")
        elif padding:
            task.missing(f"{name} takes no `padding`")
    return task.build(cls, *leading, **options)


def takes_fifth(cls: Callable[..., Any]) -> bool:
    """Whether the fifth positional parameter, after the stride, is a number and not an init function."""
    parameters = [
        parameter.name
        for parameter in inspect.signature(cls).parameters.values()
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ]
    return len(parameters) > 4 and "init" not in parameters[4]


def has_padded_class(task: Any, name: str) -> bool:
    """Whether the submission keeps its padded convolution apart, as `Conv2d_padding`."""
    apart = f"{name}_padding"
    return apart in FILES and task.defines(apart, *FILES[apart]) and task.takes(find(task, apart), "padding")


def inner_convolution(task: Any, built: Any) -> Any:
    """The stride-1 convolution that holds the parameters: the layer itself, or the one inside it."""
    name = task.params["layer"]
    if name.endswith("_stride1"):
        return built
    return task.attribute(built, "conv2d_stride1" if name.endswith("2d") else "conv1d_stride1")


def set_parameters(task: Any, kernel: Any, weights: str = "W", bias: str = "b", path: str = "") -> None:
    """Give a convolution its weights and its bias; a case without a bias means a bias of zeros."""
    W = private(task, weights)
    b = private(task, bias) if task.has(bias) else np.zeros(W.shape[0])
    give(task, kernel, W, b, path)


def give(task: Any, owner: Any, W: Array, b: Array, path: str = "") -> None:
    """Set a layer's parameters; one that was built with parameters of another size would not work in use.

    Parameters
    ----------
    path
        Where the layer is in the network, as the submission writes it; without it, its class says which one it is.
    """
    if shape := built_as(owner, "W", W.shape):
        task.wrong(built_with(owner, path, "W", shape, W.shape))
    if (shape := built_as(owner, "b", b.shape)) and math.prod(shape) != b.size:
        task.wrong(built_with(owner, path, "b", shape, b.shape))
    owner.W, owner.b = W, b


def built_as(owner: Any, name: str, due: Shape) -> Shape | None:
    """The shape of what a layer holds before anything is given to it, where it is an array of another shape."""
    own = getattr(owner, name, None)
    return own.shape if isinstance(own, np.ndarray) and own.shape != due else None


def built_with(owner: Any, path: str, name: str, shape: Shape, due: Shape) -> str:
    """What is said of a layer that was built with parameters of another shape."""
    layer = f"`{path}` ({type(owner).__name__})" if path else type(owner).__name__
    return f"{layer} was built with {name} of shape {shape}; {due} is expected"


def keep_defaults(task: Any, kernel: Any) -> None:
    """A layer that makes its own first weights, without init functions, makes them of the same shapes."""
    options = ("weight_init_fn", "bias_init_fn")
    default = type(kernel)(*arguments(task))
    for name, due, option in zip(("W", "b"), (kernel.W.shape, kernel.b.shape), options, strict=True):
        if shape := built_as(default, name, due):
            task.wrong(f"without `{option}`, {built_with(default, '', name, shape, due)}")


def scan(task: Any) -> None:
    """A scanning MLP as a CNN: the MLP's matrices go in, the scanned outputs come out."""
    task.expecting("Z")
    net = find(task, task.params["layer"])()
    task.attribute(net, "init_weights")([scanned_matrix(task, i) for i in (1, 2, 3)])
    run(task, net)


def scanned_matrix(task: Any, index: int) -> Array:
    """The MLP's matrix of one layer: `copies` of its block on the diagonal, zeros elsewhere."""
    block: Array = task.input(f"w{index}")
    copies = task.params["copies"][index - 1]
    return np.kron(np.eye(copies), block) if copies > 1 else block


def cnn(task: Any) -> None:
    """The CNN: output, loss, every gradient, a step, and gradients set to zero."""
    if task.params["layer"] == "Flatten":
        flatten = find(task, "Flatten")
        first = flatten()
        run(task, first, "flatten Z", "flatten dLdA")
        if task.has("A_first"):
            keep_apart(task, first, flatten(), "flatten dLdA")
        return
    task.expecting("Z")
    net, parts, unlike = build_cnn(task)
    for suffix in passes(task):
        task.expecting("Z")
        result = forward(task, net, task.input(f"A{suffix}"))
        if not suffix:
            task.record("Z", result)
        else:
            task.returned("Z", result)
        if not task.has("Y"):  # several samples: nothing is graded through a loss
            return
        task.expecting("dLdA")
        backward, labels = task.attribute(net, "backward"), task.input(f"Y{suffix}")
        gradient = backward(labels) if suffix else task.called(backward, labels)
    task.record("dLdA", gradient)
    task.expecting("loss")
    loss = task.attribute(net, "loss")
    # Losses of HW1P1 that sum by products of matrices give an array of one number.
    task.record("loss", loss.reshape(()) if isinstance(loss, np.ndarray) and loss.size == 1 else loss, scalar=True)
    for name, part in parts.items():
        record_attribute(task, f"{name} dLdW", part, "dLdW")
        record_attribute(task, f"{name} dLdb", part, "dLdb")
    after_step(task, net, parts, unlike)


def build_cnn(task: Any) -> tuple[Any, dict[str, Any], str]:
    """The case's network with its parameters set, the parts that hold them by name, and what is wrong with a bias.

    A linear layer's bias of another shape is seen where it is subtracted from, in `step`.
    """
    given = task.params["arguments"]
    activations = [find(task, name)() for name in given["activations"]]
    shape = [given[name] for name in ("input_width", "num_input_channels")]
    lists = [list(given[name]) for name in ("num_channels", "kernel_sizes", "strides")]
    criterion = find(task, "CrossEntropyLoss")()
    neurons, rate = given["num_linear_neurons"], given["lr"]
    net = find(task, "CNN")(*shape, *lists, neurons, activations, *INITIAL, criterion, rate)
    layers = task.attribute(net, "convolutional_layers")
    expected = len(given["num_channels"])
    if not len(layers):
        task.unfinished("`convolutional_layers` is empty")
    if len(layers) != expected:
        task.wrong(f"`convolutional_layers` has {len(layers)} layers where `num_channels` has {expected}")
    parts = {f"conv{i}": task.attribute(part, "conv1d_stride1") for i, part in enumerate(layers, 1)}
    for i, (name, part) in enumerate(parts.items()):
        set_parameters(task, part, f"{name} W", f"{name} b", f"convolutional_layers[{i}].conv1d_stride1")
    linear = parts["linear"] = task.attribute(net, "linear_layer")
    W = private(task, "linear W")
    b = private(task, "linear b") if task.has("linear b") else np.zeros((W.shape[0], 1))
    own = built_as(linear, "b", b.shape)
    unlike = built_with(linear, "linear_layer", "b", own, b.shape) if own and own != own_bias(linear, W) else ""
    give(task, linear, W, b, "linear_layer")
    return net, parts, unlike


def own_bias(linear: Any, W: Array) -> Shape | None:
    """The shape of the bias that a linear layer makes by itself: one of HW1P1 may have it in another."""
    with contextlib.suppress(Exception):
        return tuple(np.shape(type(linear)(*W.shape[::-1]).b))
    return None


def after_step(task: Any, net: Any, parts: dict[str, Any], unlike: str) -> None:
    """`step()` and `zero_grads()`: all weights, all biases, all gradients, each joined to one vector.

    Parameters
    ----------
    unlike
        What is wrong with a bias as it was built.
    """
    due = {f"{path} {name}": np.shape(getattr(part, name)) for path, part in parts.items() for name in ("W", "b")}
    for call, output, names in (
        ("step", "step W", ("W",)),
        ("", "step b", ("b",)),
        ("zero_grads", "zero_grads", ("dLdW", "dLdb")),
    ):
        task.expecting(output)
        for _ in range(task.params.get("steps", 1) if call == "step" else bool(call)):
            task.attribute(net, call)()
        if unlike and output == "step b":
            task.wrong(unlike)
        values = []
        for path, name in itertools.product(parts, names):
            values.append(value := getattr(parts[path], name))
            shape = due[f"{path} {name.removeprefix('dLd')}"]
            if value is None:
                task.unfit(f"`{path} {name}` is None after `{call or 'step'}`")
            if np.size(value) != math.prod(shape):
                task.wrong(f"`{path} {name}` has shape {np.shape(value)} after `{call or 'step'}`; {shape} is expected")
        task.record(output, np.concatenate([np.ravel(value) for value in values]))


def dropout2d(task: Any) -> None:
    """Dropout with the mask that it draws, and what it does when it evaluates."""
    built = find(task, "Dropout2d")(*arguments(task))
    run(task, built)
    task.expecting("Z eval")
    task.record("Z eval", forward(task, built, task.input("A"), True), own=False)  # what came in, as PyTorch gives it


def batchnorm2d(task: Any) -> None:
    """Batch normalisation: training, statistics, evaluation (which leaves the statistics alone)."""
    built = find(task, "BatchNorm2d")(*arguments(task))
    for name in ("BW", "Bb"):
        if task.has(name):
            setattr(built, name, private(task, name))
    run(task, built, "BZ", "dLdZ")
    for name in ("dLdBW", "dLdBb", "M", "V", "running_M", "running_V"):
        record_attribute(task, name, built, name)
    task.expecting("BZ eval")
    task.record("BZ eval", forward(task, built, task.input("A eval"), True))
    for name in ("running_M", "running_V"):
        record_attribute(task, f"{name} after eval", built, name)


def resnet(task: Any) -> None:
    """A residual block: parameters go in by role, wherever the block keeps its parts."""
    task.expecting("Z")
    block = find(task, "ResBlock")(*arguments(task))
    roles = ["conv1", "conv2", "shortcut"] if task.has("shortcut W") else ["conv1", "conv2"]
    kernels = by_role(task, block, roles, "convolution", is_convolution)
    for role, (path, kernel) in kernels.items():
        set_parameters(task, kernel, f"{role} W", f"{role} b", path)
    if task.has("conv1 BW"):
        norms = by_role(task, block, roles, "BatchNorm2d", is_norm)
        for role, (_, norm) in norms.items():
            norm.BW, norm.Bb = private(task, f"{role} BW"), private(task, f"{role} Bb")
    run(task, block)
    for role, (_, kernel) in kernels.items():
        record_attribute(task, f"{role} dLdW", kernel, "dLdW")


def is_convolution(part: Any) -> bool:
    """Whether an object holds the weights of a two-dimensional convolution."""
    return isinstance(getattr(part, "W", None), np.ndarray) and part.W.ndim == 4


def is_norm(part: Any) -> bool:
    """Whether an object is a batch normalisation."""
    return hasattr(part, "BW") and hasattr(part, "Bb")


#: Names under which blocks keep their shortcut, the clearer ones first (some call the main path 'residual').
SHORTCUT = (
    re.compile(r"short|skip|proj|down_?sample|identity", re.I),
    re.compile(r"resid|(^|[._])res([._\d]|$)", re.I),
)


def by_role(
    task: Any, block: Any, roles: list[str], what: str, fits: Callable[[Any], bool]
) -> dict[str, tuple[str, Any]]:
    """The parts of a block of one kind by role, with where they are; what cannot be told apart is never guessed.

    The main path's parts come in the order in which the block keeps them. The shortcut's is the one
    that an attribute's name says it is.
    """
    every = {path: part for path, part in walk(block) if fits(part)}
    # The innermost holds the parameters; a layer around it may show the same arrays.
    outer = {path for path in every if any(other != path and other.startswith(f"{path}.") for other in every)}
    found = [(path, part) for path, part in every.items() if path not in outer]
    if not found:
        task.unfinished(f"ResBlock holds no {what}")
    if len(found) != len(roles):
        layers = f"{what} layer" if len(found) == 1 else f"{what} layers"
        task.missing(f"ResBlock holds {len(found)} {layers} where {len(roles)} are due ({', '.join(roles)})")
    side: list[tuple[str, Any]] = []
    if "shortcut" in roles:
        named = ([entry for entry in found if pattern.search(entry[0])] for pattern in SHORTCUT)
        side = next((entries for entries in named if len(entries) == 1), [])
        if not side:
            task.missing(f"cannot tell which {what} of ResBlock is the shortcut's; keep it in `residual_connection`")
    main = [entry for entry in found if entry not in side]
    return {
        role: (re.sub(r"\.(\d+)", r"[\1]", path), part) for role, (path, part) in zip(roles, main + side, strict=True)
    }


def walk(root: Any) -> Iterator[tuple[str, Any]]:
    """Every object of the submission's own classes below `root`, each once, with its path of attribute names."""
    seen: set[int] = set()

    def visit(value: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
        plain = value is None or isinstance(value, (str, bytes, int, float, np.ndarray, np.generic, type))
        if plain or inspect.isroutine(value) or inspect.ismodule(value) or id(value) in seen or depth > 12:
            return
        seen.add(id(value))
        if isinstance(value, dict):
            inside = [(str(key), item) for key, item in value.items()]
        elif isinstance(value, (list, tuple)):
            inside = [(str(index), item) for index, item in enumerate(value)]
        else:
            yield path, value
            inside = list(getattr(value, "__dict__", {}).items())
        for name, item in inside:
            yield from visit(item, f"{path}.{name}" if path else name, depth + 1)

    yield from visit(root, "", 0)


def part(task: Any) -> None:
    """One layer by itself, called on given arrays one after the other: what the last call gives. Never scored."""
    name = task.params["layer"]
    cls, options = find(task, name), task.params["options"]
    if "padding" in options and not task.takes(cls, "padding") and has_padded_class(task, name):
        cls = find(task, f"{name}_padding")
    for option in options:
        if not task.takes(cls, option):
            task.missing(f"{name} takes no `{option}`")
    initial = {"weight_init_fn": zero_weights, "bias_init_fn": zero_bias}
    layer = task.build(cls, *task.params["arguments"], **initial, **options)
    kernel = None
    if task.has("W"):
        kernel = inner_convolution(task, layer)
        set_parameters(task, kernel)
    if task.has("BW"):
        layer.BW, layer.Bb = private(task, "BW"), private(task, "Bb")
    for index, call in enumerate(task.params["calls"]):
        array = task.input(f"call {index}")
        back = call == "backward"
        result = task.called(task.attribute(layer, "backward"), array) if back else forward(task, layer, array)
    task.record("result", result)
    if kernel is not None and call == "backward":
        record_attribute(task, "dLdW", kernel, "dLdW")
        record_attribute(task, "dLdb", kernel, "dLdb")


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
