"""Runs inside a guest that is traced, before its main loop: notes when what was done, and sends it along with answers.

Only the text of this file goes there; it knows the guest's modules and nothing else. Times are those of the one clock
that all processes of a machine share.
"""

import time
from typing import Any

from guest import main as server  # type: ignore[import-not-found, unused-ignore]
from guest import section, wire

spans: list[Any] = []


def timed(part: str, function: Any) -> Any:
    """The function, with its time noted."""

    def run(*arguments: Any, **options: Any) -> Any:
        begun = time.monotonic()
        try:
            return function(*arguments, **options)
        finally:
            spans.append([part, begun, time.monotonic()])

    return run


def noted(function: Any) -> Any:
    """The function that answers a case; its answer carries what was noted so far."""

    def run(*arguments: Any, **options: Any) -> Any:
        answer = function(*arguments, **options)
        told = {**answer.fields, "trace": spans[:]}
        spans.clear()
        return wire.Frame(answer.kind, told, answer.arrays)

    return run


def exercises(function: Any) -> Any:
    """The function that loads the exercises, which run the student's code."""
    return lambda path: {name: timed("student", exercise) for name, exercise in function(path).items()}


def ready(function: Any) -> Any:
    """The function that serves a section: until here the section was being set up."""

    def run(*arguments: Any) -> Any:
        spans[:] = [["ready", time.monotonic(), time.monotonic()]]
        return function(*arguments)

    return run


wire.read = timed("wire", wire.read)
wire.encoded = timed("wire", wire.encoded)
section.answer = noted(section.answer)
server.load_exercises = exercises(server.load_exercises)
section.serve = ready(section.serve)
