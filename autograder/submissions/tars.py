"""Read a tar archive, plain or compressed by gzip, bzip2 or xz.

The headers are walked here, block by block, and `tarfile` only parses each: its own walk takes extended headers of
any size into memory, and how it reads odd archives differs between versions of Python.
"""

from __future__ import annotations

import os
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, Protocol

from autograder.errors import UsageError

from .bounds import MIB, Meter
from .entries import LINK, SPECIAL, Entry, Wanted
from .folders import sized
from .members import opening, place

_BLOCK = 512
_CHUNK = 1 << 16
_LONGEST_HEADER = MIB  # extended headers carry names, and on macOS small attributes

_FILES = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE)
_LINKS = (tarfile.SYMTYPE, tarfile.LNKTYPE)
_WITHOUT_DATA = (*_LINKS, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE)
_PAX = (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE)
_EXTENDED = (*_PAX, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)
#: In an old sparse file's header and in the blocks that continue it: the byte that says whether another one follows.
_SPARSE_FIRST, _SPARSE_NEXT = 482, 504


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Stream:
    """The unpacked bytes of an archive, in order; every one that is read is counted.

    Parameters
    ----------
    plain
        The file itself, where nothing is packed: what nobody wants of it is not read.
    """

    def __init__(self, file: _Readable, meter: Meter, plain: BinaryIO | None = None) -> None:
        self._file = file
        self._meter = meter
        self._plain = plain

    def take(self, size: int) -> bytes:
        """Exactly so many bytes."""
        return b"".join(self._chunks(size))

    def skip(self, size: int, path: str = "") -> None:
        """Pass over so many bytes, of this member."""
        if self._plain is not None:
            self._plain.seek(size, os.SEEK_CUR)
            return
        self._meter.room(path, size)
        for _ in self._chunks(size):
            pass

    def drain(self) -> None:
        """Read to the end, where compressed archives have their checksum."""
        while chunk := self._file.read(_CHUNK):
            self._meter.took(len(chunk))

    def _chunks(self, size: int) -> Iterator[bytes]:
        while size > 0:
            chunk = self._file.read(min(size, _CHUNK))
            if not chunk:
                raise EOFError("it ends too early")
            self._meter.took(len(chunk))
            size -= len(chunk)
            yield chunk


def entries(file: BinaryIO, wanted: Wanted, meter: Meter) -> Iterator[Entry]:
    """Yield the members of a tar archive, with the contents of the wanted ones.

    Raises
    ------
    UsageError
        The archive is damaged, or more than the bounds allow.
    """
    unpacked, damage = _unpacked(file, meter)
    with opening(meter, tarfile.TarError, damage):
        stream = _Stream(unpacked, meter, file if unpacked is file else None)
        extended: dict[str, bytes] = {}
        while any(block := stream.take(_BLOCK)):  # a block of zeros ends the archive
            meter.member()
            member = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
            if member.type in _EXTENDED:
                extended |= _extension(member, stream)
            else:
                yield from _member(member, block, extended, stream, wanted, meter)
                extended = {}
        stream.drain()


def _unpacked(file: BinaryIO, meter: Meter) -> tuple[_Readable, type[Exception]]:
    """A view of an archive without its compression, and what reading it raises where that is damaged."""
    head = file.read(6)
    file.seek(0)
    try:
        if head.startswith(b"\x1f\x8b"):
            import gzip

            return gzip.GzipFile(fileobj=file), zlib.error
        if head.startswith(b"BZh"):
            import bz2

            return bz2.BZ2File(file), OSError
        if head == b"\xfd7zXZ\x00":
            import lzma

            # An archive may name a dictionary of gigabytes: memory that is only touched as far as bytes come out.
            return lzma.LZMAFile(file), lzma.LZMAError
    except ImportError as error:  # Python can be built without them
        raise UsageError(
            f"{meter.subject}: this Python cannot unpack it: {error}", hint="pack it as .zip or .tar.gz"
        ) from error
    return file, OSError


def _extension(member: tarfile.TarInfo, stream: _Stream) -> dict[str, bytes]:
    """What a header says about the member that follows it."""
    if not 0 <= member.size <= _LONGEST_HEADER:
        raise ValueError("it has a header of impossible size")
    data = stream.take(_padded(member.size))[: member.size]
    if member.type == tarfile.GNUTYPE_LONGNAME:
        return {"path": data.partition(b"\0")[0]}
    return _records(data) if member.type in _PAX else {}


def _records(data: bytes) -> dict[str, bytes]:
    """The records of a pax header: each its own length, a space, `key=value` and a line end."""
    records = {}
    at = 0
    while at < len(data) and data[at]:
        digits = data[at : at + 8].partition(b" ")[0]
        length = int(digits) if digits.isdigit() else 0
        key, equals, value = data[at + len(digits) + 1 : at + length].partition(b"=")
        if not equals or not value.endswith(b"\n") or at + length > len(data):
            raise ValueError("it has a damaged extended header")
        records[key.decode("utf-8", "replace")] = value[:-1]
        at += length
    return records


def _member(
    member: tarfile.TarInfo,
    block: bytes,
    extended: dict[str, bytes],
    stream: _Stream,
    wanted: Wanted,
    meter: Meter,
) -> Iterator[Entry]:
    """Yield a member's entry, unless it is a folder, and leave the stream behind its data."""
    if member.type == tarfile.GNUTYPE_SPARSE:
        _skip_sparse_map(block, stream)
    size = 0 if member.type in _WITHOUT_DATA else int(extended.get("size", member.size))
    if size < 0:
        raise ValueError("it has a member of impossible size")
    name = extended["path"].decode("utf-8", "surrogateescape") if "path" in extended else member.name
    entry = place(name, meter)
    if not entry.refused:
        entry = replace(entry, refused=_refusal(member, extended))
    content = b""
    if wants := not entry.refused and wanted(entry.path):
        content = stream.take(min(size, meter.bounds.most(entry.path) + 1))
    stream.skip(_padded(size) - len(content), entry.path)
    if entry.path and member.type != tarfile.DIRTYPE and not name.endswith("/"):
        yield sized(entry.path, content, meter) if wants else entry


def _refusal(member: tarfile.TarInfo, extended: dict[str, bytes]) -> str:
    """Why a member of this kind is not taken; empty for plain files and folders."""
    if member.type in _LINKS:
        return LINK
    sparse = any(key.startswith("GNU.sparse.") for key in extended)
    return "" if member.type in (*_FILES, tarfile.DIRTYPE) and not sparse else SPECIAL


def _skip_sparse_map(block: bytes, stream: _Stream) -> None:
    follows = block[_SPARSE_FIRST]
    while follows:
        follows = stream.take(_BLOCK)[_SPARSE_NEXT]


def _padded(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK
