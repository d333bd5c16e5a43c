"""What is told of a function that gave None: a stub, a `return` that was forgotten, None from what it calls."""

from __future__ import annotations

import linecache
import textwrap
from typing import Any

import pytest

from autograder.guest.nothing import explain
from autograder.guest.values import ForgottenReturn, PassedOn


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


def test_of_what_has_no_source_nothing_is_said() -> None:
    explain(print)
    explain(eval("lambda x: None"))
    explain(object())
