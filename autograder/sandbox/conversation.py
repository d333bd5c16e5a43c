"""Talking with one section: ask, and hear an answer or how it ended; never wait longer than the deadline."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from autograder.errors import HarnessError
from autograder.guest import wire

from . import clock

#: Seconds that a section has to end after it was told to, before it is killed.
GRACE = 1.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a section's process ended.

    Attributes
    ----------
    exit
        Its exit status, negative for a signal; None where the guest itself died with it.
    cpu_seconds, wall_seconds, memory_kb
        What it used.
    overdue
        We ended it, because it took longer than its wall time.
    refused
        What was wrong with a frame that it sent, where something was.
    """

    exit: int | None
    cpu_seconds: float
    wall_seconds: float
    memory_kb: int
    overdue: bool = False
    refused: str = ""


class Conversation(Protocol):
    """One section's process, as the host sees it."""

    def ask(self, frame: wire.Frame) -> wire.Frame | None:
        """Send a frame and give the answer; None where the process ended instead, or sent what is no frame."""

    def end(self) -> Ended:
        """Close the channel, wait for the end (kill it where it does not end) and say how it was."""

    def cpu_seconds(self) -> float | None:
        """What the process and all its threads have computed so far, read from outside; None: cannot be had here."""

    @property
    def printed(self) -> Printed:
        """What the section printed."""


class Printed:
    """What a section printed: the beginning and the end of it, the middle left out beyond a bound."""

    def __init__(self, keep_bytes: int) -> None:
        self.half = keep_bytes // 2
        self.head = b""
        self.tail = b""
        self.total = 0

    def add(self, piece: bytes) -> None:
        """Take in what was printed next."""
        self.total += len(piece)
        room = self.half - len(self.head)
        self.head += piece[:room]
        self.tail = (self.tail + piece[room:])[-self.half :] if len(piece) > room else self.tail

    @property
    def text(self) -> str:
        """The kept text, with a word on what is left out."""
        lost = self.total - len(self.head) - len(self.tail)
        middle = f"\n… {lost} bytes left out …\n".encode() if lost else b""
        return (self.head + middle + self.tail).decode("utf-8", "replace")


class Served:
    """A section that a serving guest forked."""

    def __init__(self, control: socket.socket, request: Mapping[str, Any], bounds: wire.Bounds) -> None:
        limits = request["limits"]
        self.control, self.name, self.bounds = control, request["name"], bounds
        self.channel, theirs = socket.socketpair()
        clock.ask_for_sender(self.channel)
        self.sender = 0
        self.output, output = os.pipe()
        self.status, status = os.pipe()
        self._printed = Printed(limits["printed_kb"] << 10)
        self.started = time.monotonic()
        self.deadline = self.started + limits["wall_seconds"]
        self.overdue, self.refused = False, ""
        self.output_open = True
        try:
            socket.send_fds(control, [json.dumps(request).encode()], [theirs.fileno(), output, status])
        except OSError:
            self.refused = ""  # the guest is gone: `end` finds out
        finally:
            theirs.close()
            os.close(output)
            os.close(status)

    @property
    def printed(self) -> Printed:
        """What the section printed so far."""
        return self._printed

    def ask(self, frame: wire.Frame) -> wire.Frame | None:
        """Send a frame and give the answer; None where there is none to be had."""
        try:
            self.send(b"".join(wire.encode(frame)))
            return wire.read(self.receive, self.bounds)
        except wire.WireError as error:
            self.refused = str(error)
        except TimeoutError:
            self.overdue = True
        except OSError:
            pass  # it ended: `end` says how
        return None

    def send(self, data: bytes) -> None:
        """Send all of it, taking in what is printed meanwhile."""
        rest = memoryview(data)
        self.channel.setblocking(False)
        while rest:
            if self.wait(writing=True):
                with contextlib.suppress(BlockingIOError):
                    rest = rest[self.channel.send(rest) :]

    def receive(self, size: int) -> bytes:
        """At most that many bytes from the section; none at its end."""
        while not self.wait(writing=False):
            pass
        if self.sender:
            return self.channel.recv(size)
        # The first frame, which comes before any of the submission's code runs.
        data, self.sender = clock.receive(self.channel, size)
        return data

    def cpu_seconds(self) -> float | None:
        """Computing time so far, by the clock that the kernel keeps of the process that sent the first frame."""
        return clock.cpu_seconds(self.sender)

    def wait(self, *, writing: bool) -> bool:
        """Wait until the channel is ready, or something was printed; TimeoutError at the deadline."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        readable: list[Any] = [self.output] if self.output_open else []
        channel: list[Any] = [self.channel]
        ready, writable, _ = select.select(
            readable if writing else readable + channel, channel if writing else [], [], left
        )
        if self.output in ready:
            self.drain()
        return self.channel in ready or bool(writable)

    def drain(self) -> None:
        """Take in what was printed."""
        piece = os.read(self.output, 65536)
        self._printed.add(piece)
        self.output_open = bool(piece)

    def end(self) -> Ended:
        """Close the channel, see the process end, and say how."""
        self.channel.close()
        if self.overdue or self.refused or not self.ended_within(GRACE):
            with contextlib.suppress(OSError):
                self.control.send(json.dumps({"kill": self.name}).encode())
        wall = time.monotonic() - self.started
        facts = self.facts() if self.ended_within(2 * GRACE) else None
        while self.output_open and select.select([self.output], [], [], 0)[0]:
            self.drain()
        os.close(self.output)
        os.close(self.status)
        if facts is None:
            return Ended(None, 0.0, wall, 0, self.overdue, self.refused)
        return Ended(facts["exit"], facts["cpu"], wall, facts["memory_kb"], self.overdue, self.refused)

    def ended_within(self, seconds: float) -> bool:
        """Whether the guest told of the end within that time; what is printed meanwhile is taken in."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            ready, _, _ = select.select([self.status, *([self.output] if self.output_open else [])], [], [], left)
            if self.output in ready:
                self.drain()
            if self.status in ready:
                return True
        return False

    def facts(self) -> dict[str, Any] | None:
        """What the guest told, None where it died before it could."""
        told = os.read(self.status, 4096)
        return json.loads(told) if told else None


class Spawned:
    """A section that is a process of its own: where a guest cannot fork."""

    def __init__(
        self,
        arguments: list[str],
        environment: Mapping[str, str],
        limits: Mapping[str, int],
        bounds: wire.Bounds,
        folder: Path,
    ) -> None:
        self.bounds = bounds
        self._printed = Printed(limits["printed_kb"] << 10)
        self.started = time.monotonic()
        self.overdue, self.refused = False, ""
        pipe = subprocess.PIPE
        try:
            self.process = subprocess.Popen(
                arguments, stdin=pipe, stdout=pipe, stderr=pipe, env=dict(environment), cwd=folder, bufsize=0,
                start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise HarnessError(f"the guest cannot be started: {error}") from error
        assert self.process.stdin and self.process.stdout and self.process.stderr  # noqa: S101 - asked for above
        self.stdin, self.stdout = self.process.stdin, self.process.stdout
        self.drainer = threading.Thread(target=self.drain, args=(self.process.stderr,), daemon=True)
        self.drainer.start()
        self.watchdog = threading.Timer(limits["wall_seconds"], self.too_late)
        self.watchdog.daemon = True
        self.watchdog.start()

    @property
    def printed(self) -> Printed:
        """What the section printed so far."""
        return self._printed

    def drain(self, pipe: IO[bytes]) -> None:
        """Take in all that is printed."""
        while piece := pipe.read(65536):
            self._printed.add(piece)

    def too_late(self) -> None:
        """The wall time is over."""
        self.overdue = True
        self.process.kill()

    def ask(self, frame: wire.Frame) -> wire.Frame | None:
        """Send a frame and give the answer; None where there is none to be had."""
        try:
            self.stdin.write(b"".join(wire.encode(frame)))
            return wire.read(self.stdout.read, self.bounds)
        except wire.WireError as error:
            self.refused = "" if self.overdue else str(error)
        except OSError:
            pass  # it ended: `end` says how
        return None

    def cpu_seconds(self) -> float | None:
        """Not to be had: these systems have no clock of another process that Python reads."""
        return None

    def end(self) -> Ended:
        """Close the channel, see the process end, and say how."""
        with contextlib.suppress(OSError):
            self.stdin.close()
        if self.refused:
            self.process.kill()
        try:
            code = self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.watchdog.cancel()
        self.drainer.join(GRACE)
        self.stdout.close()
        return Ended(code, 0.0, time.monotonic() - self.started, 0, self.overdue, self.refused)
