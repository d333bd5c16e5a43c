"""A class of 300: graded to the expected gradebook, and to the same one however it is disturbed.

References, planted mistakes, stubs, broken archives, attacks, late and repeated attempts, as `classroom` makes them.
The undisturbed run is made once, whatever the number of test processes, and the others are held against it.
"""

from __future__ import annotations

import fcntl
import os
from collections import Counter
from pathlib import Path

import classroom
import kit
import postgres
import pytest
from test_batch_run import check
from test_cluster import graded_on_two_and_one_killed
from test_crash import killed_over_the_run

pytestmark = pytest.mark.more

SIZE, KILLS = 300, 100


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The class in `class`, and its gradebook after an undisturbed run in `whole`."""
    root = tmp_path_factory.getbasetemp()
    root = (root.parent if "PYTEST_XDIST_WORKER" in os.environ else root) / f"class-of-{SIZE}"
    root.mkdir(exist_ok=True)
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / "graded").exists():
            classroom.make(root / "class", SIZE)
            kit.batch(root / "class", root / "whole", "--jobs", 2)
            (root / "graded").touch()
    return root


def same(place: object, folder: Path, tmp_path: Path) -> None:
    """The gradebook, and all that it gives out, is that of the undisturbed run."""
    assert kit.facts(place) == kit.facts(folder / "whole")
    assert kit.exports(place, tmp_path / "given") == kit.exports(folder / "whole", tmp_path / "wanted")


def test_the_class_has_some_of_everything() -> None:
    kinds = Counter(kind(one) for one in classroom.expect(SIZE))
    assert sum(kinds.values()) == SIZE
    least = {"reference": 5, "planted": 150, "stubs": 5, "broken": 15, "attack": 50}
    assert all(kinds[name] >= count for name, count in least.items()), kinds
    assert len({one.variant.name for one in classroom.expect(SIZE)}) > 150
    assert sum(one.late_days > 0 for one in classroom.expect(SIZE)) >= 30


def kind(one: classroom.Expected) -> str:
    name = one.variant.name
    if one.points is None:
        return "broken"
    if one.variant in classroom.attacks() or name in ("exit", "no answers"):
        return "attack"
    return name if name in ("reference", "stubs") else "planted"


def test_it_is_graded_to_the_expected_gradebook(folder: Path) -> None:
    check(folder / "whole", classroom.expect(SIZE))


def test_a_hundred_kills_over_the_run(folder: Path, tmp_path: Path) -> None:
    killed_over_the_run(folder / "class", tmp_path / "book", kit.graded(folder / "whole"), KILLS)
    same(tmp_path / "book", folder, tmp_path)


def test_on_dask_with_two_workers_and_one_killed(folder: Path, tmp_path: Path) -> None:
    graded_on_two_and_one_killed(folder / "class", tmp_path / "book", tmp_path, SIZE // 3)
    same(tmp_path / "book", folder, tmp_path)


def test_into_postgresql(folder: Path, tmp_path: Path) -> None:
    with postgres.server() as address:
        kit.batch(folder / "class", f"{address}/postgres", "--jobs", 2)
        same(f"{address}/postgres", folder, tmp_path)
