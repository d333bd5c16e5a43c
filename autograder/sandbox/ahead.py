"""A guest that is started before anybody asked for it: it loads NumPy while the command line is read.

Which guest will be asked for is a guess; what is not asked for after all is ended, and nothing of a submission was in
it.
"""

from __future__ import annotations

from dataclasses import dataclass

from autograder.errors import HarnessError, UsageError

from . import begun
from .host import Guest
from .launch import Parts
from .levels import Wanted


@dataclass(slots=True)
class _Ahead:
    """The guest that waits to be asked for, if there is one."""

    guest: Guest | None = None


_ahead = _Ahead()


def begin(name: str, parts: Parts) -> None:
    """Start a guest of an assignment at the best level that there is; who asks hears of what does not work."""
    try:
        _ahead.guest = guest = Guest(parts)
    except (HarnessError, UsageError):
        _ahead.guest = None
        return
    if guest.process is not None and guest.level == "bubblewrap":  # at other levels no command line is like another
        begun.keep(name, guest.process.process)


def guest(parts: Parts, wanted: Wanted, *, protected: bool) -> Guest:
    """The guest that waits, where it is what is asked for; else a new one.

    Raises
    ------
    UsageError
        The level is not to be had here.
    """
    found = _ahead.guest
    if found is None or (found.parts, wanted, protected) != (parts, "auto", False):
        return Guest(parts, wanted, protected=protected)
    _ahead.guest = None
    return found


def drop() -> None:
    """End the guest that nobody asked for."""
    begun.drop()
    if _ahead.guest is not None:
        _ahead.guest.close()
        _ahead.guest = None
