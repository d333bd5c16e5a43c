"""Alembic's entry: run on the connection that the caller has opened, or print the SQL."""

from __future__ import annotations

from alembic import context

from autograder.gradebook.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",  # SQLite cannot alter a column in place
    compare_type=True,
)
context.run_migrations()
