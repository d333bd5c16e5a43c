"""Talking with one section: ask, and hear an answer or how it ended; never wait longer than the deadline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from autograder.guest import wire

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
    silent
        We ended it, because it had closed its channel and went on.
    full
        We ended it, because it had written more to disk than it may.
    lost
        The guest no longer answers either, and has to be started anew.
    """

    exit: int | None
    cpu_seconds: float
    wall_seconds: float
    memory_kb: int
    overdue: bool = False
    refused: str = ""
    silent: bool = False
    full: bool = False
    lost: bool = False


class Conversation(Protocol):
    """One section's process, as the host sees it."""

    def ask(self, frame: wire.Frame) -> wire.Frame | None:
        """Send a frame and give the answer; None where the process ended instead, or sent what is no frame."""

    def put(self, frames: Iterable[bytes], *, last: bool = False) -> None:
        """Have encoded frames sent, each when that can be done; with `last` nothing is asked after them."""

    def hear(self) -> wire.Frame | None:
        """The next frame that the process sends (how it started, then answers); None where there is none to be had."""

    def hurry(self, until: float) -> None:
        """Wait no longer than until then, by the monotonic clock."""

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
