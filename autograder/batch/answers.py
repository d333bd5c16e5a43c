"""Expected values of a seed that does not ship: computed once a batch, by a process that ends again.

So no worker loads PyTorch, all workers compare with the same numbers, and machines of a cluster need no references.
They travel with the setup, through pipes and Dask's connections; where they touch a file system it is one in memory.
"""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograder.assignments import practice
from autograder.assignments.practice import Practice
from autograder.errors import HarnessError, UsageError

from .conditions import Job
from .crew import environment
from .tasks import job_of

PATIENCE = 3600.0
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - where it is there


def compute(setup: Mapping[str, Any]) -> dict[str, Any]:
    """The expected values that this setup needs, as JSON values.

    Raises
    ------
    UsageError
        PyTorch or the references are not here.
    HarnessError
        The oracles do not agree.
    """
    done = subprocess.run(
        [sys.executable, "-m", "autograder.batch.answers"],
        input=json.dumps(dict(setup)).encode("ascii"),
        capture_output=True,
        env=environment(),
        timeout=PATIENCE,
        check=False,
    )
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise HarnessError(f"expected values cannot be computed: {said[-1] if said else 'nothing said'}") from error
    if "usage" in found:
        raise UsageError(found["usage"], hint=found["hint"])
    if "trouble" in found:
        raise HarnessError(found["trouble"])
    return found


def truth(job: Job, answers: Mapping[str, Any]) -> Practice:
    """Where a worker's grader finds them."""
    values = np.load(io.BytesIO(base64.b64decode(answers["values"])), allow_pickle=False)
    rubric, profile = job.rubric, job.profile
    return Practice(
        answers["sections"],
        values,
        lambda section: job.assignment.cases(section, rubric, profile),
        job.assignment.judges(),
    )


def main() -> None:
    """Compute what the setup on standard input needs, and write it to standard output."""
    out = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    told: dict[str, Any]
    try:
        told = _computed(job_of(json.load(sys.stdin)))
    except UsageError as error:
        told = {"usage": str(error), "hint": error.hint}
    except HarnessError as error:
        told = {"trouble": str(error)}
    with out:
        json.dump(told, out)


def _computed(job: Job) -> dict[str, Any]:
    source = job.assignment.oracle_truth(job.rubric, job.profile, job.seed.value)
    questions = {
        section.id: {question.case.name: question for question in source.questions(section)}
        for section in job.rubric.sections
    }
    with tempfile.TemporaryDirectory(dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None) as folder:
        practice.save(Path(folder), questions)
        index = json.loads((Path(folder) / practice.INDEX).read_text("utf-8"))
        values = (Path(folder) / practice.ARRAYS).read_bytes()
    return {"sections": index["sections"], "values": base64.b64encode(values).decode("ascii")}


if __name__ == "__main__":
    main()
