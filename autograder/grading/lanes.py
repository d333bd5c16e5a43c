"""Running several sections at a time: each waits for its own process, so threads are enough."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.assignments.rubric import Section

    from .result import Result


def in_turn(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Sections as they are begun: from the last to the first.

    What comes late in a rubric is made of what comes early, and takes longer; when the short ones come last, no lane is
    left to wait long for another.
    """
    return tuple(sections)[::-1]


def run_in_lanes(
    run: Callable[[Section], Result],
    sections: Iterable[Section],
    lanes: int,
) -> dict[str, Result]:
    """Run every section, so many at a time: results by section id, in the order of the sections.

    What `run` raises is raised here, once the other lanes have ended their present section.
    """
    chosen = tuple(sections)
    results: dict[str, Result] = {}
    failures: list[BaseException] = []
    waiting = iter(in_turn(chosen))

    def lane() -> None:
        for section in waiting:  # next() of such an iterator is atomic
            if failures:
                return
            try:
                results[section.id] = run(section)
            except BaseException as error:  # raised again by the caller's thread
                failures.append(error)

    threads = [threading.Thread(target=lane, daemon=True) for _ in range(lanes - 1)]
    for thread in threads:
        thread.start()
    lane()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return {section.id: results[section.id] for section in chosen}
