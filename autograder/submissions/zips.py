"""Read a zip archive."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import BinaryIO

from autograder.errors import UsageError

from .archives import opening, place
from .bounds import Meter
from .entries import LINK, SPECIAL, Entry, Wanted
from .folders import sized

#: Bytes that a member may take in the archive's directory, on average: far more than real names need.
_DIRECTORY_ENTRY = 256
_LOCAL_HEADER = 30
_UTF8_NAMES = 0x800
_ENCRYPTED = 0x1
#: The other methods let an archive choose how much memory one step of unpacking takes.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class _Guarded:
    """A file that hands out no more in one piece than an honest archive makes one ask for.

    `zipfile` reads an archive's directory in one go, as large as the archive claims, and makes an object of every
    entry before anyone can count them.
    """

    def __init__(self, file: BinaryIO, meter: Meter) -> None:
        self._file = file
        self._meter = meter
        self._most = max(_DIRECTORY_ENTRY * meter.bounds.members, meter.bounds.file + 0x20000)
        self._end = file.seek(0, 2)
        self.seek = file.seek
        self.tell = file.tell
        self.seekable = file.seekable

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._end - self._file.tell())
        size = left if size < 0 else min(size, left)
        if size > self._most:
            raise self._meter.too_many()
        return self._file.read(size)


def entries(file: BinaryIO, wanted: Wanted, meter: Meter) -> Iterator[Entry]:
    """Yield the members of a zip archive, with the contents of the wanted ones.

    Raises
    ------
    UsageError
        The archive is damaged or encrypted, or more than the bounds allow.
    """
    damage = (zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, IndexError)
    with opening(meter, *damage), zipfile.ZipFile(_Guarded(file, meter)) as archive:
        members = archive.infolist()
        for _ in members:
            meter.member()
        _no_overlap(members)
        for member in members:
            name = _name(member)
            entry = place(name, meter)
            if entry.path and not name.endswith("/"):
                yield entry if entry.refused else _entry(archive, member, entry, wanted, meter)


def _entry(archive: zipfile.ZipFile, member: zipfile.ZipInfo, entry: Entry, wanted: Wanted, meter: Meter) -> Entry:
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return replace(entry, refused=LINK if kind == stat.S_IFLNK else SPECIAL)
    if not wanted(entry.path):
        return entry
    if member.flag_bits & _ENCRYPTED:
        raise UsageError(f"{meter.subject}: the archive is encrypted", hint="pack it without a password")
    if member.compress_type not in _METHODS:
        raise UsageError(
            f"{meter.subject}: the archive is compressed in a way that is not read here",
            hint="pack it with the usual method, deflate",
        )
    with archive.open(member) as stream:
        content = stream.read(meter.bounds.file + 1)
    meter.took(len(content))
    return sized(entry.path, content, meter)


def _name(member: zipfile.ZipInfo) -> str:
    """A member's name as the archive has it, whichever system wrote it.

    Windows' own tools have written backslashes, and those of macOS write UTF-8 without saying so.
    """
    name = member.orig_filename
    if not member.flag_bits & _UTF8_NAMES:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode()
    return name.replace("\\", "/")


def _no_overlap(members: list[zipfile.ZipInfo]) -> None:
    """Refuse members that share bytes, as only bombs do; not every version of `zipfile` looks."""
    end = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < end:
            raise zipfile.BadZipFile("its members overlap")
        end = member.header_offset + _LOCAL_HEADER + member.compress_size
