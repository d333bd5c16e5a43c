"""Attempts know whether staff told when they were handed in; what a batch has still to say is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Change the tables."""
    op.add_column("attempt", sa.Column("time_told", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "untold",
        sa.Column("assignment", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("assignment", name=op.f("pk_untold")),
    )


def downgrade() -> None:
    """Nothing to go back to: marks are never dropped by a program."""
    raise NotImplementedError("a gradebook is not taken back; a copy was kept before each change of its tables")
