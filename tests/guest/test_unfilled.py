"""What `numpy.empty` gives to a submission's own lines is filled with what shows, and nothing else is touched."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.guest import unfilled

Line = Callable[[str], Any]


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """Runs an expression as a line of a submission's file."""
    for name in unfilled.OWN:
        monkeypatch.setattr(np, name, getattr(np, name))
    unfilled.install(tmp_path)
    yield lambda text: eval(compile(text, str(tmp_path / "layer.py"), "eval"), {"np": np})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("np.empty(3)", np.nan),
        ("np.empty((2, 0))", np.nan),
        ("np.empty(())", np.nan),
        ("np.empty(shape=(2, 3), dtype=np.float32, order='F', device='cpu')", np.nan),
        ("np.empty(2, 'f2')", np.nan),
        ("np.empty(2, '>f8')", np.nan),
        ("np.empty(2, np.longdouble)", np.nan),
        ("np.empty(2, np.int64)", np.iinfo(np.int64).min),
        ("np.empty(2, np.uint8)", 255),
        ("np.empty(2, bool)", False),
        ("np.empty(2, object)", None),
        ("np.empty(2, 'U3')", ""),
        ("np.empty_like(np.ones((2, 3)))", np.nan),
        ("np.empty_like([1, 2])", np.iinfo(np.int64).min),
        ("np.empty_like(np.ones(2), dtype=int, shape=(4,))", np.iinfo(np.int64).min),
        ("np.empty(2, like=np.ones(2))", np.nan),
        ("list(map(np.empty, [(2,)]))[0]", np.nan),
    ],
)
def test_a_line_of_a_submission_gets_what_shows(line: Line, text: str, value: object) -> None:
    made, usual = line(text), eval(text)
    assert (made.shape, made.dtype, made.flags.f_contiguous) == (usual.shape, usual.dtype, usual.flags.f_contiguous)
    assert np.array_equal(made, np.full(made.shape, value, made.dtype), equal_nan=made.dtype.kind == "f")


def test_subclasses_and_records_keep_their_kind(line: Line) -> None:
    assert type(line("np.empty_like(np.ma.ones(3))")) is np.ma.MaskedArray
    assert type(line("np.empty_like(np.ma.ones(3), subok=False)")) is np.ndarray
    assert line("np.empty(2, [('a', 'f8'), ('b', 'O')])")["a"].tolist() == [0, 0]


def test_others_get_what_they_did(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    filled: list[Any] = []
    monkeypatch.setattr(unfilled, "fill", filled.append)
    np.empty(3), np.empty_like(np.ones(3))
    line("np.pad(np.ones((2, 2)), 1)")
    line("np.linalg.inv(np.eye(2))")
    assert filled == []
    line("np.empty(3)")
    assert len(filled) == 1


def test_the_functions_look_as_they_did(line: Line) -> None:
    for name, own in unfilled.OWN.items():
        function = getattr(np, name)
        assert (function.__name__, function.__doc__) == (name, own.__doc__)
        assert inspect.signature(function) == inspect.signature(own)
        assert pickle.loads(pickle.dumps(function)) is function
        assert copy.copy(function) is function and copy.deepcopy({"made by": function})["made by"] is function
        assert repr(function) == repr(own) and callable(function) and hash(function)
    with pytest.raises(TypeError):
        line("np.empty()")


def test_in_a_class_it_is_as_it_was(line: Line, tmp_path: Path) -> None:
    source = "class Layer:\n    make, like = np.empty, np.empty_like\n    def forward(self):\n"
    source += "        return self.make((2,)), self.like(self.make(3)), Layer.make(1)\n"
    space: dict[str, Any] = {"np": np}
    exec(compile(source, str(tmp_path / "layer.py"), "exec"), space)
    assert [np.isnan(made).tolist() for made in space["Layer"]().forward()] == [[True] * 2, [True] * 3, [True]]


@pytest.mark.parametrize(
    "through",
    [
        lambda a: a + np.ones(a.shape),
        lambda a: np.ones(a.shape) @ a,
        lambda a: -a.sum(axis=0),
        lambda a: a.astype(np.float32),
        lambda a: (a.astype(np.float32) * 2).astype(np.float64),
    ],
)
def test_arithmetic_keeps_what_the_nan_says(line: Line, through: Callable[[Any], Any]) -> None:
    made = through(line("np.empty((2, 2))"))
    bits = made.view(f"u{made.itemsize}") >> (29 if made.itemsize == 8 else 0)
    assert (bits & (1 << 23) - 1 == unfilled.UNFILLED).all()
