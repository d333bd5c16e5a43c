"""Faults in an assignment's files, each with file and line: found before anything is graded by them.

| module | looks at |
| --- | --- |
| `rubric` | `rubric.toml`, as it stands: all that its loader refuses (`written`), and that the points make 100 |
| `modules` | `cases`, `exercises`, `judges.py`: that they hold together with the rubric |
| `ideas` | `misconceptions/`: words, names, sections |
| `oracles` | `oracles.py` and the reference: that they give every output, alike |
| `examples` | `rungs.py`, `snippets.py`: that they have what is asked of them, and give cases and lines to run |
| `compositions` | `compositions.py`: that it is about what there is, and right where its part is |
| `laws` | `laws.py`: that its laws are about outputs and inputs that there are |

The files are read as they are, without the loader that would stop at the first fault. What can only be looked at in
sound files is left out where they are not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from autograder.assignments.oracles import OraclesAbsent
from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import Rubric
from autograder.assignments.written.fault import Fault
from autograder.errors import UsageError

from . import compositions, examples, ideas, laws, modules, oracles, rubric
from .fault import raised

#: One after the other, each only where all before found nothing.
STAGES = (
    modules.faults,
    ideas.faults,
    oracles.faults,
    ideas.programs,
    laws.faults,
    examples.faults,
    compositions.faults,
)


def find(assignment: Assignment) -> list[str]:
    """The faults of an assignment's files, in words."""
    found = list(rubric.faults(assignment.folder / "rubric.toml", assignment.name))
    for stage in STAGES:
        if not found:
            found = list(_looked(stage, assignment))
    return list(dict.fromkeys(map(str, found)))


def refuse(assignment: Assignment) -> None:
    """Give nothing out by files that do not hold together: the first fault that takes no oracle to find.

    Raises
    ------
    UsageError
        Names it.
    """
    found = list(rubric.faults(assignment.folder / "rubric.toml", assignment.name))
    for fault in found or _looked(modules.faults, assignment):
        raise UsageError(str(fault), hint=f"python runner.py selfcheck -a {assignment.name} says all that is wrong")


def _looked(stage: Callable[[Assignment, Rubric], Iterator[Fault]], assignment: Assignment) -> Iterator[Fault]:
    try:
        yield from stage(assignment, assignment.rubric())
    except OraclesAbsent:
        raise  # nothing is wrong with the files: something is not installed
    except UsageError as error:
        yield Fault(assignment.folder / "rubric.toml", 0, str(error).rpartition("rubric.toml: ")[2])
    except Exception as error:
        yield raised(error, assignment)
