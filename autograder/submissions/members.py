"""What the readers of all kinds of archive share: where a member belongs, and what damage is called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from autograder.errors import UsageError

from .bounds import Meter
from .entries import Entry
from .names import astray, normal


def place(name: str, meter: Meter) -> Entry:
    """The entry of a member by its name alone: where it belongs, or why it may lie nowhere."""
    why = astray(name, meter.bounds.depth)
    return Entry(name if why else normal(name), refused=why)


#: What a library says, and what it means: of a zip that was cut short only the end is not found.
_MEANS = {"File is not a zip file": "its end is missing"}


#: What reading any damaged archive may raise.
DAMAGE: tuple[type[Exception], ...] = (EOFError, OSError, ValueError, OverflowError, MemoryError)


@contextmanager
def opening(meter: Meter, *errors: type[Exception]) -> Iterator[None]:
    """Turn what a library raises on a damaged archive into one clear line."""
    try:
        yield
    except (*errors, *DAMAGE) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UsageError(
            f"{meter.subject}: the archive cannot be opened: {_MEANS.get(reason, reason)[:120]}",
            hint="it may have been cut short on its way: pack and send it again",
        ) from error
