"""Which sections a file can affect, by the rubric: true of submissions that are laid out as the handout is."""

from __future__ import annotations

from collections.abc import Iterable

from autograder.assignments.rubric import Rubric, Section


def affected(rubric: Rubric, sections: Iterable[Section], changed: Iterable[str]) -> tuple[Section, ...]:
    """The sections whose code, or whose needs' code, lies in one of the changed files.

    A file that no section names may be imported by any of them: then all are affected.
    """
    by_id = {section.id: section for section in rubric.sections}
    changed = set(changed)
    named = {file for section in rubric.sections for file in section.files}
    if changed - named:
        return tuple(sections)

    def files(section: Section) -> set[str]:
        return set(section.files).union(*(files(by_id[need]) for need in section.needs if need in by_id))

    return tuple(section for section in sections if files(section) & changed)
