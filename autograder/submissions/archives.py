"""Read an archive member by member, straight to memory: nothing is ever unpacked to a disk.

What an archive is, its first bytes say, and not its name. Members' owners, modes and times mean nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from .bounds import Meter
from .entries import Entry, Wanted

#: Yields an open file's members.
Reader = Callable[[BinaryIO, Wanted, Meter], Iterator[Entry]]

HEAD = 512  # bytes that tell what a file is: a tar archive's name for itself lies at 257

#: How archives are called, also those that are not read here.
_ENDINGS = (".zip", ".tar", ".tgz", ".tbz", ".tbz2", ".txz", ".tar.gz", ".tar.bz2", ".tar.xz", ".7z", ".rar")


#: How archives begin that are not read here, and how people call them.
_OTHERS = (
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x28\xb5\x2f\xfd", "packed by Zstandard"),
    (b"\x1f\x9d", "packed by compress"),
    (b"LZIP", "packed by lzip"),
    (b"\x04\x22\x4d\x18", "packed by LZ4"),
    (b"xar!", "a XAR archive"),
    (b"!<arch>", "an ar archive"),
)


def other(head: bytes) -> str:
    """What a file is that begins as an archive of a kind that is not read here; empty where it does not."""
    return next((called for mark, called in _OTHERS if head.startswith(mark)), "")


def named(path: str) -> bool:
    """Whether a file is called as an archive is."""
    return path.lower().endswith(_ENDINGS)


def bare(path: str) -> str:
    """A name without the ending that archives have."""
    ending = max((one for one in _ENDINGS if path.lower().endswith(one)), key=len, default="")
    return path[: len(path) - len(ending)]


def reader(head: bytes) -> Reader | None:
    """The reader of an archive that begins with these bytes; None where they begin no archive.

    Whatever needs a library of its own is imported when such an archive is met: most submissions are folders.
    """
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        from .zips import entries as zip_entries

        return zip_entries
    packed = head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"))
    if packed or head[257:262] == b"ustar" or _looks_like_old_tar(head):
        from .tars import entries as tar_entries

        return tar_entries
    return None


def _looks_like_old_tar(head: bytes) -> bool:
    """Whether a block's checksum is that of a tar header: the oldest kind has no other mark."""
    if len(head) < HEAD or not any(head):
        return len(head) == HEAD  # zeros: an archive of nothing
    field = head[148:156].strip(b" \0")
    if not field.isdigit() or len(field) > 7 or field.strip(b"01234567"):
        return False
    return int(field, 8) == sum(head[:148]) + 8 * ord(" ") + sum(head[156:])
