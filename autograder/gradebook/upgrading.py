"""Bringing a gradebook's tables up to date, by one process at a time, with a copy of a file from before beside it."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from .locks import TABLES


def version_of(connection: Connection) -> str | None:
    """Which migration the tables are of; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return version


def upgraded(engine: Engine, file: Path | None, head: str) -> bool:
    """Bring the tables up to date; False where somebody else did so meanwhile.

    Parameters
    ----------
    engine
        Its transactions keep out who writes: SQLite's from the start, PostgreSQL's by a lock that is taken here.
    file
        SQLite's file, of which a copy is kept; None: what a server keeps of earlier is its own.
    """
    kept = None
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": TABLES.number})
            version = version_of(connection)
            if version == head:
                return False
            if version is not None and file is not None:
                kept = _copied(file, f"{file.stem}-before-{head}-was-{version}")
            _upgrade(connection, "head")
    except BaseException:
        if kept is not None:  # nothing has changed
            kept.unlink(missing_ok=True)
        raise
    return True


def migrate(engine: Engine, revision: str) -> None:
    """Bring the tables to a revision, in one transaction."""
    with engine.begin() as connection:
        _upgrade(connection, revision)


def _upgrade(connection: Connection, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    configuration.set_main_option("path_separator", "os")
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


def _copied(file: Path, name: str) -> Path:
    """A copy of the whole file beside it, for nobody else to read, under a name that no other copy has."""
    names = (f"{name}{more}{file.suffix}" for more in itertools.chain([""], (f"-{n}" for n in itertools.count(2))))
    copy = next(path for path in map(file.with_name, names) if not path.exists())
    unfinished = copy.with_name(f"{copy.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        unfinished.touch(mode=0o600)
        with (
            contextlib.closing(sqlite3.connect(file)) as source,
            contextlib.closing(sqlite3.connect(unfinished)) as target,
        ):
            source.backup(target)
        unfinished.replace(copy)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return copy
