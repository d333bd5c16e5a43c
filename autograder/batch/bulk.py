"""Bulk downloads that are still packed: the zip files that platforms give out, unpacked for as long as a batch runs.

A zip is such a download if what lies at its top is named as a platform names submissions; any other one is somebody's
homework. The submissions inside stay packed: they are read as everywhere, without trusting them.
"""

from __future__ import annotations

import contextlib
import lzma
import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.errors import UsageError
from autograder.submissions import members, zips
from autograder.submissions.names import astray, normal, unfit

from .sources import METADATA, named_by_platform

#: What a damaged download may raise.
DAMAGE: tuple[type[Exception], ...] = (*zips.DAMAGE, *members.DAMAGE, lzma.LZMAError)
_DEEPEST = 32
_MOST_MEMBERS = 500_000


@contextlib.contextmanager
def unpacked(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """The same places, with a folder for each download that is packed.

    Raises
    ------
    UsageError
        A download cannot be unpacked.
    """
    with contextlib.ExitStack() as stack:
        yield [_unpacked(path, stack) if is_bulk(path) else path for path in paths]


def is_bulk(path: Path) -> bool:
    """Whether a file is a platform's download of many submissions."""
    try:
        if not path.is_file() or not zipfile.is_zipfile(path):
            return False
        with zipfile.ZipFile(path) as archive:
            parts = [tuple(normal(name).split("/")) for name in archive.namelist()[:_MOST_MEMBERS]]
    except DAMAGE:  # among them what the system does not let us read
        return False
    tops = {part[0] for part in parts}
    return any(named_by_platform(top) for top in tops) or any(part[-1] == METADATA for part in parts if len(part) <= 2)


def _unpacked(path: Path, stack: contextlib.ExitStack) -> Path:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="autograder-bulk-")))
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            needed = sum(member.file_size for member in members)
            if len(members) > _MOST_MEMBERS or needed > shutil.disk_usage(folder).free // 2:
                raise UsageError(f"{path}: too much to unpack here", hint="unpack it yourself and give the folder")
            for member in members:
                _extract(archive, member, folder)
    except DAMAGE as error:
        raise UsageError(f"{path}: cannot be unpacked: {error}") from error
    return folder


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> None:
    """Write a member where its name says, below the folder; its time is kept, for `--times mtime`."""
    name = member.filename.replace("\\", "/")
    if member.is_dir() or astray(name, _DEEPEST) or unfit(normal(name)):
        return
    target = folder / normal(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member) as source, target.open("xb") as file:
        left = member.file_size
        while left > 0 and (chunk := source.read(min(left, 1 << 20))):
            file.write(chunk)
            left -= len(chunk)
    when = time.mktime((*member.date_time, 0, 0, -1))
    os.utime(target, (when, when))
