"""Levels of isolation: which there are, which this machine offers, and how a guest of each is started."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Literal

from . import bubblewrap, landlock, process
from .launch import Command, Level, Parts, byte_code

Wanted = Literal["auto", "bubblewrap", "landlock", "process"]

#: The levels, best first.
LEVELS: tuple[Level, ...] = ("bubblewrap", "landlock", "process")


def offered(level: Level) -> bool:
    """Whether this machine seems to offer a level."""
    if level == "process":
        return True
    return sys.platform == "linux" and bool(bubblewrap.available() if level == "bubblewrap" else landlock.available())


def available() -> list[Level]:
    """The levels that this machine seems to offer, best first."""
    return [level for level in LEVELS if offered(level)]


def from_first_offered(levels: Sequence[Level]) -> Sequence[Level]:
    """The levels without those before the first that is offered: the others are asked about when they are needed."""
    while levels and not offered(levels[0]):
        levels = levels[1:]
    return levels


def serves() -> bool:
    """Whether a guest can fork its sections here; elsewhere each section is a process of its own."""
    return sys.platform == "linux" and hasattr(os, "fork")


def command(level: Level, parts: Parts) -> Command:
    """How to start a guest of that level."""
    for folder in (parts.harness / "guest", parts.exercises):  # where that is a file, there is nothing in it
        for source in folder.glob("*.py"):
            byte_code(source)
    return {"bubblewrap": bubblewrap.command, "landlock": landlock.command, "process": process.command}[level](parts)
