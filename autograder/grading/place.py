"""Where the sections of a submission run. Nothing here needs NumPy: a guest can begin before the host has loaded it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from autograder.assignments.rubric import Limits, Rubric, Section
from autograder.guest.packing import packed
from autograder.sandbox.host import Guest
from autograder.sandbox.request import Request

if TYPE_CHECKING:
    from autograder.sandbox.conversation import Conversation, Ended
    from autograder.submissions import Submission

#: The part of its computing time that a late section must have used for its lateness to be its own.
IN_FULL = 0.9


@dataclass(frozen=True)
class Place:
    """Where sections run: which submission, by which rules, in which guest."""

    submission: Submission
    rubric: Rubric
    limits: Limits
    guest: Guest

    @cached_property
    def work(self) -> bytes:
        """The submission as a guest gets it."""
        return work(self.submission.files, self.rubric)

    @cached_property
    def told(self) -> Mapping[str, int]:
        """The limits that a guest keeps to."""
        return {name: value for name, value in asdict(self.limits).items() if name != "result_mb"}

    def request(self, name: str, exercise: str, work: bytes | None = None) -> Request:
        """What is asked of the guest: a process with the submission, or with other `work`."""
        return Request(name, exercise, self.told, self.work if work is None else work, self.limits.result_mb)

    def expect(self, sections: Iterable[Section]) -> None:
        """Have the guest begin with these sections as soon as it can."""
        self.guest.expect([self.request(section.id, section.exercise) for section in sections])

    def overtaken(self, ended: Ended) -> bool:
        """Whether a section was late without having computed for as long as it may: the machine may have been busy."""
        return ended.overdue and ended.cpu_seconds < IN_FULL * self.limits.cpu_seconds

    def doubtful(self, ended: Ended | None) -> bool:
        """Whether a section should be run once more, alone.

        It was overtaken, or it ended together with the whole guest, which may be the fault of a section beside it.
        """
        return ended is not None and (self.overtaken(ended) or (ended.exit is None and not ended.overdue))


def conversation(
    name: str, exercise: str, place: Place, work: bytes | None = None
) -> AbstractContextManager[Conversation]:
    """Start a section's process with the submission, or with other `work`."""
    return place.guest.section(place.request(name, exercise, work))


def work(files: Mapping[str, bytes], rubric: Rubric) -> bytes:
    """A submission's frame: its files, one behind the other, and how they may be imported."""
    contents = b"".join(files.values())
    fields: Mapping[str, Any] = {
        "files": [[path, len(content)] for path, content in files.items()],
        "search": list(rubric.search),
        "allow": [*rubric.imports.allow, *rubric.imports.optional],
        "deny": list(rubric.imports.deny),
        "due": sorted({path for section in rubric.sections for path in section.files} | {*rubric.given}),
        "notebook": rubric.notebook,
    }
    return packed("submission", fields, [["contents", "uint8", [len(contents)]]], [contents])
