"""Witnesses: laws that an oracle's outputs must keep, whoever computed them.

PyTorch and a reference may share a mistake; a law does not know either. For every case of an assignment that has a
module `laws`, the outputs of each oracle are held against:

* the definition: the output by the contract's formula, written out in loops;
* the derivative: a gradient g by an input X is right where ⟨g, D⟩ is the change of L = ⟨dLdZ, Z⟩ along any direction D.
  Where Z is linear in X that holds for a step of any size, to rounding: it is then the adjoint identity
  ⟨dLdZ, J D⟩ = ⟨Jᵀ dLdZ, D⟩. Elsewhere a central difference with a small step is close to it;
* metamorphic laws: permuted samples give permuted outputs, a sample alone gives what it gives among others, a shifted
  input gives a shifted output.

The output by its definition and the derivatives together leave no room for a wrong gradient.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from .cases import Case
from .oracles import Inputs, Oracle, Outputs, Params, disagreement
from .registry import Assignment
from .seeds import PUBLIC

Array = npt.NDArray[Any]

#: How far a derivative may be from a central difference, and from the adjoint, relative to the gradient's size.
NEAR, EXACT = 1e-5, 1e-10
STEP = 1e-6


@dataclass(frozen=True, slots=True)
class Laws:
    """What is known of the outputs of a case.

    Attributes
    ----------
    out
        The output that the others are gradients of; `loss` where it is a number.
    incoming
        The input that is the gradient by `out`; empty where `out` is a number.
    gradients
        Gradients by the input that each is by.
    linear
        Inputs in which `out` is linear (or affine), each by itself.
    definition
        `out` by the contract's formula.
    shift
        By how many entries of the last axis `out` moves, if the input moves by how many.
    separate
        Whether samples are computed apart from each other.
    """

    out: str
    incoming: str
    gradients: Mapping[str, str]
    linear: frozenset[str] = frozenset()
    definition: Callable[[Params, Inputs], Array] | None = None
    shift: tuple[int, int] | None = None
    separate: bool = True
    sample: str = field(default="A")


def problems(assignment: Assignment, profile: str = "quick", seed: int = PUBLIC) -> list[str]:
    """The laws that an oracle breaks, in the default edition."""
    if not (assignment.folder / "laws.py").is_file():
        return []
    laws_of = importlib.import_module(f"autograder.assignments.{assignment.name}.laws").laws
    rubric = assignment.rubric()
    found: list[str] = []
    for section in rubric.sections:
        for case in assignment.cases(section, rubric, profile):
            laws = laws_of(section.id, case)
            for oracle in assignment.oracles(section) if laws is not None else ():
                inputs = plain_inputs(case, case.inputs(seed, section.id))
                found += [f"{section.key}: {case.name}: {oracle.name}: {p}" for p in broken(laws, oracle, case, inputs)]
    return found


def plain_inputs(case: Case, inputs: Inputs) -> dict[str, Array]:
    """The inputs of one forward and backward, as numbers that may be moved a little."""
    return {name: np.asarray(value, np.float64) for name, value in inputs.items() if not name.endswith("_first")}


def broken(laws: Laws, oracle: Oracle, case: Case, inputs: dict[str, Array]) -> Iterator[str]:
    """The laws that the oracle's outputs break on these inputs."""
    rng = np.random.default_rng(len(case.name))

    def compute(given: Mapping[str, Array]) -> Outputs:
        return oracle.compute(case.params, {name: np.array(value) for name, value in given.items()})

    outputs = compute(inputs)
    if laws.out not in outputs:
        return
    if laws.incoming and laws.incoming not in inputs:  # the layer's own output comes in
        inputs = {**inputs, laws.incoming: rng.standard_normal(np.shape(outputs[laws.out]))}
        outputs = compute(inputs)
    if laws.definition is not None:
        yield from _said(
            "the definition", disagreement(laws.definition(case.params, inputs), _array(outputs, laws.out))
        )
    yield from _derivatives(laws, compute, inputs, outputs, rng)
    yield from _samples(laws, compute, inputs, outputs)
    yield from _shifted(laws, compute, inputs, outputs)


def _array(outputs: Outputs, name: str) -> Array:
    return np.asarray(outputs[name], np.float64)


def _said(law: str, difference: str) -> Iterator[str]:
    if difference:
        yield f"{law} says otherwise: {difference}"


def _derivatives(
    laws: Laws,
    compute: Callable[[Mapping[str, Array]], Outputs],
    inputs: Mapping[str, Array],
    outputs: Outputs,
    rng: np.random.Generator,
) -> Iterator[str]:
    """Each gradient against the change of the loss along a direction."""
    weight = inputs[laws.incoming] if laws.incoming else np.ones(())
    for output, name in laws.gradients.items():
        if output not in outputs or name not in inputs:
            continue
        gradient, X = _array(outputs, output), inputs[name]
        if gradient.size != X.size:
            yield f"`{output}` has shape {gradient.shape}, not that of {name}, {X.shape}"
            continue
        direction = rng.standard_normal(X.shape)
        step, near = (1.0, EXACT) if name in laws.linear else (STEP, NEAR)

        def loss(t: float, name: str = name, X: Array = X, direction: Array = direction) -> float:
            moved = {**inputs, name: X + t * direction}
            return float(np.vdot(weight, _array(compute(moved), laws.out)))

        change = (loss(step) - loss(-step)) / (2 * step)
        told = float(np.vdot(gradient.reshape(X.shape), direction))
        scale = float(np.linalg.norm(gradient) * np.linalg.norm(direction)) + near
        if not abs(change - told) <= near * scale * 10:
            yield f"`{output}` is not the derivative by {name}: {told:.6g} along a direction, where {change:.6g} is due"


def _samples(
    laws: Laws, compute: Callable[[Mapping[str, Array]], Outputs], inputs: Mapping[str, Array], outputs: Outputs
) -> Iterator[str]:
    """Permuted samples, and the first one alone."""
    Z, A = _array(outputs, laws.out), inputs[laws.sample]
    if not laws.incoming or len(A) == 1:
        return
    order = np.roll(np.arange(len(A)), 1)
    turned = {**inputs, laws.sample: A[order], laws.incoming: inputs[laws.incoming][order]}
    yield from _said("a permutation of the batch", disagreement(Z[order], _array(compute(turned), laws.out)))
    if laws.separate:
        alone = {**inputs, laws.sample: A[:1], laws.incoming: inputs[laws.incoming][:1]}
        yield from _said("the first sample alone", disagreement(Z[:1], _array(compute(alone), laws.out)))


def _shifted(
    laws: Laws, compute: Callable[[Mapping[str, Array]], Outputs], inputs: Mapping[str, Array], outputs: Outputs
) -> Iterator[str]:
    """The input without its first columns."""
    if laws.shift is None:
        return
    out, back = laws.shift
    Z, A, G = _array(outputs, laws.out), inputs[laws.sample], inputs[laws.incoming]
    if Z.shape[-1] <= out or A.shape[-1] <= back:
        return
    shifted = {**inputs, laws.sample: A[..., back:], laws.incoming: G[..., out:]}
    yield from _said("a translation", disagreement(Z[..., out:], _array(compute(shifted), laws.out)))
