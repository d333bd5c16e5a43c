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


#: Of fewer cases than this, something is always true of one and of no other.
CASES = 4

#: What cases may have in common, and what to think of then. Strides, factors, paddings, biases, second channels and
#: rests are not among them: where they are 1 or 0 a step does nothing, so that much fails just where they are not,
#: whatever is wrong; of mistakes that nobody had seen before, it was as often beside the point as not.
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
    "no-padding": (
        "where the padding is 0",
        "What does each slice that uses the padding do when it is 0?",
        lambda one: one.number("padding") == 0,
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
}


def explain(seen: Sequence[Seen]) -> Idea | None:
    """The one property that every failing case has, and no passing one."""
    if all(one.passed for one in seen) or not any(one.passed for one in seen):
        return None
    names = list(PROPERTIES)
    # A judge does not decide by what the other properties tell apart; and a second use needs no other case to be one.
    if len(seen) < CASES or any(one.expected is None for one in seen if not one.passed):
        names = ["second-use"]
    fitting = [name for name in names if all(PROPERTIES[name][2](one) != one.passed for one in seen)]
    if len(fitting) != 1:
        return None
    where, hint, _ = PROPERTIES[fitting[0]]
    return Idea(f"only-{fitting[0]}", f"It fails only {where}", hint)
