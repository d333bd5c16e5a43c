"""HW2P1's reference against PyTorch, which shares no code with it, on sizes that are not regular."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812  (everyone's name for it)
from numpy.lib.stride_tricks import sliding_window_view

REFERENCE = Path(__file__).resolve().parents[2] / "reference_solutions" / "hw2p1"
FOLDERS = [str(REFERENCE / folder) for folder in ("mytorch", "models", "MCQ")]
MODULES = sorted(path.stem for path in REFERENCE.rglob("*.py"))

Array = np.ndarray[Any, Any]


@pytest.fixture(scope="module")
def ref() -> Iterator[SimpleNamespace]:
    """Every name of the reference, imported as students import; other tests see neither modules nor path."""
    hidden = {name: sys.modules.pop(name) for name in MODULES if name in sys.modules}
    path = sys.path[:]
    sys.path[:0] = FOLDERS
    names: dict[str, Any] = {}
    for name in MODULES:
        names |= vars(importlib.import_module(name))
    names = {name: value for name, value in names.items() if not name.startswith("__")}
    yield SimpleNamespace(**names)
    sys.path[:] = path
    for name in MODULES:
        del sys.modules[name]
    sys.modules.update(hidden)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11785)


def same(got: Array, expected: Any, name: str = "") -> None:
    expected = expected.detach().numpy() if isinstance(expected, torch.Tensor) else np.asarray(expected)
    assert got.shape == expected.shape, name
    assert got.dtype == np.float64, name
    scale = max(1.0, float(np.abs(expected).max(initial=0.0)))
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-10 * scale, err_msg=name)


def leaf(array: Array) -> torch.Tensor:
    return torch.tensor(array, dtype=torch.float64, requires_grad=True)


def agree(layer: Any, A: Array, truth: Callable[..., torch.Tensor], parameters: dict[str, Any] | None = None) -> None:
    """Compare a layer with `truth(A, *parameters)`: forward, every gradient, and that a second use starts afresh."""
    parameters = parameters or {}
    for factor in (1.0, -0.5):
        given = A * factor
        input_, weights = leaf(given), {name: leaf(getattr(owner, name)) for name, owner in parameters.items()}
        Z = truth(input_, *weights.values())
        dLdZ = np.random.default_rng(1).standard_normal(tuple(Z.shape))
        Z.backward(torch.tensor(dLdZ))

        kept = given.copy(), dLdZ.copy()
        same(layer.forward(given), Z, "Z")
        same(layer.backward(dLdZ), input_.grad, "dLdA")
        for name, owner in parameters.items():
            same(getattr(owner, f"dLd{name}"), weights[name].grad, f"dLd{name}")
        assert np.array_equal(given, kept[0])
        assert np.array_equal(dLdZ, kept[1])


# Resampling


@pytest.mark.parametrize("k", [1, 2, 3, 5])
@pytest.mark.parametrize("width", [1, 7, 8, 9])
def test_resampling(ref: SimpleNamespace, rng: np.random.Generator, k: int, width: int) -> None:
    A1, A2 = rng.standard_normal((2, 3, width)), rng.standard_normal((2, 3, width, 6))
    agree(ref.Downsample1d(k), A1, lambda A: A[:, :, ::k])
    agree(ref.Downsample2d(k), A2, lambda A: A[:, :, ::k, ::k])
    up = torch.ones(3, 1, 1, dtype=torch.float64)
    agree(ref.Upsample1d(k), A1, lambda A: F.conv_transpose1d(A, up, stride=k, groups=3))
    agree(ref.Upsample2d(k), A2, lambda A: F.conv_transpose2d(A, up[..., None], stride=k, groups=3))


def test_integers_are_not_truncated(ref: SimpleNamespace) -> None:
    down = ref.Downsample1d(2)
    down.forward(np.arange(8).reshape(1, 1, 8))
    same(down.backward(np.full((1, 1, 4), 0.5)), np.array([[[0.5, 0, 0.5, 0, 0.5, 0, 0.5, 0]]]))
    pool = ref.MaxPool2d_stride1(2)
    pool.forward(np.arange(4).reshape(1, 1, 2, 2))
    same(pool.backward(np.full((1, 1, 1, 1), 0.5)), np.array([[[[0, 0], [0, 0.5]]]]))


# Convolution


def biased(layer: Any, rng: np.random.Generator) -> Any:
    layer.b = rng.standard_normal(layer.b.shape)
    return layer


@pytest.mark.parametrize(
    ("batch", "cin", "cout", "width", "K", "stride", "padding"),
    [
        (1, 1, 1, 1, 1, 1, 0),
        (3, 2, 5, 11, 4, 3, 0),
        (2, 3, 1, 7, 7, 2, 0),
        (2, 3, 4, 10, 3, 4, 2),
        (1, 2, 3, 2, 5, 2, 3),
    ],
)
def test_conv1d(
    ref: SimpleNamespace,
    rng: np.random.Generator,
    batch: int,
    cin: int,
    cout: int,
    width: int,
    K: int,
    stride: int,
    padding: int,
) -> None:
    A = rng.standard_normal((batch, cin, width))
    layer = ref.Conv1d(cin, cout, K, stride, padding)
    inner = biased(layer.conv1d_stride1, rng)
    owners = {"W": inner, "b": inner}
    agree(layer, A, lambda A, W, b: F.conv1d(A, W, b, stride=stride, padding=padding), owners)
    padded = np.pad(A, ((0, 0), (0, 0), (padding, padding)))
    agree(inner, padded, lambda A, W, b: F.conv1d(A, W, b), owners)


@pytest.mark.parametrize(
    ("batch", "cin", "cout", "size", "K", "stride", "padding"),
    [
        (1, 1, 1, (1, 1), 1, 1, 0),
        (2, 3, 4, (7, 10), 3, 2, 0),
        (1, 2, 3, (9, 5), 4, 3, 2),
        (3, 2, 1, (2, 6), 5, 2, 2),
    ],
)
def test_conv2d(
    ref: SimpleNamespace,
    rng: np.random.Generator,
    batch: int,
    cin: int,
    cout: int,
    size: tuple[int, int],
    K: int,
    stride: int,
    padding: int,
) -> None:
    A = rng.standard_normal((batch, cin, *size))
    layer = ref.Conv2d(cin, cout, K, stride, padding=padding)
    inner = biased(layer.conv2d_stride1, rng)
    owners = {"W": inner, "b": inner}
    agree(layer, A, lambda A, W, b: F.conv2d(A, W, b, stride=stride, padding=padding), owners)
    padded = np.pad(A, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    agree(inner, padded, lambda A, W, b: F.conv2d(A, W, b), owners)


@pytest.mark.parametrize(("K", "k"), [(1, 1), (3, 2), (2, 4), (5, 3)])
def test_transposed_convolution(ref: SimpleNamespace, rng: np.random.Generator, K: int, k: int) -> None:
    def truth1d(A: torch.Tensor, W: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return F.conv_transpose1d(A, W.flip(2).transpose(0, 1), b, stride=k, padding=K - 1)

    def truth2d(A: torch.Tensor, W: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return F.conv_transpose2d(A, W.flip(2, 3).transpose(0, 1), b, stride=k, padding=K - 1)

    layer = ref.ConvTranspose1d(3, 2, K, k)
    inner = biased(layer.conv1d_stride1, rng)
    agree(layer, rng.standard_normal((2, 3, 6)), truth1d, {"W": inner, "b": inner})
    layer = ref.ConvTranspose2d(3, 2, K, k)
    inner = biased(layer.conv2d_stride1, rng)
    agree(layer, rng.standard_normal((2, 3, 5, 6)), truth2d, {"W": inner, "b": inner})


def test_initial_weights(ref: SimpleNamespace) -> None:
    asked: list[tuple[int, ...]] = []

    def init(*shape: int) -> Array:
        asked.append(shape)
        return np.full(shape, 0.25)

    functions = {"weight_init_fn": init, "bias_init_fn": init}
    ref.Conv1d(3, 4, 5, 2, **functions)
    ref.Conv2d(3, 4, 5, 2, **functions)
    ref.ConvTranspose1d(3, 4, 5, 2, **functions)
    ref.ConvTranspose2d(3, 4, 5, 2, **functions)
    assert asked == [(4, 3, 5), (4,), (4, 3, 5, 5), (4,)] * 2
    plain = ref.Conv2d(3, 4, 5, 2).conv2d_stride1
    assert plain.W.shape == plain.dLdW.shape == (4, 3, 5, 5)
    assert plain.b.shape == plain.dLdb.shape == (4,)
    assert not plain.b.any()
    assert plain.W.std() > 0.5


def test_what_does_not_fit_is_refused(ref: SimpleNamespace) -> None:
    narrow, wrong = np.ones((1, 3, 4)), np.ones((1, 2, 9))
    for A in (narrow, wrong):
        with pytest.raises(ValueError):
            ref.Conv1d(3, 2, 5, 1).forward(A)
    for pool in (ref.MaxPool2d_stride1(3), ref.MeanPool2d_stride1(3)):
        with pytest.raises(ValueError):
            pool.forward(np.ones((1, 1, 2, 5)))
    for p in (-0.1, 1.0):
        with pytest.raises(ValueError, match="probability"):
            ref.Dropout2d(p)


# Pooling, Flatten


@pytest.mark.parametrize(
    ("size", "K", "stride"), [((1, 1), 1, 1), ((5, 8), 2, 1), ((7, 4), 3, 2), ((9, 6), 2, 3), ((4, 4), 4, 2)]
)
def test_pooling(ref: SimpleNamespace, rng: np.random.Generator, size: tuple[int, int], K: int, stride: int) -> None:
    A = rng.standard_normal((2, 3, *size)) - 5.0
    agree(ref.MaxPool2d(K, stride), A, lambda A: F.max_pool2d(A, K, stride))
    agree(ref.MeanPool2d(K, stride), A, lambda A: F.avg_pool2d(A, K, stride))
    agree(ref.MaxPool2d_stride1(K), A, lambda A: F.max_pool2d(A, K, 1))
    agree(ref.MeanPool2d_stride1(K), A, lambda A: F.avg_pool2d(A, K, 1))


def test_of_equal_maxima_the_first_gets_the_gradient(ref: SimpleNamespace) -> None:
    pool = ref.MaxPool2d_stride1(2)
    A = np.array([[1.0, 0.0, 3.0], [1.0, 0.0, 3.0], [1.0, 1.0, 1.0]])[None, None]
    same(pool.forward(A)[0, 0], [[1.0, 3.0], [1.0, 3.0]])
    dLdA = pool.backward(np.array([[1.0, 10.0], [100.0, 1000.0]])[None, None])
    same(dLdA[0, 0], [[1.0, 0.0, 10.0], [100.0, 0.0, 1000.0], [0.0, 0.0, 0.0]])


@pytest.mark.parametrize("shape", [(1, 1), (3, 2, 5), (2, 3, 4, 5)])
def test_flatten(ref: SimpleNamespace, rng: np.random.Generator, shape: tuple[int, ...]) -> None:
    agree(ref.Flatten(), rng.standard_normal(shape), lambda A: A.flatten(start_dim=1))


# What is given


def test_linear_and_mlp(ref: SimpleNamespace, rng: np.random.Generator) -> None:
    linear = ref.Linear(5, 3)
    linear.b = rng.standard_normal((3, 1))
    agree(linear, rng.standard_normal((4, 5)), lambda A, W, b: A @ W.T + b.T, {"W": linear, "b": linear})

    mlp, matrices = ref.MLP([5, 4, 3, 2]), [rng.standard_normal(s) for s in ((5, 4), (4, 3), (3, 2))]
    mlp.init_weights(matrices)
    assert [type(layer).__name__ for layer in mlp.layers] == ["Linear", "ReLU", "Linear", "ReLU", "Linear"]
    M1, M2, M3 = (torch.tensor(matrix) for matrix in matrices)
    agree(mlp, rng.standard_normal((4, 5)), lambda A: F.relu(F.relu(A @ M1) @ M2) @ M3)
    single = ref.MLP([5, 2], [])
    agree(single, rng.standard_normal((1, 5)), lambda A: A @ torch.tensor(single.layers[0].W).T)
    with pytest.raises(ValueError, match="zip"):
        mlp.init_weights(matrices[:2])
    with pytest.raises(ValueError, match="zip"):
        ref.MLP([5, 4, 3], [])


@pytest.mark.parametrize(
    ("name", "truth"),
    [
        ("Identity", lambda Z: Z * 1.0),
        ("Sigmoid", torch.sigmoid),
        ("Tanh", torch.tanh),
        ("ReLU", torch.relu),
        ("GELU", F.gelu),
        ("Softmax", lambda Z: torch.softmax(Z, dim=-1)),
    ],
)
def test_activations(ref: SimpleNamespace, rng: np.random.Generator, name: str, truth: Any) -> None:
    Z = rng.standard_normal((3, 4)) * 3.0
    Z[0, :2] = -800.0, 800.0
    Z[1, 0] = 0.0 if name == "ReLU" else 1.0
    activation = getattr(ref, name)()
    agree(activation, Z, truth)
    if name != "Softmax":
        agree(activation, rng.standard_normal((2, 3, 4, 5)), truth)


def test_losses(ref: SimpleNamespace, rng: np.random.Generator) -> None:
    A, Y = rng.standard_normal((4, 3)) * 300.0, np.eye(3)[[0, 2, 2, 1]]
    for loss, truth in ((ref.MSELoss(), F.mse_loss), (ref.CrossEntropyLoss(), F.cross_entropy)):
        logits = leaf(A)
        expected = truth(logits, torch.tensor(Y))
        expected.backward()
        assert loss.forward(A, Y) == pytest.approx(expected.item(), rel=1e-12)
        same(loss.backward(), logits.grad)


# Bonus


def test_batchnorm_in_training_and_evaluation(ref: SimpleNamespace, rng: np.random.Generator) -> None:
    norm = ref.BatchNorm2d(3, alpha=0.8)
    norm.BW, norm.Bb = rng.standard_normal((2, 1, 3, 1, 1))
    A = rng.standard_normal((4, 3, 5, 2)) * 2.0 + 1.0

    def truth(Z: torch.Tensor, BW: torch.Tensor, Bb: torch.Tensor) -> torch.Tensor:
        return F.batch_norm(Z, None, None, BW.flatten(), Bb.flatten(), training=True, eps=1e-8)

    agree(norm, A, truth, {"BW": norm, "Bb": norm})

    mean, square = A.mean(axis=(0, 2, 3)), A.var(axis=(0, 2, 3))
    M = 0.8 * (0.2 * mean) + 0.2 * (-0.5 * mean)  # `agree` trains on A and on −A/2
    V = 0.8 * (0.8 + 0.2 * square) + 0.2 * (0.25 * square)
    same(norm.running_M.ravel(), M)
    same(norm.running_V.ravel(), V)
    assert {np.shape(getattr(norm, n)) for n in ("M", "V", "running_M", "running_V", "dLdBW", "dLdBb")} == {
        (1, 3, 1, 1)
    }

    M_, V_, BW, Bb = (torch.tensor(x).flatten() for x in (M, V, norm.BW, norm.Bb))
    same(norm.forward(A, eval=True), F.batch_norm(torch.tensor(A), M_, V_, BW, Bb, training=False, eps=1e-8))
    same(norm.running_M.ravel(), M)
    same(norm.running_V.ravel(), V)


def test_dropout_drops_whole_channels(ref: SimpleNamespace, rng: np.random.Generator) -> None:
    np.random.seed(3)
    dropout, x = ref.Dropout2d(0.3), rng.uniform(1.0, 2.0, (40, 50, 2, 3))
    out = dropout.forward(x)
    kept = out[:, :, 0, 0] != 0.0
    same(out, np.where(kept[:, :, None, None], x / 0.7, 0.0))
    assert abs(kept.mean() - 0.7) < 0.05  # 2000 draws: five standard deviations
    assert len(np.unique(kept, axis=0)) > 1, "each sample has its own mask"
    same(dropout.backward(np.ones_like(x)), np.where(kept[:, :, None, None], np.ones_like(x) / 0.7, 0.0))
    same(dropout.forward(x, eval=True), x)
    same(dropout.backward(x), x)
    same(ref.Dropout2d(0.0).forward(x), x)


@pytest.mark.parametrize(
    ("cin", "cout", "size", "stride", "padding"), [(3, 4, 3, 2, 1), (2, 2, 3, 3, 1), (3, 3, 1, 1, 0), (3, 2, 1, 1, 0)]
)
def test_resblock(
    ref: SimpleNamespace, rng: np.random.Generator, cin: int, cout: int, size: int, stride: int, padding: int
) -> None:
    block = ref.ResBlock(cin, cout, size, stride, padding)
    first, _, second = block.convolution_layers
    projected = (cin, cout, size, stride, padding) != (3, 3, 1, 1, 0)
    assert type(block.residual_connection).__name__ == ("ConvBlock" if projected else "IdentityBlock")

    def conv_norm(layer: Any, A: torch.Tensor, stride: int, padding: int) -> torch.Tensor:
        W = torch.tensor(layer.layers[0].conv2d_stride1.W)
        return F.batch_norm(F.conv2d(A, W, stride=stride, padding=padding), None, None, training=True, eps=1e-8)

    def truth(A: torch.Tensor) -> torch.Tensor:
        main = conv_norm(second, torch.relu(conv_norm(first, A, stride, padding)), 1, 0)
        return torch.relu(main + (conv_norm(block.residual_connection, A, stride, padding) if projected else A))

    agree(block, rng.standard_normal((3, cin, 6, 9)), truth)
    assert ref.ResBlock(cin, cout, size).convolution_layers[0].layers[0].stride == 3
    assert block(rng.integers(-5, 5, (2, cin, 7, 6))).dtype == np.float64


# Models


def scanned_mlp(A: torch.Tensor, matrices: list[Array]) -> torch.Tensor:
    """Run the MLP itself over the input: no convolution, no reshaped weights."""
    outputs = []
    for start in range(0, 128 - 8 + 1, 4):
        Z = A[0, :, start : start + 8].T.reshape(1, -1)
        for matrix in matrices[:-1]:
            Z = torch.relu(Z @ torch.tensor(matrix))
        outputs.append(Z @ torch.tensor(matrices[-1]))
    return torch.cat(outputs).T.reshape(1, -1)


def test_simple_scanning_mlp(ref: SimpleNamespace, rng: np.random.Generator) -> None:
    matrices = [rng.standard_normal(shape) for shape in ((192, 8), (8, 16), (16, 4))]
    cnn = ref.CNN_SimpleScanningMLP()
    cnn.init_weights(matrices)
    agree(cnn, rng.standard_normal((1, 24, 128)), lambda A: scanned_mlp(A, matrices))


def test_distributed_scanning_mlp_reads_its_blocks_only(ref: SimpleNamespace, rng: np.random.Generator) -> None:
    blocks = rng.standard_normal((48, 2)), rng.standard_normal((4, 8))
    last = rng.standard_normal((16, 4))
    full = [np.kron(np.eye(4), blocks[0]), np.kron(np.eye(2), blocks[1]), last]
    holes = [np.kron(np.eye(4), np.ones((48, 2))), np.kron(np.eye(2), np.ones((4, 8))), np.ones((16, 4))]
    cnn = ref.CNN_DistributedScanningMLP()
    cnn.init_weights([np.where(hole == 1.0, matrix, np.nan) for matrix, hole in zip(full, holes, strict=True)])
    agree(cnn, rng.standard_normal((1, 24, 128)), lambda A: scanned_mlp(A, full))


@pytest.mark.parametrize("batch", [1, 3])
def test_cnn_trains_as_torch_does(ref: SimpleNamespace, rng: np.random.Generator, batch: int) -> None:
    shapes, widths, strides = [(5, 4, 3), (3, 5, 4), (2, 3, 2)], [31, 15, 4], [2, 3, 1]
    cnn = ref.CNN(
        31, 4, [5, 3, 2], [3, 4, 2], strides, 6, [ref.Tanh(), ref.ReLU(), ref.Sigmoid()],
        lambda *shape: rng.standard_normal(shape), lambda n: rng.standard_normal(n),
        lambda *shape: rng.standard_normal(shape), ref.CrossEntropyLoss(), 0.1,
    )  # fmt: skip
    layers = [*(layer.conv1d_stride1 for layer in cnn.convolutional_layers), cnn.linear_layer]
    assert [layer.W.shape for layer in layers] == [*shapes, (6, 2 * (widths[-1] - 1))]
    assert layers[-1].b.shape == (6, 1)

    A, labels = rng.standard_normal((batch, 4, 31)), np.eye(6)[rng.integers(0, 6, batch)]
    weights, Z = [(leaf(layer.W), leaf(layer.b)) for layer in layers], leaf(A)
    out = Z
    for (W, b), stride, f in zip(weights[:-1], strides, (torch.tanh, torch.relu, torch.sigmoid), strict=True):
        out = f(F.conv1d(out, W, b, stride=stride))
    out = out.flatten(1) @ weights[-1][0].T + weights[-1][1].T
    loss = F.cross_entropy(out, torch.tensor(labels))
    loss.backward()

    same(cnn(A), out)
    same(cnn.Z, out)
    same(cnn.backward(labels), Z.grad)
    assert cnn.loss == pytest.approx(loss.item(), rel=1e-12)
    for layer, (W, b) in zip(layers, weights, strict=True):
        same(layer.dLdW, W.grad)
        same(layer.dLdb, b.grad)
    cnn.step()
    for layer, (W, b) in zip(layers, weights, strict=True):
        assert W.grad is not None and b.grad is not None
        same(layer.W, W - 0.1 * W.grad)
        same(layer.b, b - 0.1 * b.grad)
    cnn.zero_grads()
    assert not any(layer.dLdW.any() or layer.dLdb.any() for layer in layers)
    cnn.eval()
    assert cnn.train_mode is False
    cnn.train()
    assert cnn.train_mode is True


# The questions: each answer from what the options say, computed


def test_answers(ref: SimpleNamespace) -> None:
    assert [getattr(ref, f"question_{n}")() for n in range(1, 6)] == ["b", "d", "b", "a", "d"]


def only(options: dict[str, bool]) -> str:
    """Name the one option that holds; fail where none or several do."""
    (letter,) = [letter for letter, holds in options.items() if holds]
    return letter


def test_question_1_scanning(ref: SimpleNamespace, rng: np.random.Generator) -> None:
    A, M1, M2 = (torch.tensor(rng.standard_normal(shape)) for shape in ((1, 12, 21), (60, 10), (10, 3)))
    places = range(0, 21 - 5 + 1, 2)
    scan = torch.cat([torch.relu(A[0, :, t : t + 5].T.reshape(1, -1) @ M1) @ M2 for t in places]).T[None]
    W1, W2 = M1.reshape(5, 12, 10).permute(2, 1, 0), M2.T[:, :, None]
    hidden = torch.relu(F.conv1d(A, W1, stride=2))
    equal = F.conv1d(hidden, W2)
    torch.testing.assert_close(equal, scan)
    assert scan.shape == (1, 3, 9)
    wide = F.conv1d(hidden, torch.zeros(3, 10, 5, dtype=torch.float64))
    options = {
        "a": wide.shape == scan.shape,
        "b": equal.shape == scan.shape,
        "c": F.conv1d(hidden, W2, stride=2).shape == scan.shape,
        "d": A.shape[1] == 60,
    }
    assert only(options) == ref.question_1()


def test_question_2_width(ref: SimpleNamespace) -> None:
    out = F.conv1d(torch.zeros(1, 1, 32), torch.zeros(1, 1, 5), stride=2, padding=2, dilation=3)
    assert (
        only({letter: out.shape[2] == w for letter, w in zip("abcd", (16, 14, 13, 12), strict=True)})
        == ref.question_2()
    )


def test_question_3_shapes(ref: SimpleNamespace, rng: np.random.Generator) -> None:
    layer = ref.Conv1d(3, 7, kernel_size=4, stride=2)
    Z = layer.forward(rng.standard_normal((5, 3, 21)))
    shapes = Z.shape, layer.downsample1d.backward(Z).shape, layer.backward(Z).shape
    options = {
        "a": ((5, 7, 9), (5, 7, 17), (5, 3, 20)),
        "b": ((5, 7, 9), (5, 7, 18), (5, 3, 21)),
        "c": ((5, 7, 9), (5, 7, 18), (5, 3, 15)),
        "d": ((5, 7, 10), (5, 7, 18), (5, 3, 21)),
    }
    assert only({letter: option == shapes for letter, option in options.items()}) == ref.question_3()


def test_question_4_tensordot(ref: SimpleNamespace) -> None:
    shape = np.tensordot(np.ones((6, 3, 10, 4)), np.ones((8, 3, 4)), axes=([1, 3], [1, 2])).shape
    options = {"a": (6, 10, 8), "b": (6, 8, 10), "c": (8, 6, 10), "d": None}
    assert only({letter: option == shape for letter, option in options.items()}) == ref.question_4()


def test_question_5_properties(ref: SimpleNamespace, rng: np.random.Generator) -> None:
    image, W = rng.standard_normal((8, 8)), rng.standard_normal((3, 3))

    def convolve(image: Array) -> Array:
        return np.einsum("hwij,ij->hw", sliding_window_view(image, (3, 3)), W)

    touched = image.copy()
    touched[0, 0] += 1.0
    local = np.count_nonzero(convolve(touched) - convolve(image)) == 1
    moved = np.allclose(convolve(image[:, 1:]), convolve(image)[:, 1:])
    shared = np.allclose(convolve(np.tile(image[:3, :3], (2, 2)))[[0, 0, 3, 3], [0, 3, 0, 3]], convolve(image[:3, :3]))
    rotated = np.allclose(convolve(np.rot90(image)), convolve(image))
    holds = {name for name, true in zip("1234", (local, shared, moved, rotated), strict=True) if true}
    options = {"a": {"1"}, "b": {"1", "2"}, "c": {"2", "3", "4"}, "d": {"1", "2", "3"}}
    assert only({letter: option == holds for letter, option in options.items()}) == ref.question_5()
