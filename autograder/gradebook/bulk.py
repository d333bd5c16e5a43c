"""Reading a whole class at once."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def keeping_all() -> Iterator[None]:
    """Make many small values without a search for garbage in between: all of them are kept.

    Python looks through all that was made as it grows, again and again: of ten thousand students that is half the
    time of asking for them. Also a decorator.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
