"""Read a folder: no link followed, nothing but regular files opened, however it changes meanwhile."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from autograder.errors import UsageError

from .bounds import Meter, amount
from .entries import LINK, SPECIAL, Entry, Wanted
from .names import ENVIRONMENT_MARK, ENVIRONMENT_PARTS, astray, is_litter_folder, shown
from .notebooks import CLEAR, is_notebook

# Where the system can, every folder is opened once, without following a link, and all below it is reached
# through that handle: a folder that is swapped for a link meanwhile leads nowhere. Elsewhere (Windows) paths must do.
_ANCHORED = os.open in os.supports_dir_fd and os.scandir in os.supports_fd and hasattr(os, "O_NOFOLLOW")
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a FIFO that took a file's place must not keep us waiting
    | getattr(os, "O_NOCTTY", 0)
)
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_DIRECTORY = getattr(os, "O_DIRECTORY", 0)
_LINK_ERRORS = (errno.ELOOP, errno.EMLINK)  # what O_NOFOLLOW answers; EMLINK on the BSDs
_WINDOWS_JUNCTION = 0xA0000003

#: An open folder, or the path of one.
Place = int | str


def entries(path: Path, wanted: Wanted, meter: Meter) -> Iterator[Entry]:
    """Yield all files below a folder, with the contents of the wanted ones.

    Raises
    ------
    UsageError
        Something cannot be read, or is more than the bounds allow.
    """
    try:
        place: Place = os.open(path, _FLAGS | _DIRECTORY) if _ANCHORED else os.fspath(path)
    except OSError as error:
        raise _unreadable(meter, "", error) from error
    yield from _walk(place, "", wanted, meter)


def _walk(place: Place, above: str, wanted: Wanted, meter: Meter) -> Iterator[Entry]:
    try:
        for item in _listed(place, above, meter):
            path = above + item.name
            why = astray(path, meter.bounds.depth)
            if why:
                yield Entry(path, refused=why)
            elif _is_link(item):
                yield Entry(path, refused=LINK)
            elif item.is_dir(follow_symlinks=False):
                if not is_litter_folder(item.name):
                    yield from _descend(place, item.name, path, wanted, meter)
            elif not item.is_file(follow_symlinks=False):
                yield Entry(path, refused=SPECIAL)
            elif wanted(path):
                yield _file(place, item.name, path, meter)
            else:
                yield Entry(path)
    except OSError as error:
        raise _unreadable(meter, above, error) from error
    finally:
        if isinstance(place, int):
            os.close(place)


def _listed(place: Place, above: str, meter: Meter) -> list[os.DirEntry[str]]:
    found = []
    with os.scandir(place) as items:
        for item in items:
            meter.member()
            found.append(item)
    if any(item.name == ENVIRONMENT_MARK for item in found):
        found = [item for item in found if item.name not in ENVIRONMENT_PARTS]
    return sorted(found, key=lambda item: item.name)


def _is_link(item: os.DirEntry[str]) -> bool:
    if item.is_symlink():
        return True
    if _ANCHORED:
        return False
    return getattr(item.stat(follow_symlinks=False), "st_reparse_tag", 0) == _WINDOWS_JUNCTION


def _descend(place: Place, name: str, path: str, wanted: Wanted, meter: Meter) -> Iterator[Entry]:
    try:
        inner = _open(place, name, _DIRECTORY) if isinstance(place, int) else str(Path(place, name))
    except OSError as error:
        if error.errno in (*_LINK_ERRORS, errno.ENOTDIR):
            yield Entry(path, refused=LINK)
            return
        raise _unreadable(meter, path, error) from error
    yield from _walk(inner, path + "/", wanted, meter)


def _file(place: Place, name: str, path: str, meter: Meter) -> Entry:
    try:
        handle = _open(place, name, 0)
    except OSError as error:
        if error.errno in _LINK_ERRORS:
            return Entry(path, refused=LINK)
        raise _unreadable(meter, path, error) from error
    return file_entry(handle, path, meter)


def file_entry(handle: int, path: str, meter: Meter) -> Entry:
    """Read an open file to its end, or to the bound; closes it."""
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        return Entry(path, refused=SPECIAL)
    with os.fdopen(handle, "rb") as file:
        try:
            content = file.read(meter.bounds.most(path) + 1)
        except OSError as error:
            raise _unreadable(meter, path, error) from error
    meter.took(len(content))
    return sized(path, content, meter)


def sized(path: str, content: bytes, meter: Meter) -> Entry:
    """The entry of a file that was read up to one byte beyond the bound."""
    if len(content) > (most := meter.bounds.most(path)):
        advice = f": {CLEAR}" if is_notebook(path) else ""
        return Entry(path, refused=f"larger than {amount(most)}{advice}")
    return Entry(path, content)


def _open(place: Place, name: str, flags: int) -> int:
    flags |= _FLAGS | _NOFOLLOW
    return os.open(name, flags, dir_fd=place) if isinstance(place, int) else os.open(Path(place, name), flags)


def _unreadable(meter: Meter, path: str, error: OSError) -> UsageError:
    where = f"{meter.subject}/{shown(path.rstrip('/'))}" if path else meter.subject
    return UsageError(f"{where}: cannot be read: {error.strerror or error}")
