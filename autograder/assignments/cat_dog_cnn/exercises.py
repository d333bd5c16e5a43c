"""The exercises: how a case is put through a submission. Runs in the guest, beside the student's code.

Mounted into the sandbox alone: it imports the standard library, NumPy, PyTorch and Pillow, and knows nothing of what is
right. PyTorch is imported with this module, once, before any section's process is forked, with a single thread, so
that forking it is safe. Networks leave as texts and arrays, never as pickles.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import nn

Array = np.ndarray[Any, np.dtype[Any]]

FILE = "cnn.py"
#: So many networks are made besides the one that is looked at as a whole.
NETWORKS = 3

torch.set_num_threads(1)
torch.set_deterministic_debug_mode("warn")  # `use_deterministic_algorithms` loads its compiler too, which wants files
nnpack: Any = torch.backends.nnpack
nnpack.set_flags(False)  # it wants to read /proc, and says so on every convolution
nn.Conv2d(1, 1, 1)(torch.zeros(1, 1, 1, 1))  # what the first convolution sets up and prints, before any fork


def seeded(task: Any) -> None:
    """Let PyTorch's random numbers depend on the case, as NumPy's do already."""
    torch.manual_seed(int(np.random.randint(2**31)))


def array(value: Any) -> Any:
    """A tensor as an array; anything else as it is."""
    return value.detach().cpu().numpy() if isinstance(value, torch.Tensor) else value


def files(task: Any, part: str) -> dict[str, Array]:
    """The pictures of one part of the data by file name; some are of few colours, given as a pixel for each."""
    sides = task.params["sides"]
    pictures = []
    for picture in task.input(part):
        rows, columns = (side // own for side, own in zip(sides, picture.shape, strict=False))
        whole = picture.repeat(rows, axis=0).repeat(columns, axis=1)
        pictures.append(np.array(np.broadcast_to(whole, (*sides, 3))))
    return dict(zip(task.params["files"][part], pictures, strict=True))


def write(root: Path, pictures: dict[str, Array], mode: str | None = None) -> None:
    """Write pictures, in an order that is not that of their names."""
    for name, picture in sorted(pictures.items(), key=lambda entry: entry[0][::-1]):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix not in (".png", ".jpg"):
            path.write_text("no picture\n")
        elif path.suffix == ".jpg":  # of one grey only: at this quality exactly that grey comes back
            Image.fromarray(picture).save(path, quality=100, subsampling=0)
        else:
            image = Image.fromarray(picture)
            (image.convert(mode) if mode else image).save(path)


def load_set(task: Any) -> None:
    """Images of one folder."""
    task.expecting("images")
    function = task.find("load_set", FILE)
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), files(task, "set"), task.params.get("mode"))
        images = array(task.called(function, folder, task.params["cnt"], tuple(task.params["img_shape"])))
    if task.params.get("corners") and isinstance(images, np.ndarray) and images.ndim == 4:
        height, width = task.params["img_shape"]
        images = images[:, :: height - 1, :: width - 1]
    task.record("images", images)


def get_cat_set(task: Any) -> None:
    """Two data sets with labels; of large images only every so many pixels are recorded."""
    task.expecting("train_X")
    function = task.find("get_cat_set", FILE)
    given = {name: task.params[name] for name in ("train_size", "test_size") if name in task.params}
    if "img_shape" in task.params:
        given["img_shape"] = tuple(task.params["img_shape"])
    with tempfile.TemporaryDirectory() as folder:
        for part in ("training_set", "test_set"):
            write(Path(folder) / part, files(task, part))
        result = task.called(function, folder, **given)
    if result is None:
        task.unfinished("None was returned")
    if not isinstance(result, (tuple, list)) or len(result) != 4:
        task.unfit("four things are due: train_X, train_Y, test_X, test_Y")
    every = task.params.get("every", 1)
    shapes = []
    for name, value in zip(("train_X", "train_Y", "test_X", "test_Y"), result, strict=True):
        task.expecting(name)
        found = array(value)
        shapes += [len(np.shape(found)), *np.shape(found)]
        if name.endswith("X"):
            task.record(name, found[..., ::every, ::every] if isinstance(found, np.ndarray) else found)
        else:  # a label is a label, whatever its dtype
            task.record(name, found.astype(np.float64) if isinstance(found, np.ndarray) else found)
    task.record("shapes", np.array(shapes))


def leaves(module: nn.Module) -> list[nn.Module]:
    """The modules of a Sequential and of the Sequentials in it, in order; anything else is a leaf."""
    if type(module) is not nn.Sequential:
        return [module]
    return [leaf for child in module for leaf in leaves(child)]


#: What of a module's attributes describes it.
FACTS = (
    "in_channels out_channels kernel_size stride padding dilation groups padding_mode num_features in_features "
    "out_features start_dim end_dim ceil_mode affine track_running_stats"
).split()


def described(module: nn.Module) -> dict[str, Any]:
    """A module as plain data: its class, its numbers, the shapes of its parameters."""
    facts: dict[str, Any] = {"layer": type(module).__name__, "own": not type(module).__module__.startswith("torch.nn")}
    for name in FACTS:
        if hasattr(module, name):
            value = getattr(module, name)
            facts[name] = list(value) if isinstance(value, tuple) else value
    facts["parameters"] = {name: list(value.shape) for name, value in module.named_parameters()}
    return facts


def text(value: Any) -> Array:
    """JSON as an array of bytes."""
    return np.frombuffer(json.dumps(value, default=str).encode()[:60_000], np.uint8).copy()


def model_of(task: Any) -> nn.Module:
    """The submission's network."""
    model: Any = task.called(task.find("init_model", FILE))
    if model is None:
        task.unfinished("`init_model` returned None")
    if not isinstance(model, nn.Module):
        task.unfit(f"`init_model` returned a {type(model).__name__}, not a network")
    network: nn.Module = model
    return network


def architecture(task: Any) -> None:
    """The layers as texts, and the output for a picture of the right size."""
    seeded(task)
    task.expecting("layers")
    model = model_of(task)
    top = {"layer": type(model).__name__, "own": type(model) is not nn.Sequential}
    task.record("layers", text([top, *map(described, leaves(model))]))
    task.expecting("output")
    pictures = np.random.RandomState(int(task.input("seed")[0])).uniform(0, 1, (2, 3, 224, 224)).astype(np.float32)
    model.eval()
    with torch.no_grad():
        task.record("output", array(model(torch.from_numpy(pictures))).astype(np.float64))


def initialisation(task: Any) -> None:
    """Weights and biases as they were drawn: of large ones a part, divided by what Xavier's deviation would be."""
    seeded(task)
    task.expecting("weights")
    every = [leaf for leaf in model_of(task).modules() if not list(leaf.children())]
    dense = [leaf for leaf in every if isinstance(leaf, (nn.Conv2d, nn.Linear))]
    norms = [leaf for leaf in every if isinstance(leaf, nn.BatchNorm2d)]
    # A network has few of these weights: those of several tell more.
    more = [leaf for _ in range(NETWORKS) for leaf in model_of(task).modules() if isinstance(leaf, nn.BatchNorm2d)]
    if not dense or not norms or any(leaf.weight is None for leaf in norms):
        task.missing("Conv2d, Linear and BatchNorm2d layers with weights are due in the network")
    parts = []
    for leaf in dense:
        cells = leaf.weight[0, 0].numel() if leaf.weight.ndim == 4 else 1
        spread = (2 / (cells * sum(leaf.weight.shape[:2]))) ** 0.5
        flat = array(leaf.weight).ravel()
        parts.append(flat[:: max(1, flat.size // 20_000)][:20_000] / spread)
    # How many layers, how many weights of each, then the weights.
    task.record("weights", joined([np.array([len(parts)]), np.array([part.size for part in parts]), *parts]))
    task.record("biases", joined([np.zeros(0) if leaf.bias is None else array(leaf.bias) for leaf in dense]))
    task.record("BN weights", joined([array(leaf.weight) for leaf in (*norms, *more)]))
    task.record("BN biases", joined([array(leaf.bias) for leaf in norms]))


def joined(values: list[Array]) -> Array:
    """Arrays as one vector."""
    return np.concatenate([np.ravel(value) for value in values]).astype(np.float64)


def as_given(task: Any, X: Array, Y: Array) -> tuple[Any, Any]:
    """Pictures and labels as the submission's own `get_cat_set` gives them: arrays or tensors; else tensors."""
    kinds: list[Any] = [torch.zeros(0), torch.zeros(0)]
    try:
        with tempfile.TemporaryDirectory() as folder:
            for part in ("training_set", "test_set"):
                write(
                    Path(folder) / part, {f"{kind}/a.png": np.zeros((8, 8, 3), np.uint8) for kind in ("cats", "dogs")}
                )
            result = task.find("get_cat_set", FILE)(folder, (8, 8), 1, 1)
        if all(isinstance(value, (np.ndarray, torch.Tensor)) for value in result[:2]):
            kinds = list(result[:2])
    except Exception:
        kinds = [torch.zeros(0), torch.zeros(0)]  # its own section says what is wrong with it
    labels = np.ascontiguousarray(Y).astype(array(kinds[1]).dtype)
    given = (np.ascontiguousarray(X, dtype=np.float32), labels)
    X_given, Y_given = (
        torch.from_numpy(value.copy()) if isinstance(kind, torch.Tensor) else value.copy()
        for kind, value in zip(kinds, given, strict=True)
    )
    return X_given, Y_given


class Watched(nn.Module):
    """A small network that notes how it is used: mode, gradients, and which pictures each mini-batch holds."""

    def __init__(self, task: Any, pictures: Array) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 4, 3, stride=2), nn.BatchNorm2d(4)
        side = (pictures.shape[-1] - 3) // 2 + 1
        self.linear = nn.Linear(4 * side * side, 1)
        named: dict[str, Any] = {"conv W": self.conv.weight, "conv b": self.conv.bias}
        named |= {"BW": self.norm.weight, "Bb": self.norm.bias}
        named |= {"linear W": self.linear.weight, "linear b": self.linear.bias}
        named |= {"mean": self.norm.running_mean, "variance": self.norm.running_var}
        with torch.no_grad():
            for name, tensor in named.items():
                if task.has(name):
                    tensor.copy_(torch.from_numpy(task.input(name)))
        self.known = {picture.tobytes(): number for number, picture in enumerate(pictures)}
        self.modes: list[bool] = []
        self.gradients: list[bool] = []
        self.batches: list[list[int]] = []

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Convolution, norm, ReLU, linear, sigmoid."""
        self.modes.append(self.training and self.norm.training)
        self.gradients.append(torch.is_grad_enabled())
        self.batches.append([self.known.get(picture.tobytes(), -2) for picture in array(X)])
        Z = torch.relu(self.norm(self.conv(X)))
        return torch.sigmoid(self.linear(Z.flatten(1)))


def scaled(task: Any, name: str) -> Array:
    """Pictures (N, 3, H, W) between 0 and 1, from an input of bytes."""
    return np.asarray(task.input(name), np.float32) / np.float32(255)


def enlarged(pictures: Array, times: int) -> Array:
    """Pictures (N, 3, H, W) with so many pixels a side for each of theirs."""
    return pictures.repeat(times, axis=2).repeat(times, axis=3)


def train(task: Any) -> None:
    """Training a network of ours, or the submission's own, on few pictures."""
    seeded(task)
    task.expecting(task.params["first"])
    function = task.find("train", FILE)
    if "learning" in task.params:
        learning(task, function)
        return
    X, Y = scaled(task, "X"), np.asarray(task.input("Y"), np.float32)
    net = Watched(task, X)
    net.train(task.params["training"])
    optimizer = torch.optim.SGD(net.parameters(), lr=task.params["lr"])
    given = as_given(task, X, Y)
    function(net, *given, optimizer, nn.BCELoss(), task.params["batch_size"], task.params["num_epoch"])
    if not net.batches:
        task.unfinished("`train` never called the network")
    if task.params["first"] == "parameters":
        task.record("parameters", joined([array(value) for value in net.parameters()]).astype(np.float32))
    else:
        widest = max(map(len, net.batches))
        task.record("batches", np.array([batch + [-1] * (widest - len(batch)) for batch in net.batches]))
        task.record("parameters", joined([array(value) for value in net.parameters()]).astype(np.float32))
    task.record("training mode", np.array(net.modes))


def learning(task: Any, function: Callable[..., Any]) -> None:
    """Training until pictures that it was not trained on are told apart."""
    facts = task.params["learning"]
    X, held_out = (enlarged(scaled(task, name), facts["enlarged"]) for name in ("X", "held out"))
    Y = np.asarray(task.input("Y"), np.float32)
    if facts["network"] == "own":
        net: nn.Module = own_network(task, X)
    else:
        net = Watched(task, X)
    loss = nn.BCELoss()
    before = loss_of(net, X, Y)
    optimizer = torch.optim.Adam(net.parameters(), lr=facts["lr"])
    function(net, *as_given(task, X, Y), optimizer, loss, facts["batch_size"], facts["num_epoch"])
    task.record("losses", np.array([before, loss_of(net, X, Y)]))
    net.eval()
    with torch.no_grad():
        task.record("probabilities", array(net(torch.from_numpy(held_out))).astype(np.float64))


def own_network(task: Any, pictures: Array) -> nn.Module:
    """The submission's network, where it is one that pictures can be put through; else the case does not apply.

    First biases are zeros, so that a black picture comes out as 0 of a network that gives no probabilities: it is these
    pictures that are looked at, as training looks at them.
    """
    try:
        net = task.find("init_model", FILE)()
        net.eval()
        with torch.no_grad():
            given = [net(torch.from_numpy(pictures)), in_training(net, pictures)]
        fits = all(out.shape == (len(pictures), 1) and bool(((out >= 0) & (out <= 1)).all()) for out in given)
    except Exception:
        fits = False
    if not fits:
        task.not_applicable("`init_model` makes no network that gives a probability for each picture")
    net.train()
    network: nn.Module = net
    return network


def in_training(net: nn.Module, X: Array) -> torch.Tensor:
    """What comes out in training, with nothing changed by it."""
    state = {name: value.clone() for name, value in net.state_dict().items()}
    net.train()
    with torch.no_grad():
        given: torch.Tensor = net(torch.from_numpy(X))
    net.load_state_dict(state)
    return given


def loss_of(net: nn.Module, X: Array, Y: Array) -> float:
    """The loss on all pictures, as if in training, with nothing changed by it."""
    return float(nn.BCELoss()(in_training(net, X), torch.from_numpy(Y)))


def evaluate(task: Any) -> None:
    """The accuracy, and that evaluating changes nothing."""
    seeded(task)
    task.expecting("eval mode")
    X, Y = scaled(task, "X"), np.asarray(task.input("Y"), np.float32)
    net = Watched(task, X)
    net.train(task.params["training"])
    value = task.called(task.find("evaluate", FILE), net, *as_given(task, X, Y))
    if net.modes:
        task.record("eval mode", np.array([not any(net.modes)]))
        task.record("without gradients", np.array([not any(net.gradients)]))
        task.record("mode afterwards", np.array([net.training, net.norm.training]))
    task.expecting("accuracy")
    if isinstance(value, torch.Tensor):
        task.unfit("`evaluate` returned a tensor; a float is due (`.item()`)")
    task.record("accuracy", value, scalar=True)
    statistics = [net.norm.running_mean, net.norm.running_var, net.norm.num_batches_tracked]
    task.record("statistics", joined([array(value) for value in statistics]).astype(np.float32))


EXERCISES: dict[str, Callable[[Any], None]] = {
    "load_set": load_set,
    "get_cat_set": get_cat_set,
    "architecture": architecture,
    "initialisation": initialisation,
    "train": train,
    "evaluate": evaluate,
}
