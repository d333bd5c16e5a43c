"""Runs batches and kills them: `drive.py FOLDER WORK FIRST STEP`.

A batch is run undisturbed and every write to the database is counted. Then, for each chosen write, a child process
runs the same batch and kills itself (SIGKILL) just before it, another one goes on from there, and the two gradebooks
are compared. This stands for a power cut as far as the database is concerned; that the disk keeps what it said it
had kept is the disk's promise.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

import kit  # noqa: E402
from sqlalchemy import Engine, event  # noqa: E402

from autograder.batch import run  # noqa: E402
from autograder.cli import cli  # noqa: E402


def batch(folder: Path, book: Path, before_write: Callable[[], None]) -> None:
    """The command, in this process, without guests."""
    run.crew = kit.instant  # type: ignore[assignment]

    def statement(connection: Any, cursor: Any, text: str, *rest: Any) -> None:
        if not text.lstrip().upper().startswith(("SELECT", "PRAGMA")):
            before_write()

    event.listen(Engine, "before_cursor_execute", statement)
    event.listen(Engine, "commit", lambda connection: before_write())
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        cli.main([str(word) for word in kit.arguments(folder, book)], standalone_mode=False)


def child(work: Callable[[], None]) -> int:
    """Run in a process of its own; how it ended."""
    number = os.fork()
    if number == 0:
        try:
            work()
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


def main() -> None:
    folder, work = Path(sys.argv[1]), Path(sys.argv[2])
    first, step = int(sys.argv[3]), int(sys.argv[4])
    count = work / "count"

    def counted() -> None:
        writes = [0]

        def add() -> None:
            writes[0] += 1

        batch(folder, work / "whole", add)
        count.write_text(str(writes[0]))

    assert child(counted) == 0
    expected, total = kit.facts(work / "whole"), int(count.read_text())
    killed = 0
    for fatal in range(first, total, step):
        book = work / f"book{fatal}"

        def cut(book: Path = book, fatal: int = fatal) -> None:
            left = [fatal]

            def maybe() -> None:
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                left[0] -= 1

            batch(folder, book, maybe)

        assert child(cut) == -signal.SIGKILL, fatal
        assert child(lambda book=book: batch(folder, book, lambda: None)) == 0, fatal  # type: ignore[misc]
        assert kit.facts(book) == expected, f"killed before write {fatal}"
        killed += 1
    print(json.dumps({"writes": total, "killed": killed}))


if __name__ == "__main__":
    main()
