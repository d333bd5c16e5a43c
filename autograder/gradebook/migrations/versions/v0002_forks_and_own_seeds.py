"""What was seen of forks, and whose values a grading was drawn for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Change the tables."""
    # Added in place, so that no row of a large gradebook is copied.
    op.add_column("grading", sa.Column("drawn_for", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "fork",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("commit", sa.Text(), nullable=False),
        sa.Column("commit_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("timed_by", sa.Text(), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name="fk_fork_student_id"),
        sa.PrimaryKeyConstraint("id", name="pk_fork"),
    )
    op.create_index("ix_fork_assignment", "fork", ["assignment"])
    op.create_index("ix_fork_student_id", "fork", ["student_id"])


def downgrade() -> None:
    """Nothing to go back to: marks are never dropped by a program."""
    raise NotImplementedError("a gradebook is not taken back; a copy was kept before each change of its tables")
