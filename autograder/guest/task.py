"""What an exercise holds in its hands: a case, the submission's classes, and a place for outputs.

An exercise is a function `exercise(task)` of the assignment's `exercises`. It puts one case through the
submission and records each output the moment it has it, so that a later call cannot change it.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, NoReturn

import numpy as np

from .agreed import REFUSED
from .lookup import Missing, Submission
from .values import BadOutput, NotImplementedYet, PassedOn, WrongValue, plain

Array = np.ndarray[Any, np.dtype[Any]]


class NotApplicable(Exception):
    """This case has no meaning for this submission (only cases that are `optional` may end so)."""


class Task:
    """One case of one section, put through the submission.

    Attributes
    ----------
    params
        The case's JSON parameters.
    outputs
        What was recorded so far: plain arrays by name.
    notes
        Short remarks for the report.
    found
        Names of the classes and functions that were looked for and found.
    shared
        What shares memory: an output with an input, as `Z|A`, or with what an earlier call returned, as `Z|`.
    """

    def __init__(self, params: Mapping[str, Any], inputs: Mapping[str, Array], submission: Submission) -> None:
        self.params = params
        self._inputs = inputs
        self._submission = submission
        self._lent: list[tuple[str, Array]] = []
        self.outputs: dict[str, Array] = {}
        self.texts: dict[str, str] = {}
        self.notes: list[str] = []
        self.found: list[str] = []
        self.shared: list[str] = []
        self._changed: dict[str, str] = {}
        self._looked = 0
        self._returned: dict[str, list[Array]] = {}
        self._gave = ""
        self.current = ""

    def input(self, name: str) -> Array:
        """A fresh, writable copy of an input, for one call; whether the call changed it is noted later."""
        copy = np.array(self._inputs[name])
        self._lent.append((name, copy))
        return copy

    def has(self, name: str) -> bool:
        """Whether the case has such an input."""
        return name in self._inputs

    def find(self, name: str, *paths: str) -> Any:
        """The submission's class or function of that name: in the first of `paths` that has it, else anywhere.

        Raises
        ------
        lookup.Missing
            No accepted module has it.
        """
        there = self._submission.find(name, paths)
        self.found.append(name)
        return there

    def defines(self, name: str, *paths: str) -> bool:
        """Whether the submission has a class or function of that name."""
        try:
            self.find(name, *paths)
        except Missing:
            return False
        return True

    def build(self, cls: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """An object of the class: leading arguments by position, `options` each only where the class takes it."""
        return cls(*args, **{name: value for name, value in options.items() if takes(cls, name)})

    def called(self, function: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """What a method or function of the submission gives. Where that is None and it is no stub, the case ends here.

        Raises
        ------
        values.BadOutput
            It gave None: its `return` was forgotten, or what it calls gave None.
        """
        result = function(*args, **options)
        if result is None:
            from .nothing import explain  # seldom needed, and slow to load

            explain(function, lambda: function(*args, **options))
        else:
            self._gave = str(getattr(function, "__name__", "__call__"))
        return result

    def call(self, function: Callable[..., Any]) -> None:
        """Call a function of the submission on the case's `arguments` and `options`, and record what it gives.

        So a part of a submission is put through by itself; several things that it gives are `result`, `result 1`, ….
        """
        self.expecting("result")
        arguments = [self._argument(value) for value in self.params["arguments"]]
        options = {name: self._argument(value) for name, value in self.params["options"].items()}
        given = self.called(function, *arguments, **options)
        for index, value in enumerate(given if isinstance(given, tuple) else (given,)):
            found = np.array(value) if isinstance(value, (tuple, list)) else value
            self.record(f"result {index}" if index else "result", found, scalar=True)

    def _argument(self, value: Any) -> Any:
        """An argument as Python has it: JSON knows neither arrays nor tuples, so each says what it is."""
        if not isinstance(value, dict):
            return value
        ((kind, content),) = value.items()
        if kind == "array":
            array = self.input(content)
            return array if array.ndim else array[()]
        inner = [self._argument(entry) for entry in content]
        return tuple(inner) if kind == "tuple" else inner

    def attribute(self, owner: Any, name: str, path: str = "") -> Any:
        """An attribute that the contract asks for; `path` is how a message calls it, the bare name otherwise.

        Raises
        ------
        lookup.Missing
            The object does not have it. (An AttributeError from inside the submission's own code stays one.)
        NotImplementedYet
            It is None.
        values.BadOutput
            It is None after a method that is written, and gave a result.
        """
        try:
            value = getattr(owner, name)
        except AttributeError as error:
            if error.obj is not owner or error.name != name:
                raise
            raise Missing(f"{type(owner).__name__} has no `{name}`") from error
        self.is_set(value, owner, name, path)
        if value is None or value is NotImplemented:
            raise NotImplementedYet(f"`{path or name}` is {value}")
        return value

    def is_set(self, value: Any, owner: Any, name: str, path: str = "") -> None:
        """Make sure that what an object holds under a name is not None where a method should have set it.

        Raises
        ------
        values.BadOutput
            It is None after a method that is written, and gave a result.
        """
        if value is None and self._gave:
            from .nothing import unset  # seldom needed, and slow to load

            if unset(owner, name, self._gave):
                after = "the object was called" if self._gave == "__call__" else f"`{self._gave}`"
                raise BadOutput(f"`{path or name}` is None after {after}")

    def takes(self, cls: Callable[..., Any], name: str) -> bool:
        """Whether a class or function takes an argument of that name by keyword."""
        return takes(cls, name)

    def missing(self, message: str) -> NoReturn:
        """End the case: something that the contract asks for is not there."""
        raise Missing(message)

    def wrong(self, message: str) -> NoReturn:
        """End the case: something is there, and its shape or number is wrong."""
        raise WrongValue(message)

    def unfit(self, message: str) -> NoReturn:
        """End the case: what came back is not of the kind that the contract asks for."""
        raise BadOutput(message)

    def handed_on(self, message: str) -> NoReturn:
        """End the case: a part of the submission that has no section of its own gave None.

        That is no stub of the section's, unless the section has one besides.
        """
        raise PassedOn(message)

    def unfinished(self, message: str) -> NoReturn:
        """End the case: what is there was not implemented yet."""
        raise NotImplementedYet(message)

    def not_applicable(self, message: str) -> NoReturn:
        """End an `optional` case: it has no meaning for this submission."""
        raise NotApplicable(message)

    def record(self, name: str, value: Any, *, scalar: bool = False, own: bool = True) -> None:
        """Keep an output: checked, copied to a plain array now.

        Parameters
        ----------
        scalar
            A number is fine, too.
        own
            It should be an array of its own: where it is not, that is noted, at no cost.

        Raises
        ------
        NotImplementedYet
            The value is None or NotImplemented.
        values.BadOutput
            The value is no array of numbers (with `scalar`, no number either).
        """
        self.current = name
        self._look(self._looked)
        self._looked = len(self._lent)
        if own:
            self.returned(name, value)
        self.outputs[name] = plain(name, value, scalar=scalar)

    def returned(self, name: str, value: Any) -> None:
        """Note where a result shares memory with an input, or with the same result of an earlier call of this case."""
        if type(value) is not np.ndarray or not value.size:
            return
        self.shared += [f"{name}|{given}" for given, copy in self._lent if np.may_share_memory(value, copy)]
        earlier = self._returned.setdefault(name, [])
        if any(np.may_share_memory(value, other) for other in earlier):
            self.shared.append(f"{name}|")
        earlier.append(value)

    def record_text(self, name: str, value: Any) -> None:
        """Keep a short text (an MCQ's letter) as an output."""
        self.current = name
        if value is None or value is NotImplemented:
            raise NotImplementedYet(name)
        self.texts[name] = str.__str__(value)[:64] if isinstance(value, str) else f"a {type(value).__name__}"

    def refuses(self, name: str, call: Callable[[], Any]) -> None:
        """Keep, as a text, whether a call with bad arguments is refused: by a ValueError or an AssertionError.

        Raises
        ------
        NotImplementedYet
            It returned None or NotImplemented. (NotImplementedError, `lookup.Missing`
            and `values.PassedOn` pass through; None from what is no stub is an answer.)
        """
        self.current = name
        try:
            result = call()
        except (NotImplementedError, Missing, PassedOn, WrongValue):
            raise
        except BadOutput:
            self.texts[name] = "answered with None"
        except (ValueError, AssertionError):
            self.texts[name] = REFUSED
        except Exception as error:
            self.texts[name] = f"met by {type(error).__name__}"[:64]
        else:
            if result is None or result is NotImplemented:
                raise NotImplementedYet(f"`{name}`: {result} was returned")
            self.texts[name] = "accepted"

    def expecting(self, name: str) -> None:
        """Say which output the next call is for: a failure is then counted on that one."""
        self.current = name

    def changed_inputs(self) -> dict[str, str]:
        """The inputs whose lent copies no longer hold what was lent, each with the output for which it was changed."""
        self._look(0)
        return dict(sorted(self._changed.items()))

    def _look(self, first: int) -> None:
        """See which of the copies, from that one on, were changed."""
        for name, copy in self._lent[first:]:
            if name not in self._changed and not same(copy, self._inputs[name]):
                self._changed[name] = self.current


def takes(cls: Callable[..., Any], name: str) -> bool:
    """Whether a class or function takes an argument of that name by keyword, `**options` included."""
    # What else can be called may not be hashable.
    known = _parameters if type(cls) in (type, FunctionType) else _parameters.__wrapped__
    try:
        parameters = known(cls)
    except (TypeError, ValueError):
        return False
    if name in parameters:
        return parameters[name].kind in (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters.values())


@functools.lru_cache(64)
def _parameters(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """What a class or function takes; to find that out takes as long as a small case."""
    return inspect.signature(function).parameters


#: What a call may leave of rounding in an array that it changes and changes back, relative to the largest entry.
ROUNDING = 1e-9


def same(copy: Array, original: Array) -> bool:
    """Whether two arrays are equal up to rounding, NaN equal to NaN."""
    if copy.dtype == original.dtype and copy.shape == original.shape and copy.tobytes() == original.tobytes():
        return True  # as it nearly always is, and quicker seen than by comparing entries
    if copy.shape != original.shape or copy.dtype != original.dtype or copy.dtype.kind not in "fc":
        return bool(np.array_equal(copy, original))
    room = ROUNDING * float(np.abs(original).max(initial=0.0, where=np.isfinite(original)))
    return bool(np.allclose(copy, original, rtol=0, atol=room, equal_nan=True))
