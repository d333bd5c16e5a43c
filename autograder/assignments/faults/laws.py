"""Faults of `laws.py`: what it must have, outputs and inputs that are not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.assignments.cases import Case
from autograder.assignments.lines import line_with
from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import Rubric
from autograder.assignments.seeds import PUBLIC
from autograder.assignments.witnesses import Laws
from autograder.assignments.written.fault import Fault

from .fault import kind_of, line_of


def faults(assignment: Assignment, rubric: Rubric) -> Iterator[Fault]:
    """The first faulty case of each section: what is wrong with one is mostly wrong with all."""
    path = assignment.folder / "laws.py"
    if not path.is_file():
        return
    yield from _without(path, assignment.module("laws", "WITHOUT").WITHOUT, rubric)
    laws = assignment.module("laws", "laws").laws
    asked = {section.id: assignment.cases(section, rubric, "quick") for section in rubric.sections}
    outputs = {output for section in rubric.sections for output in section.outputs}
    inputs = {name for of, cases in asked.items() for case in cases for name in case.inputs(PUBLIC, of)}
    for section, cases in asked.items():
        for case in cases:
            own = set(case.inputs(PUBLIC, section))
            if found := list(_case(case, laws(section, case), own, inputs, outputs)):
                yield from (Fault(*line_of(laws), f"section {section!r}, case {case.name!r}: {what}") for what in found)
                break


def _without(path: Path, without: object, rubric: Rubric) -> Iterator[Fault]:
    line = line_with(path, "WITHOUT")
    if not isinstance(without, Mapping):
        yield Fault(path, line, f"WITHOUT is {kind_of(without)}; reasons by (section's id, output) are due")
        return
    outputs = {(section.id, output) for section in rubric.sections for output in section.outputs}
    for key, reason in without.items():
        if key not in outputs:
            yield Fault(path, line, f"WITHOUT has {key!r}, which is no output of a section")
        elif not isinstance(reason, str) or not reason:
            yield Fault(path, line, f"WITHOUT gives no reason for {key!r}")


def _case(case: Case, laws: object, own: set[str], inputs: set[str], outputs: set[str]) -> Iterator[str]:
    """What is wrong with a case's laws; outputs and inputs that other cases have may stand in the laws of all."""
    if not isinstance(laws, Laws):
        yield f"`laws` gives {kind_of(laws)}; Laws are due"
        return
    named = {*laws.outputs, *(output for output, _ in laws.affine)}
    needed = [law.by for output, law in laws.gradients.items() if law.absent is None and output in case.outputs]
    optional = [name for _, name in laws.affine]
    if laws.batch is not None:
        named |= {*laws.batch.outputs, *laws.batch.sums}
        needed += laws.batch.inputs[:1]
        optional += laws.batch.inputs
    if laws.shift is not None:
        named.add(laws.shift.output)
        optional += laws.shift.inputs
    for output in sorted(named - outputs):
        yield f"a law is about `{output}`, which is no output of any section"
    for name in dict.fromkeys(needed):
        if name not in own:
            yield f"a law is by the input {name!r}, which the case does not have"
    for name in dict.fromkeys(optional):
        if name not in {*inputs, *needed}:
            yield f"a law is by {name!r}, which is no input of any section"
