"""Ideas that need no reference: what came back is a simple change of what is expected.

Each maker gives, from a case, the array that the idea would give; it must do so for every failing case, and
where a case passed it must give what is expected. Makers stand in tiers: a later tier is only asked where
all before it are silent, and within a tier two different answers mean none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np

from autograder.guest.agreed import UNFILLED

from . import conditions, copies, factors, parts
from .evidence import Seen, equal
from .ideas import Idea

Array = np.ndarray[Any, np.dtype[Any]]
Maker = Callable[[Seen, Array], Array | None]
#: Fewer entries than this, over all failing cases, agree with too many things.
ENTRIES = 6
#: Rounding to so many decimals is within what is right.
DECIMALS = 9
#: Rounding to single precision, relative to the scale of an array, a few times over.
SINGLE = 3e-7


def explain(seen: Sequence[Seen], *, leads: bool = True) -> Idea | None:
    """The one idea that explains every failing case of an output, or nothing.

    Parameters
    ----------
    leads
        No output before it is wrong: only then it says something which part of it is.
    """
    failing = [one for one in seen if not one.passed]
    if any(one.got is not None and one.got.dtype.kind == "c" for one in failing):
        return None  # that complex numbers came back says the message
    if failing and (found := _single(failing)):
        return found
    if leads and (found := _no_number(failing, throughout=True)):
        return found
    if not failing or not all(one.wrong_values for one in failing):
        return _transposed(seen, failing)
    if found := _rounded(seen):
        return found
    if sum(one.got.size for one in failing if one.got is not None) < ENTRIES:
        return _precision(failing)
    if found := _precision(failing):
        return found
    if _whole(failing):
        return TRUNCATED
    ndim = {one.expected.ndim for one in failing if one.expected is not None}
    if len(ndim) != 1:
        return None
    for tier in (
        (*plain, *taken(failing[0])),
        bias_only,
        moved(failing[0], ndim.pop()),
        factors.named(),
        added(failing[0]),
    ):
        fitting = {idea.id: idea for idea, maker in tier if all(_fits(one, maker) for one in seen)}
        if len(fitting) == 1:
            return _of_layer(next(iter(fitting.values())), failing)
        if fitting:
            kin = {idea.kin for idea in fitting.values()}
            return KIN.get(kin.pop()) if len(kin) == 1 else None
    found = factors.constant(seen)
    if found or not leads:
        return found
    if left_out := conditions.left_out(seen):
        return left_out
    found = parts.explain(failing) or copies.explain(failing) or parts.rest(failing) or parts.reordered(failing)
    return found or _no_number(failing, throughout=False)


def _of_layer(idea: Idea, failing: Sequence[Seen]) -> Idea:
    """Zeros of a layer with weights may be those that it was built with: the grader puts others there afterwards."""
    if idea.id in ("zeros", "ones") and all(one.plays("kept") for one in failing):
        return NEVER_UPDATED
    weighed = all("layer" in one.params and one.given("weights") is not None for one in failing)
    if idea.id in ("zeros", "bias-only") and weighed:
        hint = "was made in `__init__`? `W` and `b` are put on the layer later, and its first ones may be zeros."
        return replace(idea, hint=f"{idea.hint} Or does it use a copy of the weights that {hint}")
    return idea


def never_filled(seen: Sequence[Seen]) -> Idea | None:
    """What `numpy.empty` was filled with, which says where it came from, in every failing array that came back."""
    came_back = [one.got for one in seen if not one.passed and one.got is not None]
    return NEVER_FILLED if came_back and all(_unfilled(got) for got in came_back) else None


def _unfilled(got: Array) -> bool:
    if got.dtype.name == "float64":
        bits = got.view(np.uint64) >> np.uint64(29)
    elif got.dtype.name == "float32":
        bits = got.view(np.uint32)
    else:
        return got.dtype.kind == "i" and bool((got == np.iinfo(got.dtype).min).any())
    return bool((np.isnan(got) & ((bits & 0x7FFFFF) == UNFILLED)).any())


def _no_number(failing: Sequence[Seen], *, throughout: bool) -> Idea | None:
    """NaN in every failing array: where it came from is not to be seen, but by which ways it comes, and how far it got.

    Parameters
    ----------
    throughout
        Nothing but NaN came back; else some entries are finite, and which ones may tell more.
    """
    arrays = [one.got for one in failing if one.got is not None and one.got.dtype.kind == "f"]
    if not arrays or len(arrays) < len(failing):
        return None
    if not all(np.isnan(got).all() if throughout else np.isnan(got).any() for got in arrays):
        return None
    title = NO_NUMBER.title
    if not throughout:
        title += ", and the other entries are right" if all(map(_rest_right, failing)) else ", in some entries"
    back = all(one.plays("input gradient") for one in failing)
    hint = f"What goes forward is right, so look at the way back. {NO_NUMBER.hint}" if back else NO_NUMBER.hint
    return replace(NO_NUMBER, title=title, hint=hint)


def _rest_right(one: Seen) -> bool:
    """Whether the entries that are finite are what is due."""
    if one.got is None or one.expected is None or one.got.shape != one.expected.shape:
        return False
    finite = np.isfinite(one.got)
    return equal(one.got[finite], one.expected[finite])


def _transposed(seen: Sequence[Seen], failing: Sequence[Seen]) -> Idea | None:
    """Two axes swapped in arrays some of which have another shape for it."""
    pairs = [(one.got, one.expected) for one in failing if one.got is not None and one.expected is not None]
    ndims = {array.ndim for pair in pairs for array in pair}
    if len(pairs) < max(len(failing), 2) or len(ndims) != 1:
        return None
    swaps = [(idea, maker) for idea, maker in moved(failing[0], ndims.pop()) if idea.kin == "swapped"]
    fitting = [idea for idea, maker in swaps if all(_fits(one, maker) for one in seen)]
    return fitting[0] if len(fitting) == 1 else None


def _fits(one: Seen, maker: Maker) -> bool:
    if one.got is None or one.expected is None:
        return one.passed
    made = maker(one, one.expected)
    if made is None:
        return False
    return equal(one.expected if one.passed else one.got, made)


def _single(failing: Sequence[Seen]) -> Idea | None:
    """Right values of another type; what a judge decides is of that type too, wherever the values are known."""
    known = [one for one in failing if one.expected is not None]
    if not known or any(one.expected is not None and one.expected.dtype == np.float32 for one in known):
        return None
    if any(one.got is None or one.got.dtype.name not in ("float32", "float16") for one in failing):
        return None
    if not all(one.got is not None and one.expected is not None and equal(one.got, one.expected) for one in known):
        return None
    return Idea(
        "single-precision",
        "The values are right, in single precision",
        "NumPy's default is float64: where does a float32 come in (`dtype=`, `astype`)?",
    )


def _rounded(seen: Sequence[Seen]) -> Idea | None:
    """What is due, rounded to some decimals; whole numbers are cut off more often than rounded."""
    for digits in range(1, DECIMALS):

        def to_these(one: Seen, expected: Array, digits: int = digits) -> Array:
            made: Array = np.round(expected, digits)
            return made

        if all(_fits(one, to_these) for one in seen):
            many = "1 digit" if digits == 1 else f"{digits} digits"
            return Idea("rounded", f"The values are rounded to {many} after the point", "Nothing is to be rounded.")
    return None


def _precision(failing: Sequence[Seen]) -> Idea | None:
    """Right to about seven digits, in an array of doubles: in single precision on the way where each value shows it."""
    if any(one.expected is not None and one.expected.dtype == np.float32 for one in failing):
        return None
    pairs = [(one.got, one.expected) for one in failing if one.got is not None and one.expected is not None]
    if len(pairs) < len(failing) or not all(_nearly(*pair) for pair in pairs) or any(map(_systematic, failing)):
        return None
    if all(np.array_equal(got, got.astype(np.float32)) for got, _ in pairs):
        return Idea(
            "single-precision",
            "The values are right to about seven digits only",
            "Somewhere on the way they are in single precision: look for float32 (`dtype=`, `astype`).",
        )
    return Idea(
        "seven-digits",
        "The values are right to about seven digits only",
        "Is something on the way in single precision (float32) or rounded, or a very small term too many or left out?",
        sure=False,
    )


def _nearly(got: Array, expected: Array) -> bool:
    """Whether two arrays differ by no more than rounding to single precision makes them differ."""
    scale = float(np.abs(expected).max(initial=0.0))
    with np.errstate(all="ignore"):
        return bool((np.abs(got - expected) <= SINGLE * scale).all())


def _systematic(one: Seen) -> bool:
    """Whether all entries of a channel are off by one share and one number: rounding goes either way."""
    assert one.got is not None and one.expected is not None  # noqa: S101 - asked of such only
    if not one.expected.ndim:
        return False
    names = one.names.of(one.output, one.expected.ndim)
    axis = names.index("C") if "C" in names else 0
    for off, due in zip(np.moveaxis(one.got - one.expected, axis, 0), np.moveaxis(one.expected, axis, 0), strict=True):
        if due.size < ENTRIES:
            return False
        line = np.stack([due.ravel(), np.ones(due.size)], axis=1)
        left = off.ravel() - line @ np.linalg.lstsq(line, off.ravel(), rcond=None)[0]
        if np.abs(left).max() > 0.01 * np.abs(off).max():
            return False
    return True


def _truncated(one: Seen, expected: Array) -> Array | None:
    made = np.trunc(expected)
    return made if made.any() else None


def _whole(failing: Sequence[Seen]) -> bool:
    """Whether integers came back, about where the values are due: a sum may be cut off at each of its steps."""
    return all(
        one.got is not None and one.expected is not None and one.got.dtype.kind in "iu" and one.got.any()
        and bool((one.expected != np.trunc(one.expected)).any())
        and bool((np.abs(one.got) <= np.abs(one.expected) + (one.kernel or 1)).all())
        for one in failing
    )  # fmt: skip


def _bias(one: Seen, expected: Array) -> Array | None:
    b, names = one.given("bias"), one.names.of(one.output, expected.ndim)
    if not one.plays("output") or "C" not in names:
        return None
    channels = [side if name == "C" else 1 for name, side in zip(names, expected.shape, strict=True)]
    if b is None:
        return expected
    return expected - b.reshape(channels) if b.shape == (max(channels),) else None


def _bias_alone(one: Seen, expected: Array) -> Array | None:
    weights = one.given("weights")
    without = _bias(one, expected)
    return None if weights is None or without is None else expected - without


def _input(name: str) -> Maker:
    return lambda one, expected: one.inputs.get(name)


def _other(name: str) -> Maker:
    return lambda one, expected: one.others.get(name)


def _flipped(axis: int) -> Maker:
    return lambda one, expected: np.flip(expected, axis)


def _turned(order: tuple[int, ...]) -> Maker:
    return lambda one, expected: np.transpose(expected, order)


NEVER_FILLED = Idea(
    "never-filled", "It holds entries of an array that was made and never filled",
    "`empty` and `empty_like` give whatever the memory holds (NaN or an extreme integer here, so that it shows; often"
    " zeros elsewhere). Which entries are never written? Or begin with zeros.",
)  # fmt: skip
NO_NUMBER = Idea(
    "no-number", "It holds NaN, which is no number",
    "NaN comes of 0/0, of ∞ − ∞, of a root or a logarithm of a negative number, or of None that is written into an"
    " array (a method without a `return` gives None), and it spreads to all that is computed with it. Print along the"
    " way to find the first.", sure=False,
)  # fmt: skip
NEVER_UPDATED = Idea(
    "never-updated", "It is what it was when the layer was built",
    "Training is to mix what it sees into it: is this ever updated?",
)  # fmt: skip
TRUNCATED = Idea("truncated", "The values are cut off to whole numbers", "Is an array made with an integer dtype?")

plain: tuple[tuple[Idea, Maker], ...] = (
    (
        Idea("zeros", "Everything is zero", "Is the result ever written, or does everything in it cancel?"),
        lambda one, expected: np.zeros(expected.shape),
    ),
    (
        Idea("ones", "Everything is one", "Does it depend on the gradient that comes in?"),
        lambda one, expected: np.ones(expected.shape),
    ),
    (TRUNCATED, _truncated),
    (Idea("bias-missing", "The bias is not added", "Cases without a bias pass."), _bias),
    (
        Idea("absolute", "The absolute value came back", "Where do the signs get lost?"),
        lambda one, expected: np.abs(expected),
    ),
    (
        Idea("rectified", "Negative values became zero", "Is there an activation, or a maximum with 0, too many?"),
        lambda one, expected: np.maximum(expected, 0),
    ),
    (
        Idea("sign", "The sign is wrong", "Everything else about it is right."),
        lambda one, expected: -expected,
    ),
    (
        Idea("squared", "The square of it came back", "What is multiplied by itself, or by what already holds it?"),
        lambda one, expected: expected**2,
    ),
)


#: Where no case has a bias, what came back is zeros.
bias_only: tuple[tuple[Idea, Maker], ...] = (
    (Idea("bias-only", "Only the bias came back", "Is what the weights give ever written?"), _bias_alone),
)


def taken(one: Seen) -> Iterator[tuple[Idea, Maker]]:
    """Another array of the case in the result's place."""
    for name in one.inputs:
        yield (
            Idea(f"is-{name}", f"This is the input `{name}`, unchanged", "Which variable do you return?"),
            _input(name),
        )
    for name in one.others:
        if name not in one.inputs:
            hint = "Two results are mixed up: which variable is which?"
            yield Idea(f"is-{name}", f"This is `{name}`", hint), _other(name)


def moved(one: Seen, ndim: int) -> Iterator[tuple[Idea, Maker]]:
    """Axes flipped, swapped, shifted; one sample for all. Nothing is made of an array of other axes."""

    def alike(maker: Maker) -> Maker:
        return lambda one, expected: maker(one, expected) if expected.ndim == ndim else None

    for idea, maker in _moves(one, ndim):
        yield idea, alike(maker)


def _moves(one: Seen, ndim: int) -> Iterator[tuple[Idea, Maker]]:
    labels, names = one.names.labels(one.output, ndim), one.names.of(one.output, ndim)
    for axis in range(ndim):
        yield (
            Idea(
                f"flipped-{axis}", f"It is flipped along axis {labels[axis]}",
                "In which direction do you go through it?", kin="flipped",
            ),
            _flipped(axis),
        )  # fmt: skip
        for step in (1, -1):
            yield from _shifts(axis, step, labels[axis])
    if ndim == 4:
        yield (
            Idea("flipped-2-3", f"It is flipped along both axes {labels[2]} and {labels[3]}",
                 "In which direction do you go through them?", kin="flipped"),
            lambda one, expected: np.flip(expected, (2, 3)),
        )  # fmt: skip
    for order in permutations(range(ndim)):
        changed = [i for i in range(ndim) if order[i] != i]
        if len(changed) == 2:
            first, second = changed
            yield (
                Idea(
                    f"swapped-{first}-{second}", f"Axes {labels[first]} and {labels[second]} are swapped",
                    "In which order do your indices stand?", kin="swapped",
                ),
                _turned(order),
            )  # fmt: skip
    if ndim > 1 and names[0] == "N":
        yield (
            Idea("first-sample-for-all", "Every sample has the first one's values", "Does the sample's index appear?"),
            lambda one, expected: np.broadcast_to(expected[:1], expected.shape),
        )
        yield (
            Idea("last-sample-for-all", "Every sample has the last one's values", "Is it one array under many names?"),
            lambda one, expected: np.broadcast_to(expected[-1:], expected.shape),
        )
        yield (
            Idea("batch-sum", "Every sample has the sum over the batch", "Each sample has values of its own."),
            lambda one, expected: np.broadcast_to(expected.sum(axis=0), expected.shape),
        )
        yield (
            Idea("batch-mean", "Every sample has the mean over the batch", "Each sample has values of its own."),
            lambda one, expected: np.broadcast_to(expected.mean(axis=0), expected.shape),
        )


def added(one: Seen) -> Iterator[tuple[Idea, Maker]]:
    """Another array of the case on top of what is due."""
    for name in (*one.inputs, *(name for name in one.others if name not in one.inputs)):

        def together(one: Seen, expected: Array, name: str = name) -> Array | None:
            other = one.inputs.get(name, one.others.get(name))
            return None if other is None or other.shape != expected.shape else expected + other

        hint = f"Where does `{name}` come in? An array that is not set anew keeps what it had."
        yield Idea(f"plus-{name}", f"`{name}` is added to it", hint), together


def _shifts(axis: int, step: int, label: str) -> Iterator[tuple[Idea, Maker]]:
    end = "later" if step > 0 else "earlier"
    idea = Idea(
        f"shifted-{axis}-{end}", f"It is shifted by one position along axis {label}, to {end} ones",
        "Compare the first index that you read with the first that you write.",
    )  # fmt: skip

    def filled(one: Seen, expected: Array) -> Array:
        made = np.roll(expected, step, axis)
        made[(slice(None),) * axis + (0 if step > 0 else -1,)] = 0
        return made

    yield idea, lambda one, expected: np.roll(expected, step, axis)
    yield idea, filled


KIN: Mapping[str, Idea] = {
    "factor": Idea("factor", "It is off by a constant factor", factors.FACTOR),
    "flipped": Idea("flipped", "It is flipped", "In which direction do you go through it?"),
    "swapped": Idea("swapped", "Two axes are swapped", "In which order do your indices stand?"),
}
