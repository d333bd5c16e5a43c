"""Grading on a Dask cluster: submissions go out as bytes, reports come back as JSON, only we write the gradebook.

Before a worker may grade it must show that it has the same versions, rubric and cases, and an isolation that works.
Workers may come and go; one that is killed costs nothing but the time it had spent.
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
import json
import queue
from collections.abc import Mapping
from typing import Any

import click

from autograder.errors import HarnessError, UsageError, install

from . import remote
from .tasks import Answer, Task, facts

#: Seconds between two looks at who is there.
LOOK = 3.0


class DaskCrew:
    """The workers of a scheduler.

    Parameters
    ----------
    setup
        What workers are told about the batch.
    address
        The scheduler's, such as `tcp://127.0.0.1:8786`.

    Raises
    ------
    UsageError
        There is no scheduler, or it does not know this program, or Dask is not installed.
    HarnessError
        It has no worker that may grade.
    """

    def __init__(self, setup: Mapping[str, Any], address: str, patience: float) -> None:
        try:
            connect: Any = importlib.import_module("distributed").Client  # Dask has no types
        except ImportError as error:
            raise UsageError("--scheduler needs Dask", hint=install("requirements-staff.txt")) from error
        self._sealed = remote.Sealed(json.dumps(dict(setup)), patience)
        self._answers: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        self._running: dict[int, tuple[Task, Any, frozenset[str]]] = {}
        self._fit: dict[str, int] = {}
        self._unfit: dict[str, str] = {}
        self._told: Any = None
        self._numbers = itertools.count()
        try:
            self._client: Any = connect(address, timeout=10, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UsageError(f"no Dask scheduler at {address}: {error}") from error
        try:
            self._ask_scheduler(address)
            self._look()
            if not self._fit:
                reasons = "; ".join(sorted(set(self._unfit.values()))) or "it has none"
                raise HarnessError(f"no worker of {address} may grade: {reasons}")
        except BaseException:
            self._client.close()
            raise

    @property
    def capacity(self) -> int:
        """How many submissions are out at a time: one waits for each thread, so that none does."""
        return max(1, 2 * sum(self._fit.values()))

    def submit(self, task: Task) -> None:
        """Take a task on."""
        number = next(self._numbers)
        fit = frozenset(self._fit)
        future = self._client.submit(
            remote.grade,
            task.packed,
            remote.Sealed(json.dumps(facts(task))),
            self._told,
            key=f"grade-{task.digest.removeprefix('sha256:')[:16]}-{task.attempt}-{number}",
            workers=sorted(fit),
            pure=False,
        )
        self._running[number] = (task, future, fit)
        future.add_done_callback(lambda done: self._answers.put((number, done)))

    def next(self) -> Answer:
        """Wait for an answer."""
        while True:
            try:
                number, future = self._answers.get(timeout=LOOK)
            except queue.Empty:
                self._look()
                self._rescue()
                continue
            if number not in self._running:  # sent again elsewhere meanwhile
                continue
            task = self._running.pop(number)[0]
            try:
                told = json.loads(future.result(timeout=60))
            except Exception as error:  # whatever went wrong out there is not the submission's
                return Answer(task, trouble=f"the cluster lost it: {type(error).__name__}: {error}")
            finally:
                future.release()
            if told["unfit"]:
                self._leave_out(told["worker"], told["trouble"])
                if self._fit:
                    self.submit(task)
                    continue
            return Answer(task, told["report"], told["trouble"], fatal=told["unfit"])

    def _leave_out(self, address: str, why: str) -> None:
        """Send nothing more to a worker that can grade no longer, and say so once."""
        if self._fit.pop(address, None) is not None:
            self._refuse(address, why)

    def _refuse(self, address: str, why: str) -> None:
        self._unfit[address] = why
        click.echo(f"the worker {address} may not grade: {why}", err=True)

    def _ask_scheduler(self, address: str) -> None:
        """See to it that the scheduler has this program: it reads what is sent to workers."""
        try:
            self._client.run_on_scheduler(remote.here)
        except Exception as error:  # whichever: it could not load or call a function of ours
            hint = "start it with PYTHONPATH=/path/to/checkout, as its workers (docs/cluster.md)"
            raise UsageError(f"the scheduler {address} cannot load this program: {error}", hint=hint) from error

    def _look(self) -> None:
        """Find out who is there, and who of the new ones may grade."""
        there = {
            address: int(facts["nthreads"])
            for address, facts in self._client.scheduler_info(n_workers=-1)["workers"].items()
        }
        before = set(self._fit)
        self._fit = {address: threads for address, threads in self._fit.items() if address in there}
        new = sorted(set(there) - set(self._fit) - set(self._unfit))
        if not new:
            return
        told = self._client.run(remote.check, self._sealed, workers=new, on_error="return")
        for address in new:
            answer = told.get(address)
            if isinstance(answer, dict) and "fit" in answer:
                self._fit[address] = there[address]
            else:
                why = answer["unfit"] if isinstance(answer, dict) else f"{type(answer).__name__}: {answer}"
                self._refuse(address, why)
        if set(self._fit) - before:
            # Each gets the setup once, not with each submission: expected values are megabytes.
            self._told = self._client.scatter(self._sealed, broadcast=True, workers=sorted(self._fit))

    def _rescue(self) -> None:
        """Send what waits for workers that have all gone to those who are there now."""
        if not self._fit:
            return
        for number, (task, future, workers) in list(self._running.items()):
            if not workers & set(self._fit) and not future.done():
                del self._running[number]
                future.cancel(reason="its workers have gone")
                self.submit(task)

    def close(self) -> None:
        """End all, whatever they are busy with."""
        with contextlib.suppress(Exception):  # workers may be gone; what is graded is kept
            self._client.cancel([future for _, future, _ in self._running.values()])
            self._client.run(remote.close, workers=sorted(self._fit), on_error="ignore")
        self._client.close()
