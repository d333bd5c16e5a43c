"""Where a section was when its computing time was over: told at the kernel's warning, a second before the end.

A single NumPy call that takes longer than that second, and code that handles the warning itself, are ended untold.
"""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Callable
from types import FrameType


class Overtime:
    """What is done when the computing time is over.

    Attributes
    ----------
    tell
        Tells the host where the section is; None while nothing of the submission runs.
    """

    def __init__(self) -> None:
        self.tell: Callable[[FrameType | None], None] | None = None
        if sys.platform != "win32":  # which has no such limit
            signal.signal(signal.SIGXCPU, self.over)

    def over(self, _number: int, frame: FrameType | None) -> None:
        """Tell, and wait for the end: nothing of the submission goes on after what was told."""
        signal.signal(signal.SIGXCPU, signal.SIG_DFL)
        if self.tell is not None:
            with contextlib.suppress(BaseException):
                self.tell(frame)
        while True:  # a sandbox lets no signal be sent; after a further second the kernel ends it
            pass
