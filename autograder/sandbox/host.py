"""Guests: starting one, and running sections in it."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.errors import HarnessError, UsageError

from . import bubblewrap, cgroups, landlock
from .arrival import Arrival
from .launch import Command, GuestProcess, Level, NotSpawned, Parts
from .levels import LEVELS, Wanted, command, from_first_offered, serves
from .request import NUMBER, Request, told

if TYPE_CHECKING:
    from .conversation import Conversation, Ended
    from .folders import Work
    from .holder import Holder
    from .served import Served

#: Memory of the guest itself, beside its sections'.
GUEST_MB = 256
#: Files and folders of a section, where no file system of its own bounds them.
ENTRIES = 4096
#: Submissions that are held at a time: the one that is graded, and the empty one of a plain computation.
HELD = 2


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
        wide = LEVELS[:-1] if protected else LEVELS
        self.levels = from_first_offered(wide if wanted == "auto" else [wanted])
        if not self.levels:
            raise UsageError(
                f"isolation {wanted!r} is not to be had on this machine",
                hint="`python runner.py doctor` says what there is and how to get more; "
                "`--isolation process` runs without a boundary and marks the report",
            )
        self.process: GuestProcess | None = None
        self.holders: dict[bytes, Holder] = {}
        self.expected: dict[str, tuple[Request, Served]] = {}
        self.deadly: bytes | None = None
        self.group: cgroups.Group | None = None
        self.arrival: Arrival | None = None
        self.bound = 0  # MB that the group was last told
        self.work: Work | None = None
        self.starting = threading.Lock()
        self.running, self.pid = 0, 0
        self.computed = 0.0  # seconds of computing of all sections so far
        self.proved = self.greeted = False
        self.serving = serves()
        if self.serving:
            try:
                self.begin()
            except HarnessError:
                self.close()
                raise

    @property
    def level(self) -> Level:
        """The level in use."""
        return self.levels[0]

    @property
    def fixed(self) -> str | None:
        """Where a submission's files lie in every section; None where each has a folder of its own."""
        return bubblewrap.WORK if self.level == "bubblewrap" else None

    def begin(self) -> None:
        """Start the process; at the next level where one of this level cannot even be spawned.

        Raises
        ------
        HarnessError
            None can, or what a guest is made of is broken: that is so at every level.
        """
        while True:
            try:
                return self.start()
            except NotSpawned:
                # What has worked here once is not given up for less.
                if self.proved or not self.give_way():
                    raise

    def start(self) -> None:
        """Start the process, without waiting for it."""
        self.stop()
        self.group, self.bound = cgroups.make(), 0
        self.process = GuestProcess(self.command())
        self.arrival = Arrival(self.process, self.group)
        self.greeted = False

    def command(self) -> Command:
        """How to start the guest here: with its folder, and what bounds its threads."""
        line = command(self.level, self.parts)
        setup: dict[str, Any] = dict(line.setup)
        if self.level != "bubblewrap":
            self.work = self.work or _work()
        if self.level == "landlock" and self.work is not None:
            setup["user"] = landlock.other_user(self.parts, self.work.path)
            self.work.give_to(setup["user"])
        # A user's processes can be counted where they are alone: in a namespace, or as a user of their own.
        alone = setup["user"] is not None or (self.level == "bubblewrap" and os.geteuid() != 0)
        setup["threads"] = "rlimit" if alone else "cgroup" if self.group else "none"
        return replace(line, setup=setup)

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
                self.begin()
            assert self.process is not None and self.arrival is not None  # noqa: S101 - started above
            try:
                self.pid = self.arrival.pid()
                self.process.wait_ready()
            except HarnessError:
                # What has worked here once is not given up for less.
                if self.proved or not self.give_way():
                    raise
                continue
            self.greeted = True
            return

    def give_way(self) -> bool:
        """Go on at the next level that is offered here; whether there is one."""
        rest = from_first_offered(self.levels[1:])
        if rest:
            self.stop()
            self.levels = rest
        return bool(rest)

    def expect(self, requests: Sequence[Request]) -> None:
        """Have sections' processes begin as soon as the guest can, before anybody asks for them.

        Nothing of the submission runs in them until they are asked for: they wait for their first case. Where this
        cannot be had nothing is done; who asks hears of what does not work.
        """
        with self.starting:
            there = self.greeted or (self.arrival is not None and self.arrival.done)
            if self.process is None or not there:
                return
            if self.level != "bubblewrap":  # at other levels each has a folder of its own
                return
            self.limit_memory(sum(request.limits["memory_mb"] for request in requests))
            with contextlib.suppress(OSError):  # of descriptors, say, there are none left
                for request in requests:
                    if request.name in self.expected:  # nobody asked for it: what was to be graded then was not
                        self.expected.pop(request.name)[1].end()
                    self.expected[request.name] = request, self.served(self.process, request, Path(bubblewrap.WORK))

    @contextlib.contextmanager
    def section(self, request: Request) -> Iterator[Conversation]:
        """Run a section: a conversation with a fresh process."""
        self.ready()
        with self.folder() as folder, self.counted(request.limits["memory_mb"]):
            if self.serving:
                process, talk = self.begun(request, folder)
                try:
                    yield talk
                finally:
                    self.proved = True
                    if self.account(talk.end()).lost:
                        self.deadly = request.work
                        process.kill()  # it is stopped, or gone: others in it are run again
            else:
                from .spawned import Spawned

                line = self.command()
                setup = {**line.setup, "mode": "once", "request": told(request, folder)}
                arguments = [*line.arguments, json.dumps(setup)]
                spawned = Spawned(arguments, request, line.environment, folder)
                try:
                    yield spawned
                finally:
                    self.account(spawned.end())

    def account(self, ended: Ended) -> Ended:
        """Add up what a section used."""
        with self.starting:
            self.computed += ended.cpu_seconds
        return ended

    def begun(self, request: Request, folder: Path) -> tuple[GuestProcess, Served]:
        """The section's process, the one that was expected or a new one, and the guest's that forked it.

        Raises
        ------
        HarnessError
            There is no guest any more, nor could another lane start one.
        """
        with self.starting:
            process = self.process  # read here: since it was ready, another lane may have started it anew
            if process is None:
                raise HarnessError("the guest ended, and could not be started again")
            expected, talk = self.expected.pop(request.name, (None, None))
            if talk is not None and expected == request:
                talk.begin()
                return process, talk
            if talk is not None:
                talk.end()
            return process, self.served(process, request, folder)

    def served(self, process: GuestProcess, request: Request, folder: Path) -> Served:
        """A new process of a section, forked by the one that holds its submission."""
        from .served import Served

        control = self.holder(process, request).control
        bytes_, limits = request.result_mb << 20, request.limits
        return Served(control, told(request, folder), bytes_, lambda: self.full(folder, limits))

    def holder(self, process: GuestProcess, request: Request) -> Holder:
        """The process that holds the submission; it compiles ahead, unless it died of this one before."""
        from .holder import Holder

        held = self.holders.pop(request.work, None)
        if held is None:
            folder = self.fixed if request.work != self.deadly else None
            held = Holder(process.control, f"submission {next(NUMBER)}", request.work, folder, request.limits)
            while len(self.holders) >= HELD:
                self.let_go(next(iter(self.holders)))
        self.holders[request.work] = held
        return held

    def let_go(self, work: bytes) -> None:
        """Hold a submission no longer, and expect none of its sections."""
        self.holders.pop(work).close()
        for name in [name for name, (request, _) in self.expected.items() if request.work == work]:
            self.expected.pop(name)[1].end()

    @contextlib.contextmanager
    def counted(self, memory_mb: int) -> Iterator[None]:
        """Count the sections that run: together they may use what all of them may."""
        with self.starting:
            self.running += 1
            self.limit_memory(self.running * memory_mb)
        try:
            yield
        finally:
            with self.starting:
                self.running -= 1

    def limit_memory(self, sections_mb: int) -> None:
        """Bound what the whole guest may use, where something can."""
        bound = sections_mb + GUEST_MB
        if self.group is not None and bound != self.bound and self.group.limit_memory(bound):
            self.bound = bound

    def full(self, folder: Path, limits: Mapping[str, int]) -> bool:
        """Whether a section wrote more than it may, where its folder lies on our own disk."""
        if self.level == "bubblewrap":
            return False
        from .folders import exceeds

        return exceeds(folder, limits["disk_mb"], ENTRIES)

    def short_of_disk(self, megabytes: int) -> bool:
        """Whether our own disk has not even left what a section may use, where the section's folder lies on it."""
        return self.work is not None and self.level != "bubblewrap" and self.work.room() < megabytes << 20

    @contextlib.contextmanager
    def folder(self) -> Iterator[Path]:
        """A folder for the submission, where the guest cannot make its own; gone afterwards."""
        if self.level == "bubblewrap":
            yield Path(bubblewrap.WORK)
            return
        if self.work is None:
            self.work = _work()
        with self.work.section() as folder:
            yield folder

    def stop(self) -> None:
        """End the process, and all that is in it."""
        if self.process is not None:
            while self.holders:
                self.holders.popitem()[1].close()
            if self.arrival is not None:
                self.arrival.end()
            self.process.close(1.0 if self.running else 0.0)
            self.process = None
            while self.expected:
                self.expected.popitem()[1][1].end()
        if self.group is not None:
            self.group.remove()
            self.group = None

    @contextlib.contextmanager
    def closing(self) -> Iterator[None]:
        """End the guest while something else is done: a process takes a while to be gone."""
        ending = threading.Thread(target=self.close)
        ending.start()
        try:
            yield
        finally:
            ending.join()

    def close(self) -> None:
        """End the guest, and leave nothing behind."""
        self.stop()
        if self.work is not None:
            self.work.close()
            self.work = None


def _work() -> Work:
    """A folder on our own disk, where the level needs one."""
    from .folders import Work

    return Work()
