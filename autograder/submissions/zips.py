"""Read a zip archive."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import IO, BinaryIO

from autograder.errors import UsageError

from .bounds import Meter
from .entries import LINK, SPECIAL, Entry, Wanted
from .folders import sized
from .members import opening, place

#: What reading a damaged zip may raise, besides what any archive does.
DAMAGE: tuple[type[Exception], ...] = (zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, IndexError)
#: Bytes that a member may take in the archive's directory, on average: far more than real names need.
_DIRECTORY_ENTRY = 256
#: A member's own header ends with the lengths of its name and of its extra field, which follow it.
_LOCAL_HEADER = struct.Struct("<26xHH")
_UTF8_NAMES = 0x800
_PIECE = 1 << 18
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
    guarded = _Guarded(file, meter)
    with opening(meter, *DAMAGE), zipfile.ZipFile(guarded) as archive:
        members = archive.infolist()
        for _ in members:
            meter.member()
        ends = _ends(archive)
        for member in members:
            name = name_of(member)
            entry = place(name, meter)
            if not entry.refused:
                entry = replace(entry, refused=_refusal(member))
            if not entry.refused and not name.endswith("/") and wanted(entry.path):
                _check_readable(member, meter)
                _check_alone(member, guarded, ends.get(member.header_offset, 0))
                with archive.open(member) as stream:
                    content = _taken(stream, meter.bounds.most(entry.path) + 1)
                meter.took(len(content))
                entry = sized(entry.path, content, meter)
            if entry.path and not name.endswith("/"):
                yield entry


def _taken(stream: IO[bytes], most: int) -> bytes:
    """At most so many bytes of a member, in pieces no larger than `_Guarded` hands out."""
    pieces: list[bytes] = []
    while most > 0 and (piece := stream.read(min(most, _PIECE))):
        pieces.append(piece)
        most -= len(piece)
    return b"".join(pieces)


def _refusal(member: zipfile.ZipInfo) -> str:
    """Why a member of this kind is not taken; empty for a plain file, and where the archive does not say."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind in (0, stat.S_IFREG):
        return ""
    return LINK if kind == stat.S_IFLNK else SPECIAL


def _check_readable(member: zipfile.ZipInfo, meter: Meter) -> None:
    if member.flag_bits & _ENCRYPTED:
        raise UsageError(f"{meter.subject}: the archive is encrypted", hint="pack it without a password")
    if member.compress_type not in _METHODS:
        raise UsageError(
            f"{meter.subject}: the archive is compressed in a way that is not read here",
            hint="pack it with the usual method, deflate",
        )


def _ends(archive: zipfile.ZipFile) -> dict[int, int]:
    """Where each member must end, by where it begins; those that begin where another one does have no place at all."""
    starts = sorted(member.header_offset for member in archive.infolist())
    ends: dict[int, int] = {}
    for start, end in pairwise([*starts, archive.start_dir]):
        ends[start] = min(end, ends.get(start, end))
    return ends


def _check_alone(member: zipfile.ZipInfo, file: _Guarded, end: int) -> None:
    """Refuse a member that reaches into the next one, as only bombs do; not every version of `zipfile` looks."""
    file.seek(member.header_offset)
    name, extra = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    if member.header_offset + _LOCAL_HEADER.size + name + extra + member.compress_size > end:
        raise zipfile.BadZipFile("its members overlap")


def name_of(member: zipfile.ZipInfo) -> str:
    """A member's name as the archive has it, whichever system wrote it.

    Windows' own tools have written backslashes, and those of macOS write UTF-8 without saying so.
    """
    name = member.orig_filename
    if not member.flag_bits & _UTF8_NAMES:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode()
    return name.replace("\\", "/")
