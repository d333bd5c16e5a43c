"""Numbers that a document says and that can be counted: they are what is counted now."""

from __future__ import annotations

import re
from pathlib import Path

from autograder.assignments import registry
from autograder.assignments.choice import CANDIDATES
from autograder.assignments.misconceptions import predictions
from autograder.assignments.seeds import PUBLIC
from benchmarks.mutants.cover import work

ROOT = Path(__file__).parent.parent
TRUTH = " ".join((ROOT / "docs" / "truth.md").read_text("utf-8").split())


def test_how_many_cases_were_chosen_and_their_share_of_the_work():
    hw2p1 = registry.find("hw2p1")
    rubric = hw2p1.rubric()
    truth = hw2p1.truth(rubric, CANDIDATES, PUBLIC, public=True)
    costs = {(s.id, q.case.name): work(q) for s in rubric.sections for q in truth.questions(s)}
    chosen = [(s.id, case.name) for s in rubric.sections for case in hw2p1.cases(s, rubric, "quick")]
    share = sum(costs[case] for case in chosen) / sum(costs.values())
    assert f"Of HW2P1's {len(costs)} candidates" in TRUTH
    assert f"With all needs it is {len(chosen)} and {share:.0%}".replace("%", " %") in TRUTH


def test_how_large_the_sketches_are():
    sizes = {
        name: f"{(registry.find(name).folder / predictions.FILE).stat().st_size / 1e6:.1f}"
        for name in ("conv2d_functional", "hw2p1")
    }
    said = re.search(r"against ([\d.]+) MB of sketches \(([\d.]+) MB for HW2P1\)", TRUTH)
    assert said is not None
    assert said.groups() == (sizes["conv2d_functional"], sizes["hw2p1"])
