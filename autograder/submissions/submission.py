"""A submission as it is graded: a copy in memory that nobody can change any more."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that was there and is not graded.

    Attributes
    ----------
    path
        Where it lies in what was handed in, escaped for display.
    reason
        Why it is not graded, to come after the path and a colon.
    refused
        Whether it was turned down, where it otherwise could have counted; else it is only none of the graded files.
    """

    path: str
    reason: str
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Submission:
    """A student's files.

    Attributes
    ----------
    name
        What the person pointed at, escaped for display.
    files
        The accepted files by their path relative to the homework's root, in order of the paths; cannot be changed.
    left_out
        What else was there: refused files first, then the others, in order of their paths. Litter is not listed,
        so that running the code or opening its folder changes no report.
    digest
        SHA-256 of paths and contents: two submissions with the same one are graded alike.
    root
        Where the homework's root was found in the tree, escaped for display: "" or, say, "handin/hw2p1".
    notes
        What a person should know about how it was read.
    """

    name: str
    files: Mapping[str, bytes]
    left_out: tuple[LeftOut, ...]
    digest: str
    root: str = ""
    notes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        name: str,
        files: Mapping[str, bytes],
        left_out: tuple[LeftOut, ...] = (),
        *,
        root: str = "",
        notes: tuple[str, ...] = (),
    ) -> Submission:
        """Build a submission of these files, with their digest."""
        own = dict(sorted(files.items()))
        return cls(name, MappingProxyType(own), left_out, digest(own), root, notes)

    def __reduce__(self) -> tuple[Any, ...]:
        # A mapping proxy cannot be pickled, and batches send submissions to their workers.
        return _rebuilt, (self.name, dict(self.files), self.left_out, self.root, self.notes)


def _rebuilt(
    name: str, files: dict[str, bytes], left_out: tuple[LeftOut, ...], root: str, notes: tuple[str, ...]
) -> Submission:
    return Submission.of(name, files, left_out, root=root, notes=notes)


def digest(files: Mapping[str, bytes]) -> str:
    """The SHA-256 of files, as `sha256:…`.

    Paths go in sorted, and every path and content behind its length, so that no two sets of files read alike.
    """
    total = hashlib.sha256(b"autograder/submission/v1\n")
    for path in sorted(files):
        for part in (path.encode(), files[path]):
            total.update(b"%d:" % len(part))
            total.update(part)
    return f"sha256:{total.hexdigest()}"
