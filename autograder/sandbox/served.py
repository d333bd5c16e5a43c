"""A section that a serving guest forked, and how the host talks with it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from . import clock
from .conversation import GRACE, Ended, Printed

if TYPE_CHECKING:  # it needs NumPy, which a section can begin without
    from autograder.guest import wire

#: Seconds between two looks at what a section has written to disk.
LOOK = 0.25
#: Bytes that are taken from the channel at once.
AT_ONCE = 1 << 18


class Full(Exception):
    """The section wrote more to disk than it may."""


class Served:
    """A section that a serving guest forked.

    Parameters
    ----------
    most
        Bytes of arrays that one of its frames may hold.
    full
        Says whether the section has written too much, where no file system of its own bounds it.
    """

    def __init__(self, control: socket.socket, request: Mapping[str, Any], most: int, full: Callable[[], bool]) -> None:
        limits = request["limits"]
        self.control, self.name, self.most, self.is_full = control, request["name"], most, full
        with contextlib.ExitStack() as made:  # all of them, or none
            self.channel, theirs = map(made.enter_context, socket.socketpair())
            clock.ask_for_sender(self.channel)
            self.channel.setblocking(False)
            (self.bell, bell), (self.output, output), (self.status, status) = (_pipe(made) for _ in range(3))
            made.pop_all()
        self.sender = 0
        self.events = select.poll()
        for descriptor in (self.bell, self.status, self.output):
            self.events.register(descriptor, select.POLLIN)
        self._printed = Printed(limits["printed_kb"] << 10)
        self.outgoing = memoryview(b"")
        self.incoming, self.taken = b"", 0  # what came at once, and how much of it was taken in
        self.allowed = limits["wall_seconds"]
        self.begin()
        self.overdue, self.full, self.refused = False, False, ""
        self.last, self.over = False, False
        self.ended: Ended | None = None
        # A guest that is gone, or does not listen, is found out by `end`.
        with contextlib.suppress(OSError):
            socket.send_fds(control, [json.dumps(request).encode()], [theirs.fileno(), bell, output, status])
        theirs.close()
        os.close(status)
        # We keep these ends: that the section's are closed is no news, and would only wake us.
        self.kept = (bell, output)

    def begin(self) -> None:
        """Count the time from now on: somebody wants to talk."""
        self.started = self.looked = time.monotonic()
        self.deadline = self.started + self.allowed

    @property
    def printed(self) -> Printed:
        """What the section printed so far."""
        return self._printed

    def ask(self, frame: wire.Frame) -> wire.Frame | None:
        """Send a frame and give the answer; None where there is none to be had."""
        from autograder.guest import wire

        self.put([wire.encoded(frame)])
        return self.hear()

    def hurry(self, until: float) -> None:
        """Wait no longer than until then, by the monotonic clock."""
        self.deadline = min(self.deadline, until)

    def put(self, frames: Iterable[bytes], *, last: bool = False) -> None:
        """Have frames sent, as the section takes them in."""
        self.outgoing, self.last = memoryview(b"".join([self.outgoing, *frames])), last

    def hear(self) -> wire.Frame | None:
        """The next frame that the section sends; None where there is none to be had."""
        from autograder.guest import wire

        try:
            self.send()
            return wire.read(self.receive, wire.Bounds(payload_bytes=self.most))
        except wire.WireError as error:
            self.refused = str(error)
        except TimeoutError:
            self.overdue = True
        except Full:
            self.full = True
        except OSError:
            pass  # it ended: `end` says how
        return None

    def send(self) -> None:
        """Send of what is to be sent as much as the section takes in without our waiting.

        What cannot be sent because nobody is there is dropped: answers may still lie in the channel. After the last
        frame the section reads the end of the channel, and ends by itself.
        """
        try:
            while self.outgoing:
                self.outgoing = self.outgoing[self.channel.send(self.outgoing) :]
            if self.last:
                self.last = False
                self.channel.shutdown(socket.SHUT_WR)
        except BlockingIOError:
            pass
        except OSError:
            self.outgoing = memoryview(b"")

    def receive(self, size: int) -> bytes:
        """At most that many bytes from the section; none at its end."""
        while self.taken == len(self.incoming):
            self.incoming, self.taken = b"", 0
            try:
                if self.sender:
                    self.incoming = self.channel.recv(AT_ONCE)
                else:  # the first frame, which comes before any of the submission's code runs
                    self.incoming, self.sender = clock.receive(self.channel, size)
                if not self.incoming:
                    return b""
            except BlockingIOError:
                self.wait()
        piece = self.incoming[self.taken : self.taken + size]
        self.taken += len(piece)
        return piece

    def cpu_seconds(self) -> float | None:
        """Computing time so far, by the clock that the kernel keeps of the process that sent the first frame."""
        return clock.cpu_seconds(self.sender)

    def wait(self) -> None:
        """Wait until the section has the host look, or has ended, sending meanwhile what it takes in.

        Now and then the channel is looked at all the same: nobody can be made to ring.

        Raises
        ------
        TimeoutError
            The wall time is over.
        Full
            Too much was written.
        ConnectionError
            Nobody is there any more.
        """
        if self.over:
            raise ConnectionError("the section ended, and all that it sent is read")
        now = time.monotonic()
        if now >= self.deadline:
            raise TimeoutError
        if now - self.looked >= LOOK:
            self.looked = now
            if self.is_full():
                raise Full
        if self.outgoing:
            self.events.register(self.channel, select.POLLOUT)
        ready = self.poll(min(self.deadline - now, LOOK))
        if self.outgoing:
            self.events.unregister(self.channel)
        if self.bell in ready:
            os.read(self.bell, 65536)
        self.over = self.status in ready
        self.send()

    def poll(self, seconds: float) -> set[int]:
        """Which descriptors are ready within that time; what is printed meanwhile is taken in once."""
        ready = {descriptor for descriptor, _ in self.events.poll(max(0, seconds * 1000))}
        if self.output in ready:
            self._printed.add(os.read(self.output, 65536))
        return ready

    def end(self) -> Ended:
        """Close the channel, see the process end, and say how; once more, it says the same."""
        if self.ended is None:
            self.ended = self._end()
        return self.ended

    def _end(self) -> Ended:
        self.channel.close()
        self.events.unregister(self.bell)  # nobody asks what there is to be heard
        killed = bool(self.overdue or self.refused or self.full)
        silent = not killed and not self.ended_within(GRACE)
        if killed or silent:
            with contextlib.suppress(OSError):
                self.control.send(json.dumps({"kill": self.name}).encode())
        wall = time.monotonic() - self.started
        facts = ending(os.read(self.status, 256)) if self.ended_within(2 * GRACE) else None
        # What is in the pipe now; who else may hold its other end does not concern us.
        until, seen = time.monotonic() + GRACE, -1
        while seen != self._printed.total and time.monotonic() < until:
            seen = self._printed.total
            self.poll(0)
        for descriptor in (self.bell, self.output, self.status, *self.kept):
            os.close(descriptor)
        code, cpu, memory = facts or (None, 0.0, 0)
        return Ended(code, cpu, wall, memory, self.overdue, self.refused, silent, self.full, facts is None)

    def ended_within(self, seconds: float) -> bool:
        """Whether the guest told of the end within that time; what is printed meanwhile is taken in."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self.status in self.poll(left):
                return True
        return False


def _pipe(made: contextlib.ExitStack) -> tuple[int, int]:
    """A pipe whose ends are closed with what was made."""
    ends = os.pipe()
    for end in ends:
        made.callback(os.close, end)
    return ends


def ending(told: bytes) -> tuple[int, float, int] | None:
    """Exit status, computing time and memory (KB), as the holder told; None where it died before it could.

    Without a boundary the student's code may have reached the holder, so that anything may stand there.
    """
    try:
        code, cpu, memory = told.split()
        facts = int(code), float(cpu), int(memory)
    except ValueError:
        return None
    return facts if 0 <= facts[1] < 1e9 and 0 <= facts[2] < 1 << 40 else None
