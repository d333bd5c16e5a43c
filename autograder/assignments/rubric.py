"""Rubrics: an assignment's sections, points, limits and editions, read from `rubric.toml` and overlays.

A section has an `id`, which never changes (cases, exercises and oracles go by it), and a `key`, which is
what the edition's rubric calls it (and what Autolab reads). An overlay is a TOML file of a course; it may
change what `overlays.OVERLAY` lists and nothing else.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from autograder.errors import UsageError

if TYPE_CHECKING:  # cases bring NumPy along, and reading a rubric must not wait for it
    from .cases import Level

Group = Literal["main", "bonus"]
Visibility = Literal["visible", "after_due_date", "hidden"]
Notebook = Literal["", "definitions", "run"]

#: From the most open to the most secret.
VISIBILITIES: tuple[Visibility, ...] = get_args(Visibility)


#: The share of its points that a section keeps which fails only because of others, by the setting `carry_forward`.
CARRIED = {"none": Decimal(0), "half": Decimal("0.5"), "full": Decimal(1)}

#: The edition of an assignment that has no others.
DEFAULT = "default"


class RubricError(UsageError):
    """A rubric or overlay says something that it must not; the message names file and place."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one section's child may use; beyond, it ends with a status that says which."""

    cpu_seconds: int = 10
    wall_seconds: int = 30
    memory_mb: int = 1024
    disk_mb: int = 16
    open_files: int = 64
    printed_kb: int = 64
    result_mb: int = 64


@dataclass(frozen=True, slots=True)
class Imports:
    """What a submission may import besides the standard library and itself.

    Attributes
    ----------
    allow, deny
        By name; `deny` wins for a package's parts.
    packages
        What is there: the allowed ones and what these import.
    optional
        Allowed and there where this machine has them.
    requirements
        The file that installs them, where it is not the usual one.
    """

    allow: tuple[str, ...] = ("numpy",)
    deny: tuple[str, ...] = ()
    packages: tuple[str, ...] = ("numpy",)
    optional: tuple[str, ...] = ()
    requirements: str = "requirements-student.txt"


@dataclass(frozen=True, slots=True)
class Timed:
    """How a section's computing time is measured: against a plain computation, round by round.

    Attributes
    ----------
    baseline
        The exercise that does the plain computation, beside no submission.
    at_most
        How many times its computing time is allowed.
    rounds, turns
        How often both are measured, and how often each round calls the submission.
    """

    baseline: str
    at_most: float
    rounds: int = 7
    turns: int = 3


#: The check of a timed section that holds where it was fast enough.
CPU_TIME = "CPU time"


@dataclass(frozen=True, slots=True)
class Section:
    """One line of the rubric.

    Attributes
    ----------
    id, key
        The stable name, and the name in this edition's rubric.
    outputs
        Every output that is checked, with its level: `course` where the course's grader reads it too.
    needs
        Ids of the sections whose code this one builds upon.
    files
        Where its code is expected, as the handout has it (for messages).
    classes
        Classes and functions that are this section's own: an error inside one of them is its error.
    timed
        Where its only case is measured too: how. Its outputs have `CPU time` besides the case's own.
    cases
        Who may see cases of which names, where not everybody may who sees the section; `*` stands for anything.
    """

    id: str
    key: str
    number: str
    points: Decimal
    group: Group
    exercise: str
    outputs: Mapping[str, Level]
    needs: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    visibility: Visibility = "visible"
    timed: Timed | None = None
    cases: Mapping[str, Visibility] = field(default_factory=dict)

    def visibility_of_case(self, case: str) -> Visibility:
        """Who may see a case of that name, as far as they see the section: the most secret of all that fits it."""
        if not self.cases:
            return "visible"
        fitting = (seen for pattern, seen in self.cases.items() if _fits(pattern, case))
        return max(fitting, key=VISIBILITIES.index, default="visible")


def _fits(pattern: str, name: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name, re.DOTALL) is not None


def unmatched(section: Section, names: Iterable[str]) -> list[str]:
    """Patterns of a section's `cases` that fit no case: written wrongly, they would show what should be hidden."""
    every = list(names)
    return [pattern for pattern in section.cases if not any(_fits(pattern, name) for name in every)]


@dataclass(frozen=True, slots=True)
class Rubric:
    """An assignment as one edition has it.

    Attributes
    ----------
    given
        Files that are handed out complete: one that a submission lacks is supplied.
    profile_limits
        Limits of the profiles that need others than `limits`; see `limits_of`.
    notebook
        How a notebook's cells (or a script exported from one) become a module: `definitions` runs what defines
        something, `run` runs everything; what fails costs nothing. Empty: modules are imported as they are.
    """

    name: str
    title: str
    edition: str
    sections: tuple[Section, ...]
    accept: tuple[str, ...]
    search: tuple[str, ...]
    markers: tuple[str, ...]
    imports: Imports
    limits: Limits
    settings: Mapping[str, Any] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    profile_limits: Mapping[str, Limits] = field(default_factory=dict)
    notebook: Notebook = ""

    @property
    def carried(self) -> Decimal:
        """The share of its points that a section keeps which fails only because of others."""
        return CARRIED[self.settings.get("carry_forward", "none")]

    def limits_of(self, profile: str) -> Limits:
        """What a section's child may use when this profile's cases run."""
        return self.profile_limits.get(profile, self.limits)

    def select(self, keys: Iterable[str]) -> tuple[Section, ...]:
        """The sections of these keys, in rubric order; all of them where no key is given.

        Raises
        ------
        UsageError
            A key is not in the rubric.
        """
        wanted = list(keys)
        known = {section.key for section in self.sections}
        for key in wanted:
            if key not in known:
                raise UsageError(
                    f"no section {key!r} in {self.name} ({self.edition})",
                    hint="its sections are: " + ", ".join(section.key for section in self.sections),
                )
        return tuple(section for section in self.sections if not wanted or section.key in wanted)

    def maximum(self, group: Group) -> Decimal:
        """Points that a group can earn."""
        return sum((section.points for section in self.sections if section.group == group), Decimal(0))


def load(path: Path, edition: str | None = None, overlay: Path | None = None) -> Rubric:
    """Read a rubric in one edition, with an overlay on top.

    Raises
    ------
    RubricError
        A file cannot be read, or holds what it must not.
    """
    data = toml(path)
    editions, usual = data.get("editions", {}), data.get("edition", DEFAULT)
    chosen = edition or usual
    if chosen not in {usual, *editions}:
        known = ", ".join(sorted({usual, *editions}))
        raise RubricError(f"{data['name']} has no edition {edition!r}", hint=f"it has: {known}")
    try:
        rubric = _rubric(data, chosen)
        rubric = _in_edition(rubric, _changes(editions, chosen))
        _hold_together(rubric)
        hold_settings(rubric)
    except (KeyError, TypeError, ValueError) as error:
        raise RubricError(f"{path}: {type(error).__name__}: {error}") from error
    if overlay is None:
        return rubric
    from .overlays import overlaid  # which knows what a rubric is

    return overlaid(rubric, overlay)


def editions(path: Path) -> tuple[str, ...]:
    """The editions that a rubric file knows, its default first."""
    data = toml(path)
    default = data.get("edition", DEFAULT)
    return (default, *(name for name in data.get("editions", {}) if name != default))


def toml(path: Path) -> dict[str, Any]:
    """A TOML file as values.

    Raises
    ------
    RubricError
        It cannot be read.
    """
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise RubricError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RubricError(f"{path}: {error}") from error


def _rubric(data: dict[str, Any], edition: str) -> Rubric:
    submission = data["submission"]
    limits = Limits(**data.get("limits", {}))
    return Rubric(
        name=data["name"],
        title=data["title"],
        edition=edition,
        sections=tuple(_section(entry) for entry in data["section"]),
        accept=tuple(submission["accept"]),
        search=tuple(submission["search"]),
        markers=tuple(submission.get("markers", ())),
        imports=Imports(**{name: _fixed(value) for name, value in data.get("imports", {}).items()}),
        limits=limits,
        settings=data.get("settings", {}),
        given=tuple(submission.get("given", ())),
        profile_limits={
            name: replace(limits, **profile.get("limits", {})) for name, profile in data.get("profiles", {}).items()
        },
        notebook=_notebook(submission.get("notebook", "")),
    )


def _fixed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _section(entry: dict[str, Any]) -> Section:
    known = {f.name for f in fields(Section)}
    if unknown := set(entry) - known:
        raise ValueError(f"section {entry.get('id')!r}: unknown {', '.join(sorted(unknown))}")
    return Section(
        **{
            **entry,
            "key": entry.get("key", entry["id"]),
            "points": points_of(entry["points"]),
            "group": entry.get("group", "main"),
            "exercise": entry.get("exercise", entry["id"]),
            "needs": tuple(entry.get("needs", ())),
            "files": tuple(entry.get("files", ())),
            "classes": tuple(entry.get("classes", ())),
            "timed": Timed(**entry["timed"]) if "timed" in entry else None,
            "visibility": visibility_of(entry.get("visibility", "visible")),
            "cases": cases_of(entry.get("cases", {})),
        }
    )


def visibility_of(value: Any) -> Visibility:
    """Who may see something; a ValueError where it is no such word."""
    if value not in VISIBILITIES:
        raise ValueError(f"visibility {value!r} is none of {', '.join(VISIBILITIES)}")
    chosen: Visibility = value
    return chosen


def cases_of(table: Any) -> dict[str, Visibility]:
    """Who may see cases of which names; a ValueError where that is not what it says."""
    if not isinstance(table, dict):
        raise ValueError(f"cases = {table!r}: a table of names (`*` stands for anything) and who may see them")
    return {pattern: visibility_of(value) for pattern, value in table.items()}


def _notebook(value: Any) -> Notebook:
    if value not in get_args(Notebook):
        raise ValueError(f"notebook = {value!r}: definitions or run")
    chosen: Notebook = value
    return chosen


def points_of(value: Any) -> Decimal:
    """Points as exact decimals; a ValueError where they are none, or negative, or too many."""
    points = Decimal(str(value))
    if not 0 <= points <= 10_000 or points != points.quantize(Decimal("0.001")):
        raise ValueError(f"points of {value}: from 0 to 10000, three decimals at most")
    return points


def _changes(editions: dict[str, Any], edition: str) -> dict[str, Any]:
    """What an edition changes: its own table over that of the edition it is `like`."""
    own: dict[str, Any] = editions.get(edition, {})
    return {**editions[own["like"]], **own} if "like" in own else own


def _in_edition(rubric: Rubric, changes: dict[str, Any]) -> Rubric:
    removed = set(changes.get("remove", ()))
    keys, points, levels = changes.get("keys", {}), changes.get("points", {}), changes.get("levels", {})
    ids = {section.id for section in rubric.sections}
    for name in [*removed, *keys, *points, *levels]:
        if name not in ids:
            raise ValueError(f"edition {rubric.edition}: no section {name!r}")
    sections = tuple(
        replace(
            section,
            key=keys.get(section.id, section.key),
            points=points_of(points.get(section.id, section.points)),
            outputs={**section.outputs, **levels.get(section.id, {})},
            needs=tuple(need for need in section.needs if need not in removed),
        )
        for section in rubric.sections
        if section.id not in removed
    )
    return replace(rubric, sections=sections, settings={**rubric.settings, **changes.get("settings", {})})


def hold_settings(rubric: Rubric) -> None:
    """A ValueError where a setting that points hang on has no such value."""
    mode = rubric.settings.get("carry_forward", "none")
    if not isinstance(mode, str) or mode not in CARRIED:
        raise ValueError(f"carry_forward = {mode!r}: it is one of {', '.join(CARRIED)}")


def _hold_together(rubric: Rubric) -> None:
    ids = [section.id for section in rubric.sections]
    keys = [section.key for section in rubric.sections]
    if len(set(ids)) != len(ids) or len(set(keys)) != len(keys):
        raise ValueError("two sections of one name")
    for section in rubric.sections:
        if unknown := set(section.needs) - set(ids):
            raise ValueError(f"section {section.key!r} needs {', '.join(sorted(unknown))}, which is no section")
        if not section.outputs or set(section.outputs.values()) - {"course", "strict"}:
            raise ValueError(f"section {section.key!r}: outputs with a level, course or strict, each")
        if (section.timed is not None) != (CPU_TIME in section.outputs):
            raise ValueError(f"section {section.key!r}: `timed` and the output {CPU_TIME!r} go together")
