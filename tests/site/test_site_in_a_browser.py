"""The site in a real Chromium: it sorts, filters and links, asks nobody for anything, and everybody can read it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
import site_making
from playwright.sync_api import Page

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
UNFOLD = "document.querySelectorAll('details').forEach(one => { one.open = true })"
Opened = Callable[..., Any]


def pages(folder: Path) -> list[Path]:
    """One page of each kind, and those of whoever tries to break out."""
    if folder.name == "public":
        students = [folder / "p" / site_making.PSEUDONYMS.page(f"{name}@x.edu") for name in ("s01", "evil", "absent")]
        return [folder / "index.html", *students]
    students = [next((folder / "students").glob(f"{name}*")) for name in ("s01", "s04", "absent", "evil", "broken")]
    return [folder / "index.html", folder / "students.html", *students]


def first_column(page: Page) -> list[str]:
    return page.locator("#students tbody th").all_inner_texts()


def column(page: Page, place: int) -> list[str]:
    return page.locator(f"#students tbody td:nth-child({place})").all_inner_texts()


@pytest.mark.parametrize("kind", ["site", "large", "public"])
def test_every_page_loads_without_complaint_and_without_the_network(made: Path, window: Opened, kind: str) -> None:
    shown = window()
    for path in pages(made / kind):
        shown.open(path)
        assert shown.page.locator("h1").count() == 1
        assert shown.good(made / kind)


def test_every_link_leads_somewhere(made: Path, window: Opened) -> None:
    shown = window()
    for folder in (made / "site", made / "large"):
        for path in pages(folder):
            page = shown.open(path)
            links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
            assert links
            for link in links:
                target, _, anchor = link.removeprefix("file://").partition("#")
                target = page.evaluate("decodeURIComponent", target)
                assert Path(target).is_file(), link
                if anchor and "=" not in anchor:
                    assert f'id="{anchor}"' in Path(target).read_text("utf-8")


@pytest.mark.parametrize("kind", ["site", "large"])
def test_the_table_sorts_by_keyboard_and_says_so(made: Path, window: Opened, kind: str) -> None:
    page = window().open(made / kind / "students.html")
    more = page.get_by_role("button", name="Show more")
    while more.is_visible():
        more.click()
    keys = first_column(page)
    assert len(keys) == 15
    main = page.get_by_role("columnheader", name="Main")
    assert main.get_attribute("aria-sort") is None
    main.get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert main.get_attribute("aria-sort") == "descending"
    assert page.get_by_role("columnheader", name="Student").get_attribute("aria-sort") is None
    while more.is_visible():
        more.click()
    known = [float(text) for text in column(page, 4) if text != "–"]
    assert known == sorted(known, reverse=True)
    assert column(page, 4)[len(known) :] == ["–"] * (15 - len(known))  # what is not known comes last …
    page.keyboard.press("Space")
    assert main.get_attribute("aria-sort") == "ascending"
    while more.is_visible():
        more.click()
    assert [float(text) for text in column(page, 4)[: len(known)]] == sorted(known)
    assert column(page, 4)[len(known) :] == ["–"] * (15 - len(known))  # … whichever way
    assert sorted(first_column(page)) == sorted(keys)


@pytest.mark.parametrize("kind", ["site", "large"])
def test_the_table_filters_and_tells_how_many_rows_are_shown(made: Path, window: Opened, kind: str) -> None:
    page = window().open(made / kind / "students.html")
    status = page.get_by_role("status")
    page.get_by_label("Find").fill("STUDENT 1")
    assert set(first_column(page)) == {"s01@x.edu", "s10@x.edu", "s11@x.edu"}
    assert status.inner_text() == "3 of 15 students"
    page.get_by_label("Find").fill("")
    page.locator("#state").select_option("late")
    assert first_column(page) == ["s04@x.edu"]
    assert column(page, 7) == ["1 d 6 h, 2 days begun, −20 %"]
    page.get_by_label("Find").fill("nobody at all")
    assert status.inner_text() == "0 of 15 students"
    assert first_column(page) == []


def test_a_list_of_the_first_page_leads_to_the_table_filtered_alike(made: Path, window: Opened) -> None:
    page = window().open(made / "large" / "students.html", "#state=missing")
    assert first_column(page) == ["absent@x.edu"]
    page.get_by_role("link", name="absent@x.edu").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Nobody"


def test_without_scripts_every_student_is_on_some_page(made: Path, window: Opened) -> None:
    shown = window(java_script_enabled=False)
    page = shown.open(made / "large" / "students.html")
    seen = first_column(page)
    assert not page.get_by_label("Find").is_visible()
    for number in (2, 3):
        page.get_by_role("navigation", name="Pages of the table").get_by_role("link", name=str(number)).click()
        seen += first_column(page)
    assert len(seen) == len(set(seen)) == 15


def test_nothing_that_students_wrote_runs_or_hides_anything(made: Path, window: Opened) -> None:
    shown = window()
    for path in [*pages(made / "site"), *pages(made / "public")]:
        page = shown.open(path)
        page.evaluate("document.querySelectorAll('*').forEach(e => e.dispatchEvent(new MouseEvent('mouseover')))")
        page.evaluate(UNFOLD)
        assert page.evaluate("document.querySelectorAll('script').length") == (path.name == "students.html")
        assert page.locator("h1").is_visible()
        assert not page.evaluate("[...document.querySelectorAll('*')].some(e => [...e.attributes].some("
                                 "a => a.name.startsWith('on')))")  # fmt: skip
        text = page.content()
        assert not [character for character in text if character in "\u202e\u2066\x1b"]
        assert shown.good(made)


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_nothing_scrolls_sideways(made: Path, window: Opened, width: int) -> None:
    shown = window(viewport={"width": width, "height": 800})
    for path in [*pages(made / "site"), *pages(made / "public")]:
        page = shown.open(path)
        page.evaluate(UNFOLD)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name


#: Words by themselves of up to twelve letters that stand on more than one line.
BROKEN = """() => {
    const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        for (const word of walker.currentNode.data.matchAll(/(?<!\\S)\\p{L}{2,12}(?!\\S)/gu)) {
            const range = document.createRange();
            range.setStart(walker.currentNode, word.index);
            range.setEnd(walker.currentNode, word.index + word[0].length);
            if (new Set([...range.getClientRects()].map(one => Math.round(one.top))).size > 1) found.push(word[0]);
        }
    }
    return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 400])
def test_on_a_phone_no_short_word_is_broken(made: Path, window: Opened, width: int, scheme: str) -> None:
    shown = window(color_scheme=scheme, viewport={"width": width, "height": 800})
    for path in [*pages(made / "site"), *pages(made / "public")]:
        page = shown.open(path)
        page.evaluate(UNFOLD)
        assert page.evaluate(BROKEN) == [], path.name


@pytest.mark.parametrize(
    ("scheme", "width"),
    [
        pytest.param("light", 1280, marks=pytest.mark.more),
        ("dark", 1280),
        pytest.param("light", 390, marks=pytest.mark.more),
    ],
)
def test_axe_finds_nothing(made: Path, window: Opened, scheme: str, width: int) -> None:
    shown = window(color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)
    for path in [*pages(made / "site"), *pages(made / "public")]:
        page = shown.open(path)
        page.evaluate(UNFOLD)
        page.add_script_tag(path=AXE)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert found["passes"]
        problems = [(v["id"], v["help"], [n["target"] for n in v["nodes"]][:3]) for v in found["violations"]]
        assert not problems, (path.name, width, problems)


def test_dark_mode_is_dark_figures_and_all(made: Path, window: Opened) -> None:
    def colours(scheme: str) -> tuple[str, str]:
        page = window(color_scheme=scheme).open(made / "site" / "index.html")
        back = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return back, page.evaluate("getComputedStyle(document.querySelector('svg.figure text')).fill")

    (light, ink), (dark, chalk) = colours("light"), colours("dark")
    assert light == "rgb(255, 255, 255)"
    assert max(map(int, dark[4:-1].split(", "))) < 40
    assert ink != chalk


def test_on_paper_there_are_no_tools_and_black_on_white(made: Path, window: Opened) -> None:
    page = window(color_scheme="dark").open(made / "site" / "students.html")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator(".tools").is_visible()
    assert not page.locator(".top").is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.pdf()[:5] == b"%PDF-"


def test_figures_have_a_name_and_a_description(made: Path, window: Opened) -> None:
    page = window().open(made / "site" / "index.html")
    names = page.get_by_role("img").evaluate_all("figures => figures.map(f => f.querySelector('title').textContent)")
    assert {"Main points", "Bonus points", "Outcomes by section", "When they handed in"} <= set(names)
    assert len(page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")) == len(
        set(page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)"))
    )


def test_everything_can_be_reached_by_keyboard(made: Path, window: Opened) -> None:
    page = window().open(made / "site" / "students.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
    assert {"Overview", "find", "state", "Main", "s01@x.edu"} <= reached


def test_on_paper_what_is_folded_is_there(made: Path, window: Opened) -> None:
    page = window().open(made / "site" / "index.html")
    seen = "[...document.querySelectorAll('details > :not(summary)')].map(one => one.checkVisibility())"
    assert not any(page.evaluate(seen))
    page.emulate_media(media="print")
    assert page.evaluate(seen) and all(page.evaluate(seen))


def test_on_a_phone_an_outcome_of_one_word_takes_one_line(made: Path, tmp_path: Path, window: Opened) -> None:
    text = next((made / "site" / "students").glob("s04*")).read_text("utf-8")
    # Where nothing has a longer outcome, the sections' names take all the room that there is.
    alike = re.sub(
        r'<td class="(?:good|bad|open)">(.*?</span>\S*?[ ;])[^<]+</td>', r'<td class="good">\1passed</td>', text
    )
    assert alike.count("passed</td>") == 25
    (tmp_path / "student.html").write_text(alike, "utf-8")
    page = window().open(tmp_path / "student.html")
    lines = "[...document.querySelectorAll('td.good')].map(one => { const range = document.createRange();"
    lines += " range.selectNodeContents(one); return range.getBoundingClientRect().height; })"
    for width in range(320, 400, 10):
        page.set_viewport_size({"width": width, "height": 800})
        heights = page.evaluate(lines)
        assert heights and max(heights) < 30, width


def test_a_students_own_page_ends_no_line_with_a_dot(made: Path) -> None:
    for path in (made / "public" / "p").glob("*.html"):
        (line,) = re.findall(r'<p class="soft meta">(.*?)</p>', path.read_text("utf-8"))
        assert line == line.strip(" ·")
