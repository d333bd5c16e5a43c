"""Parts of a submission, as something that the references can call: a class or a function that asks the guest.

Each call sends arguments to the guest and takes arrays back; the guest keeps nothing between two calls.
"""

from __future__ import annotations

import inspect
import math
import time
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.guest.wire import Frame

from .findings import Array

if TYPE_CHECKING:
    from autograder.assignments.reference import Reference

#: What a layer that learns keeps, by the names that exercises set.
PARAMETERS = ("W", "b", "BW", "Bb")

#: What parts give has no more when all of it is spread over each other, as sums of arrays are, counted as if no side
#: were 0: far more than of any case that is composed.
ENTRIES = 2_000_000

#: Asks the guest for a part's answer: parameters and inputs, to outputs.
Ask = Callable[[Mapping[str, Any], Mapping[str, Array]], Mapping[str, Array]]


class PartError(Exception):
    """The submission's part broke (`how`), or gave nothing in time, or was given what cannot be sent."""

    def __init__(self, how: str = "") -> None:
        super().__init__(how)
        self.how = how


def how(answer: Frame) -> str:
    """How a case ended that broke: by which exception, else in the guest's word; empty where it did not break."""
    outcome, kind = (answer.fields.get(name) for name in ("outcome", "type"))
    said = kind if outcome == "raised" else outcome
    return said if isinstance(said, str) and said != "done" else ""


#: The longest side of all arrays that came back, by the axis from the last one.
Sides = dict[int, int]


def asker(ask: Callable[[Frame], Frame | None], until: float, sides: Sides, due: str = "result") -> Ask:
    """Put arrays through a part of the submission, until a time of the monotonic clock.

    Parameters
    ----------
    sides
        Of what came back since the caller emptied it: of one case.
    due
        What comes back of a part that does not break; nothing in particular where it is empty.
    """

    def asked(params: Mapping[str, Any], inputs: Mapping[str, Array]) -> Mapping[str, Array]:
        answer = None
        if time.monotonic() < until:
            answer = ask(Frame("case", {"params": dict(params), "random": 0}, dict(inputs)))
        if answer is None:
            raise PartError
        if answer.fields.get("outcome") != "done" or (due and due not in answer.arrays):
            raise PartError(how(answer))
        for array in answer.arrays.values():
            for axis, side in enumerate(reversed(array.shape)):
                sides[axis] = max(sides.get(axis, 1), side)
        if math.prod(sides.values()) > ENTRIES:
            raise PartError  # the references would compute with it, here
        return answer.arrays

    return asked


def there(solution: Reference, names: Sequence[str], kind: str) -> bool:
    """Whether the references have parts of all these names, of the kind that an exercise of this name calls."""
    modules = [solution.load(path) for path in solution.files]
    is_one = inspect.isclass if kind == "part" else inspect.isfunction
    return all(any(is_one(getattr(module, name, None)) for module in modules) for name in names)


def layer(name: str, ask: Ask) -> type:
    """A class that stands for the submission's class of that name.

    Each call puts all calls so far through a fresh object of the submission's, so that the guest keeps nothing.
    """

    class Remote:
        def __init__(self, *arguments: Any, **options: Any) -> None:
            self.arguments = [value for value in arguments if isinstance(value, int)]
            self.options = {key: value for key, value in options.items() if isinstance(value, int)}
            self.calls: list[tuple[str, Array]] = []
            inner: Any = self if name.endswith("_stride1") or name == "BatchNorm2d" else SimpleNamespace()
            self.inner = inner
            if name.startswith("Conv") and inner is not self:
                setattr(self, "conv2d_stride1" if name.endswith("2d") else "conv1d_stride1", inner)
            if name.startswith("Conv"):
                inner.in_channels, inner.out_channels, inner.kernel_size = channels, filters, kernel = arguments[:3]
                inner.W = np.zeros((filters, channels, *[kernel] * (2 if "2d" in name else 1)))
                inner.b = np.zeros(filters)
            if name == "BatchNorm2d":
                inner.BW, inner.Bb = np.ones((1, arguments[0], 1, 1)), np.zeros((1, arguments[0], 1, 1))

        def forward(self, A: Array) -> Array:
            return self.called("forward", A)

        def backward(self, dLdZ: Array) -> Array:
            return self.called("backward", dLdZ)

        def called(self, method: str, array: Array) -> Array:
            self.calls.append((method, np.array(array)))
            inputs = {f"call {index}": given for index, (_, given) in enumerate(self.calls)}
            inputs |= {key: getattr(self.inner, key) for key in PARAMETERS if hasattr(self.inner, key)}
            params = {"layer": name, "arguments": self.arguments, "options": self.options}
            found = ask({**params, "calls": [call for call, _ in self.calls]}, inputs)
            for key in ("dLdW", "dLdb"):
                if key in found:
                    setattr(self.inner, key, found[key])
            return found["result"]

    Remote.__name__ = name
    return Remote


def function(name: str, ask: Ask) -> Callable[..., Any]:
    """A function that stands for the submission's function of that name."""

    def remote(*arguments: Any, **options: Any) -> Any:
        arrays: dict[str, Array] = {}

        def sent(value: Any) -> Any:
            if isinstance(value, np.ndarray | np.generic):
                arrays[place := f"array {len(arrays)}"] = np.asarray(value)
                return {"array": place}
            if isinstance(value, tuple | list):
                return {"tuple" if isinstance(value, tuple) else "list": [sent(inner) for inner in value]}
            if value is None or isinstance(value, bool | int | float | str):
                return value
            raise PartError

        by_name = {key: sent(value) for key, value in options.items()}
        params = {"function": name, "arguments": [sent(value) for value in arguments], "options": by_name}
        found = ask(params, arrays)
        more = [found[f"result {index}"] for index in range(1, len(found)) if f"result {index}" in found]
        return (found["result"], *more) if more else found["result"]

    return remote


#: By the exercise in which an assignment calls its parts, what makes one of them; an assignment may have neither.
KINDS: Mapping[str, Callable[[str, Ask], Any]] = {"part": layer, "function": function}
