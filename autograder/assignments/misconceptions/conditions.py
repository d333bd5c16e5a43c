"""Which cases fail: where just those fail that share a property, that is where to look.

Nothing is guessed: what is said of the cases is true of every one of them. It says where the mistake shows, and
takes no position on what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from .evidence import Seen
from .ideas import Idea

Property = Callable[[Seen], bool]


def _sides(one: Seen) -> tuple[int, ...]:
    return one.sides("input", "H", "W")


def _indivisible(one: Seen) -> bool:
    factor = one.number("stride") or one.number("downsampling_factor")
    kernel = one.kernel or 1
    kernel += (kernel - 1) * ((one.number("dilation") or 1) - 1)
    return bool(factor) and any(
        (side + 2 * (one.number("padding") or 0) - kernel) % (factor or 1) for side in _sides(one)
    )


def _remainder(one: Seen) -> bool:
    factor = one.number("stride") or one.number("downsampling_factor")
    return bool(factor) and any(side % (factor or 1) for side in _sides(one))


#: Of fewer cases than this, something is always true of one and of no other.
CASES = 4
FACTORS = ("stride", "downsampling_factor", "upsampling_factor")

#: What cases may have in common, and what to think of then.
PROPERTIES: Mapping[str, tuple[str, str, Property]] = {
    "second-use": (
        "where an object is used twice",
        "Something of an earlier call is still in use: what forward remembers must be that of the last call.",
        lambda one: any(name.endswith("_first") for name in one.inputs),
    ),
    "not-square": (
        "where height and width differ",
        "Are the two mixed up, or is one used for both?",
        lambda one: len(_sides(one)) == 2 and len(set(_sides(one))) == 2,
    ),
    "batch": (
        "with more than one sample",
        "Try two equal samples: what should change?",
        lambda one: one.sides("input", "N") > (1,),
    ),
    "bias": ("with a bias", "Follow the bias through forward and backward.", lambda one: one.given("bias") is not None),
    "padding": (
        "with a padding",
        "Follow the padding through forward and backward.",
        lambda one: bool(one.number("padding")),
    ),
    "no-padding": (
        "where the padding is 0",
        "What does each slice that uses the padding do when it is 0?",
        lambda one: one.number("padding") == 0,
    ),
    "indivisible": (
        "where the stride or factor leaves a rest",
        "The last positions that are left over need care, forward and backward.",
        _indivisible,
    ),
    "remainder": (
        "where the stride or factor does not divide the width",
        "The last positions that are left over need care, forward and backward.",
        _remainder,
    ),
    "channels": (
        "with more than one input channel",
        "Follow the second channel.",
        lambda one: one.sides("input", "C") > (1,),
    ),
    "axes": (
        "where the input has more than one axis",
        "Is its first axis taken for all of it?",
        lambda one: any(array.ndim > 1 for name, array in one.inputs.items() if one.names.plays(name, "input")),
    ),
    "dilation": (
        "with a dilation",
        "Follow the dilation through the size of the window and through its entries.",
        lambda one: (one.number("dilation") or 1) > 1,
    ),
    "groups": (
        "with more than one group",
        "Follow the second group: which channels does it see, and which does it make?",
        lambda one: (one.number("groups") or 1) > 1,
    ),
    "stride": (
        "with a stride or factor of more than 1",
        "Follow the stride through forward and backward.",
        lambda one: any((one.number(name) or 1) > 1 for name in FACTORS),
    ),
}

#: Not said: where these are 1 or 0 a step does nothing, so that much fails just where they are not, whatever is wrong.
#: Of mistakes that nobody had seen before, it was as often beside the point as not. Where one of them fits as well as
#: another property, nobody knows which of the two it is.
QUIET = frozenset({"stride", "padding", "bias", "channels", "indivisible", "remainder"})


def explain(seen: Sequence[Seen]) -> Idea | None:
    """The one property that every failing case has, and no passing one."""
    if all(one.passed for one in seen) or not any(one.passed for one in seen):
        return None
    fitting = [name for name, (_, _, has) in PROPERTIES.items() if _tells(has, seen)]
    # A judge does not decide by what the other properties tell apart; and a second use needs no other case to be one.
    if "second-use" in fitting and set(fitting) - QUIET == {"second-use"}:
        fitting = ["second-use"]
    elif len(seen) < CASES or any(one.expected is None for one in seen if not one.passed) or _given(seen):
        return None
    if len(fitting) != 1 or fitting[0] in QUIET:
        return None
    where, hint, _ = PROPERTIES[fitting[0]]
    return Idea(f"only-{fitting[0]}", f"It fails only {where}", hint)


def left_out(seen: Sequence[Seen]) -> Idea | None:
    """The arguments that just the failing cases leave to their defaults."""
    options = [one.params.get("options") for one in seen]
    if len(seen) < CASES or not all(isinstance(given, Mapping) for given in options):
        return None
    failing = [set(given) for given, one in zip(options, seen, strict=True) if given is not None and not one.passed]
    passing = [set(given) for given, one in zip(options, seen, strict=True) if given is not None and one.passed]
    if len(failing) < 2 or any(failing) or not passing or not all(passing):
        return None
    names = sorted(set.intersection(*passing))
    if not names:
        return None
    said = " and ".join(f"`{name}`" for name in names)
    are = "is" if len(names) == 1 else "are"
    return Idea(
        "only-defaults", f"It fails only where {said} {are} left out",
        "What does the assignment say that they are then?" if len(names) > 1
        else "What does the assignment say that it is then?",
        sure=False,
    )  # fmt: skip


def _tells(has: Property, seen: Sequence[Seen]) -> bool:
    """Whether every failing case has a property, and no passing one."""
    return all(has(one) != one.passed for one in seen)


def _given(seen: Sequence[Seen]) -> bool:
    """Whether just the failing cases are given an array that the others are not, such as weights of their own."""
    names = {name for one in seen for name in one.inputs if not one.names.plays(name, "gradient")}
    return any(_tells(lambda one, name=name: name in one.inputs, seen) for name in names)  # type: ignore[misc]
