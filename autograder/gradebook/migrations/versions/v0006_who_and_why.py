"""Points by hand know whose work they were given for, and policies who declared them and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Change the tables."""
    op.add_column("adjustment", sa.Column("work", sa.Text(), nullable=False, server_default=""))
    op.add_column("policy", sa.Column("who", sa.Text(), nullable=False, server_default=""))
    op.add_column("policy", sa.Column("why", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Nothing to go back to: marks are never dropped by a program."""
    raise NotImplementedError("a gradebook is not taken back; a copy was kept before each change of its tables")
