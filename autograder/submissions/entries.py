"""What every reader yields, whether it reads a folder, an archive or a single file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

#: Whether a file of this path may turn out to be graded, wherever the homework's root will be found.
Wanted = Callable[[str], bool]

LINK = "a link, and links are not followed: put the file itself there"
SPECIAL = "not a regular file"


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
