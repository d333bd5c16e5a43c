"""Grading submissions of one assignment: a guest, a truth, and the report."""

from __future__ import annotations

import contextlib
import gc
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from autograder import __version__
from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import VISIBILITIES, Rubric, Section, Visibility
from autograder.assignments.seeds import Seed
from autograder.assignments.written.fault import Broken
from autograder.errors import HarnessError, UsageError, install
from autograder.guest.lean import load_numpy
from autograder.sandbox import ahead
from autograder.sandbox.launch import Parts, absent
from autograder.sandbox.levels import Wanted
from autograder.sandbox.threads import ONE_THREAD

from .lanes import in_turn, run_in_lanes
from .phases import due, phases

if TYPE_CHECKING:
    from autograder.assignments.truth import Truth
    from autograder.submissions import Submission

    from .graded import Graded
    from .place import Place
    from .report import Report, SectionReport, Status
    from .score import Scored
    from .sections import Result

#: Sections whose processes begin while the host is still loading what talks with them: about as many as get that far.
EARLY = 4

#: Told after each section: its key and how it ended.
Progress = Callable[[str, "Status"], None]


@dataclass(frozen=True, slots=True)
class Options:
    """How to grade.

    Attributes
    ----------
    protected
        Never without a boundary, even if nothing is secret.
    lanes
        How many sections run at a time.
    explain
        Whether failures are explained: wrong ideas by name, smallest examples, root causes.
    """

    profile: str = "quick"
    checks: Scored = "strict"
    seed: Seed = field(default_factory=Seed)
    isolation: Wanted = "auto"
    only: tuple[str, ...] = ()
    protected: bool = False
    lanes: int = 1
    explain: bool = True


def nothing(*_: object) -> None:
    """Nothing to be done meanwhile, nor told."""


def failing(results: Mapping[str, Result]) -> int:
    """How many findings there are that did not pass."""
    return sum(finding.status != "passed" for result in results.values() for finding in result.findings)


class Grader:
    """Grades submissions of one assignment, one after the other. Close it, or use it in a `with`.

    Making one starts the guest at once, so that it loads NumPy while the host reads the submission.
    """

    def __init__(self, assignment: Assignment, rubric: Rubric, options: Options) -> None:
        self.assignment, self.rubric, self.options = assignment, rubric, options
        self.sections = rubric.select(options.only)
        protected = options.protected or options.seed.secret
        self.guest = ahead.guest(parts(assignment, rubric), options.isolation, protected=protected)
        self._truth: Truth | None = None

    def __enter__(self) -> Grader:
        return self

    def __exit__(self, *exception: object) -> None:
        self.guest.close()

    @property
    def truth(self) -> Truth:
        """Where the expected values come from."""
        if self._truth is None:
            seed = self.options.seed
            self._truth = self.assignment.truth(
                self.rubric, self.options.profile, seed.value, public=seed.public
            )  # fmt: skip
        return self._truth

    def draw_from(self, seed: Seed) -> None:
        """Ask with the values of another seed from now on; the guest, which knows none, stays."""
        self.options, self._truth = replace(self.options, seed=seed), None

    def grade(
        self,
        submission: Submission,
        progress: Progress = lambda key, status: None,
        meanwhile: Callable[[], None] = nothing,
    ) -> Report:
        """What is to be said of a submission."""
        return self.graded(submission, progress=progress, meanwhile=meanwhile).report

    def graded(
        self,
        submission: Submission,
        sections: Iterable[Section] | None = None,
        known: Mapping[str, Result] | None = None,
        progress: Progress = lambda key, status: None,
        meanwhile: Callable[[], None] = nothing,
    ) -> Graded:
        """Run, explain, report: whoever tells of a submission has it from here.

        Parameters
        ----------
        sections
            Those to be graded, all chosen ones by default.
        known
            Results that need not be found out again, by section id: what explains them depends on all the others.
        meanwhile
            Called while the first sections run.
        """
        before, chosen = self.guest.computed, tuple(self.sections if sections is None else sections)
        kept = {name: result.bare() for name, result in (known or {}).items()}
        explained = 0

        def beside(found: Mapping[str, Result]) -> dict[str, Result]:
            return {s.id: found.get(s.id) or kept[s.id] for s in chosen if s.id in found or s.id in kept}

        def explain(found: dict[str, Result]) -> None:
            nonlocal explained
            self.explain(submission, beside(found))
            explained = failing(beside(found))

        waiting = [section for section in chosen if section.id not in kept]
        results = beside(self.run_all(submission, waiting, progress=progress, meanwhile=meanwhile, seen=explain))
        if failing(results) > explained:
            self.explain(submission, results, hidden=True)
        self.advise(submission, results)
        report = self.report(submission, results)
        from .graded import Graded
        from .reading import forbidden_imports

        remarks = forbidden_imports(self.place(submission), report.notes)
        run = {**report.run, "cpu_seconds": round(self.guest.computed - before, 3)}
        return Graded(submission, results, replace(report, notes=(*report.notes, *remarks), run=run))

    def explain(self, submission: Submission, results: dict[str, Result], *, hidden: bool = False) -> None:
        """Find out why sections fail; where no section gives a wrong result, nothing is done, nor imported.

        Parameters
        ----------
        hidden
            What is hidden has been asked by now. The submission is asked no more for what students could read: the
            examples are those that were found before.
        """
        if not self.options.explain or not any(result.puzzling for result in results.values()):
            return
        from .explain import explain

        statuses = {name: self.status(result) for name, result in results.items()}
        public = self.options.seed.public and self.options.profile == "quick"
        place, lanes = self.place(submission), self.options.lanes
        explain(results, statuses, place, self.assignment, public=public, lanes=lanes, examples=not hidden)

    def advise(self, submission: Submission, results: dict[str, Result]) -> None:
        """Read the source where there may be something to say of it."""
        if not self.options.explain:
            return
        from .reading import worth_reading

        place = self.place(submission)
        if worth_reading(place):
            from .advice import advise

            advise(results, place)

    def place(self, submission: Submission) -> Place:
        """Where the sections of a submission run."""
        from .place import Place

        limits = self.rubric.limits_of(self.options.profile)
        return Place(with_given(submission, self.assignment, self.rubric), self.rubric, limits, self.guest)

    def run_all(
        self,
        submission: Submission,
        sections: Iterable[Section] | None = None,
        progress: Progress = lambda key, status: None,
        meanwhile: Callable[[], None] = nothing,
        seen: Callable[[dict[str, Result]], None] = nothing,
    ) -> dict[str, Result]:
        """Run these sections, all chosen ones by default: results by section id.

        What everybody may see of all of them is asked first. Then `seen` is called with what it showed, and after that
        what is hidden is asked.
        """
        chosen = tuple(self.sections if sections is None else sections)
        place = self.place(submission)
        begun = min((phases(section)[0] for section in chosen), key=VISIBILITIES.index, default="visible")
        place.expect(in_turn(s for s in chosen if s.timed is None and phases(s)[0] == begun)[:EARLY])
        truth = self.load()
        self.assignment.refuse_unmatched(self.rubric)
        aside = threading.Thread(target=meanwhile)
        results: dict[str, Result] = {}
        aside.start()
        try:
            self.guest.ready()
            for phase in VISIBILITIES:
                asked = [section for section in chosen if phase in phases(section)]
                if asked:
                    found = self.run_phase(phase, asked, results, place, truth, progress, aside)
                    results |= {
                        name: results[name].joined(one) if name in results else one for name, one in found.items()
                    }
                if phase == VISIBILITIES[0]:
                    seen({section.id: results[section.id] for section in chosen if section.id in results})
        finally:
            aside.join()
        return {section.id: results[section.id] for section in chosen}

    def run_phase(
        self,
        phase: Visibility,
        asked: Sequence[Section],
        earlier: Mapping[str, Result],
        place: Place,
        truth: Truth,
        progress: Progress,
        aside: threading.Thread,
    ) -> dict[str, Result]:
        """Ask the cases of these sections that belong to a phase: what they showed, by section id."""

        def run(section: Section) -> Result:
            before = earlier.get(section.id)
            result = self.run(section, place, truth, phase, before)
            if phase == phases(section)[-1]:
                progress(section.key, self.status(before.joined(result) if before else result))
            return result

        at_a_time = [section for section in asked if section.timed is None]
        results = run_in_lanes(run, at_a_time, self.options.lanes)
        aside.join()
        for section in asked:
            if section.timed is not None:
                results[section.id] = run(section)  # alone, when no other section disturbs it
            elif place.doubtful(results[section.id].ended):
                results[section.id] = self.run(section, place, truth, phase, earlier.get(section.id))
        return results

    def load(self) -> Truth:
        """Load what running sections takes, while the guest loads NumPy; a wrong option is told before one runs."""
        for variable, value in ONE_THREAD.items():
            os.environ.setdefault(variable, value)
        load_numpy()
        from . import score, sections  # noqa: F401

        truth = self.truth
        if self.sections:
            with contextlib.suppress(Broken):  # it costs that section, which says why
                self.assignment.cases(self.sections[0], self.rubric, self.options.profile)
        if not gc.isenabled():  # what is here now stays: it need not be looked at again and again
            gc.freeze()
            gc.enable()
        return truth

    def status(self, result: Result) -> Status:
        """How a section ended under the chosen checks."""
        from . import score

        if result.trouble:
            return "ungraded"
        return score.status(result.section, result.findings, self.options.checks)[0]

    def run(
        self, section: Section, place: Place, truth: Truth, phase: Visibility, earlier: Result | None = None
    ) -> Result:
        """One section's cases of a phase; where we fail, it is `ungraded` and the others go on."""
        from . import sections

        if earlier is not None and earlier.trouble:
            return earlier
        try:
            questions = due(section, truth.questions(section), phase)
            if not questions and len(phases(section)) > 1:
                return sections.Result(section)
            if section.timed is not None:
                from . import timing

                return timing.run(section, questions, place)
            result = sections.run(section, questions, place, earlier)
            if section.id in truth.withheld:
                result.notes.append(f"{section.key}: the course checks more cases of it than are here")
            return result
        except HarnessError as error:
            return sections.Result(section, trouble=str(error))

    def report(self, submission: Submission, results: dict[str, Result]) -> Report:
        """Put the results together."""
        from . import score
        from .notes import caused, notes
        from .report import Report

        statuses = {name: self.status(result) for name, result in results.items()}
        results = {n: replace(r, findings=score.beside(r, statuses, self.rubric)) for n, r in results.items()}
        shown = {name: score.checks(r.section, r.findings, r.diagnoses) for name, r in results.items()}

        def under(checks: Scored) -> list[SectionReport]:
            return [score.section_report(r, checks, shown[n], statuses, self.rubric) for n, r in results.items()]

        by_checks = {"strict": under("strict"), "course": under("course")}
        options = self.options
        return Report(
            assignment=self.rubric.name,
            edition=self.rubric.edition,
            seed=options.seed.shown,
            profile=options.profile,
            checks=options.checks,
            totals=score.total(by_checks[options.checks]),
            totals_course=score.total(by_checks["course"]),
            totals_strict=score.total(by_checks["strict"]),
            sections=tuple(by_checks[options.checks]),
            notes=(*notes(submission, results), *caused(results, by_checks[options.checks])),
            run=self.facts(submission, results),
        )

    def facts(self, submission: Submission, results: dict[str, Result]) -> dict[str, Any]:
        """What a machine or an interpreter words differently."""
        import platform

        import numpy

        from .notes import section_facts

        return {
            "autograder": __version__,
            "python": platform.python_version(),
            "numpy": numpy.__version__,
            "platform": f"{platform.system()} {platform.machine()}",
            "isolation": self.guest.level,
            "protected": self.guest.level != "process",
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "submission": {"name": submission.name, "digest": submission.digest, "root": submission.root},
            "sections": {result.section.key: section_facts(result) for result in results.values()},
        }


def parts(assignment: Assignment, rubric: Rubric) -> Parts:
    """What a guest of an assignment is made of.

    Raises
    ------
    UsageError
        A package that it needs is not installed.
    """
    if lacking := absent(rubric.imports.packages):
        raise UsageError(
            f"{rubric.name} cannot be graded here: {', '.join(lacking)} must be installed",
            hint=install(rubric.imports.requirements),
        )
    return Parts(
        exercises=assignment.exercises,
        packages=(*rubric.imports.packages, *installed(rubric)),
        hidden=tuple(name.replace(".", "/") for name in rubric.imports.deny),
    )


def installed(rubric: Rubric) -> tuple[str, ...]:
    """Those of the optional packages that this machine has."""
    lacking = absent(rubric.imports.optional)
    return tuple(name for name in rubric.imports.optional if name not in lacking)


def with_given(submission: Submission, assignment: Assignment, rubric: Rubric) -> Submission:
    """The submission, and those of the files that were handed out complete that it does not bring itself."""
    have = {PurePosixPath(path).name for path in submission.files}
    lacking = {
        path: (assignment.handout / path).read_bytes()
        for path in rubric.given
        if PurePosixPath(path).name not in have and (assignment.handout / path).is_file()
    }
    return replace(submission, files={**submission.files, **lacking}) if lacking else submission
