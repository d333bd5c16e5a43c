"""Writing a new assignment's files."""

from __future__ import annotations

import importlib.util
import keyword
import re
from pathlib import Path

from autograder.errors import UsageError, writing

TEMPLATES = Path(__file__).parent
#: Where each folder of templates goes, below the project.
TARGETS = {
    "assignment": "autograder/assignments/{name}",
    "misconceptions": "autograder/assignments/{name}/misconceptions",
    "reference": "reference_solutions/{name}",
    "handout": "handout/{name}",
    "tests": "tests/labs",
}


def files(name: str, project: Path) -> dict[Path, str]:
    """The new files' contents by their places.

    Raises
    ------
    UsageError
        The name is no name of a Python package, is that of another module, or has files already.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", name) or keyword.iskeyword(name):
        raise UsageError(
            f"{name!r} cannot be an assignment's name",
            hint="small letters, digits and underscores, a letter first, 40 at most: it is a Python package too",
        )
    if whose := _taken(name, project):
        raise UsageError(
            f"{name!r} cannot be an assignment's name: it is that of {whose}, which would not be found any more",
            hint="choose another name",
        )
    made = {}
    for folder, target in TARGETS.items():
        for template in sorted((TEMPLATES / folder).glob("*.tmpl")):
            place = project / target.format(name=name) / template.name.removesuffix(".tmpl").replace("NAME", name)
            made[place] = template.read_text("utf-8").replace("NAME", name)
    if taken := sorted(str(place.relative_to(project)) for place in made if place.exists()):
        hint = "choose another name, or remove what is left of the old one"
        raise UsageError(f"{taken[0]} is there already", hint=hint)
    return made


def _taken(name: str, project: Path) -> str:
    """The module of that name which an assignment's package would hide; empty where there is none."""
    beside = project / "autograder" / "assignments"
    if (beside / f"{name}.py").is_file():
        return f"autograder/assignments/{name}.py"
    if (beside / name / "__init__.py").is_file() and not (beside / name / "rubric.toml").is_file():
        return f"autograder/assignments/{name}"
    return f"Python's module {name}" if importlib.util.find_spec(name) is not None else ""


def write(name: str, project: Path) -> list[Path]:
    """Write the files, and say which."""
    made = files(name, project)
    with writing(project):
        for place, content in made.items():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content, "utf-8")
    return list(made)
