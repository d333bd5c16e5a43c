"""Guests: choosing a level, starting one, and running sections in it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from autograder.errors import HarnessError, UsageError

from . import bubblewrap, landlock, process
from .launch import Command, GuestProcess, Level, Parts

if TYPE_CHECKING:
    from .conversation import Conversation

Wanted = Literal["auto", "bubblewrap", "landlock", "process"]


@dataclass(frozen=True, slots=True)
class Request:
    """One section to be run: its name, its limits."""

    name: str
    limits: Mapping[str, int]


def available() -> list[Level]:
    """The levels that this machine seems to offer, best first."""
    levels: list[Level] = []
    if sys.platform == "linux":
        if bubblewrap.available():
            levels.append("bubblewrap")
        if landlock.available():
            levels.append("landlock")
    return [*levels, "process"]


def serves() -> bool:
    """Whether a guest can fork its sections here; elsewhere each section is a process of its own."""
    return sys.platform == "linux" and hasattr(os, "fork")


def command(level: Level, parts: Parts) -> Command:
    """How to start a guest of that level."""
    return {"bubblewrap": bubblewrap.command, "landlock": landlock.command, "process": process.command}[level](parts)


class Guest:
    """A place where sections run. One at a time; it is started anew where one of them brought it down.

    Parameters
    ----------
    parts
        What the guest is made of.
    wanted
        The level asked for; `auto` takes the best that works here.
    protected
        Something is secret: `auto` must not fall back to `process`.
    """

    def __init__(self, parts: Parts, wanted: Wanted = "auto", *, protected: bool = False) -> None:
        self.parts = parts
        self.levels: list[Level] = available() if wanted == "auto" else [wanted]
        if wanted == "auto" and protected:
            self.levels.remove("process")
        if not self.levels or self.levels[0] not in available():
            raise UsageError(
                f"isolation {wanted!r} is not to be had on this machine",
                hint="`python runner.py doctor` says what there is and how to get more; "
                "`--isolation process` runs without a boundary and marks the report",
            )
        self.process: GuestProcess | None = None
        self.starting = threading.Lock()
        self.serving = serves()
        if self.serving:
            self.start()

    @property
    def level(self) -> Level:
        """The level in use."""
        return self.levels[0]

    def start(self) -> None:
        """Start the process, without waiting for it."""
        self.process = GuestProcess(command(self.level, self.parts))
        self.greeted = False

    def ready(self) -> None:
        """Wait until the guest is ready; fall back to the next level where this one does not work here.

        Raises
        ------
        HarnessError
            None works.
        """
        with self.starting:
            self._ready()

    def _ready(self) -> None:
        if not self.serving or (self.process is not None and self.process.alive and self.greeted):
            return
        while True:
            if self.process is None or not self.process.alive:
                self.start()
            assert self.process is not None  # noqa: S101 - started above
            try:
                self.process.wait_ready()
            except HarnessError:
                if len(self.levels) == 1:
                    raise
                self.levels.pop(0)
                self.process = None
                continue
            self.greeted = True
            return

    @contextlib.contextmanager
    def section(self, request: Request, result_mb: int) -> Iterator[Conversation]:
        """Run a section: a conversation with a fresh process."""
        from autograder.guest.wire import Bounds

        from .conversation import Served, Spawned

        self.ready()
        bounds = Bounds(payload_bytes=result_mb << 20)
        told: dict[str, Any] = {"name": request.name, "limits": dict(request.limits)}
        with self.folder() as folder:
            told["folder"] = folder
            if self.process is not None:
                yield Served(self.process.control, told, bounds)
            else:
                line = command(self.level, self.parts)
                setup = {**line.setup, "mode": "once", "request": told}
                arguments = [*line.arguments, json.dumps(setup)]
                yield Spawned(arguments, line.environment, request.limits, bounds, Path(folder))

    @contextlib.contextmanager
    def folder(self) -> Iterator[str]:
        """A folder for the submission, where the guest cannot make its own; gone afterwards."""
        if self.level == "bubblewrap":
            yield ""
            return
        made = tempfile.mkdtemp(prefix="autograder-")
        try:
            yield str(Path(made).resolve())
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def close(self) -> None:
        """End the guest."""
        if self.process is not None:
            self.process.close()
            self.process = None
