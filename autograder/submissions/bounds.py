"""How much of a submission is read, at most; and the meter that holds every reader to it."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.errors import UsageError

from .names import shown

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a submission may weigh before it is turned down, far above what homework needs.

    Attributes
    ----------
    members
        Files, folders and other members of the tree or archive.
    file, notebook
        Bytes of one graded file, and of a notebook with its pictures; a larger one is left out.
    total
        Bytes that are read, unpacked, in all.
    ratio
        How many times its packed size an archive may unpack to, once `grace` bytes are exceeded.
    depth
        Folders inside folders.
    """

    members: int = 5000
    file: int = MIB
    notebook: int = 16 * MIB
    total: int = 64 * MIB
    ratio: int = 200
    grace: int = 8 * MIB
    depth: int = 32

    def most(self, path: str) -> int:
        """Bytes that are read of a file of this name."""
        return self.notebook if path.endswith(".ipynb") else self.file


class Meter:
    """Counts what was really read, whatever a header promised.

    Parameters
    ----------
    bounds
        What may be read.
    subject
        What is read, as messages call it.
    packed
        Bytes of the archive file; None where nothing is packed.
    """

    def __init__(self, bounds: Bounds, subject: str, packed: int | None = None) -> None:
        self.bounds = bounds
        self.subject = subject
        self.packed = packed
        self._members = 0
        self._bytes = 0

    def member(self) -> None:
        """Count one more member.

        Raises
        ------
        UsageError
            There are more than the bounds allow.
        """
        self._members += 1
        if self._members > self.bounds.members:
            raise self.too_many()

    def took(self, size: int) -> None:
        """Count bytes that were read or unpacked.

        Raises
        ------
        UsageError
            They are more than the bounds allow, or more than an honest archive of this size holds.
        """
        self._bytes += size
        if self._bytes > self.bounds.total:
            raise UsageError(
                f"{self.subject}: more than {amount(self.bounds.total)} to read",
                hint="send only the files that are graded",
            )
        if self.packed is not None and self._bytes > max(self.bounds.grace, self.bounds.ratio * self.packed):
            raise UsageError(
                f"{self.subject}: unpacks to more than {self.bounds.ratio} times its size",
                hint="that is no homework: pack the files again",
            )

    def room(self, path: str, size: int) -> None:
        """See beforehand whether a member can be read or passed over that nobody can skip without unpacking it.

        Raises
        ------
        UsageError
            That would be more than the bounds allow.
        """
        if self._bytes + size > self.bounds.total:
            raise UsageError(
                f"{self.subject}: more than {amount(self.bounds.total)} to read: {shown(path)} in it has "
                f"{amount(size)}; pack it again without data, or as a plain tar or zip",
                hint="send only the files that are graded",
            )

    def too_many(self) -> UsageError:
        """The refusal of a tree or archive with too many members."""
        return UsageError(
            f"{self.subject}: more than {self.bounds.members} files and folders",
            hint="send only the files that are graded, without data, environments and version history",
        )


def amount(size: int) -> str:
    """A number of bytes, as messages say it."""
    exact = size >= MIB and size % MIB == 0
    return f"{size // MIB} MiB" if exact or size >= 10 * MIB else f"{size} bytes"
