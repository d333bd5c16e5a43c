"""What a gradebook keeps, as tables.

Rows are added and never changed, with three exceptions: a student's particulars (names are corrected), when an
attempt was handed in, by whose word, and whether it lies there now, and a publication that was taken back, which says
when and by whom. Three things are deleted: a person by `forgetting`, a credit that a corrected roster no longer
gives, which the batch says, and what is `Untold`, once it is said. What stands is worked out from the rows by
`queries`.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)  # fmt: skip
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Moment(TypeDecorator[datetime]):
    """A point in time. SQLite knows no zones: everything is kept in UTC, and comes back saying so."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables; constraints have names, so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Text, datetime: Moment, bytes: LargeBinary}  # noqa: RUF012 - SQLAlchemy's own way


class Student(Base):
    """One person. `key` is what they are called everywhere: their address, login or number.

    `former` has what rosters called them before, and nobody is called now: keys, addresses and logins, with spaces
    between.
    """

    __tablename__ = "student"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    login: Mapped[str] = mapped_column(default="")
    number: Mapped[str] = mapped_column(default="")
    section: Mapped[str] = mapped_column(default="")
    team: Mapped[str] = mapped_column(default="")
    on_roster: Mapped[bool] = mapped_column(default=False)
    former: Mapped[str] = mapped_column(default="", server_default="")


#: The `turn` of attempts that lie nowhere now: of a fork of which something else is taken, or nothing; and of files
#: that waited for a person, who has given them another name.
NOT_THERE = -1


class Content(Base):
    """A submission's accepted files, packed, once for each digest: a regrade needs no download any more."""

    __tablename__ = "content"

    digest: Mapped[str] = mapped_column(primary_key=True)
    packed: Mapped[bytes]


class Attempt(Base):
    """One thing that was handed in.

    `digest` is that of its files; of what could not be opened it is that of the file itself, after `unopened:`,
    and `problem` says why. `reading` is what else was found out while reading it (JSON). Of all that was handed in
    under one label, what lies there now has the greatest `turn`; where all have `NOT_THERE`, nothing does any more.
    `time_told`: staff told when it was handed in, and no platform's word changes that.
    """

    __tablename__ = "attempt"
    __table_args__ = (UniqueConstraint("assignment", "label", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment: Mapped[str]
    label: Mapped[str]
    digest: Mapped[str]
    source: Mapped[str]
    number: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"))  # of any size there
    submitted_at: Mapped[datetime | None]
    marked_late: Mapped[bool]
    hints: Mapped[str]
    reading: Mapped[str]
    problem: Mapped[str | None]
    seen_at: Mapped[datetime]
    turn: Mapped[int] = mapped_column(server_default="0")
    time_told: Mapped[bool] = mapped_column(default=False, server_default=false())


class Credit(Base):
    """An attempt counts for a student: one row, or one for each of a group."""

    __tablename__ = "credit"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), primary_key=True, index=True)


class Conditions(Base):
    """What a grading depends on besides the submission: rubric, cases, limits, seed, checks, profile.

    `details` (JSON) holds a digest for each section, so that a regrade knows what a change can affect, and how to
    grade so again (edition, overlay); never a secret seed.
    """

    __tablename__ = "conditions"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    assignment: Mapped[str]
    edition: Mapped[str]
    seed: Mapped[str]
    checks: Mapped[str]
    profile: Mapped[str]
    details: Mapped[str]
    created_at: Mapped[datetime]


class Grading(Base):
    """One attempt graded under some conditions: once.

    `summary` has each section's key, group, status, points and maximum, so that tables need not open reports.
    `drawn_for` is the student whose own values were drawn under a secret seed; empty where all had the same ones.
    """

    __tablename__ = "grading"
    __table_args__ = (UniqueConstraint("attempt_id", "conditions_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    conditions_id: Mapped[int] = mapped_column(ForeignKey("conditions.id"), index=True)
    summary: Mapped[str]
    graded_at: Mapped[datetime]
    drawn_for: Mapped[str] = mapped_column(default="", server_default="")


class ReportRow(Base):
    """A grading's report: `body` is it without its `run`, byte by byte the same wherever it was made; `run` the rest.

    Apart from the gradings, which lie close together without it: a class is listed without reading past 35 kB each.
    """

    __tablename__ = "report"

    grading_id: Mapped[int] = mapped_column(ForeignKey("grading.id"), primary_key=True)
    body: Mapped[str]
    run: Mapped[str]


class Failure(Base):
    """We could not grade an attempt: why, and how often it was tried. The next run tries again."""

    __tablename__ = "failure"

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), index=True)
    conditions_id: Mapped[int] = mapped_column(ForeignKey("conditions.id"))
    reason: Mapped[str]
    tries: Mapped[int]
    failed_at: Mapped[datetime]


class Publication(Base):
    """Gradings that were made to stand, all at once; of an attempt's the newest that was not taken back decides.

    `conditions_id` are those that the class is graded under from then on: of gradings that leave somebody out who is
    graded, the ones of before (`drafts.publish`).
    """

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment: Mapped[str] = mapped_column(index=True)
    conditions_id: Mapped[int] = mapped_column(ForeignKey("conditions.id"))
    who: Mapped[str]
    why: Mapped[str]
    published_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]
    undone_why: Mapped[str | None]


class Published(Base):
    """A grading is part of a publication."""

    __tablename__ = "published"

    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"), primary_key=True)
    grading_id: Mapped[int] = mapped_column(ForeignKey("grading.id"), primary_key=True, index=True)


#: What stands for a digest where nothing was handed in.
NO_WORK = "nothing"


class Adjustment(Base):
    """Points by hand. `section` empty: of the group as a whole; `revokes` takes an earlier one back.

    `work` is the digest of the attempt that counted then, or `NO_WORK`; empty where that was not written down.
    """

    __tablename__ = "adjustment"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment: Mapped[str]
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), index=True)
    section: Mapped[str]
    group: Mapped[str]
    kind: Mapped[str]
    points: Mapped[str]
    who: Mapped[str]
    why: Mapped[str]
    made_at: Mapped[datetime]
    revokes: Mapped[int | None] = mapped_column(ForeignKey("adjustment.id"))
    work: Mapped[str] = mapped_column(default="", server_default="")


class ForkRow(Base):
    """What was seen of a student's fork when it was fetched; the newest of a login tells.

    `state` and `remarks` (JSON) are as `forks` says them; a fork that could not be had has no attempt.
    """

    __tablename__ = "fork"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment: Mapped[str] = mapped_column(index=True)
    login: Mapped[str]
    student_id: Mapped[int | None] = mapped_column(ForeignKey("student.id"), index=True)
    address: Mapped[str]
    state: Mapped[str]
    commit: Mapped[str]
    commit_at: Mapped[datetime | None]
    timed_by: Mapped[str]
    remarks: Mapped[str]
    seen_at: Mapped[datetime]


class PolicyRow(Base):
    """The rules of attempts and lateness, as declared (JSON), by whom and why; the newest of an assignment holds."""

    __tablename__ = "policy"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment: Mapped[str] = mapped_column(index=True)
    document: Mapped[str]
    declared_at: Mapped[datetime]
    who: Mapped[str] = mapped_column(default="", server_default="")
    why: Mapped[str] = mapped_column(default="", server_default="")


class Untold(Base):
    """What everybody had, as a batch last said it (JSON): there while one runs, and after one that was killed."""

    __tablename__ = "untold"

    assignment: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[str]
