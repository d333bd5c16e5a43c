"""Options that several commands share."""

from __future__ import annotations

import getpass
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from autograder.assignments import registry
from autograder.assignments.seeds import Seed, from_file, from_variable
from autograder.errors import UsageError

Function = TypeVar("Function", bound=Callable[..., Any])

#: Files and folders are checked by us, so that every message says what to do.
PATH = click.Path(path_type=Path)


class Listing(click.Option):
    """An option whose help lists what there is; it is looked up only where the help is shown."""

    def __init__(self, *given: Any, listed: Callable[[], str], **named: Any) -> None:
        super().__init__(*given, **named)
        self.listed = listed

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The option, and its help with the list."""
        self.help, said = f"{self.help} {self.listed()}.", self.help
        try:
            return super().get_help_record(ctx)
        finally:
            self.help = said


def assignment_option(function: Function) -> Function:
    """`-a NAME`."""
    option = click.option(
        "-a",
        "--assignment",
        cls=Listing,
        listed=lambda: ", ".join(registry.names()),
        default=registry.usual,
        show_default=registry.usual(),
        help="Which assignment:",
    )
    return option(function)


def edition_option(function: Function) -> Function:
    """`--edition NAME`."""
    shown = "A variant of the rubric:"
    return click.option("--edition", cls=Listing, listed=_editions, callback=_named, help=shown)(function)


def _editions() -> str:
    """The editions of every assignment that has several, its usual one first."""
    found = {name: registry.find(name).editions() for name in registry.names()}
    return (
        "; ".join(
            f"{name} has {first} (default), {', '.join(others)}" for name, (first, *others) in found.items() if others
        )
        or "there is but one"
    )


def _named(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """An edition's name: an empty one, as of a variable that is not set, is no wish for the usual one."""
    if value == "":
        raise UsageError("--edition '' names no edition", hint="leave it out for the usual one")
    return value


def overlay_option(function: Function) -> Function:
    """`--overlay FILE`."""
    return click.option("--overlay", type=PATH, help="A course's changes to the rubric (TOML).")(function)


def said_options(function: Function) -> Function:
    """`--by NAME`, `--why TEXT`: of what is declared for a class."""
    why = click.option("--why", default="", help="Why: stays in the gradebook.")
    who = click.option(
        "--by", "who", default="", help="Who declares a new policy or deadline; default: the user's name."
    )
    return who(why(function))


def grading_options(function: Function) -> Function:
    """What says how to grade: checks, seeds, profile, isolation."""
    for option in (
        click.option("--checks", type=click.Choice(["strict", "course"]), default="strict", show_default=True,
                     help="Score the whole contract, or what the course's grader looks at."),
        click.option("--seed", type=click.IntRange(min=0), help="Another public seed (needs PyTorch)."),
        click.option("--seed-file", type=PATH, help="A secret seed, from a file (needs PyTorch)."),
        click.option("--profile", type=click.Choice(["quick", "full"]), default="quick", show_default=True,
                     help="Few small cases, or the course's own sizes (needs PyTorch)."),
        click.option("--isolation", type=click.Choice(["auto", "bubblewrap", "landlock", "process"]),
                     default="auto", show_default=True, help="How the student's code is kept in."),
    ):  # fmt: skip
        function = option(function)
    return function


class Percent(click.FloatRange):
    """A number from 0 to 100; `nan` is none, which nothing would be below."""

    def __init__(self) -> None:
        super().__init__(0, 100)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number."""
        found = super().convert(value, param, ctx)
        if math.isnan(found):
            self.fail(f"{value} is not in the range 0<=x<=100.", param, ctx)
        return found


def fail_under_option(function: Function) -> Function:
    """`--fail-under PERCENT`."""
    return click.option("--fail-under", type=Percent(), metavar="PERCENT", help="Exit with 1 below this.")(function)


def seeds_option(function: Function) -> Function:
    """`--seeds own|shared`."""
    return click.option(
        "--seeds",
        type=click.Choice(["own", "shared"]),
        help="Of a secret seed: values of each student's own (the default), or the same for all.",
    )(function)


def user_name() -> str:
    """Who runs this, as far as the system says: in a container a user may have a number and no name."""
    try:
        return getpass.getuser()
    except (KeyError, ImportError, OSError):
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "somebody"


def own_seeds(seed: Seed, seeds: str | None) -> bool:
    """Whether each attempt is asked with values of its own: where the seed is secret, unless told otherwise.

    Raises
    ------
    UsageError
        There is no secret to derive them from.
    """
    if seeds == "own" and not seed.secret:
        raise UsageError("--seeds own goes with a secret seed", hint="--seed-file FILE")
    return seed.secret and seeds != "shared"


def chosen_seed(seed: int | None, seed_file: Path | None, variable: str | None = None) -> Seed:
    """The seed that `--seed`, `--seed-file` or `--seed-variable` says.

    Raises
    ------
    UsageError
        Two of them are given, or the file or variable holds no seed.
    """
    if sum(given is not None for given in (seed, seed_file, variable)) > 1:
        raise UsageError("--seed, --seed-file and --seed-variable exclude each other")
    if seed_file is not None:
        return from_file(seed_file)
    if variable is not None:
        return from_variable(variable)
    return Seed() if seed is None else Seed(seed)
