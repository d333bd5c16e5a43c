"""Who may be at work on a gradebook at the same time: locks that end with the process, whatever ends that."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from autograder.errors import UsageError, writing


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock: a file in the gradebook's folder, or one of PostgreSQL's advisory locks (any number, used once)."""

    file: str
    number: int


#: Who grades, publishes or deletes has it alone.
WORK = Lock("lock", 0x6772616465)
#: Who reads reports one after the other shares it; who deletes has it alone.
REPORTS = Lock("reports", 0x6772616466)
#: Who changes PostgreSQL's tables has it; SQLite's file is its own lock.
TABLES = Lock("", 0x6772616467)


@contextlib.contextmanager
def held(lock: Lock, folder: Path | None, engine: Engine, busy: UsageError, *, shared: bool = False) -> Iterator[None]:
    """Hold a lock; where there are no such locks, the database's own rules must do.

    Raises
    ------
    UsageError
        `busy`, where somebody else has it; or the gradebook's folder cannot be written, and the lock is not shared.
    """
    if folder is not None:
        with _opened(folder / lock.file, shared=shared) as file:
            if file is not None and not _locked(file, shared=shared):
                raise busy
            yield
        return
    if engine.dialect.name != "postgresql":
        yield
        return
    mode = "_shared" if shared else ""
    with engine.connect() as connection:
        if not connection.execute(text(f"SELECT pg_try_advisory_lock{mode}(:key)"), {"key": lock.number}).scalar():
            raise busy
        connection.commit()  # the lock is the session's, not the transaction's
        try:
            yield
        finally:
            with contextlib.suppress(DBAPIError):  # a lost connection has lost its locks
                connection.execute(text(f"SELECT pg_advisory_unlock{mode}(:key)"), {"key": lock.number})
                connection.commit()


@contextlib.contextmanager
def _opened(path: Path, *, shared: bool) -> Iterator[IO[str] | None]:
    """The lock's file; None where somebody who only reads can neither make nor open it."""
    try:
        with writing(path.parent):
            file = path.open("a+")
    except UsageError:
        if not shared:
            raise
        try:
            file = path.open()
        except OSError:
            yield None
            return
    with file:
        yield file


def _locked(file: IO[str], *, shared: bool) -> bool:
    """Whether the lock is ours now, or there are no locks."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True
