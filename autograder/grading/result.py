"""All that was seen of one section, and what explains it."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from autograder.assignments.rubric import Section, Visibility
from autograder.assignments.truth import Question
from autograder.errors import HarnessError
from autograder.sandbox.conversation import Ended

from .findings import Array, Finding
from .report import Diagnosis
from .troubles import Trouble

#: Of a section that builds upon broken ones: right code gives the same with their parts (`cleared`), or breaks on them
#: in the same way, so that nobody sees what comes after (`breaks`); it has a mistake of its `own`; or neither is known.
Composed = Literal["cleared", "breaks", "own", "unknown"]


@dataclass(slots=True)
class Result:
    """All that was seen of one section.

    Attributes
    ----------
    asked
        By case, what was asked and what came back, for as long as a failure is to be explained.
    inapplicable
        Optional cases that have no meaning for the submission, each with why.
    diagnoses
        By output, the misconception that explains its failures.
    example
        The smallest case that fails, as JSON values.
    found
        Names of the classes and functions that its exercise found in the submission.
    shared
        Pairs of an output and the input that it shares memory with; with what an earlier call returned: no input.
    opened
        Paths of the submission's files that were opened while it ran.
    traced
        Whether its process lived to tell all of them.
    remarks
        What explaining it adds to its notes.
    overtaken
        Whether one of its processes was late without having computed for as long as it may.
    composed
        What composition has found out of a failure.
    causes
        Ids of the sections that make this one fail, by composition, in rubric order.
    later
        By who may see them: what the processes left that were asked other cases, after those that this was asked. It is
        never joined to what this one left, so that nobody is told of a case who may not see it.
    broke
        Why its process ended before all was answered: what is asked in a later one has no other answer.
    """

    section: Section
    findings: list[Finding] = field(default_factory=list)
    asked: dict[str, tuple[Question, Mapping[str, Array]]] = field(default_factory=dict)
    inapplicable: dict[str, str] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    found: set[str] = field(default_factory=set)
    shared: set[tuple[str, str]] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    opened: set[str] = field(default_factory=set)
    traced: bool = True
    remarks: list[str] = field(default_factory=list)
    ended: Ended | None = None
    overtaken: bool = False
    printed: str = ""
    trouble: str = ""
    measured: Mapping[str, float] = field(default_factory=dict)
    diagnoses: dict[str, Diagnosis] = field(default_factory=dict)
    example: dict[str, Any] | None = None
    composed: Composed = "unknown"
    causes: tuple[str, ...] = ()
    later: Mapping[Visibility, Result] = field(default_factory=dict)
    broke: Trouble | None = None

    def joined(self, later: Result, phase: Visibility) -> Result:
        """This and what its cases showed that were asked in a process of a later phase; what explains it stays."""
        if later.trouble:
            return later
        return replace(
            self,
            findings=[*self.findings, *later.findings],
            asked={**self.asked, **later.asked},
            inapplicable={**self.inapplicable, **later.inapplicable},
            changed=self.changed | later.changed,
            found=self.found | later.found,
            shared=self.shared | later.shared,
            opened=self.opened | later.opened,
            traced=self.traced and later.traced,
            later={**self.later, phase: later},
            broke=self.broke or later.broke,
        )

    def unexplained(self, error: Exception, *, at_stake: bool = False) -> None:
        """Note that we failed to explain it; where points hang on that, it is ungraded."""
        why = str(error) if isinstance(error, HarnessError) else f"{type(error).__name__}: {error}"
        if at_stake:
            self.trouble = f"points hang on whether another section makes it fail, and finding that out failed ({why})"
            return
        self.remarks.append(f"{self.section.key}: explaining it failed by our fault ({why}); no points depend on that")

    def bare(self) -> Result:
        """The same, as before it was explained."""
        return replace(self, diagnoses={}, example=None, composed="unknown", causes=(), remarks=[])

    def depends_on(self, paths: Set[str]) -> bool:
        """Whether it may be another where these of the submission's files are others; what failed by our fault may."""
        return bool(self.trouble) or not (self.traced and self.opened) or not self.opened.isdisjoint(paths)

    @property
    def right(self) -> bool:
        """Whether all that was looked at is right."""
        return bool(self.findings) and all(finding.status == "passed" for finding in self.findings)

    @property
    def puzzling(self) -> bool:
        """Whether something came back wrong, or broke, in a way that can be looked into."""
        return any(finding.status in ("failed", "error", "bad_output") for finding in self.findings)
