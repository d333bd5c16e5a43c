"""Nothing grows unseen of what costs time on every machine: modules, frames, bytes, round trips, processes, cases."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.counts import PLACE, UPDATE, counted, grown

KEPT: dict[str, Any] = json.loads(PLACE.read_text("utf-8"))

#: Packages that take long to load: each only where it is needed.
HEAVY = {"numpy", "scipy", "rich", "torch", "sqlalchemy", "alembic", "distributed", "dask", "jinja2", "matplotlib"}


@pytest.fixture(scope="module")
def now() -> dict[str, Any]:
    return counted()


def test_nothing_has_grown(now: dict[str, Any]) -> None:
    assert list(grown(now, KEPT)) == [], UPDATE


def test_nothing_heavy_is_loaded_before_it_is_needed(now: dict[str, Any]) -> None:
    loaded = {when: set(modules["packages"]) & HEAVY for when, modules in now["modules"].items()}
    assert loaded == {"--help": set(), "grade, until the guest is started": set(), "grade, in all": {"numpy", "rich"}}


def test_a_section_is_one_process_and_the_guest_another(now: dict[str, Any]) -> None:
    assert now["numbers"]["sections"] == len(now["cases"])
    assert now["numbers"]["processes"] == 1
    # The submission is sent once. Each section gets its cases; it says that it is ready, and answers each.
    assert now["numbers"]["frames sent"] == 1 + sum(now["cases"].values())
    assert now["numbers"]["frames received"] == len(now["cases"]) + sum(now["cases"].values())


@pytest.mark.parametrize(
    ("grow", "said"),
    [
        (lambda c: c["modules"]["--help"]["packages"].append("numpy"), "--help: numpy loaded besides"),
        (lambda c: c["modules"]["--help"]["own"].append("autograder.batch"), "autograder.batch loaded besides"),
        (lambda c: c["numbers"].update({"round trips": 10_000}), "round trips: 10000, not"),
        (lambda c: c["numbers"].update({"processes": 2}), "processes: 2, not 1"),
        (lambda c: c["numbers"].update({"bytes sent": 10**9}), "bytes sent: 1000000000, not"),
        (lambda c: c["numbers"].update({"bytes sent": 1}), "out of date"),
        (lambda c: c["cases"].update({"Conv2d": 99}), "Conv2d: 99, not"),
        (lambda c: c["cases"].update({"New": 1}), "New: 1, not 0"),
    ],
)
def test_what_has_grown_is_said(grow: Callable[[dict[str, Any]], Any], said: str) -> None:
    changed = copy.deepcopy(KEPT)
    grow(changed)
    (told,) = grown(changed, KEPT)
    assert said in told
