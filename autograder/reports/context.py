"""What a writer knows besides the report: the rubric, the environment, and whether the due date is past."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.errors import UsageError

if TYPE_CHECKING:
    from autograder.assignments.rubric import Rubric


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of a report.

    Attributes
    ----------
    title
        The assignment's, as people read it.
    files
        Where the code of each section is expected, by its key, relative to the homework's root.
    settings
        The rubric's. Writers read `show_hidden_totals`, `scoreboard` and `leaderboard` (all false unless set).
    environ
        The environment variables that the system sets.
    metadata
        What Gradescope says about the submission.
    after_due
        Whether sections that are visible after the due date may be seen.
    root
        Folder of the repository in which the homework lies: annotations point there.
    students
        Whether this copy of the grader is the students': then even `json` and the console are theirs.
    sources
        The graded files by path, where they are at hand: annotations look for the line of a definition in them.
    totals_note
        What is to be said wherever totals are shown; empty where they speak for themselves.
    """

    title: str = ""
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    after_due: bool = False
    root: str = ""
    students: bool = False
    sources: Mapping[str, bytes] = field(default_factory=dict)
    totals_note: str = ""


def of(
    rubric: Rubric,
    environ: Mapping[str, str],
    *,
    now: datetime | None = None,
    root: str = "",
    students: bool = False,
) -> Context:
    """The context of a rubric's reports.

    Parameters
    ----------
    now
        The time that the rubric's setting `due` is held against; default: this moment.

    Raises
    ------
    UsageError
        The setting `due` is not a time with an offset from UTC.
    """
    return Context(
        title=rubric.title,
        files={section.key: section.files for section in rubric.sections},
        settings=rubric.settings,
        environ=environ,
        metadata=_metadata(environ.get("AUTOGRADER_METADATA")),
        after_due=_is_past(rubric.settings.get("due"), now or datetime.now(UTC)),
        root=root,
        students=students,
    )


def _metadata(path: str | None) -> Mapping[str, Any]:
    """Gradescope's facts of the submission, from the file that the environment names; none where it is unreadable."""
    if not path:
        return {}
    try:
        facts = json.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}


def _is_past(due: object, now: datetime) -> bool:
    if due is None:
        return False
    when = due if isinstance(due, datetime) else moment(str(due))
    if when is None or when.tzinfo is None:
        raise UsageError(
            f"the rubric's setting `due` is no time with an offset: {due}", hint="such as 2026-03-01T23:59:00-05:00"
        )
    return now > when


def moment(text: object) -> datetime | None:
    """A time as systems write it, such as `2026-03-01T23:59:00.123-05:00`; None where it is none or has no offset."""
    try:
        when = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return when if when.tzinfo is not None else None
