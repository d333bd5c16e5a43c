"""Room for the large numbers that names of submissions may have."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Change the tables."""
    if op.get_bind().dialect.name != "sqlite":  # there every integer has room
        op.alter_column("attempt", "number", type_=sa.BigInteger(), existing_type=sa.Integer(), existing_nullable=False)


def downgrade() -> None:
    """Nothing to go back to: marks are never dropped by a program."""
    raise NotImplementedError("a gradebook is not taken back; a copy was kept before each change of its tables")
