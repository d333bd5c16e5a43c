"""Gradebooks in both databases."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import postgres
import pytest
from sqlalchemy import create_engine, text

from autograder.gradebook.engine import Gradebook

_numbers = itertools.count()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A PostgreSQL server's address."""
    with postgres.server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a gradebook may be made: a folder, or a fresh database."""
    if request.param == "sqlite":
        return str(tmp_path / "book")
    found: str = request.getfixturevalue("database")
    return found


@pytest.fixture
def database(server: str) -> str:
    """A fresh PostgreSQL database."""
    name = f"book{next(_numbers)}"
    engine = create_engine(f"{server}/postgres".replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{server}/{name}"


@pytest.fixture
def book(place: str) -> Iterator[Gradebook]:
    """An empty gradebook."""
    with Gradebook(place, create=True) as made:
        yield made
