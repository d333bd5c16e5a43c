"""The assignments that there are, and their parts, each loaded only when it is asked for."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from autograder.errors import UsageError, install

from .lines import Lines, line_with
from .rubric import PROFILES, Rubric, unmatched
from .rubric_files import editions, load
from .written.fault import Broken, Fault, blamed

if TYPE_CHECKING:
    from .cases import Array, Case
    from .compositions import Composition
    from .misconceptions.arrays import Arrays
    from .misconceptions.evidence import Sign
    from .oracle_truth import OracleTruth
    from .oracles import Oracle
    from .reference import Reference
    from .rubric import Section
    from .truth import Judge, Question, Truth

HERE = Path(__file__).parent

PROJECT = HERE.parent.parent
USUAL = "hw2p1"


@dataclass(frozen=True, slots=True)
class Assignment:
    """A folder of `autograder/assignments/`, by name."""

    name: str

    @property
    def folder(self) -> Path:
        """Where its rubric, cases, oracles and exercises lie."""
        return HERE / self.name

    @property
    def exercises(self) -> Path:
        """What runs in the guest, and all that is there of the assignment: a package, else a module of one file."""
        package = self.folder / "exercises"
        return package if (package / "__init__.py").is_file() else self.folder / "exercises.py"

    @property
    def reference(self) -> Path:
        """The complete solution."""
        return PROJECT / "reference_solutions" / self.name

    @property
    def handout(self) -> Path:
        """What students fill in."""
        return PROJECT / "handout" / self.name

    def rubric(self, edition: str | None = None, overlay: Path | None = None) -> Rubric:
        """The rubric in one edition, with a course's overlay on top; a released copy brings its course's own along."""
        usual = self.folder / "overlay.toml"
        return load(self.folder / "rubric.toml", edition, overlay or (usual if usual.is_file() else None))

    def cases(self, section: Section, rubric: Rubric, profile: str) -> tuple[Case, ...]:
        """A section's cases, simplest first; `quick` asks those of the candidates that were chosen.

        A students' copy has those that it may ask as a list, and no others.

        Raises
        ------
        Broken
            `cases.py` cannot be read, or breaks.
        """
        from . import listed

        if (given := listed.cases(self.folder, section.id, rubric.edition)) is not None:
            return given
        from . import choice

        wanted = "quick" if profile == choice.CANDIDATES else profile
        with self.blamed():
            made: tuple[Case, ...] = tuple(self.module("cases", "cases").cases(section, rubric, wanted))
        spare = choice.left_out(self.folder).get(section.id, frozenset()) if profile == "quick" else frozenset()
        return tuple(case for case in made if case.name not in spare)

    def solution(self) -> Reference:
        """The reference, its modules loaded.

        Raises
        ------
        OraclesAbsent
            It is not in this copy of the project.
        """
        return _solution(self)

    def every_case(self, section: Section, rubric: Rubric) -> list[str]:
        """The names of a section's cases in all profiles."""
        return [case.name for profile in PROFILES for case in self.cases(section, rubric, profile)]

    def refuse_unmatched(self, rubric: Rubric) -> None:
        """Give nothing out by a rubric that hides cases which do not exist: those it means would be shown.

        Raises
        ------
        UsageError
            Names the pattern that fits no case of its section, with file and line.
        """
        for section in rubric.sections:
            for pattern in unmatched(section, self.every_case(section, rubric)) if section.cases else ():
                raise UsageError(
                    f"{_place(rubric, section, pattern)}section {section.key!r}: no case is called {pattern!r}",
                    hint="a report names the cases that fail; `*` stands for anything",
                )

    def judges(self) -> Mapping[tuple[str, str], Judge]:
        """What judges outputs that cannot be compared with one array, by section id and output."""
        if not (self.folder / "judges.py").is_file():
            return {}
        judges: Mapping[tuple[str, str], Judge] = self.module("judges", "JUDGES").JUDGES
        return judges

    def observed(self) -> Mapping[tuple[str, str], Mapping[str, Sign]]:
        """Misconceptions that show in what came back itself, by section id and output."""
        if not (self.folder / "misconceptions" / "observed.py").is_file():
            return {}
        observed = self.module("misconceptions.observed", "OBSERVED")
        signs: Mapping[tuple[str, str], Mapping[str, Sign]] = observed.OBSERVED
        return signs

    def arrays(self) -> Arrays:
        """What its arrays and their axes are called."""
        from .misconceptions.arrays import load as named

        return named(self.folder)

    def rungs(self, section: Section) -> Iterable[tuple[Case, dict[str, Array]]]:
        """The ladder of a section: small cases with their inputs, the smallest first."""
        if not (self.folder / "rungs.py").is_file():
            return ()
        found: Iterable[tuple[Case, dict[str, Array]]] = self.module("rungs", "rungs").rungs(section.id)
        return found

    def smaller(self, section: Section, question: Question) -> Iterable[tuple[Case, dict[str, Array]]]:
        """Cases like this one that are smaller in one thing, with whole numbers, beginning with the case itself."""
        if not (self.folder / "rungs.py").is_file():
            return ()
        made = getattr(self.module("rungs", "rungs"), "smaller", None)  # not all assignments say so
        return () if made is None else made(section.id, question.case.params, question.inputs)

    def snippet(
        self, params: Mapping[str, Any], inputs: Mapping[str, Array], output: str, files: Mapping[str, bytes]
    ) -> str | None:
        """A case as lines for a Python shell; None where the assignment has no way to say it."""
        if not (self.folder / "snippets.py").is_file():
            return None
        made: str | None = self.module("snippets", "snippet").snippet(params, inputs, output, files)
        return made

    def composition(self, section: Section) -> Composition | None:
        """How a section follows from a part that is no function of its own; None where it does not."""
        if not (self.folder / "compositions.py").is_file():
            return None
        composed: Mapping[str, Composition] = self.module("compositions", "COMPOSED").COMPOSED
        return composed.get(section.id)

    def oracles(self, section: Section) -> tuple[Oracle, ...]:
        """Who says what a section's outputs must be, the first one foremost."""
        found: Iterable[Oracle] = self.module("oracles", "oracles").oracles(section.id)
        return tuple(found)

    def editions(self) -> tuple[str, ...]:
        """The rubric's editions."""
        return editions(self.folder / "rubric.toml")

    def truth(self, rubric: Rubric, profile: str, seed: int, *, public: bool) -> Truth:
        """Where expected values come from: the practice data where it has them, else the oracles.

        Raises
        ------
        UsageError
            Oracles are needed and not to be had.
        """
        if public and profile == "quick":
            from .practice import Practice

            # Who has no references can make no data either.
            anew = f"`python runner.py selfcheck -a {self.name} --update-practice` writes it anew"
            remedy = anew if self.reference.is_dir() else ""
            asked = partial(self.cases, rubric=rubric, profile=profile)
            return Practice.load(self.folder, asked, self.judges(), remedy)
        return self.oracle_truth(rubric, profile, seed)

    def _without_oracles(self) -> str:
        """Why oracles cannot be asked here, with what to do; empty where they can."""
        if not self.reference.is_dir():
            return f"{self.reference.relative_to(PROJECT)} is not in this copy, but in the course's own checkout"
        absent = importlib.util.find_spec("torch") is None
        return f"PyTorch is not installed: {install('requirements.txt')}" if absent else ""

    def oracle_truth(self, rubric: Rubric, profile: str, seed: int) -> OracleTruth:
        """Expected values from the oracles, checked against each other."""
        if lacking := self._without_oracles():
            hint = "the public seed with the quick profile (the default) needs neither PyTorch nor references"
            raise UsageError(f"other values need oracles: {lacking}", hint=hint)
        from .oracle_truth import OracleTruth

        return OracleTruth(lambda section: self.cases(section, rubric, profile), self.oracles, self.judges(), seed)

    def module(self, name: str, needed: str) -> ModuleType:
        """One of its modules, which must have a function or table of this name.

        Raises
        ------
        Broken
            It has not, cannot be read, or is not there.
        """
        path = self.folder.joinpath(*name.split("."))
        if not (path / "__init__.py").is_file() and not path.with_suffix(".py").is_file():
            raise Broken(Fault(path.with_suffix(".py"), 0, "this file is missing"))
        with self.blamed():
            found = importlib.import_module(f"autograder.assignments.{self.name}.{name}")
        if not hasattr(found, needed):
            raise Broken(Fault(Path(str(found.__file__)), 1, f"nothing here is called `{needed}`"))
        return found

    def blamed(self) -> contextlib.AbstractContextManager[None]:
        """Where its own files break, in them or in the reference, say which line it is."""
        return blamed(self.folder, self.reference)


def _place(rubric: Rubric, section: Section, pattern: str) -> str:
    """Where a pattern of a section's cases stands, as `file:line: `; empty where that cannot be said."""
    for path in reversed(rubric.files):
        if path.is_file() and (first := line_with(path, pattern)):
            own = Lines(path.read_text("utf-8")).overlaid(section.key, pattern, "cases")
            return f"{path}:{own or first}: "
    return ""


@cache
def _solution(assignment: Assignment) -> Reference:
    from .reference import reference

    rubric = assignment.rubric()
    return reference(assignment.name, rubric.search, rubric.notebook)


@cache
def names() -> tuple[str, ...]:
    """The assignments that there are."""
    return tuple(sorted(path.parent.name for path in HERE.glob("*/rubric.toml")))


def usual() -> str:
    """The one that is meant where none is named: HW2P1, or the first one in a copy that has no HW2P1."""
    return USUAL if USUAL in names() else next(iter(names()), USUAL)


def find(name: str) -> Assignment:
    """The assignment of that name.

    Raises
    ------
    UsageError
        There is none.
    """
    if name not in names():
        raise UsageError(f"no assignment {name!r}", hint="there are: " + ", ".join(names()))
    return Assignment(name)
