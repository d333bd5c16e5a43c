"""Writing a new assignment's files."""

from __future__ import annotations

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
        The name is no name of a Python package, or something of that name is there already.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", name) or keyword.iskeyword(name):
        raise UsageError(
            f"{name!r} cannot be an assignment's name",
            hint="small letters, digits and underscores, a letter first, 40 at most: it is a Python package too",
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


def write(name: str, project: Path) -> list[Path]:
    """Write the files, and say which."""
    made = files(name, project)
    with writing(project):
        for place, content in made.items():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content, "utf-8")
    return list(made)
