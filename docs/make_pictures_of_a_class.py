"""Makes the pictures of docs/grading-a-class.md: a batch on the console, and its site in Debian's Chromium.

python docs/make_pictures_of_a_class.py [GRADEBOOK]

Grades a made-up class of 120, or looks at one that was graded before.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import made_up_class  # puts the project on the path
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.text import Text

ROOT = made_up_class.ROOT
IMAGES = ROOT / "docs/images"
#: Name: page, width and height, what of it is shown from, colours.
SHOTS = (
    ("site-overview", "index.html", (1280, 900), "", "light"),
    ("site-sections", "index.html", (1280, 900), "#sections", "dark"),
    ("site-students", "students.html#state=late", (1280, 620), "", "light"),
    ("site-phone", "index.html", (390, 844), "#points", "light"),
)


def main() -> None:
    """Grade, show, photograph."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        if len(sys.argv) > 1:
            book = Path(sys.argv[1])
        else:
            book = folder / "marks"
            grade(folder, book)
        run("summary", book, "--output", folder / "site")
        photograph(folder / "site")


def grade(folder: Path, book: Path) -> None:
    """The batch, as a person sees it end."""
    made_up_class.make(folder / "class", 120)
    given = folder / "class"
    said = run(
        "batch", given / "handin", "--gradebook", book, "--roster", given / "roster.csv",
        "--times", given / "times.csv", "--policy", given / "policy.toml",
    )  # fmt: skip
    line = (
        "$ python runner.py batch handin --gradebook marks --roster roster.csv --times times.csv --policy policy.toml"
    )
    draw("console-batch", "a batch", [line, *said.splitlines()[:-1]])


def run(*words: object) -> str:
    """What a command says."""
    command = [sys.executable, str(ROOT / "runner.py"), *map(str, words)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def draw(name: str, title: str, lines: list[str]) -> None:
    """Lines of a console as an SVG."""
    console = Console(record=True, width=118, force_terminal=True, file=io.StringIO())
    for line in lines:
        console.print(Text(line, style="bold" if line.startswith("$") else ""))
    picture = console.export_svg(title=title, unique_id=name)
    # A picture that asks for fonts elsewhere is shown without them anyway; any monospaced font does.
    picture = re.sub(r"@font-face \{.*?\}|<!--.*?-->", "", picture, flags=re.DOTALL).replace("Fira Code,", "")
    (IMAGES / f"{name}.svg").write_text(picture, "utf-8")


def photograph(site: Path) -> None:
    """Pages of the site as PNG."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("no Chromium here: apt install chromium")
    # The most telling example: one whose wrong numbers differ in how far off they are, if anybody has such a one.
    heats = {path: set(re.findall(r"wrong (heat\d)", path.read_text())) for path in (site / "students").iterdir()}
    failing, found = max(sorted(heats.items()), key=lambda one: ("heat1" in one[1], len(one[1])))
    below = f"article:has(.{min(found)})"
    shots = [*SHOTS, ("site-student", f"students/{failing.name}", (1280, 900), below, "light")]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, page, (width, height), below, scheme in shots:
            window = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            window.goto(
                (site / page.partition("#")[0]).resolve().as_uri() + page.partition("#")[1] + page.partition("#")[2]
            )
            if below:
                window.evaluate(f"document.querySelector('{below}').scrollIntoView()")
            window.screenshot(path=IMAGES / f"{name}.png")
            window.close()
        browser.close()


if __name__ == "__main__":
    main()
