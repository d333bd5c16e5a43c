"""What is asked of a guest: a section to be run."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: No two processes in a guest have the same name.
NUMBER = itertools.count()


@dataclass(frozen=True, slots=True)
class Request:
    """One section to be run.

    Attributes
    ----------
    limits
        What its process keeps to.
    work
        The encoded frame of the submission.
    result_mb
        The most that one answer may hold.
    """

    name: str
    exercise: str
    limits: Mapping[str, int]
    work: bytes
    result_mb: int


def told(request: Request, folder: Path) -> dict[str, Any]:
    """A request as the guest gets it."""
    name = f"{request.name} {next(NUMBER)}"
    return {"name": name, "exercise": request.exercise, "limits": dict(request.limits), "folder": str(folder)}
