"""`runner.py`, traced: `python -m benchmarks.traced FILE WORD…` runs it so and writes down what took when.

Nothing of the program is changed for it: functions are wrapped when their module is loaded, by the table below, and
imports are seen where the interpreter does them. What each thread did is kept as pieces that do not overlap: what a
wrapped function calls, if that is wrapped too, is taken out of it. The guest is told to note its own
(`traced_guest.py`).
"""

from __future__ import annotations

import time

BEGUN = time.monotonic()

import json  # noqa: E402
import os  # noqa: E402
import runpy  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from . import imports  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent

#: Module of the program: its functions, and which part of a run each is.
WRAPPED = {
    "autograder.submissions.reading": {"read": "submission read"},
    "autograder.sandbox.launch": {"GuestProcess.__init__": "guest start", "GuestProcess.wait_ready": "guest start"},
    "autograder.assignments.registry": {
        "Assignment.truth": "expected values",
        "Assignment.cases": "expected values",
        "Assignment.rubric": "rubric",
    },
    "autograder.assignments.practice": {"Practice.questions": "expected values"},
    "autograder.assignments.oracle_truth": {"OracleTruth.questions": "expected values"},
    "autograder.guest.wire": {"encoded": "wire", "read": "wire"},
    "autograder.sandbox.served": {
        "Served.__init__": "section start",
        "Served.poll": "waiting",
        "Served.end": "section end",
    },
    "autograder.grading.findings": {"from_answer": "compare"},
    "autograder.grading.explain": {"explain": "diagnosis"},
    "autograder.grading.grader": {"Grader.report": "report"},
    "autograder.commands.grade": {"tell": "report"},
    "autograder.sandbox.host": {"Guest.begun": "section start", "Guest.close": "end"},
}


class Trace:
    """What every thread does, as pieces (part, begun, ended, section) that do not overlap."""

    def __init__(self) -> None:
        self.local = threading.local()
        self.threads: list[list[list[Any]]] = []
        self.guests: dict[str, list[list[Any]]] = {}

    def mine(self) -> Any:
        """This thread's pieces and the parts that it is in."""
        if not hasattr(self.local, "pieces"):
            self.local.pieces, self.local.stack, self.local.section = [], [], ""
            self.local.since = time.monotonic()
            self.threads.append(self.local.pieces)
        return self.local

    def cut(self) -> Any:
        """End this thread's present piece."""
        mine, now = self.mine(), time.monotonic()
        if mine.stack and now > mine.since:
            mine.pieces.append([mine.stack[-1], mine.since, now, mine.section])
        mine.since = now
        return mine

    def enter(self, part: str) -> None:
        """From now on this thread is in that part."""
        stack = self.cut().stack
        # The wait for a section's end belongs to that; what loads modules while it waits for others, to those.
        stack.append("section end" if part == "waiting" and "section end" in stack else part)

    def leave(self) -> None:
        """The part is over."""
        self.cut().stack.pop()

    def wrapped(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function that says when it runs."""

        def run(*arguments: Any, **options: Any) -> Any:
            self.enter(part)
            try:
                return function(*arguments, **options)
            finally:
                self.leave()

        return run

    def sectioned(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """`Guest.begun`: which section this thread talks with from now on."""

        def run(*arguments: Any) -> Any:
            process, talk = function(*arguments)
            self.cut().section = talk.name
            return process, talk

        return run

    def heard(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """`wire.read`: what a guest noted is taken out of its answers."""

        def run(*arguments: Any, **options: Any) -> Any:
            frame = function(*arguments, **options)
            if frame is not None and "trace" in frame.fields:
                self.guests.setdefault(self.mine().section, []).extend(frame.fields["trace"])
            return frame

        return run

    def dump(self, path: Path) -> None:
        """Write all down."""
        self.cut()
        whole = {"begun": BEGUN, "ended": time.monotonic(), "threads": self.threads, "guests": self.guests}
        path.write_text(json.dumps(whole), "utf-8")


def instrument(trace: Trace, name: str, module: Any) -> None:
    """Wrap a module's functions, where the table has it.

    Raises
    ------
    AttributeError
        The program has no such function any more: the table is out of date.
    """
    for path, part in WRAPPED.get(name, {}).items():
        owner, _, last = path.rpartition(".")
        place = getattr(module, owner) if owner else module
        function = getattr(place, last)
        if path == "Guest.begun":
            function = trace.sectioned(function)
        if (name, path) == ("autograder.guest.wire", "read"):
            function = trace.heard(function)
        setattr(place, last, trace.wrapped(part, function))
    if name == "autograder.sandbox.launch":
        boot, ahead = module.boot, (ROOT / "benchmarks/traced_guest.py").read_text("utf-8")
        module.boot = lambda *told: f"{boot(*told).removesuffix('main()')}exec({ahead!r}, {{}}); main()"


def main() -> None:
    """Run, and write down."""
    place, words = Path(sys.argv[1]), sys.argv[2:]
    trace = Trace()
    leave = os._exit

    def written(status: int) -> None:
        trace.dump(place)
        leave(status)

    os._exit = written  # type: ignore[assignment]
    threading.Thread.join = trace.wrapped("idle", threading.Thread.join)  # type: ignore[method-assign]
    sys.argv = [str(ROOT / "runner.py"), *words]
    imports.see(
        lambda name, module: instrument(trace, name, module),
        lambda: trace.enter("imports"),
        trace.leave,
    )
    trace.enter("other")
    try:
        runpy.run_path(str(ROOT / "runner.py"), run_name="__main__")
    except SystemExit as ending:
        written(ending.code if isinstance(ending.code, int) else 0)
    written(0)


if __name__ == "__main__":
    main()
