"""The local pool: a few worker processes, each held by a thread that feeds it and notices when it dies.

The standard library's pools do not survive a worker that is killed, and lose more than its task.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from typing import IO, Any, Protocol

from autograder.assignments.registry import PROJECT
from autograder.errors import HarnessError
from autograder.sandbox.threads import ONE_THREAD

from .tasks import LONGEST_LINE, Answer, Task, spelt


class Unfit(HarnessError):
    """A worker cannot grade at all, whatever the submission."""


class Crew(Protocol):
    """Whoever grades: takes tasks, gives answers in any order."""

    @property
    def capacity(self) -> int:
        """How many tasks it takes on at a time."""

    def submit(self, task: Task) -> None:
        """Take a task on."""

    def next(self) -> Answer:
        """Wait for an answer."""

    def close(self) -> None:
        """End all, whatever they are busy with."""


class Worker:
    """One worker process; started before it is needed, and again after it died.

    Parameters
    ----------
    setup
        What it is told about the batch.
    patience
        Seconds until a submission is given up: far more than all of its sections' limits together.
    """

    def __init__(self, setup: Mapping[str, Any], patience: float) -> None:
        self.setup, self.patience = setup, patience
        self.process: subprocess.Popen[bytes] | None = None
        self.facts: Mapping[str, Any] = {}
        self._words: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        self._closed = False

    def grade(self, task: Task) -> Answer:
        """Have it grade a submission; its death is an answer, too."""
        try:
            self.start()
            reply = self._ask(spelt(task), self.patience)
        except Unfit as error:
            return Answer(task, trouble=str(error), fatal=True)
        except HarnessError as error:
            return Answer(task, trouble=str(error))
        if "report" in reply:
            return Answer(task, reply["report"])
        return Answer(task, trouble=str(reply.get("trouble", "the worker answered something else")))

    def start(self) -> None:
        """See to it that it runs and is fit.

        Raises
        ------
        Unfit
            It says itself that it cannot grade.
        HarnessError
            It cannot be started.
        """
        if self.process is not None and self.process.poll() is None:
            return
        self._reap()
        if self._closed:
            raise HarnessError("the batch ends")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "autograder.batch.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._words,
            env=environment(),
            start_new_session=True,  # Ctrl-C at a terminal is for the batch alone
        )
        if self._closed:  # meanwhile: nobody was there to be killed yet
            self.process.kill()
        reply = self._ask(self.setup, 120.0)
        if "unfit" in reply:
            self._reap()
            raise Unfit(str(reply["unfit"]))
        self.facts = reply.get("ready", {})

    def _ask(self, value: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        process = self.process
        assert process is not None and process.stdin is not None and process.stdout is not None  # noqa: S101
        late = threading.Timer(seconds, process.kill)
        late.daemon = True
        late.start()
        try:
            process.stdin.write(json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n")
            process.stdin.flush()
            line = process.stdout.readline(LONGEST_LINE)
        except (OSError, ValueError):
            line = b""
        finally:
            in_time = late.is_alive()
            late.cancel()
        try:
            reply = json.loads(line) if line.endswith(b"\n") else None
        except (ValueError, RecursionError):
            reply = None
        if not isinstance(reply, dict):
            raise HarnessError(self._obituary(in_time, seconds))
        return reply

    def _obituary(self, in_time: bool, seconds: float) -> str:
        self._reap()
        if not in_time:
            return f"the worker gave no answer for {seconds:.0f} s and was ended"
        self._words.seek(0, os.SEEK_END)
        self._words.seek(max(0, self._words.tell() - 2000))
        said = self._words.read().decode("utf-8", "replace").strip().splitlines()
        return "the worker process died" + (f": {said[-1][:300]}" if said else "")

    def _reap(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for stream in (self.process.stdin, self.process.stdout):
                if stream is not None:
                    try:
                        stream.close()
                    except OSError:
                        continue
            self.process = None

    def stop(self) -> None:
        """Kill it; whoever waits for it learns that it died."""
        self._closed = True
        if self.process is not None:
            self.process.kill()

    def close(self) -> None:
        """Give everything back."""
        self._closed = True
        self._reap()
        self._words.close()


def environment() -> dict[str, str]:
    """A worker's environment: one thread each, since there is a worker for each core."""
    path = os.environ.get("PYTHONPATH")
    return {
        **os.environ,
        "PYTHONPATH": str(PROJECT) if not path else f"{PROJECT}{os.pathsep}{path}",
        **ONE_THREAD,
        "PYTHONHASHSEED": "0",
    }


class LocalCrew:
    """Workers on this machine.

    Parameters
    ----------
    early
        So many start at once, without a task; the others when there is one for them.
    """

    def __init__(self, setup: Mapping[str, Any], jobs: int, patience: float, early: int = 0) -> None:
        self.capacity = jobs + 1  # one waits, so that no worker does
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self.workers = [Worker(setup, patience) for _ in range(jobs)]
        self._threads = [
            threading.Thread(target=self._feed, args=(worker, number < early), daemon=True)
            for number, worker in enumerate(self.workers)
        ]
        for thread in self._threads:
            thread.start()

    def _feed(self, worker: Worker, early: bool) -> None:
        if early:
            with contextlib.suppress(HarnessError):  # it is tried again for the first task, which then hears why
                worker.start()
        while (task := self._tasks.get()) is not None:
            self._answers.put(worker.grade(task))

    def submit(self, task: Task) -> None:
        """Take a task on."""
        self._tasks.put(task)

    def next(self) -> Answer:
        """Wait for an answer."""
        return self._answers.get()

    def close(self) -> None:
        """End all, whatever they are busy with."""
        for worker in self.workers:
            worker.stop()
        for _ in self.workers:
            self._tasks.put(None)
        for thread, worker in zip(self._threads, self.workers, strict=True):
            thread.join(timeout=5)
            worker.close()


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
