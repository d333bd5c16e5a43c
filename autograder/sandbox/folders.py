"""The submission's folder on the host, at the levels where the guest cannot always make its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path


class Work:
    """A folder for one guest, in which each section that runs has one.

    Attributes
    ----------
    user
        Whom a section's folder is given to, where that is not us.
    """

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="autograder-")).resolve()
        self.user: int | None = None

    def give_to(self, user: int | None) -> None:
        """Let sections be this user, who has to get as far as to their folders."""
        self.user = user
        if user is not None:
            self.path.chmod(0o711)

    @contextlib.contextmanager
    def section(self) -> Iterator[Path]:
        """An empty folder for a section, gone afterwards."""
        folder = Path(tempfile.mkdtemp(dir=self.path))
        try:
            if self.user is not None:
                os.chown(folder, self.user, self.user)
            yield folder
        finally:
            remove(folder)

    def close(self) -> None:
        """Remove it."""
        remove(self.path)


def remove(folder: Path) -> None:
    """Remove a folder that a submission may have made hard to remove: nested without end, or unreadable."""
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    if os.path.lexists(folder) and shutil.which("rm"):
        for program in (["chmod", "-R", "u+rwx", "--"], ["rm", "-rf", "--"]):
            subprocess.run([*program, str(folder)], check=False, capture_output=True)


def exceeds(folder: Path, megabytes: int, entries: int) -> bool:
    """Whether more lies below a folder than it should; looks at no more than `entries` of it."""
    room, waiting = megabytes << 20, [str(folder)]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as found:
            for entry in found:
                entries -= 1
                with contextlib.suppress(OSError):
                    room -= entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                if room < 0 or entries < 0:
                    return True
    return False
