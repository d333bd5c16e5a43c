"""Settings: what `[settings]` of a rubric, of an edition and of an overlay may say, and what each may be.

An assignment whose cases read more names them in `[own_settings]`, each with the list of what it may be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

#: The share of its points that a section keeps which fails only because of others, by the setting `carry_forward`.
CARRIED = {"none": Decimal(0), "half": Decimal("0.5"), "full": Decimal(1)}

#: What a value must be: a test, and words for it.
Kind = tuple[Callable[[Any], bool], str]


def _is_time(value: Any) -> bool:
    try:
        when = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return False
    return when.tzinfo is not None


def _one_of(values: Mapping[str, Any] | list[Any] | tuple[str, ...]) -> Kind:
    # 1 and true are equal to Python, and not to the person who wrote them.
    known = [(type(value), value) for value in values]
    return lambda value: (type(value), value) in known, f"one of {', '.join(map(str, values))}"


FLAG: Kind = lambda value: isinstance(value, bool), "true or false, without quotes"
NAMES: Kind = lambda value: isinstance(value, list) and all(isinstance(v, str) for v in value), "a list of texts"
TIME: Kind = _is_time, "a time with an offset, such as 2026-03-01T23:59:00-05:00"

#: Every setting that the grader reads.
SETTINGS: Mapping[str, Kind] = {
    "carry_forward": _one_of(CARRIED),
    "due": TIME,
    "float32": _one_of(("refuse", "accept")),
    "in_place": _one_of(("refuse", "accept")),
    "leaderboard": FLAG,
    "loops": NAMES,
    "scoreboard": FLAG,
    "show_hidden_totals": FLAG,
}


def own_settings_of(table: Any) -> Mapping[str, list[Any]]:
    """What settings of the assignment's own may be; a ValueError where that is not what it says."""
    if not isinstance(table, dict) or not all(isinstance(values, list) and values for values in table.values()):
        raise ValueError("own_settings: a table of names, each with the list of what it may be")
    if taken := sorted(set(table) & set(SETTINGS)):
        raise ValueError(f"own_settings: {taken[0]} is a setting of every assignment")
    return table


def wrong_settings(settings: Mapping[str, Any], own: Mapping[str, list[Any]]) -> Iterator[tuple[str, str]]:
    """The settings that there are not, or that are no such thing, each with what is wrong."""
    known = {**SETTINGS, **{name: _one_of(values) for name, values in own.items()}}
    for name, value in settings.items():
        if name not in known:
            yield name, f"unknown setting {name}; there are {', '.join(sorted(known))}"
        elif not known[name][0](value):
            yield name, f"{name} = {value!r}: it is {known[name][1]}"
