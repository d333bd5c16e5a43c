"""What is told of a function that gave None, and of a name that it did not set: a stub, a slip, or nothing."""

from __future__ import annotations

import linecache
import textwrap
from typing import Any

import pytest

from autograder.guest.nothing import explain, unset
from autograder.guest.values import BadOutput, ForgottenReturn, PassedOn


def function(body: str) -> Any:
    source = f"def backward(self, dLdZ):\n{textwrap.indent(textwrap.dedent(body), '    ')}"
    name = f"<{hash(source)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    made: dict[str, Any] = {}
    exec(compile(source, name, "exec"), made)
    return made["backward"]


STUBS = [
    "pass",
    "'To be written.'",
    "self.dLdZ = dLdZ\ndLdA = None  # TODO\nreturn dLdA",
    "self.shape = dLdZ.shape\nreturn None",
    "self.shape = self.up(dLdZ)\nreturn None\nreturn dLdZ + 1",
    "self.dLdW = dLdZ.sum()\ndLdA = None\nreturn dLdA",
    "dLdA = dLdZ.copy()\ndLdA = None\nreturn dLdA",
    "dLdA: object = dLdZ.copy()\ndLdA: object = None\nreturn dLdA",
    "if dLdZ.any():\n    dLdA = None\n    return dLdA\ndLdA = dLdZ.copy()\nraise ValueError",
    "print('to be done')",
    "print('to be done', dLdZ.shape)\npass",
    "match dLdZ.ndim:\n    case 3:\n        return None\n    case _:\n        return None",
    "match dLdZ.ndim:\n    case 3:\n        return None\n    case other:\n        raise ValueError",
    "while True:\n    for x in dLdZ:\n        break\n    dLdZ = dLdZ[1:]\n    if not len(dLdZ):\n        return None",
]
FORGOTTEN = [
    "dLdA = 2 * dLdZ",
    "dLdA = self.up(dLdZ)",
    "if dLdZ.any():\n    dLdA = dLdZ + 1\nelse:\n    return dLdZ + 2",
    "try:\n    dLdA = self.up(dLdZ)\nfinally:\n    pass",
    "with self.lock:\n    dLdA = dLdZ + 1",
    "while True:\n    dLdA = 1\n    break",
    "while True:\n    if dLdZ.any():\n        dLdA = 1\n        break",
    "while True:\n    for x in dLdZ:\n        pass\n    else:\n        break",
    "match dLdZ.ndim:\n    case 3:\n        return dLdZ",
    "match dLdZ.ndim:\n    case 3:\n        return dLdZ\n    case _:\n        dLdA = dLdZ",
    "match dLdZ.ndim:\n    case 3:\n        return dLdZ\n    case _ if dLdZ.any():\n        return dLdZ",
    "print(dLdZ)\ndLdA = dLdZ + 1",
]
PASSED_ON = [
    "return self.up(dLdZ)",
    "dLdA = self.up(dLdZ)\nreturn dLdA",
    "dLdA = None\ndLdA: object = self.up(dLdZ)\nreturn dLdA",
]


@pytest.mark.parametrize("body", STUBS)
def test_a_stub_stays_a_stub(body: str) -> None:
    explain(function(body))


@pytest.mark.parametrize("body", FORGOTTEN)
def test_a_forgotten_return_is_asked_about(body: str) -> None:
    with pytest.raises(ForgottenReturn, match=r"^`backward` returned None: is a `return` missing\?$"):
        explain(function(body))


@pytest.mark.parametrize("body", PASSED_ON)
def test_none_from_what_it_calls_is_no_forgotten_return(body: str) -> None:
    with pytest.raises(PassedOn, match="`backward` returned None, which it got from what it calls"):
        explain(function(body))


class Part:
    """Computes, and forgets to return it."""

    def forward(self, A: int) -> None:
        self.Z = A + 1
        print("seen")

    def count(self) -> None:
        """Returns None as it should."""


class Whole:
    def __init__(self, *parts: Any) -> None:
        self.parts = parts

    def forward(self, A: Any) -> Any:
        for part in self.parts:
            A = part.forward(A)
        self.parts[-1].count() if isinstance(self.parts[-1], Part) else None
        return A


@pytest.mark.parametrize("whole", [Whole(Part()), Whole(Whole(Part())), Whole(Whole(Whole(Part())))])
def test_none_that_was_handed_on_is_told_by_who_gave_it(whole: Whole, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PassedOn, match=r"^`Whole\.forward` .* it got from `Part\.forward`$"):
        explain(whole.forward, lambda: whole.forward(1))
    assert not capsys.readouterr().out


@pytest.mark.parametrize(
    "body",
    [
        "if dLdZ.any():\n    return None\nreturn self.up(dLdZ)",
        "if dLdZ.any():\n    return\ndLdA = self.up(dLdZ)\nreturn dLdA",
        "self.dLdA = dLdZ + 1\nreturn self.dLda",
    ],
)
def test_where_it_came_from_is_not_said_where_nobody_knows(body: str) -> None:
    with pytest.raises(BadOutput, match=r"^`backward` returned None$") as raised:
        explain(function(body))
    assert raised.type is BadOutput


@pytest.mark.parametrize(
    "body", ["grads = {'W': dLdZ}\nreturn dLdZ + 1", "dW = dLdZ.sum(axis=None)\nreturn dW", "return dLdZ + 1"]
)
def test_what_a_written_method_does_not_set_is_no_stub(body: str) -> None:
    assert unset(type("Layer", (), {"backward": function(body)})(), "W", "backward")


@pytest.mark.parametrize(
    "body",
    [
        "pass",
        "dLdA = dLdZ + 1\nself.W = None  # TODO\nreturn dLdA",
        "dLdA = dLdZ + 1\nself.grads['W'] = None\nreturn dLdA",
        "dLdA = dLdZ + 1\nself.W, self.b = None, None\nreturn dLdA",
        "self.grads = {'W': None, 'b': dLdZ.sum()}\nreturn dLdZ + 1",
    ],
)
def test_what_is_still_to_be_written_stays_a_stub(body: str) -> None:
    assert not unset(type("Layer", (), {"backward": function(body)})(), "W", "backward")
    assert not unset(object(), "W", "backward")


def test_of_what_has_no_source_nothing_is_said() -> None:
    explain(print)
    explain(eval("lambda x: None"))
    explain(object())
