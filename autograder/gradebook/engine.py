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
from typing import IO, Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from autograder.errors import HarnessError, UsageError, writing

#: The newest migration; a test holds that it is.
HEAD = "0005"
FILE = "gradebook.sqlite"
#: What PostgreSQL's advisory lock of a running batch is called (any number that nothing else uses).
LOCK = 0x6772616465


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

    def session(self) -> Session:
        """A session for reading; its objects are not to leave the modules of this package."""
        return Session(self.engine)

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: all of it is written, or nothing.

        Raises
        ------
        HarnessError
            The database refused (a full disk, a lost connection); what was committed before stays.
        """
        try:
            with Session(self.engine) as session, session.begin():
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
        if self.folder is not None:
            with writing(self.folder):
                file = (self.folder / "lock").open("w")
            with file:
                if not _locked(file):
                    raise busy
                yield
            return
        if self.engine.dialect.name != "postgresql":
            yield
            return
        with self.engine.connect() as connection:
            if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK}).scalar():
                raise busy
            connection.commit()  # the lock is the session's, not the transaction's
            yield

    def _bring_up_to_date(self, create: bool) -> None:
        with self.engine.connect() as connection:
            version = _version(connection)
        if version == HEAD:
            return
        if version is None and not create:
            raise UsageError(f"{shown(self.place)}: no gradebook there", hint="`python runner.py batch` makes one")
        if version is not None and version > HEAD:
            raise UsageError(
                f"{shown(self.place)}: was written by a newer version of this program (tables {version}, here {HEAD})",
                hint="update the program",
            )
        if version is None:
            migrate(self.engine)
            return
        try:
            if self.folder is not None:
                _keep_copy(self.folder / FILE, version)
            migrate(self.engine)
        except (DBAPIError, sqlite3.Error, OSError) as error:
            raise UsageError(
                f"{shown(self.place)}: has tables of an older version ({version}), and cannot be written to bring them "
                f"up to date: {reason(error) if isinstance(error, DBAPIError) else error}",
                hint="get the right to write there, or copy the folder to a place of your own",
            ) from error
        # What moved left its room behind. All is well without this, should there be no room on the disk for it.
        with contextlib.suppress(DBAPIError, sqlite3.Error):
            rewrite(self.engine)


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the tables to a revision, in one transaction."""
    from alembic import command
    from alembic.config import Config

    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    configuration.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, revision)


def rewrite(engine: Engine) -> None:
    """Have the database write its tables anew, without what was deleted or moved."""
    if engine.dialect.name == "sqlite":
        with contextlib.closing(engine.raw_connection()) as connection:
            connection.cursor().execute("VACUUM")  # outside of the transactions that the engine begins
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in inspect(connection).get_table_names():
            connection.execute(text(f'VACUUM (FULL) "{table}"'))


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
        "foreign_keys = ON",
        "journal_mode = DELETE",
        "synchronous = FULL",
        "busy_timeout = 30000",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return version


def _keep_copy(file: Path, version: str) -> None:
    """Before its tables change, a copy of the whole file stays beside it, for nobody else to read."""
    copy = file.with_name(f"{file.stem}-before-{HEAD}-was-{version}{file.suffix}")
    copy.touch(mode=0o600)
    with (
        contextlib.closing(sqlite3.connect(file)) as source,
        contextlib.closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)


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


def _locked(file: IO[str]) -> bool:
    """Whether the lock is ours now; where there are no such locks, the database's own rules must do."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True


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
