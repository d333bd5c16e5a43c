"""Students under pseudonyms: names of pages that nobody can guess, and reports that identify nobody.

A page's name and a student's pseudonym are HMACs of the student's key under a secret that lies in a file of its own.
So they are the same each time a site is made, links stay good, and whoever has the pages, or even the gradebook, but
not the file, cannot tell whose page is whose. Nothing has to be kept in the gradebook; without the file a new one
gives everybody a new address.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder.errors import UsageError
from autograder.gradebook import names
from autograder.gradebook.enrolment import Person
from autograder.grading.report import Check, Report, gathered

#: Bytes of a secret, and of a page's name: 128 bits, 26 characters.
_SECRET, _NAME = 32, 16
GONE = "…"


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """What students are called where nobody is to know them."""

    secret: bytes
    assignment: str

    def page(self, student: str) -> str:
        """The name of a student's page."""
        return base64.b32encode(self._hmac("page", student)[:_NAME]).decode().rstrip("=").lower() + ".html"

    def name(self, student: str) -> str:
        """What the page calls them: `Student 7Q2M-XK4D`."""
        text = base64.b32encode(self._hmac("name", student)[:5]).decode()
        return f"Student {text[:4]}-{text[4:]}"

    def _hmac(self, what: str, student: str) -> bytes:
        return hmac.digest(self.secret, f"{what}\0{self.assignment}\0{student}".encode(), hashlib.sha256)


def load(path: Path, assignment: str) -> Pseudonyms:
    """The pseudonyms by the secret in a file, which is made where it is not there.

    Raises
    ------
    UsageError
        The file cannot be read or made, or holds no secret of ours.
    """
    try:
        if not path.exists():
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(file, "w", encoding="ascii") as stream:
                stream.write(secrets.token_hex(_SECRET) + "\n")
        text = path.read_text("ascii").strip()
        secret = bytes.fromhex(text)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read or made: {error.strerror or error}") from error
    except (UnicodeDecodeError, ValueError) as error:
        raise UsageError(f"{path}: holds no secret for pseudonyms", hint="name a new file: it is made") from error
    if len(secret) < _SECRET:
        raise UsageError(f"{path}: the secret is shorter than {_SECRET} bytes", hint="name a new file: it is made")
    return Pseudonyms(secret, assignment)


def without_names(report: Report, people: Iterable[Person], labels: Iterable[str]) -> Report:
    """The report without what the submission itself wrote, and with its students' particulars taken out.

    What was printed, texts of exceptions and lines of source may say anything; files may be called anything. What
    the grader says about the homework stays.
    """
    words = _names(people, labels)
    sections = tuple(
        replace(
            section,
            message=_clean(section.message, words),
            checks=tuple(_cleaned(check, words) for check in section.checks),
        )
        for section in report.sections
    )
    keys = tuple(f"{section.key}: " for section in report.sections)
    notes = tuple(_clean(note, words) for note in report.notes if note.startswith(keys))
    facts = {key: _facts(gathered(found), words) for key, found in report.run.get("sections", {}).items()}
    run = {"isolation": report.run.get("isolation"), "sections": facts}
    return replace(report, sections=sections, notes=notes, run=run)


def _cleaned(check: Check, words: re.Pattern[str]) -> Check:
    return replace(check, message=_clean(check.message, words))


def _facts(found: Mapping[str, Any], words: re.Pattern[str]) -> dict[str, Any]:
    frames = [
        {"file": _clean(str(f.get("file")), words), "line": f.get("line"),
         "function": _clean(str(f.get("function")), words)}
        for f in found.get("traceback", ())
    ]  # fmt: skip
    example = found.get("example")
    kept = {} if not example else {"example": {**example, "message": _clean(str(example.get("message")), words)}}
    return {"traceback": frames, **kept}


def _names(people: Iterable[Person], labels: Iterable[str]) -> re.Pattern[str]:
    found, within = set(labels), set[str]()
    for one in people:
        found |= names.particulars(one.key, one.name, one.email, one.login, one.number, one.former) | {one.team}
        found |= names.parts(one.name, one.email.partition("@")[0], one.key)
        within |= names.compounds(one.name)
    return names.pattern(found, within=within)


def _clean(text: str, words: re.Pattern[str]) -> str:
    return names.without(text, words, GONE)
