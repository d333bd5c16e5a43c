"""Attempts know whether staff told when they were handed in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Change the tables."""
    op.add_column("attempt", sa.Column("time_told", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Nothing to go back to: marks are never dropped by a program."""
    raise NotImplementedError("a gradebook is not taken back; a copy was kept before each change of its tables")
