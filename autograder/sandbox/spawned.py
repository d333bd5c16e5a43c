"""A section that is a process of its own: where a guest cannot fork (macOS, Windows)."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import HarnessError
from autograder.guest import wire

from .conversation import GRACE, Ended, Printed

if TYPE_CHECKING:
    from .request import Request


class Spawned:
    """A section that is a process of its own: where a guest cannot fork.

    Parameters
    ----------
    request
        The section; its submission's frame is the first that the process reads.

    Notes
    -----
    Pipes have no deadlines everywhere, so a thread talks to the process, and we wait for the thread.
    """

    def __init__(
        self,
        arguments: list[str],
        request: Request,
        environment: Mapping[str, str],
        folder: Path,
    ) -> None:
        limits = request.limits
        self.bounds = wire.Bounds(payload_bytes=request.result_mb << 20)
        self.outgoing = deque([request.work])
        self._printed = Printed(limits["printed_kb"] << 10)
        self.started = time.monotonic()
        self.deadline = self.started + limits["wall_seconds"]
        self.overdue, self.refused = False, ""
        self.ended: Ended | None = None
        self.used_before = _children_used()[0]
        self.answers: queue.SimpleQueue[wire.Frame | Exception | None] = queue.SimpleQueue()
        pipe = subprocess.PIPE
        try:
            self.process = subprocess.Popen(
                arguments, stdin=pipe, stdout=pipe, stderr=pipe, env=dict(environment), cwd=folder, bufsize=0,
                start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise HarnessError(f"the guest cannot be started: {error}") from error
        assert self.process.stdin and self.process.stdout and self.process.stderr  # noqa: S101 - asked for above
        self.stdin, self.stdout, self.stderr = self.process.stdin, self.process.stdout, self.process.stderr
        self.drainer = threading.Thread(target=self.drain, daemon=True)
        self.drainer.start()

    @property
    def printed(self) -> Printed:
        """What the section printed so far."""
        return self._printed

    def drain(self) -> None:
        """Take in all that is printed."""
        with contextlib.suppress(OSError, ValueError):
            while piece := self.stderr.read(65536):
                self._printed.add(piece)

    def ask(self, frame: wire.Frame) -> wire.Frame | None:
        """Send a frame and give the answer; None where there is none to be had."""
        self.put([wire.encoded(frame)])
        return self.hear()

    def hurry(self, until: float) -> None:
        """Wait no longer than until then, by the monotonic clock."""
        self.deadline = min(self.deadline, until)

    def put(self, frames: Iterable[bytes], *, last: bool = False) -> None:
        """Have frames sent, each once what came before is answered: to look at a pipe is to wait for it."""
        self.outgoing += frames

    def hear(self) -> wire.Frame | None:
        """The next frame that the process sends; None where there is none to be had."""
        if self.overdue or not self.outgoing:
            return None
        threading.Thread(target=self.exchange, args=(self.outgoing.popleft(),), daemon=True).start()
        try:
            answer = self.answers.get(timeout=max(0.0, self.deadline - time.monotonic()))
        except queue.Empty:
            self.overdue = True
            return None
        if isinstance(answer, wire.WireError):
            self.refused = str(answer)
        return None if isinstance(answer, Exception) else answer

    def cpu_seconds(self) -> float | None:
        """Not to be had: these systems have no clock of another process that Python reads."""
        return None

    def exchange(self, data: bytes) -> None:
        """Send a frame's bytes and hand on what comes back; an error where that goes wrong."""
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[self.stdin.write(rest) or 0 :]
            self.answers.put(wire.read(self.stdout.read, self.bounds))
        except (wire.WireError, OSError, ValueError) as error:
            self.answers.put(error)

    def end(self) -> Ended:
        """Close the channel, see the process end, and say how; once more, it says the same."""
        if self.ended is None:
            self.ended = self._end()
        return self.ended

    def _end(self) -> Ended:
        killed, silent = bool(self.refused or self.overdue), False
        if not killed:
            with contextlib.suppress(OSError):
                self.stdin.close()
            try:
                self.process.wait(GRACE)
            except subprocess.TimeoutExpired:
                silent = True
        code = self.kill()
        self.drainer.join(GRACE)
        for pipe in (self.stdin, self.stdout, self.stderr):
            with contextlib.suppress(OSError, ValueError):
                pipe.close()
        cpu, memory = _children_used()
        wall = time.monotonic() - self.started
        return Ended(code, cpu - self.used_before, wall, memory, self.overdue, self.refused, silent)

    def kill(self) -> int:
        """End the process and its session, whatever is left of them; the exit status."""
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        if self.process.returncode is None:
            self.process.kill()
        return self.process.wait()


def _children_used() -> tuple[float, int]:
    """Computing time and largest memory (KB) of the processes that ended so far, where the system tells."""
    if sys.platform == "win32":
        return 0.0, 0
    import resource

    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss // (1024 if sys.platform == "darwin" else 1)
