"""What is compared: each submission's own code as one text, with the way back to files and lines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import Rubric
from autograder.batch import sources
from autograder.errors import UsageError
from autograder.gradebook import queries
from autograder.gradebook.engine import Gradebook
from autograder.submissions.reading import read

#: More code than this is no homework; it would only take time.
MOST = 400_000


@dataclass(frozen=True, slots=True)
class Work:
    """A submission, or something that submissions may resemble.

    Attributes
    ----------
    kind
        `class`; `past`, a submission of another time; `reference`. Only pairs with one of the class are looked for.
    text
        Its code, file after file.
    starts
        For each file, the line of `text` on which it begins, from 0, in order.
    """

    label: str
    students: tuple[str, ...]
    kind: str
    text: str
    files: tuple[str, ...]
    starts: tuple[int, ...]

    def place(self, line: int) -> tuple[str, int]:
        """The file of a line of `text` (from 0), and its number there (from 1)."""
        which = max(0, bisect_right(self.starts, line) - 1)
        return self.files[which], line - self.starts[which] + 1

    def end_of_file(self, line: int) -> int:
        """The last line of `text` that lies in the same file as this one."""
        following = bisect_right(self.starts, line)
        return self.starts[following] - 1 if following < len(self.starts) else self.text.count("\n") - 1


def work(label: str, students: Iterable[str], kind: str, files: Mapping[str, bytes]) -> Work:
    """A work of these files: Python only."""
    parts, starts, line = [], [], 0
    names = sorted(name for name in files if name.endswith(".py"))
    for name in names:
        text = files[name].decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
        text = text if text.endswith("\n") else text + "\n"
        parts.append(text)
        starts.append(line)
        line += text.count("\n")
    return Work(label, tuple(students), kind, "".join(parts), tuple(names), tuple(starts))


def of_class(book: Gradebook, assignment: str) -> tuple[list[Work], list[str]]:
    """Everything of a class that was opened: each label's newest files, whoever they count for; and what was not."""
    newest = queries.newest(queries.attempts(book, assignment))
    found, left_out = [], []
    for label, attempt in sorted(newest.items()):
        if attempt.problem is not None:
            left_out.append(f"{label}: {attempt.problem}")
            continue
        found.append(work(label, attempt.students, "class", queries.files(book, attempt.digest)))
    return found, left_out


def of_past(paths: Iterable[Path], rubric: Rubric) -> tuple[list[Work], list[str]]:
    """Submissions of other times, in the places that `batch` would take; and those that cannot be opened."""
    found, left_out = [], []
    for path in paths:
        for one in sources.find([path], rubric):
            try:
                files = read(one.path, rubric).files
            except UsageError as error:
                left_out.append(f"{one.label}: {error}")
                continue
            found.append(work(f"{path.name}/{one.label}", (), "past", files))
    return found, left_out


def of_references(assignment: Assignment) -> list[Work]:
    """The reference solution, where it is here."""
    files = _python(assignment.reference)
    return [work("the reference", (), "reference", files)] if files else []


def handout(assignment: Assignment) -> Work:
    """What everybody was given."""
    return work("the handout", (), "reference", _python(assignment.handout))


def _python(folder: Path) -> dict[str, bytes]:
    if not folder.is_dir():
        return {}
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.py"))}
