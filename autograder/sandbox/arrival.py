"""A guest that has just been started, on its way into its control group."""

from __future__ import annotations

import contextlib
import socket
import threading

from autograder.errors import HarnessError
from autograder.guest.agreed import ALL_THREADS

from . import cgroups
from .launch import GuestProcess


class Arrival:
    """A guest that starts, taken into its control group while it loads NumPy: the kernel takes its time for that."""

    def __init__(self, process: GuestProcess, group: cgroups.Group | None) -> None:
        self.process, self.group = process, group
        self.trouble: HarnessError | None = None
        self.waiting = threading.Thread(target=self._run, daemon=True)
        self.waiting.start()

    def _run(self) -> None:
        try:
            pid = self.process.wait_here()
            if self.group is not None and not self.group.hold(pid, ALL_THREADS):
                raise HarnessError("the guest cannot be put into its control group")
        except HarnessError as error:
            self.trouble = error

    def pid(self) -> int:
        """The guest's process id, once it is in its group.

        Raises
        ------
        HarnessError
            It did not start, or cannot be put there.
        """
        self.waiting.join()
        if self.trouble is not None:
            raise self.trouble
        return self.process.pid

    @property
    def done(self) -> bool:
        """Whether it is in its group, so that all that it starts will be."""
        return not self.waiting.is_alive() and self.trouble is None

    def end(self) -> None:
        """Wait for nobody any more."""
        if self.waiting.is_alive():
            self.process.kill()
            # What is killed while it starts may not be gone yet, and whoever waits for its word would wait on.
            with contextlib.suppress(OSError):
                self.process.control.shutdown(socket.SHUT_RDWR)
            self.waiting.join()
