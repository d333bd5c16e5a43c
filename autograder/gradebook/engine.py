"""Opening a gradebook: a folder with an SQLite file, or the address of a PostgreSQL database.

SQLite keeps its rollback journal and waits for the disk at each commit: write-ahead logging is faster, but needs
shared memory, which network file systems have not, and a marks file of a few hundred rows needs no speed.
"""

from __future__ import annotations

import contextlib
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from autograder.errors import HarnessError, UsageError

from . import locks
from .upgrading import rewrite, upgraded, version_of

#: The newest migration; a test holds that it is.
HEAD = "0008"
FILE = "gradebook.sqlite"
#: Seconds for which SQLite waits for others that are at work on the file.
PATIENCE = 60


class Gradebook:
    """An open gradebook.

    Parameters
    ----------
    place
        A folder, or a database's address (`postgresql://…`).
    create
        Make it where it is not there.

    Raises
    ------
    UsageError
        It is not there, cannot be opened, or was written by a newer version.
    """

    def __init__(self, place: str, *, create: bool = False) -> None:
        self.place = place
        self.folder = None if "://" in place else Path(place)
        if self.folder is not None and not _is_file(self.folder / FILE):
            if not create:
                raise UsageError(f"{place}: no gradebook there", hint="`python runner.py batch` makes one")
            self._make_file(self.folder)
        self.engine = _engine(place if self.folder is None else f"sqlite:///{(self.folder / FILE).resolve()}")
        self._moment: Session | None = None
        self._reader: Engine = self.engine
        self._writer: Engine = self.engine
        if self.engine.dialect.name == "sqlite":
            # Who will write says so from the start: of two who have read, the second could write no more.
            self._writer = self.engine.execution_options(begin="BEGIN IMMEDIATE")
        else:
            self._reader = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        try:
            self._bring_up_to_date(create)
        except DBAPIError as error:
            self.engine.dispose()
            raise UsageError(f"{shown(place)}: cannot be opened: {reason(error)}") from error
        except BaseException:
            self.engine.dispose()
            raise

    @staticmethod
    def _make_file(folder: Path) -> None:
        """Marks are nobody else's business, also in a folder that was there before and keeps its mode."""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (folder / FILE).touch(mode=0o600)  # journals get the mode of their database
        except OSError as error:
            raise UsageError(f"{folder}: cannot be made: {error.strerror or error}") from error

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(self, *exception: object) -> None:
        self.engine.dispose()

    @contextlib.contextmanager
    def session(self) -> Iterator[Session]:
        """A session for reading, as of one moment; its objects are not to leave the modules of this package."""
        if self._moment is not None:
            yield self._moment
            return
        with Session(self._reader) as session:
            yield session

    @contextlib.contextmanager
    def moment(self) -> Iterator[None]:
        """Answer all that is asked within as of one moment, whoever writes meanwhile.

        Not for long: who writes to SQLite's file waits until it is over. Nothing can be written within.
        """
        with self.session() as session:
            before, self._moment = self._moment, session
            try:
                yield
            finally:
                self._moment = before

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: all of it is written, or nothing.

        Raises
        ------
        HarnessError
            The database refused (a full disk, a lost connection); what was committed before stays.
        """
        if self._moment is not None:
            raise RuntimeError("written within a moment: it would wait for itself")
        try:
            with Session(self._writer) as session, session.begin():
                yield session
        except DBAPIError as error:
            raise HarnessError(
                f"the gradebook {shown(self.place)} cannot be written: {reason(error)}",
                hint="what was written before is safe, and the same command goes on from there",
            ) from error

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other batch out, for as long as this process lives.

        Raises
        ------
        UsageError
            Another one is at work, or the gradebook's folder cannot be written.
        """
        busy = UsageError(
            f"{shown(self.place)}: another batch or regrade is at work on this gradebook",
            hint="wait for it, or end it",
        )
        with locks.held(locks.WORK, self.folder, self.engine, busy):
            yield

    @contextlib.contextmanager
    def undeleted(self) -> Iterator[None]:
        """Keep out who deletes, so that reports may be read one after the other.

        Raises
        ------
        UsageError
            Somebody is being taken out.
        """
        busy = UsageError(
            f"{shown(self.place)}: a student is being taken out of this gradebook",
            hint="give the command again when that is done",
        )
        with locks.held(locks.REPORTS, self.folder, self.engine, busy, shared=True):
            yield

    @contextlib.contextmanager
    def deleting(self) -> Iterator[None]:
        """Keep out who reads reports.

        Raises
        ------
        UsageError
            Somebody does, or the gradebook's folder cannot be written.
        """
        busy = UsageError(
            f"{shown(self.place)}: a summary, an export or the like is reading this gradebook, so nobody was taken out",
            hint="wait for it, or end it",
        )
        with locks.held(locks.REPORTS, self.folder, self.engine, busy):
            yield

    def _bring_up_to_date(self, create: bool) -> None:
        with self.engine.connect() as connection:
            version = version_of(connection)
        if version == HEAD:
            return
        if version is None and not create:
            raise UsageError(f"{shown(self.place)}: no gradebook there", hint="`python runner.py batch` makes one")
        if version is not None and version > HEAD:
            raise UsageError(
                f"{shown(self.place)}: was written by a newer version of this program (tables {version}, here {HEAD})",
                hint="update the program",
            )
        try:
            changed = upgraded(self._writer, self.folder and self.folder / FILE, HEAD)
        except (DBAPIError, sqlite3.Error, OSError) as error:
            why = reason(error) if isinstance(error, DBAPIError) else str(error)
            if version is None:
                raise UsageError(f"{shown(self.place)}: tables cannot be made there: {why}") from error
            raise UsageError(
                f"{shown(self.place)}: has tables of an older version ({version}), and cannot be written to bring them "
                f"up to date: {why}",
                hint="give the command again when those that are at work on it are done"
                if _busy(error)
                else "get the right to write there, or copy the folder to a place of your own",
            ) from error
        # What moved left its room behind. All is well without this, should there be no room on the disk for it.
        if changed and version is not None:
            with contextlib.suppress(DBAPIError, sqlite3.Error):
                rewrite(self.engine)


def _engine(address: str) -> Engine:
    if address.startswith(("postgres://", "postgresql://")):
        address = "postgresql+psycopg://" + address.partition("://")[2]
    try:
        url = make_url(address)
        engine = create_engine(url, pool_pre_ping=not address.startswith("sqlite"))
    except (ArgumentError, ImportError) as error:
        raise UsageError(
            f"{shown(address)}: no address of a gradebook: {error}",
            hint="a folder, or postgresql://USER@HOST/DATABASE; needs requirements-staff.txt",
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, record: Any) -> None:
    # Transactions are begun by us: the driver's own habit leaves table changes outside of them.
    connection.isolation_level = None
    # What is deleted is overwritten: somebody may have asked to be forgotten.
    for pragma in (
        f"busy_timeout = {PATIENCE * 1000}",
        "foreign_keys = ON",
        "journal_mode = DELETE",
        "synchronous = FULL",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def _is_file(path: Path) -> bool:
    """Whether there is a file; a folder that cannot be looked into is not one without.

    Raises
    ------
    UsageError
        It cannot be looked into.
    """
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise UsageError(f"{path.parent}: cannot be read: {error.strerror or error}") from error


def _busy(error: Exception) -> bool:
    """Whether it was only that somebody else was at work for too long."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY


def shown(place: str) -> str:
    """A place as it may be shown: without a password."""
    if "://" not in place:
        return place
    try:
        return make_url(place).render_as_string(hide_password=True)
    except ArgumentError:
        return place.partition("://")[0] + "://…"


def reason(error: DBAPIError) -> str:
    """What the database said, in one line."""
    return str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
