"""`doctor`: what this machine offers, what each thing is for, and how to get what is missing."""

from __future__ import annotations

import importlib.util
import platform
from collections.abc import Iterator
from dataclasses import dataclass

import click

from autograder.assignments import registry
from autograder.errors import HarnessError, install
from autograder.sandbox import bubblewrap, cgroups, landlock, levels
from autograder.sandbox.launch import GuestProcess, Level, Parts, absent


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was looked at."""

    name: str
    there: bool
    detail: str
    advice: str = ""


@click.command()
def doctor() -> int:
    """Say what this machine offers: isolation levels, packages, data; and how to get more."""
    items = [*isolation(), control_groups(), *packages()]
    click.echo(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}")
    width = max(len(item.name) for item in items)
    for item in items:
        click.echo(f"  {'yes' if item.there else 'no ':<4} {item.name:<{width}}  {item.detail}")
        if not item.there and item.advice:
            click.echo(f"       {'':<{width}}  → {item.advice}")
    best = next((item.name for item in items if item.there and item.name in LEVELS), "none")
    click.echo(f"`--isolation auto` takes: {best}")
    return 0 if all(item.there for item in items if item.name in ("numpy", "process")) else 3


LEVELS: dict[Level, tuple[str, str]] = {
    "bubblewrap": (
        "namespaces, nothing mounted but Python and NumPy, no network: for marks",
        "install bubblewrap (Debian and Ubuntu: apt install bubblewrap; Fedora: dnf install bubblewrap); on Ubuntu "
        "24.04 and later, unprivileged user namespaces must be allowed for it",
    ),
    "landlock": (
        "no files but its own, no network, no new processes: for containers",
        "needs Linux 5.13 or later with Landlock switched on, on x86_64 or aarch64",
    ),
    "process": ("resource limits only: for your own work", ""),
}


def isolation() -> Iterator[Item]:
    """Each level of isolation: whether a guest really starts under it here."""
    parts = Parts(registry.find(registry.usual()).exercises)
    for level, (what, advice) in LEVELS.items():
        if level not in levels.available():
            yield Item(level, False, "not installed" if level == "bubblewrap" else "not on this system", advice)
            continue
        if not levels.serves():
            yield Item(level, True, what)
            continue
        try:
            started(level, parts)
        except HarnessError as error:
            # Where a package is missing, its own line says what to do.
            yield Item(level, False, str(error), "" if absent(parts.packages) else advice)
        else:
            yield Item(level, True, f"{what}{version(level)}")


def started(level: Level, parts: Parts) -> None:
    """Start a guest of that level, and end it.

    Raises
    ------
    HarnessError
        It does not start, or what it is made of is not here.
    """
    guest = GuestProcess(levels.command(level, parts))
    try:
        guest.wait_ready()
    finally:
        guest.close()


def control_groups() -> Item:
    """Whether memory and threads of a whole guest can be bounded, beside those of each process."""
    group = cgroups.make()
    if group is not None:
        group.remove()
    what = "memory and threads bounded for a guest as a whole"
    return Item(
        "control groups",
        group is not None,
        f"{what} (version {group.version})" if group is not None else f"{what}: {cgroups.hindrance()}",
        "without them each process is bounded by itself; root can make them, others where systemd hands a part over",
    )


def version(level: Level) -> str:
    """The version of what makes a level, where it has one."""
    if level == "landlock":
        return f" (Landlock version {landlock.version()})"
    return f" ({bubblewrap.available()})" if level == "bubblewrap" else ""


#: What to do about what students' copies cannot have.
STAFFS = "only in the course's own checkout"

#: What grading a class takes, by the names that are imported; students' copies have no such file.
STAFF_FILE = "requirements-staff.txt"
STAFF = {
    "sqlalchemy": "the gradebook: batch, forks, regrade, export, adjust, summary, similarity",
    "alembic": "the gradebook's tables, and those of older versions",
    "psycopg": "gradebooks on PostgreSQL",
    "yaml": "`batch` of what Gradescope exports (pip calls it PyYAML)",
    "distributed": "`batch` and `regrade` on several machines (--scheduler)",
    "dask": "the same",
    "jinja2": "reports as HTML, the pages of summary and similarity",
    "matplotlib": "the figures of summary",
    "copydetect": "similarity",
    "PIL": "grading cat_dog_cnn (pip calls it pillow)",
    "pytest": "sections as tests: `pytest --assignment NAME`",
}


def packages() -> Iterator[Item]:
    """What is installed, and what it is for."""
    usual = registry.find(registry.usual())
    here = usual.reference.is_dir()
    imports = usual.rubric().imports
    wanted = {
        "numpy": ("grading at all", install()),
        "scipy": ("submissions that use scipy.special (GELU)", install()),
        "torch": ("other seeds, the full profile, selfcheck", install("requirements.txt") if here else STAFFS),
    }
    if "torch" in imports.packages:
        wanted["torch"] = ("grading at all", install(imports.requirements))
    for name, (what, advice) in wanted.items():
        yield Item(name, importlib.util.find_spec(name) is not None, what, advice)
    yield Item("references", here, "other seeds, the full profile, selfcheck", STAFFS)
    for name, what in STAFF.items() if (registry.PROJECT / STAFF_FILE).is_file() else ():
        yield Item(name, importlib.util.find_spec(name) is not None, what, install(STAFF_FILE))
