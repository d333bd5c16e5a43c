"""What every reader yields, whether it reads a folder, an archive or a single file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .names import shown

#: Whether a file of this path may turn out to be graded, wherever the homework's root will be found.
Wanted = Callable[[str], bool]

LINK = "a link, and links are not followed: put the file itself there"
SPECIAL = "not a regular file"
#: How a file begins that only says where its content is kept.
POINTER = b"version https://git-lfs"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that lies in a submission's tree; folders themselves are none.

    Attributes
    ----------
    path
        Where it was found: relative, `/` between folders, no `.` and no empty components. Of an entry that
        is refused for its name, the name itself.
    content
        Its bytes, where they were wanted and could be taken.
    refused
        Why it is not taken, whatever the assignment accepts; empty where nothing speaks against it.
    """

    path: str
    content: bytes | None = None
    refused: str = ""


def not_followed(path: str) -> str:
    """What is said of a link that stands where a repository's homework should be."""
    return f"{path} is a link, and links are not followed"


def kept_elsewhere(files: Mapping[str, bytes]) -> list[str]:
    """What is said of files whose content Git LFS keeps on a server."""
    return [f"kept in LFS, which is not fetched: {shown(path)}" for path, of in files.items() if of.startswith(POINTER)]
