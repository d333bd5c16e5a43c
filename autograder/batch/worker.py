"""A worker: a process that holds one grader and grades what it is sent, line by line.

On standard input it gets a setup, then tasks; on standard output it answers each with one line. It ends when its
input ends, so that no worker outlives a batch that was killed. Nothing else can reach its output: whatever is
printed by mistake goes to standard error.
"""

from __future__ import annotations

import base64
import contextlib
import gc
import json
import os
import queue
import sys
import threading
from collections.abc import Iterator, Mapping
from typing import IO, Any

from autograder.errors import HarnessError, UsageError, with_hint
from autograder.grading.grader import Grader, Options
from autograder.grading.report import document

from . import tasks
from .conditions import terms


def main() -> None:
    """Serve until the input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    lines = _lines(sys.stdin.buffer)
    try:
        with contextlib.ExitStack() as stack:
            setup = json.loads(next(lines))
            try:
                grader = stack.enter_context(started(setup))
            except (HarnessError, UsageError) as error:
                _say(answers, {"unfit": with_hint(error)})
                return
            _say(answers, {"ready": {"isolation": grader.guest.level, "versions": setup["versions"]}})
            for number, line in enumerate(lines):
                _say(answers, answer(grader, json.loads(line)))
                if number == 0:  # what is loaded by now stays: it need not be looked at again and again
                    gc.freeze()
    except BrokenPipeError:
        return


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Lines of the input. When it ends, so does the process, whatever it is busy with."""
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def read() -> None:
        while line := stream.readline(tasks.LONGEST_LINE):
            waiting.put(line)
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    while True:
        yield waiting.get()


def started(setup: Mapping[str, Any]) -> Grader:
    """A grader for this setup, with its guest running and its expected values at hand.

    Raises
    ------
    HarnessError, UsageError
        This machine cannot grade so, or would grade otherwise than the one that asks.
    """
    job = tasks.job_of(setup)
    if setup["versions"] != tasks.versions(job):
        raise HarnessError(f"other versions here: {tasks.versions(job)}, wanted {setup['versions']}")
    if terms(job).digest != setup["conditions"]:
        raise HarnessError("another rubric, other cases or other code of the assignment here")
    options = Options(job.profile, job.checks, job.seed, job.isolation, protected=True, lanes=2)
    grader = Grader(job.assignment, job.rubric, options)
    try:
        if "answers" in setup:
            from .answers import truth

            grader._truth = truth(job, setup["answers"])
        grader.guest.ready()
        _ = grader.truth
    except BaseException:
        grader.guest.close()
        raise
    return grader


def answer(grader: Grader, task: Mapping[str, Any]) -> dict[str, Any]:
    """Grade one submission: its report, or our trouble."""
    try:
        grader.sections = grader.rubric.select(task["only"])
        submission = tasks.submission(base64.b64decode(task["packed"]), task["reading"])
        own = tasks.own_seed(task["seed"])
        if own is not None:
            grader.draw_from(own)
        return {"report": document(grader.grade(submission), run=True)}
    except Exception as error:  # whatever it is, it is ours: the submission runs elsewhere
        return {"trouble": with_hint(error) if isinstance(error, HarnessError) else f"{type(error).__name__}: {error}"}


def _say(stream: IO[str], value: Mapping[str, Any]) -> None:
    stream.write(json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":")) + "\n")
    stream.flush()


if __name__ == "__main__":
    main()
