"""Numbers and names that a document says and that can be counted: they are what is counted now."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from autograder.assignments import registry
from autograder.assignments.choice import CANDIDATES
from autograder.assignments.misconceptions import predictions
from autograder.assignments.seeds import PUBLIC
from autograder.errors import pins
from benchmarks.mutants.cover import work

ROOT = Path(__file__).parent.parent


def said(document: str) -> str:
    """A document's text on one line."""
    return " ".join((ROOT / "docs" / document).read_text("utf-8").split())


TRUTH = said("truth.md")


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


def test_how_many_wrong_ideas_a_notebook_s_mistakes_are_recognised_by():
    ideas = tomllib.loads((registry.find("numpy_cnn").folder / "misconceptions" / "ideas.toml").read_text("utf-8"))
    assert f"`numpy_cnn` knows {len(ideas)} wrong ideas" in said("notebooks.md")


def test_every_room_stands_in_the_table_of_rooms():
    rooms = {path.parent.name for path in (ROOT / "autograder").glob("*/__init__.py")}
    table = said("architecture.md").partition("## Rooms")[2].partition("## ")[0]
    assert {name for name in rooms if f"`{name}/`" not in table} == set()


def test_every_package_that_is_pinned_stands_among_the_dependencies():
    pinned = {name.partition("[")[0] for file in ROOT.glob("requirements*.txt") for name, _ in pins(file)}
    named = {"torch": "pytorch", "dask": "distributed"}
    table = said("dependencies.md").lower()
    lacking = {name for name in pinned if not re.search(rf"\b{named.get(name, name.lower())}\b", table)}
    assert lacking == set()


def test_links_in_the_documents_lead_somewhere():
    lost = []
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for link in re.findall(r"\]\((?!https?:)([^)#]*)(?:#[^)]*)?\)", document.read_text("utf-8")):
            if link and not (document.parent / link).exists():
                lost.append(f"{document.name}: {link}")
    assert lost == []
