"""The way in from the command line. Grading waits for a guest, so the guest is started first.

Reading the command line and loading what grades take as long as starting a guest. Which guest is needed can mostly
be told from the bare arguments; where the guess is wrong, or grading is not what is asked for, nothing is lost but a
process.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from autograder.errors import interrupted, not_installed

#: Options with which no guest is needed, or another one than the usual.
OTHERWISE = (
    "--debug",
    "--help",
    "-h",
    "--version",
    "--isolation",
    "--overlay",
    "--edition",
    "--seed-file",
    "--seed-variable",
)


def main() -> None:
    """Start a guest where one will be asked for, run the command, and end the process with its exit status."""
    status: Any = 0
    try:
        if (name := assignment(sys.argv[1:])) is not None:
            gc.disable()  # nothing that is loaded now is garbage; `Grader.load` turns it on again
            begin(name)
        from autograder.cli import main

        main()
    except SystemExit as ending:
        status = ending.code
    except BaseException as error:  # there is no command line to tell it: a package is missing, or a mistake is ours
        status = 130 if interrupted(error) else 2 if not_installed(error) else 3
        tell(error)
    finally:
        if (ahead := sys.modules.get("autograder.sandbox.ahead")) is not None:
            ahead.drop()
    leave(status if isinstance(status, int) else 1)


def tell(error: BaseException) -> None:
    """Say what kept the command line from being loaded."""
    if interrupted(error):
        print("error: interrupted", file=sys.stderr)
        return
    if line := not_installed(error):
        print(f"error: {line}", file=sys.stderr)
        return
    import traceback

    traceback.print_exception(error)


def leave(status: int) -> None:
    """End the process without taking the interpreter apart module by module: all is closed and written by now."""
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except OSError:  # nobody reads any more
        status = status or 1
    os._exit(status)


def assignment(arguments: Sequence[str]) -> str | None:
    """The assignment that `grade` is asked to grade, by its arguments; None where anything else is asked for."""
    if arguments and arguments[0] != "grade" and not arguments[0].startswith("-"):
        return None
    if any(word.partition("=")[0] in OTHERWISE for word in arguments):
        return None
    name = "hw2p1"
    for word, following in pairwise([*arguments, ""]):
        if word in ("-a", "--assignment"):
            name = following
        elif word.startswith("--assignment="):
            name = word.partition("=")[2]
    return name


def begin(name: str) -> None:
    """Start the guest of an assignment, as its rubric says; whatever is wrong is told later, by the command."""
    try:
        if sys.platform == "linux":
            from autograder.sandbox import begun

            begun.begin(name)
        from autograder.assignments import registry
        from autograder.grading.given import parts
        from autograder.sandbox import ahead

        found = registry.find(name)
        ahead.begin(name, parts(found, found.rubric()))
    except Exception as error:
        if interrupted(error):
            raise KeyboardInterrupt from error
