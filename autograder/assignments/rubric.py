"""Rubrics: an assignment's sections, points and limits, and what their values may be.

A section has an `id`, which never changes (cases, exercises and oracles go by it), and a `key`, which is
what the edition's rubric calls it (and what Autolab reads). `rubric_files` reads them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from autograder.errors import UsageError

from .settings import CARRIED

if TYPE_CHECKING:  # cases bring NumPy along, and reading a rubric must not wait for it
    from .cases import Level

Group = Literal["main", "bonus"]
Visibility = Literal["visible", "after_due_date", "hidden"]
Notebook = Literal["", "definitions", "run"]

#: The edition of an assignment that has no others.
DEFAULT = "default"

#: Every section has cases of each; `full` has those of `quick` too, or others.
PROFILES = ("quick", "full")

#: From the most open to the most secret.
VISIBILITIES: tuple[Visibility, ...] = get_args(Visibility)


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


#: What a limit may be, from and to: a day, a terabyte. With fewer open files Python cannot import, and the section
#: cannot lock itself down.
BOUNDS: Mapping[str, tuple[int, int]] = {
    "cpu_seconds": (1, 86_400),
    "wall_seconds": (1, 86_400),
    "memory_mb": (1, 1 << 20),
    "disk_mb": (1, 1 << 20),
    "open_files": (16, 1 << 16),
    "printed_kb": (1, 1 << 16),
    "result_mb": (1, 1 << 12),
}


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
        Those of the limits that are others in a profile; see `limits_of`.
    own_settings
        Settings that only this assignment's cases read, each with what it may be.
    files
        Where it was read from, the overlay last: for messages.
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
    profile_limits: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    notebook: Notebook = ""
    own_settings: Mapping[str, list[Any]] = field(default_factory=dict)
    files: tuple[Path, ...] = ()

    @property
    def carried(self) -> Decimal:
        """The share of its points that a section keeps which fails only because of others."""
        return CARRIED[self.settings.get("carry_forward", "none")]

    def limits_of(self, profile: str) -> Limits:
        """What a section's child may use when this profile's cases run."""
        return replace(self.limits, **self.profile_limits.get(profile, {}))

    def select(self, keys: Iterable[str]) -> tuple[Section, ...]:
        """The sections of these keys, in rubric order; all of them where no key is given.

        Raises
        ------
        UsageError
            A key is not in the rubric.
        """
        wanted = list(keys)
        known = dict.fromkeys(section.key for section in self.sections)
        for key in wanted:
            if key not in known:
                from difflib import get_close_matches  # seldom needed, and slow to load

                by_letters = {letters(one): one for one in known} | {letters(one.id): one.key for one in self.sections}
                begun = [one for name, one in by_letters.items() if letters(key) and name.startswith(letters(key))]
                close = begun or [by_letters[name] for name in get_close_matches(letters(key), by_letters, 1)]
                hint = f"did you mean {' or '.join(map(repr, dict.fromkeys(close)))}? " if close else ""
                raise UsageError(
                    f"no section {key!r} in {self.name} ({self.edition})",
                    hint=f"{hint}its sections are: " + ", ".join(section.key for section in self.sections),
                )
        return tuple(section for section in self.sections if not wanted or section.key in wanted)

    def maximum(self, group: Group) -> Decimal:
        """Points that a group can earn."""
        return sum((section.points for section in self.sections if section.group == group), Decimal(0))


def letters(key: str) -> str:
    """A key without what is easily mistaken in it: capital letters, spaces, hyphens, underscores."""
    return "".join(filter(str.isalnum, key.lower()))


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


def limits_in(table: Any) -> dict[str, int]:
    """Limits by their names; a ValueError where one is unknown, no whole number, or nothing that can be held to."""
    if not isinstance(table, dict):
        raise ValueError(f"limits = {table!r}: a table")
    if unknown := set(table) - {limit.name for limit in fields(Limits)}:
        raise ValueError(f"unknown limit {', '.join(sorted(unknown))}")
    for name, value in table.items():
        least, most = BOUNDS[name]
        if type(value) is not int or not least <= value <= most:
            raise ValueError(f"{name} = {value!r}: a whole number from {least} to {most}")
    return table


def profiles_of(table: Any) -> dict[str, dict[str, int]]:
    """The limits of profiles, by name; a ValueError where a profile is unknown, or more is said than limits."""
    if not isinstance(table, dict):
        raise ValueError(f"profiles = {table!r}: a table")
    found = {}
    for name, said in table.items():
        if name not in PROFILES:
            raise ValueError(f"the profile {name!r} is none of {', '.join(PROFILES)}")
        if not isinstance(said, dict) or set(said) - {"limits"}:
            raise ValueError(f"[profiles.{name}] says {said!r}: it may say [profiles.{name}.limits]")
        found[name] = limits_in(said.get("limits", {}))
    return found


def points_of(value: Any) -> Decimal:
    """Points as exact decimals; a ValueError where they are none, or negative, or too many."""
    try:
        points = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"points of {value!r}: no number") from error
    if not points.is_finite() or not 0 <= points <= 10_000 or points != points.quantize(Decimal("0.001")):
        raise ValueError(f"points of {value}: from 0 to 10000, three decimals at most")
    return points
