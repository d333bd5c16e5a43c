"""The submission's folder on the host, at the levels where the guest cannot always make its own."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder.errors import NO_ROOM, HarnessError

if sys.platform != "win32":
    import fcntl


#: How the folders of guests begin, which lie where the system has temporary files.
PREFIX = "autograder-work-"


class Work:
    """A folder for one guest, in which each section that runs has one.

    Its grader holds a lock on it. What nobody holds was left by a grader that was ended before it could clear up: the
    next one removes it.

    Attributes
    ----------
    user
        Whom a section's folder is given to, where that is not us.
    """

    def __init__(self) -> None:
        with making():
            sweep(Path(tempfile.gettempdir()))
            self.path, self.lock = made()
        self.user: int | None = None

    def give_to(self, user: int | None) -> None:
        """Let sections be this user, who has to get as far as to their folders."""
        self.user = user
        if user is not None:
            self.path.chmod(0o711)

    @contextlib.contextmanager
    def section(self) -> Iterator[Path]:
        """An empty folder for a section, gone afterwards.

        Raises
        ------
        HarnessError
            None can be made.
        """
        with making():
            folder = Path(tempfile.mkdtemp(dir=self.path))
        try:
            if self.user is not None:
                os.chown(folder, self.user, self.user)
            yield folder
        finally:
            remove(folder)

    def room(self) -> int:
        """Bytes that the disk has left for sections."""
        return shutil.disk_usage(self.path).free

    def close(self) -> None:
        """Remove it."""
        remove(self.path)
        if self.lock is not None:
            os.close(self.lock)
            self.lock = None


@contextlib.contextmanager
def making() -> Iterator[None]:
    """Make a folder of ours.

    Raises
    ------
    HarnessError
        The system does not let us.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise HarnessError(NO_ROOM) from error
        raise HarnessError(f"a folder for a section cannot be made: {error}") from error


def made() -> tuple[Path, int | None]:
    """A new folder, and the descriptor that locks it; None where folders cannot be locked, and nobody sweeps."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
        with contextlib.suppress(FileNotFoundError):
            lock = locked(path)
            if path.is_dir() or lock is None:  # else somebody swept it before it was locked
                return path, lock
            os.close(lock)


def locked(folder: Path) -> int | None:
    """A descriptor that locks a folder for as long as it is open; None where somebody else's does, or none can be had.

    Raises
    ------
    FileNotFoundError
        The folder is gone.
    """
    if sys.platform == "win32":
        return None
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def sweep(place: Path) -> None:
    """Remove folders of our own that no grader holds any more."""
    if sys.platform == "win32":
        return
    left: list[os.DirEntry[str]] = []
    with contextlib.suppress(OSError), os.scandir(place) as entries:
        left = [entry for entry in entries if entry.name.startswith(PREFIX)]
    for entry in left:
        with contextlib.suppress(OSError):
            ours = entry.is_dir(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_uid == os.geteuid()
            if ours and (lock := locked(Path(entry.path))) is not None:
                remove(Path(entry.path))
                os.close(lock)


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
