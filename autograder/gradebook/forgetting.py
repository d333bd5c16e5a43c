"""Taking one person out of a gradebook: the only place that deletes.

What was theirs alone goes, with its files, reports and failures. What a group handed in stays for the others, without
the person's particulars where the grader wrote them down; what is in the group's own files is the group's, and so is
what these are called. The database then writes itself anew, so that nothing stays in pages that are free.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, delete, select
from sqlalchemy.orm import Session

from autograder.errors import UsageError

from .engine import FILE, Gradebook
from .models import (
    Adjustment,
    Attempt,
    Base,
    Content,
    Credit,
    Failure,
    ForkRow,
    Grading,
    PolicyRow,
    Published,
    ReportRow,
    Student,
    Untold,
)  # fmt: skip
from .names import compounds, particulars, pattern, without
from .packing import unpack
from .store import compact
from .upgrading import rewrite

#: What stands for a particular that was taken out.
GONE = "(forgotten)"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was done.

    Attributes
    ----------
    attempts, shared
        Attempts that are gone; attempts of a group, which stay for the others.
    mentions
        Where the person is still named, by what others wrote: table, row, column. For a person to look at.
    copies
        Copies of the whole gradebook from before its tables changed, which lie beside it and still have everything.
    """

    attempts: int
    shared: int
    mentions: tuple[str, ...]
    copies: tuple[str, ...]


def forget(book: Gradebook, key: str, paths: Collection[str] = ()) -> Forgotten:
    """Take a student out, for good.

    Parameters
    ----------
    paths
        Of the files that the course's assignments have, whatever students are called.

    Raises
    ------
    UsageError
        There is no such student, or somebody is reading reports.
    """
    with book.deleting():
        return _forgotten(book, key, paths)


def _forgotten(book: Gradebook, key: str, paths: Collection[str]) -> Forgotten:
    with book.writing() as session:
        student = session.scalar(select(Student).where(Student.key == key))
        if student is None:
            raise UsageError(f"no student {key!r} in this gradebook")
        own, shared = _attempts(session, student)
        named = particulars(student.key, student.name, student.email, student.login, student.number, student.former)
        words = pattern(named, {*paths, *_files(session, shared)}, compounds(student.name))
        _delete_person(session, student.id)
        _delete_attempts(session, own)
        for attempt in shared:
            _clean_attempt(session, attempt, words, student)
        session.execute(delete(Untold))  # names them and theirs; a batch that was killed is not spoken of any more
        _clean_policies(session, {key.casefold(), *student.former.casefold().split()})
        session.delete(student)
        session.flush()
        mentions = tuple(_mentions(session, words))
    rewrite(book.engine)
    copies = () if book.folder is None else tuple(
        str(path) for path in sorted(book.folder.glob("*.sqlite*")) if path.name != FILE
    )  # fmt: skip
    return Forgotten(len(own), len(shared), mentions, copies)


def _attempts(session: Session, student: Student) -> tuple[list[int], list[int]]:
    """The student's attempts: those that count for nobody else, and those of a group, of an earlier one, too."""
    mine = set(session.scalars(select(Credit.attempt_id).where(Credit.student_id == student.id)))
    others = set(
        session.scalars(select(Credit.attempt_id).where(Credit.student_id != student.id, Credit.attempt_id.in_(mine)))
    )
    # Whose values were drawn may have left the group since.
    keys = [key for key in session.scalars(select(Grading.drawn_for).distinct()) if _is(student, key)]
    drawn = set(session.scalars(select(Grading.attempt_id).where(Grading.drawn_for.in_(keys))))
    return sorted(mine - others), sorted(others | (drawn - mine))


def _is(student: Student, key: str) -> bool:
    """Whether this is the student's key, or was: see `batch.roster.renamed`."""
    keys = {student.key, student.email, student.login, *student.number.split(), *student.former.split()}
    return bool(key) and key.casefold() in {one.casefold() for one in keys}


def _files(session: Session, attempts: list[int]) -> set[str]:
    """Paths of these attempts' files."""
    digests = select(Attempt.digest).where(Attempt.id.in_(attempts))
    bodies = session.scalars(select(Content.packed).where(Content.digest.in_(digests)))
    return {path for packed in bodies for path in unpack(packed)}


def _delete_person(session: Session, student: int) -> None:
    revoking = Adjustment.revokes.is_not(None)
    session.execute(delete(Adjustment).where(Adjustment.student_id == student, revoking))
    session.execute(delete(Adjustment).where(Adjustment.student_id == student))
    session.execute(delete(ForkRow).where(ForkRow.student_id == student))
    session.execute(delete(Credit).where(Credit.student_id == student))


def _delete_attempts(session: Session, attempts: list[int]) -> None:
    gradings = select(Grading.id).where(Grading.attempt_id.in_(attempts))
    digests = set(session.scalars(select(Attempt.digest).where(Attempt.id.in_(attempts))))
    for of_gradings in (Published, ReportRow):
        session.execute(delete(of_gradings).where(of_gradings.grading_id.in_(gradings)))
    for table in (Grading, Failure):
        session.execute(delete(table).where(table.attempt_id.in_(attempts)))
    session.execute(delete(Attempt).where(Attempt.id.in_(attempts)))
    # Files go with the last attempt that has them: somebody else may have handed in the very same.
    kept = set(session.scalars(select(Attempt.digest).where(Attempt.digest.in_(digests))))
    session.execute(delete(Content).where(Content.digest.in_(digests - kept)))


def _clean_attempt(session: Session, number: int, words: re.Pattern[str], student: Student) -> None:
    """A group's attempt without one of the group: its name, whom it was matched to, what reports call it."""
    attempt = session.get_one(Attempt, number)
    _clean_label(session, attempt, words)
    hints = [hint for hint in json.loads(attempt.hints) if not any(words.fullmatch(said) for said in hint.values())]
    attempt.hints = compact(_cleaned(hints, words))
    attempt.reading = compact(_cleaned(json.loads(attempt.reading), words))
    for grading in session.scalars(select(Grading).where(Grading.attempt_id == number)):
        report = session.get_one(ReportRow, grading.id)
        body, run = json.loads(report.body), json.loads(report.run)
        body["notes"] = _cleaned(body.get("notes", []), words)
        run["submission"] = _cleaned(run.get("submission", {}), words)
        report.body, report.run = compact(body), compact(run)
        if _is(student, grading.drawn_for):
            grading.drawn_for = GONE


def _clean_label(session: Session, attempt: Attempt, words: re.Pattern[str]) -> None:
    """A label without these words, for all that lies under it: what was told apart by it stays so."""
    if without(attempt.label, words, GONE) == attempt.label:
        return
    labels = session.scalars(select(Attempt.label).where(Attempt.assignment == attempt.assignment))
    taken, old = set(labels), attempt.label
    others = (f"{GONE[:-1]} {number})" for number in itertools.count(2))
    clean = (without(old, words, gone) for gone in itertools.chain([GONE], others))
    new = next(label for label in clean if label not in taken)
    lying = select(Attempt).where(Attempt.assignment == attempt.assignment, Attempt.label == old)
    for one in session.scalars(lying).all():
        one.label = new


def _clean_policies(session: Session, keys: Collection[str]) -> None:
    """Extensions of the student, under every key so far, in every policy that ever held."""
    for row in session.scalars(select(PolicyRow)):
        document = json.loads(row.document)
        for table in ("extensions", "roster_extensions"):
            kept = {one: value for one, value in document.get(table, {}).items() if one.casefold() not in keys}
            if kept != document.get(table, {}):
                document[table] = kept
                row.document = compact(document)


def _cleaned(value: Any, words: re.Pattern[str]) -> Any:
    """A JSON value whose texts do not name the person."""
    if isinstance(value, str):
        return without(value, words, GONE)
    if isinstance(value, list):
        return [_cleaned(one, words) for one in value]
    if isinstance(value, dict):
        return {name: _cleaned(one, words) for name, one in value.items()}
    return value


def _mentions(session: Session, words: re.Pattern[str]) -> Iterator[str]:
    """Where texts that others wrote still name the person. Reports are not searched: they speak of homework."""
    for table in Base.metadata.sorted_tables:
        if table.name in ("grading", "report", "conditions"):
            continue
        keys = list(table.primary_key.columns)
        columns = [column for column in table.columns if isinstance(column.type, Text)]
        for row in session.execute(select(*keys, *columns)):
            for column, value in zip(columns, row[len(keys) :], strict=True):
                # Stored JSON is ASCII: a name stands there as its escapes.
                if isinstance(value, str) and (text := _readable(value)) != without(text, words, GONE):
                    yield f"{table.name} {', '.join(map(str, row[: len(keys)]))}: {column.name}"


def _readable(text: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)
