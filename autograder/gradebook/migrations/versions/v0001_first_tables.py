"""The first tables: students, attempts, gradings, publications, adjustments, policies."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def text(name: str) -> sa.Column[str]:
    """A column of text."""
    return sa.Column(name, sa.Text(), nullable=False)


def number(name: str) -> sa.Column[int]:
    """A column of integers."""
    return sa.Column(name, sa.Integer(), nullable=False)


def moment(name: str, *, nullable: bool) -> sa.Column[datetime]:
    """A column of times, in UTC."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "attempt",
        number("id"),
        text("assignment"),
        text("label"),
        text("digest"),
        text("source"),
        number("number"),
        moment("submitted_at", nullable=True),
        sa.Column("marked_late", sa.Boolean(), nullable=False),
        text("hints"),
        text("reading"),
        sa.Column("problem", sa.Text(), nullable=True),
        moment("seen_at", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attempt"),
        sa.UniqueConstraint("assignment", "label", "digest", name="uq_attempt_assignment_label_digest"),
    )
    op.create_table(
        "conditions",
        number("id"),
        text("digest"),
        text("assignment"),
        text("edition"),
        text("seed"),
        text("checks"),
        text("profile"),
        text("details"),
        moment("created_at", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conditions"),
        sa.UniqueConstraint("digest", name="uq_conditions_digest"),
    )
    op.create_table(
        "content",
        text("digest"),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_content"),
    )
    op.create_table(
        "policy",
        number("id"),
        text("assignment"),
        text("document"),
        moment("declared_at", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_policy"),
    )
    op.create_index("ix_policy_assignment", "policy", ["assignment"])

    op.create_table(
        "student",
        number("id"),
        text("key"),
        text("name"),
        text("email"),
        text("login"),
        text("number"),
        text("section"),
        text("team"),
        sa.Column("on_roster", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_student"),
        sa.UniqueConstraint("key", name="uq_student_key"),
    )
    op.create_table(
        "adjustment",
        number("id"),
        text("assignment"),
        number("student_id"),
        text("section"),
        text("group"),
        text("kind"),
        text("points"),
        text("who"),
        text("why"),
        moment("made_at", nullable=False),
        sa.Column("revokes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["revokes"], ["adjustment.id"], name="fk_adjustment_revokes"),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name="fk_adjustment_student_id"),
        sa.PrimaryKeyConstraint("id", name="pk_adjustment"),
    )
    op.create_index("ix_adjustment_student_id", "adjustment", ["student_id"])

    op.create_table(
        "credit",
        number("attempt_id"),
        number("student_id"),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name="fk_credit_attempt_id"),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name="fk_credit_student_id"),
        sa.PrimaryKeyConstraint("attempt_id", "student_id", name="pk_credit"),
    )
    op.create_index("ix_credit_student_id", "credit", ["student_id"])

    op.create_table(
        "failure",
        number("id"),
        number("attempt_id"),
        number("conditions_id"),
        text("reason"),
        number("tries"),
        moment("failed_at", nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name="fk_failure_attempt_id"),
        sa.ForeignKeyConstraint(["conditions_id"], ["conditions.id"], name="fk_failure_conditions_id"),
        sa.PrimaryKeyConstraint("id", name="pk_failure"),
    )
    op.create_index("ix_failure_attempt_id", "failure", ["attempt_id"])

    op.create_table(
        "grading",
        number("id"),
        number("attempt_id"),
        number("conditions_id"),
        text("report"),
        text("run"),
        text("summary"),
        moment("graded_at", nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name="fk_grading_attempt_id"),
        sa.ForeignKeyConstraint(["conditions_id"], ["conditions.id"], name="fk_grading_conditions_id"),
        sa.PrimaryKeyConstraint("id", name="pk_grading"),
        sa.UniqueConstraint("attempt_id", "conditions_id", name="uq_grading_attempt_id_conditions_id"),
    )
    op.create_index("ix_grading_conditions_id", "grading", ["conditions_id"])

    op.create_table(
        "publication",
        number("id"),
        text("assignment"),
        number("conditions_id"),
        text("who"),
        text("why"),
        moment("published_at", nullable=False),
        moment("undone_at", nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.Column("undone_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["conditions_id"], ["conditions.id"], name="fk_publication_conditions_id"),
        sa.PrimaryKeyConstraint("id", name="pk_publication"),
    )
    op.create_index("ix_publication_assignment", "publication", ["assignment"])

    op.create_table(
        "published",
        number("publication_id"),
        number("grading_id"),
        sa.ForeignKeyConstraint(["grading_id"], ["grading.id"], name="fk_published_grading_id"),
        sa.ForeignKeyConstraint(["publication_id"], ["publication.id"], name="fk_published_publication_id"),
        sa.PrimaryKeyConstraint("publication_id", "grading_id", name="pk_published"),
    )
    op.create_index("ix_published_grading_id", "published", ["grading_id"])


def downgrade() -> None:
    """Nothing to go back to: marks are never dropped by a program."""
    raise NotImplementedError("a gradebook is not taken back; a copy was kept before each change of its tables")
