"""Which forks there are: a list of addresses, or a CSV file that says whose they are and when they were pushed to."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from autograder.errors import UsageError
from autograder.reports.context import moment

#: What a CSV file may say of a fork.
COLUMNS = ("repository", "login", "email", "commit", "pushed_at")

_SCP = re.compile(r"(?:[\w.-]+@)?[\w.-]+:(?!//)[\w./~-]+")
_LOGIN = re.compile(r"[^\w.@+-]+")


@dataclass(frozen=True, slots=True)
class Push:
    """A push that the course saw: a webhook, an audit log. Its time is the server's, which no student sets."""

    when: datetime
    commit: str


@dataclass(frozen=True, slots=True)
class Fork:
    """One student's repository.

    Attributes
    ----------
    address
        Where git finds it; never with a password.
    pushes
        In order of time; empty where nobody kept them.
    commit
        The one that is graded, whatever its time: where it is listed without that of its push.
    """

    address: str
    login: str
    email: str = ""
    pushes: tuple[Push, ...] = ()
    commit: str = ""


def read(path: Path) -> list[Fork]:
    """The forks of a list.

    The file has an address a line (`#` begins a comment), or is CSV whose first line names columns:
    `repository`, and as far as known `login`, `email`, `commit`, `pushed_at`; several rows of a repository are
    several pushes to it. A commit without the time of its push is the one that is graded.

    Raises
    ------
    UsageError
        The file cannot be read, names nothing, or says something that cannot be meant.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: cannot be read: {error}", hint="save it as text in UTF-8") from error
    lines = text.splitlines()
    columns = [name.strip().lower() for name in next(csv.reader(lines[:1], skipinitialspace=True), [])]
    if "repository" in columns:
        _hold_columns(columns, path)
        forks = _from_rows(_rows(text, path), columns, path)
    else:
        stripped = (line.partition("#")[0].strip() for line in lines)
        forks = [Fork(checked(line, path), login_of(line)) for line in stripped if line]
    if not forks:
        raise UsageError(f"{path} names no repository")
    # Servers take logins of other case for the same, and so do some file systems.
    counted = Counter(fork.login.casefold() for fork in forks)
    twice = sorted({fork.login for fork in forks if counted[fork.login.casefold()] > 1})
    if twice:
        raise UsageError(f"{path}: two repositories of {', '.join(twice[:3])}", hint="give each a login of its own")
    return forks


def _hold_columns(columns: Sequence[str], path: Path) -> None:
    """Turn down what nobody would read: a misspelt `login` would enrol students under other keys."""
    if unknown := [name for name in columns if name and name not in COLUMNS]:
        raise UsageError(f"{path}: unknown column {unknown[0][:80]!a}", hint="its columns are: " + ", ".join(COLUMNS))
    if twice := [name for name, count in Counter(columns).items() if name and count > 1]:
        raise UsageError(f"{path}: two columns {twice[0]!r}", hint="leave one of them out")


def _rows(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows below the columns, each with the number of its first line.

    A quote that is not closed would otherwise take all forks after it into one cell.
    """
    table = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True, strict=True)
    line = 1
    try:
        for number, row in enumerate(table):
            if number and row:
                yield line, row
            line = table.line_num + 1
    except csv.Error as error:
        raise UsageError(f"{path}: is no CSV file: {error}, in the row that begins in line {line}") from error


def _from_rows(rows: Iterator[tuple[int, list[str]]], columns: Sequence[str], path: Path) -> list[Fork]:
    found: dict[str, Fork] = {}
    for number, row in rows:
        if any(cell.strip() for cell in row[len(columns) :]):
            raise UsageError(
                f"{path}, line {number}: {len(row)} cells under {len(columns)} columns",
                hint="a cell that has a comma in it needs quotes round it",
            )
        facts = {
            **dict.fromkeys(COLUMNS, ""),
            **{name: value.strip() for name, value in zip(columns, row, strict=False)},
        }
        address = checked(facts["repository"], path)
        login = _clean(facts["login"]) or login_of(address)
        fork = found.get(address) or Fork(address, login, facts["email"])
        found[address] = _with_push(fork, facts["commit"].lower(), facts["pushed_at"], f"{path}, line {number}")
    return list(found.values())


def _with_push(fork: Fork, commit: str, pushed_at: str, where: str) -> Fork:
    """A fork with what one more row says of its commits."""
    if not commit and not pushed_at:
        return fork
    when = moment(pushed_at) if pushed_at else None
    if not commit:
        raise UsageError(f"{where}: a push without its commit", hint="give the whole commit, or no time")
    if not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", commit):
        raise UsageError(f"{where}: {commit[:80]!a} is no whole commit", hint="40 hexadecimal digits, or 64")
    if pushed_at and when is None:
        raise UsageError(f"{where}: {pushed_at[:80]!a} is no time with an offset", hint="such as 2026-10-01T23:59:59Z")
    if fork.commit or (when is None and fork.pushes):
        raise UsageError(f"{where}: a second commit of {fork.login}", hint="give each of them the time of its push")
    if when is None:
        return replace(fork, commit=commit)
    pushes = sorted((*fork.pushes, Push(when, commit)), key=lambda push: push.when)
    return replace(fork, pushes=tuple(pushes))


def checked(address: str, path: Path) -> str:
    """An address that git may be given.

    Raises
    ------
    UsageError
        It could be taken for an option or a program, or holds a password.
    """
    parts = urlsplit(address)
    if parts.password is not None or (parts.username and parts.scheme in ("http", "https")):
        raise UsageError(
            f"{path}: an address holds a name or password ({parts.hostname})", hint="give the token by --token-file"
        )
    if "://" in address and re.fullmatch(r"[a-z]+", parts.scheme) and (parts.hostname or parts.scheme == "file"):
        return address
    if _SCP.fullmatch(address) and not address.startswith("-"):
        return address
    raise UsageError(f"{path}: no address of a repository: {address[:80]!a}", hint="such as https://host/owner/name")


def login_of(address: str) -> str:
    """Whose a repository is, by its address: the folder that it lies in, as in `https://host/owner/name`."""
    parts = [part for part in re.split(r"[/:]", address.partition("://")[2] or address) if part]
    return _clean(parts[-2] if len(parts) > 2 or "://" not in address else parts[-1].removesuffix(".git"))


def _clean(text: str) -> str:
    return _LOGIN.sub("_", text).strip(".")[:100]
