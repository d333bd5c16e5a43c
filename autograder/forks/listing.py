"""Which forks there are: a list of addresses, or a CSV file that says whose they are and when they were pushed to."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from autograder.errors import UsageError
from autograder.reports.context import moment

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
    """

    address: str
    login: str
    email: str = ""
    pushes: tuple[Push, ...] = ()


def read(path: Path) -> list[Fork]:
    """The forks of a list.

    The file has an address a line (`#` begins a comment), or is CSV whose first line names columns:
    `repository`, and as far as known `login`, `email`, `commit`, `pushed_at`; several rows of a repository are
    several pushes to it.

    Raises
    ------
    UsageError
        The file cannot be read, names nothing, or says something that cannot be meant.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error
    lines = text.splitlines()
    first = lines[0].split(",") if lines else []
    if "repository" in [name.strip() for name in first]:
        forks = _from_rows(csv.DictReader(io.StringIO(text, newline=""), skipinitialspace=True), path)
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


def _from_rows(rows: Iterator[Mapping[str, str]], path: Path) -> list[Fork]:
    found: dict[str, Fork] = {}
    for number, row in enumerate(rows, 2):
        facts = {name.strip(): (value or "").strip() for name, value in row.items() if isinstance(name, str)}
        address = checked(facts["repository"], path)
        fork = found.get(address) or Fork(
            address, _clean(facts.get("login")) or login_of(address), facts.get("email", "")
        )
        pushes = fork.pushes
        if facts.get("pushed_at"):
            when = moment(facts["pushed_at"])
            if when is None or not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", facts.get("commit", "")):
                raise UsageError(f"{path}, line {number}: a push takes a time with an offset, and the whole commit")
            pushes = (*pushes, Push(when, facts["commit"]))
        ordered = tuple(sorted(pushes, key=lambda push: push.when))
        found[address] = Fork(fork.address, fork.login, fork.email, ordered)
    return list(found.values())


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


def _clean(text: str | None) -> str:
    return _LOGIN.sub("_", text or "").strip(".")[:100]
