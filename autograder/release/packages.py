"""What other systems run: the course's grader with the scripts that Gradescope and Autolab start."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import Imports
from autograder.errors import UsageError

from . import archives
from .contents import LITTER, TEMPLATES


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the packaged grader is to grade.

    Attributes
    ----------
    edition, overlay, seed_file
        As the options of `grade`; the files become part of the package.
    """

    edition: str | None = None
    overlay: Path | None = None
    seed_file: Path | None = None


def gradescope(assignment: Assignment, project: Path, wishes: Wishes) -> dict[str, bytes]:
    """The autograder zip."""
    files, options = _course(assignment, project, wishes)
    installed = needed(assignment, project, wishes)
    scripts = {
        name: _script(f"gradescope-{name}", assignment, options, installed) for name in ("setup.sh", "run_autograder")
    }
    return {"autograder.zip": archives.zipped({**files, **scripts}, executable=set(scripts))}


def autolab(assignment: Assignment, project: Path, wishes: Wishes) -> dict[str, bytes]:
    """The autograde tar and its Makefile."""
    files, options = _course(assignment, project, wishes)
    makefile = _script("autolab-Makefile", assignment, options, ())
    return {"autograde.tar": archives.tar(files), "autograde-Makefile": makefile}


SYSTEMS = {"gradescope": gradescope, "autolab": autolab}


def _course(assignment: Assignment, project: Path, wishes: Wishes) -> tuple[dict[str, bytes], str]:
    """The grader below `grader/`, and the options of the command line that it is to be called with."""
    files = {f"grader/{name}": (project / name).read_bytes() for name in _names(assignment, project, wishes)}
    options = ["-a", assignment.name]
    if wishes.edition is not None:
        options += ["--edition", wishes.edition]
    for option, path in (("--overlay", wishes.overlay), ("--seed-file", wishes.seed_file)):
        if path is not None:
            name = option.removeprefix("--")
            files[f"grader/{name}"] = _content(path)
            options += [option, name]
    return files, shlex.join(options)


def _names(assignment: Assignment, project: Path, wishes: Wishes) -> Iterator[str]:
    """The files of the course's checkout that grading one assignment takes."""
    yield "runner.py"
    yield from sorted(
        {*(path.name for path in project.glob("requirements*.txt")), *needed(assignment, project, wishes)}
    )
    others = {
        path.parent.name
        for path in (project / "autograder" / "assignments").glob("*/rubric.toml")
        if path.parent.name != assignment.name
    }
    for top in ("autograder", f"handout/{assignment.name}", f"reference_solutions/{assignment.name}"):
        for path in sorted((project / top).rglob("*")):
            name = path.relative_to(project).as_posix()
            foreign = name.startswith("autograder/assignments/") and name.split("/")[2] in others
            if path.is_file() and not LITTER.search(name) and not foreign:
                yield name


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error


def _script(name: str, assignment: Assignment, options: str, requirements: Iterable[str]) -> bytes:
    installed = " ".join(f'-r "$base/source/grader/{file}"' for file in requirements)
    text = (TEMPLATES / name).read_text("utf-8")
    for mark, value in (("@ASSIGNMENT@", assignment.name), ("@OPTIONS@", options), ("@REQUIREMENTS@", installed)):
        text = text.replace(mark, value)
    return text.encode()


def needed(assignment: Assignment, project: Path, wishes: Wishes) -> tuple[str, ...]:
    """The files that install what the packaged grader needs: every grader's, and the assignment's own.

    Raises
    ------
    UsageError
        The rubric names one that is not here.
    """
    # Other values than the practice data's are computed, which takes PyTorch.
    usual = "requirements.txt" if wishes.seed_file is not None else Imports().requirements
    own = assignment.rubric(wishes.edition, wishes.overlay).imports.requirements
    if not (project / own).is_file():
        raise UsageError(f"{assignment.name}'s rubric names {own}, which is not here", hint=f"make {project / own}")
    return tuple(dict.fromkeys((usual, own)))
