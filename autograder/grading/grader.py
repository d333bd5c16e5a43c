"""Grading submissions of one assignment: a guest, a truth, and the report."""

from __future__ import annotations

import contextlib
import gc
import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import VISIBILITIES, Rubric, Section, Visibility
from autograder.assignments.seeds import Seed
from autograder.assignments.written.fault import Broken
from autograder.errors import HarnessError
from autograder.guest.lean import load_numpy
from autograder.sandbox import ahead
from autograder.sandbox.threads import ONE_THREAD

from .given import changed, parts, with_given
from .lanes import in_turn, run_in_lanes
from .options import Options as Options
from .phases import due, phases

if TYPE_CHECKING:
    from autograder.assignments.truth import Question, Truth
    from autograder.submissions import Submission

    from .graded import Graded
    from .place import Place
    from .report import Report, Status
    from .result import Result

#: Sections whose processes begin while the host is still loading what talks with them: about as many as get that far.
EARLY = 4

#: Told after each section: its key and how it ended.
Progress = Callable[[str, "Status"], None]


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
                        name: results[name].joined(one, phase) if name in results else one
                        for name, one in found.items()
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

        def run(section: Section, *, alone: bool = False) -> Result:
            before = earlier.get(section.id)
            result = self.run(section, place, truth, phase, before)
            final = alone or not place.doubtful(result.ended)
            if final and phase == phases(section)[-1]:
                progress(section.key, self.status(before.joined(result, phase) if before else result))
            return result

        at_a_time = [section for section in asked if section.timed is None]
        results = run_in_lanes(run, at_a_time, self.options.lanes)
        aside.join()
        for section in asked:
            # Alone, when no other section disturbs it.
            if section.timed is not None or place.doubtful(results[section.id].ended):
                results[section.id] = run(section, alone=True)
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
        from .result import Result

        if earlier is not None and earlier.trouble:
            return earlier
        try:
            with self.assignment.blamed():
                questions = due(section, truth.questions(section), phase)
            if not questions and len(phases(section)) > 1:
                return Result(section)
            if section.timed is not None:
                from . import timing

                result = timing.run(section, questions, place)
            else:
                result = sections.run(section, questions, place, earlier)
            self.refuse_broken(result, questions)
            if section.id in truth.withheld:
                result.notes.append(f"{section.key}: the course checks more cases of it than are here")
            return result
        except HarnessError as error:
            return Result(section, trouble=error.told)

    def refuse_broken(self, result: Result, questions: Sequence[Question]) -> None:
        """Do not score what a judge of ours cannot judge, whatever comes back.

        Raises
        ------
        HarnessError
            A judge breaks on right arrays, too.
        """
        if any(finding.broke for finding in result.findings):
            from .unjudged import ours

            try:
                oracles = self.assignment.oracles(result.section)
            except Exception:  # a students' copy has none
                return
            if wrong := ours(result.findings, questions, oracles):
                raise HarnessError(wrong)

    def report(self, submission: Submission, results: dict[str, Result]) -> Report:
        """Put the results together."""
        from .summing import report

        statuses = {name: self.status(result) for name, result in results.items()}
        broke = any(finding.status == "error" for result in results.values() for finding in result.findings)
        others = changed(submission, self.assignment, self.rubric) if broke else frozenset()
        return report(submission, results, statuses, self.rubric, self.options, self.guest.level, others)
