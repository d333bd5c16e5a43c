"""A site of a made-up class, and Debian's Chromium to look at it with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import site_making
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from autograder.commands.summary import source_of
from autograder.gradebook.engine import Gradebook
from autograder.site import build, listing

#: Nothing of it calls home: no updates, no checks of names, no background traffic.
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--no-default-browser-check",
)  # fmt: skip
NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class's gradebook in `book`; its site in `site`, with a table of several pages in `large`, and `public`."""
    folder = tmp_path_factory.mktemp("site")
    with site_making.opened(folder / "book") as book:
        build.staff(source_of(book, None), folder / "site")
        build.published(source_of(book, None), folder / "public", site_making.PSEUDONYMS)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(listing, "ROWS", 5)
            patch.setattr(listing, "SHARD", 7)
            build.staff(source_of(book, None), folder / "large")
    return folder


@pytest.fixture
def book(made: Path) -> Iterator[Gradebook]:
    with Gradebook(str(made / "book")) as opened:
        yield opened


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        missing = "no Chromium here"
        if os.environ.get("CI"):
            pytest.fail(f"{missing}: CI must have one (Debian: apt install chromium)")
        pytest.skip(f"{missing}; install it (Debian: apt install chromium) to test the site in it")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield started
        started.close()


class Window:
    """A page in a browser, which notes what it should not do."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(15_000)
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("dialog", lambda dialog: (self.complaints.append(dialog.message), dialog.dismiss()))

    def open(self, path: Path, anchor: str = "") -> Page:
        """Load a page from the disk."""
        self.page.goto(path.resolve().as_uri() + anchor)
        return self.page

    def good(self, folder: Path) -> bool:
        """Whether nothing complained, nothing of a submission ran, and nothing outside of the folder was asked for."""
        base = folder.resolve().as_uri()
        assert not self.complaints, self.complaints
        assert self.page.evaluate("window.broken") is None
        outside = [url for url in self.requests if not url.startswith(base)]
        assert not outside, outside
        return True


@pytest.fixture
def window(browser: Browser) -> Iterator[Callable[..., Window]]:
    """Opens a window; the options are those of a browser's context."""
    contexts = []

    def opened(**options: object) -> Window:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})  # type: ignore[arg-type]
        contexts.append(context)
        return Window(context)

    yield opened
    for context in contexts:
        context.close()
