"""What goes to a worker and what comes back; on a pipe each is one line of JSON, with bytes as base64."""

from __future__ import annotations

import base64
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from autograder import __version__
from autograder.assignments import registry
from autograder.assignments.seeds import Seed
from autograder.gradebook.packing import unpack
from autograder.submissions.submission import LeftOut, Submission

from .conditions import Job, rubric_of, seed_of, terms

#: Of a line between the two sides: a submission is bounded to 64 MiB, a report is far smaller.
LONGEST_LINE = 128 << 20


@dataclass(frozen=True, slots=True)
class Task:
    """A submission to be graded.

    Attributes
    ----------
    attempt
        Its number in the gradebook.
    reading
        How it was read: name, root, what was left out, notes.
    only
        Keys of the sections to run; empty: all.
    drawn_for
        The student whose own values are drawn; of a batch with one seed for all nobody.
    seed
        The attempt's own seed, where it has one; a secret.
    """

    attempt: int
    digest: str
    packed: bytes
    reading: Mapping[str, Any]
    only: tuple[str, ...] = ()
    drawn_for: str = ""
    seed: Seed | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a task: a report's document, or our trouble. `fatal` trouble is no single submission's."""

    task: Task
    document: Any = None
    trouble: str = ""
    fatal: bool = False


def reading(submission: Submission) -> dict[str, Any]:
    """What was found out while reading a submission, beyond its files."""
    return {
        "name": submission.name,
        "root": submission.root,
        "left_out": [[entry.path, entry.reason, entry.refused] for entry in submission.left_out],
        "notes": list(submission.notes),
    }


def submission(packed: bytes, facts: Mapping[str, Any]) -> Submission:
    """The submission that was read."""
    left_out = tuple(LeftOut(path, reason, refused) for path, reason, refused in facts["left_out"])
    return Submission.of(facts["name"], unpack(packed), left_out, root=facts["root"], notes=tuple(facts["notes"]))


def spelt(task: Task) -> dict[str, Any]:
    """A task as JSON values."""
    return {"packed": base64.b64encode(task.packed).decode("ascii"), **facts(task)}


def facts(task: Task) -> dict[str, Any]:
    """What a task says beside the submission's files. It may hold a secret seed: it never goes to a disk or a log."""
    return {
        "reading": dict(task.reading),
        "only": list(task.only),
        "seed": None if task.seed is None else str(task.seed.value),
    }


def own(job: Job, task: Task, student: str, label: str) -> Task:
    """The task of an attempt that may be asked with values of its own."""
    return replace(task, drawn_for=student, seed=seed_of(job, student, label)) if job.own else task


def own_seed(text: str | None) -> Seed | None:
    """The seed that `facts` tells."""
    return None if text is None else Seed(int(text), secret=True)


def setup(job: Job, digest: str) -> dict[str, Any]:
    """What a worker is told about a batch. It holds the seed: it never goes to a disk, a log or a command line.

    Where each attempt has a seed of its own, the secret that they are derived from stays here.
    """
    if job.own:
        job = replace(job, seed=Seed(0, secret=True))
        digest = terms(job).digest
    return {
        "assignment": job.assignment.name,
        "edition": job.edition,
        "overlay": job.overlay,
        "profile": job.profile,
        "checks": job.checks,
        "seed": str(job.seed.value),
        "secret": job.seed.secret,
        "isolation": job.isolation,
        "only": list(job.only),
        "own": job.own,
        "conditions": digest,
        "versions": versions(job),
    }


def job_of(setup: Mapping[str, Any]) -> Job:
    """The batch that a setup tells of."""
    assignment = registry.find(setup["assignment"])
    return Job(
        assignment,
        rubric_of(assignment, setup["edition"], setup["overlay"]),
        Seed(int(setup["seed"]), secret=setup["secret"]),
        setup["edition"],
        setup["overlay"],
        setup["profile"],
        setup["checks"],
        setup["isolation"],
        tuple(setup["only"]),
        setup["own"],
    )


def versions(job: Job) -> dict[str, str]:
    """What must be the same on every worker, for reports to be the same byte by byte."""
    return {
        "autograder": __version__,
        "python": ".".join(platform.python_version_tuple()[:2]),
        # Expected values of a seed for each attempt are computed where it is graded.
        **{name: _version(name) for name in ("numpy", "scipy", *(("torch",) if job.own else ()))},
    }


def _version(name: str) -> str:
    import importlib.metadata

    try:
        # PyTorch's builds for a CPU and for graphics cards are of one version.
        return importlib.metadata.version(name).partition("+")[0]
    except importlib.metadata.PackageNotFoundError:
        return "none"
