"""Witnesses: laws that an oracle's outputs must keep, whoever computed them.

PyTorch and a reference may share a mistake; a law does not know either. An assignment's module `laws` says for every
case which laws its outputs keep, and the outputs of each oracle are held against

* definitions: an output by the contract's formula, written out in loops;
* derivatives: a gradient g by an input X is right where ⟨g, D⟩ is the change of a loss, made of such formulas, along
  any direction D. Where the loss is linear in X that holds for a step of any size, to rounding: it is then the adjoint
  identity ⟨dLdZ, J D⟩ = ⟨Jᵀ dLdZ, D⟩. Elsewhere a central difference with a small step is close to it;
* metamorphic laws: the output of a mean of two inputs is the mean of the outputs, permuted samples give permuted
  outputs and the same sums, a sample alone gives what it gives among others, a shifted input gives a shifted output.

Each output of each case is under a definition or a derivative, or `WITHOUT` of the module says why there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from .cases import Case
from .oracles import Inputs, Oracle, Outputs, Params, Value, disagreement
from .registry import Assignment
from .seeds import PUBLIC

Array = np.ndarray[Any, np.dtype[Any]]
#: An output, from a case's parameters, its inputs and all outputs: it may depend on a draw that another one shows.
Formula = Callable[[Params, Inputs, Outputs], Value]
#: A loss, from a case's parameters, inputs of which one was moved, and those at rest.
Loss = Callable[[Params, Inputs, Inputs], float]
Compute = Callable[[Mapping[str, Array]], Outputs]

#: How far a derivative may be from a central difference, and from the adjoint, relative to the gradient's size.
NEAR, EXACT = 1e-4, 1e-9
#: Steps of central differences; the next one where there is a kink within the one before.
STEPS = (1e-6, 1e-7, 1e-8)


@dataclass(frozen=True, slots=True)
class Gradient:
    """An output that is the derivative of a loss.

    Attributes
    ----------
    by
        The input that it is by.
    exact
        Whether the loss is linear or quadratic in it, so that a central difference of any step is exact.
    read
        The gradient itself, where the output is something made of it.
    absent
        What the input is where a case has none.
    """

    by: str
    loss: Loss
    exact: bool = False
    read: Callable[[Params, Inputs, Array], Array] = lambda params, inputs, value: value
    absent: Array | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Samples lie along the first axis of these inputs and outputs.

    Attributes
    ----------
    sums
        Outputs that add up all samples.
    separate
        Whether samples are computed apart from each other.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    sums: tuple[str, ...] = ()
    separate: bool = True


@dataclass(frozen=True, slots=True)
class Shift:
    """`output` moves by `out` entries of its last axis, where `inputs` move by so many."""

    output: str
    out: int
    inputs: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Laws:
    """What is known of the outputs of a case.

    Attributes
    ----------
    affine
        Outputs, each with an input in which it is linear, or linear and a constant.
    """

    definitions: Mapping[str, Formula] = field(default_factory=dict)
    gradients: Mapping[str, Gradient] = field(default_factory=dict)
    affine: tuple[tuple[str, str], ...] = ()
    batch: Batch | None = None
    shift: Shift | None = None

    @property
    def outputs(self) -> set[str]:
        """The outputs that a definition or a derivative says all about."""
        return {*self.definitions, *self.gradients}


def module(assignment: Assignment) -> ModuleType | None:
    """The assignment's laws; None where it has none."""
    if not (assignment.folder / "laws.py").is_file():
        return None
    return assignment.module("laws", "laws")


def witnessed(assignment: Assignment, profile: str = "quick") -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """The outputs that are under a law in each of their cases, and those that are not, as (section's id, output)."""
    found, rubric = module(assignment), assignment.rubric()
    every = {(section.id, output) for section in rubric.sections for output in section.outputs}
    if found is None:
        return set(), every
    under, never = set(), set()
    for section in rubric.sections:
        for case in assignment.cases(section, rubric, profile):
            known = found.laws(section.id, case).outputs
            under |= {(section.id, output) for output in known & {*case.outputs}}
            never |= {(section.id, output) for output in {*case.outputs} - known}
    return under - never, every - (under - never)


def problems(assignment: Assignment, profile: str = "quick", seed: int = PUBLIC) -> list[str]:
    """The laws that an oracle breaks, in the default edition, and outputs that no law and no reason is known of."""
    found, rubric = module(assignment), assignment.rubric()
    if found is None:
        return []
    _, without = witnessed(assignment, profile)
    wrong = [f"{section}: no law and no reason in WITHOUT: {o}" for section, o in sorted(without - set(found.WITHOUT))]
    wrong += [f"{section}: {o} is in WITHOUT and under a law" for section, o in sorted(set(found.WITHOUT) - without)]
    for section in rubric.sections:
        for case in assignment.cases(section, rubric, profile):
            laws, inputs = found.laws(section.id, case), case.inputs(seed, section.id)
            for oracle in assignment.oracles(section):
                said = broken(laws, oracle, case, inputs)
                wrong += [f"{section.key}: {case.name}: {oracle.name}: {what}" for what in said]
    return wrong


def broken(laws: Laws, oracle: Oracle, case: Case, inputs: Inputs) -> Iterator[str]:
    """The laws that the oracle's outputs break on these inputs."""
    rng = np.random.default_rng(len(case.name))

    def compute(given: Mapping[str, Array]) -> Outputs:
        return oracle.compute(case.params, {name: np.array(value) for name, value in given.items()})

    outputs = compute(inputs)
    for output, formula in laws.definitions.items():
        if output in outputs:
            said = disagreement(_plain(formula(case.params, inputs, outputs)), _plain(outputs[output]))
            yield from _said(f"the definition of `{output}`", said)
    for output, gradient in laws.gradients.items():
        if output in outputs:
            yield from _derivative(gradient, output, np.asarray(outputs[output]), case.params, inputs, rng)
    yield from _affine(laws, compute, inputs, outputs, rng)
    if laws.batch is not None and len(inputs[laws.batch.inputs[0]]) > 1:
        yield from _samples(laws.batch, compute, inputs, outputs)
    if laws.shift is not None:
        yield from _shifted(laws.shift, compute, inputs, outputs)


def _plain(value: Value) -> Value:
    return value if isinstance(value, str) else np.asarray(value)


def _said(law: str, difference: str) -> Iterator[str]:
    if difference:
        yield f"{law} says otherwise: {difference}"


def _derivative(
    law: Gradient, output: str, told: Array, params: Params, inputs: Inputs, rng: np.random.Generator
) -> Iterator[str]:
    """A gradient against the change of the loss along a direction."""
    X, gradient = law.absent if law.absent is not None else inputs[law.by], law.read(params, inputs, told)
    if gradient.shape != X.shape:
        yield f"`{output}` has shape {gradient.shape}, not that of {law.by}, {X.shape}"
        return
    direction = rng.standard_normal(X.shape)

    def loss(t: float) -> float:
        return law.loss(params, {**inputs, law.by: X + t * direction}, inputs)

    due = float(np.vdot(gradient, direction))
    near = EXACT if law.exact else NEAR
    room = near * (float(np.linalg.norm(gradient) * np.linalg.norm(direction)) + near)
    for step in (1.0,) if law.exact else STEPS:
        before, here, after = loss(-step), loss(0.0), loss(step)
        change = (after - before) / (2 * step)
        if law.exact or abs(after - 2 * here + before) / step <= room:  # no kink in between
            break
    else:
        yield f"`{output}`: the loss has a kink here, by {law.by}; take other values"
        return
    if not abs(change - due) <= room:
        yield f"`{output}` is not the derivative by {law.by}: {due:.6g} along a direction, where {change:.6g} is due"


def _affine(laws: Laws, compute: Compute, inputs: Inputs, outputs: Outputs, rng: np.random.Generator) -> Iterator[str]:
    """The mean of the outputs of two inputs against the output of their mean."""
    for output, name in laws.affine:
        if output not in outputs or name not in inputs:
            continue
        direction = rng.standard_normal(inputs[name].shape)
        two = [compute({**inputs, name: inputs[name] + t * direction})[output] for t in (-1.0, 1.0)]
        mean = (np.asarray(two[0]) + np.asarray(two[1])) / 2
        yield from _said(f"linearity of `{output}` in {name}", disagreement(mean, _plain(outputs[output])))


def _samples(law: Batch, compute: Compute, inputs: Inputs, outputs: Outputs) -> Iterator[str]:
    """Permuted samples, and the first one alone."""
    there = [name for name in law.inputs if name in inputs]
    order = np.roll(np.arange(len(inputs[there[0]])), 1)
    turned = compute({**inputs, **{name: inputs[name][order] for name in there}})
    for output in outputs:
        if output in law.outputs:
            said = disagreement(np.asarray(outputs[output])[order], _plain(turned[output]))
            yield from _said(f"a permutation of the batch, of `{output}`,", said)
        elif output in law.sums:
            said = disagreement(_plain(outputs[output]), _plain(turned[output]))
            yield from _said(f"a permutation of the batch, of `{output}`,", said)
    if not law.separate:
        return
    alone = compute({**inputs, **{name: inputs[name][:1] for name in there}})
    for output in law.outputs:
        if output in outputs:
            said = disagreement(np.asarray(outputs[output])[:1], _plain(alone[output]))
            yield from _said(f"the first sample alone, of `{output}`,", said)


def _shifted(law: Shift, compute: Compute, inputs: Inputs, outputs: Outputs) -> Iterator[str]:
    """The inputs without their first columns."""
    Z = np.asarray(outputs[law.output])
    there = {name: by for name, by in law.inputs.items() if name in inputs}
    if Z.shape[-1] <= law.out or any(inputs[name].shape[-1] <= by for name, by in there.items()):
        return
    moved = compute({**inputs, **{name: inputs[name][..., by:] for name, by in there.items()}})
    yield from _said("a translation", disagreement(Z[..., law.out :], _plain(moved[law.output])))
