"""The pages of what is alike, in a real browser: nothing runs, nothing is asked for, axe-core finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest

from autograder.similarity import pages
from autograder.similarity.finding import Pair, Passage
from autograder.similarity.works import work

Opened = Callable[..., Any]
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
EVIL = "x = '</pre><script>alert(1)</script><img src=x onerror=alert(1)>'\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of three works, hostile ones among them."""
    made = tmp_path_factory.mktemp("alike")
    works = [
        work(f"{name}.zip", [name], kind, {"mytorch/<b>a.py": (EVIL * 100).encode(), "b.py": b"y = 1\n" * 200})
        for name, kind in (("<script>alert(2)</script>", "class"), ("ann@x.edu", "class"), ("old", "past"))
    ]
    passages = (Passage((0, 99), (0, 99)), Passage((100, 120), (130, 131)))
    pairs = [Pair(0, 1, 0.9, (0.9, 1.0), passages), Pair(1, 2, 0.2, (0.2, 0.1), passages[:1])]
    found = pages.Comparison("hw2p1", "HW2P1", works, pairs, 0, [2], ["<i>x</i>: is empty"])
    for name, text in pages.files(found).items():
        (made / name).write_text(text, "utf-8")
    return made


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_quiet_and_readable(folder: Path, window: Opened, scheme: str) -> None:
    for width in (1200, 360):
        opened = window(color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True)
        for name in ("index.html", "pair-001.html"):
            page = opened.open(folder / name)
            page.add_script_tag(path=AXE)
            found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            assert found["violations"] == [], [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]]
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), width
        assert opened.good(folder)


def test_on_a_phone_nothing_of_the_list_is_cut_off(folder: Path, tmp_path: Path, window: Opened) -> None:
    long = (folder / "index.html").read_text("utf-8").replace("ann@x.edu", "ann.of.a.long.name@andrew.university.edu")
    (tmp_path / "index.html").write_text(long, "utf-8")
    page = window(viewport={"width": 390, "height": 800}).open(tmp_path / "index.html")
    assert page.evaluate("(box => box.scrollWidth <= box.clientWidth)(document.querySelector('.wide'))")


def test_the_list_leads_to_each_pair_and_back(folder: Path, window: Opened) -> None:
    opened = window()
    page = opened.open(folder / "index.html")
    page.get_by_role("link", name="2", exact=True).click()
    assert "Pair 2" in page.title()
    page.get_by_role("link", name="All pairs").click()
    assert page.get_by_role("row").count() == 3
    assert opened.good(folder)
