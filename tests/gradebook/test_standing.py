"""Which attempt counts, what results, and what a regrade would change."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import making
import pytest

from autograder.errors import UsageError
from autograder.gradebook import adjustments, drafts, publications, queries, store
from autograder.gradebook.adjustments import Change
from autograder.gradebook.engine import Gradebook
from autograder.gradebook.standing import LATE as LATE_WORK
from autograder.gradebook.standing import Standing, standings
from autograder.gradebook.standing import of as standing_of


@pytest.fixture
def conditions(book: Gradebook) -> int:
    return store.conditions(book, making.terms())


def grade(
    book: Gradebook,
    label: str,
    student: int,
    points: dict[str, str],
    hours: float | None = 0,
    by: int = 1,
    text: str = "",
) -> int:
    attempt = store.hand_in(book, making.NAME, making.handed(label, text=text, hours=hours), [student])
    conditions = store.conditions(book, making.terms(by))
    publication = publications.standing_publication(book, making.NAME, conditions, "ta")
    store.record(book, making.graded(attempt, conditions, points), publication)
    return attempt


def of(book: Gradebook, key: str, draft: int | None = None) -> Standing:
    return next(s for s in standings(book, making.NAME, draft).standings if s.person.key == key)


@pytest.mark.parametrize(("attempts", "label"), [("last", "a3"), ("first", "a1"), ("best", "a2")])
def test_the_policy_says_which_attempt_counts(book: Gradebook, attempts: str, label: str) -> None:
    ann = making.enrolled(book, "ann")["ann"]
    store.declare(book, making.NAME, {"attempts": attempts})
    grade(book, "a2", ann, {"A": "10", "B": "0"}, hours=2)
    grade(book, "a1", ann, {"A": "0", "B": "0"}, hours=1)
    grade(book, "a3", ann, {"A": "5", "B": "0"}, hours=3)
    chosen = of(book, "ann").attempt
    assert chosen is not None
    assert chosen.label == label


def test_the_best_is_what_is_best_after_lateness(book: Gradebook) -> None:
    ann = making.enrolled(book, "ann")["ann"]
    late = {"per": "hour", "percent": "50"}
    store.declare(book, making.NAME, {"attempts": "best", "deadline": making.BEGIN.isoformat(), "late": late})
    grade(book, "good and late", ann, {"A": "10"}, hours=1)
    grade(book, "fair", ann, {"A": "6"}, hours=0)
    found = of(book, "ann")
    assert found.attempt is not None
    assert found.attempt.label == "fair"
    assert found.sums["main"].final == 6


def test_the_best_has_most_points_of_all_groups(book: Gradebook) -> None:
    ann = making.enrolled(book, "ann")["ann"]
    store.declare(book, making.NAME, {"attempts": "best"})
    grade(book, "little main", ann, {"A": "9", "bonus": "5"}, hours=1)
    grade(book, "as many later", ann, {"A": "10", "bonus": "4"}, hours=2)
    grade(book, "little bonus", ann, {"A": "10", "bonus": "1"}, hours=3)
    chosen = of(book, "ann").attempt
    assert chosen is not None
    assert chosen.label == "little main"


def autolab(label: str, number: int, hours: float | None) -> store.Handed:
    return replace(making.handed(label, hours=hours, number=number), source="autolab")


@pytest.mark.parametrize(
    ("attempts", "times", "label"),
    [
        ("last", {1: 0, 2: None}, "ann@x.edu_2_h.tar"),
        ("first", {1: 0, 2: None}, "ann@x.edu_1_h.tar"),
        ("last", {2: 0, 10: None, 11: None, 12: 2}, "ann@x.edu_12_h.tar"),
        ("last", {2: 0, 10: None, 11: None, 12: None}, "ann@x.edu_12_h.tar"),
        ("first", {2: None, 10: 1}, "ann@x.edu_2_h.tar"),
        ("last", {2: None, 10: None}, "ann@x.edu_10_h.tar"),
    ],
)
def test_a_platforms_numbers_tell_what_times_do_not(
    book: Gradebook, attempts: str, times: dict[int, float | None], label: str
) -> None:
    ann = making.enrolled(book, "ann@x.edu")["ann@x.edu"]
    store.declare(book, making.NAME, {"attempts": attempts})
    for number, hours in times.items():
        store.hand_in(book, making.NAME, autolab(f"ann@x.edu_{number}_h.tar", number, hours), [ann])
    found = of(book, "ann@x.edu")
    assert found.attempt is not None
    assert (found.attempt.label, found.rivals) == (label, ())
    assert [attempt.number for attempt in found.attempts] == sorted(times)


def test_where_nothing_tells_which_came_first_the_others_are_named(book: Gradebook) -> None:
    known = making.enrolled(book, "ann@x.edu", "bob@x.edu")
    both = list(known.values())
    store.hand_in(book, making.NAME, autolab("ann@x.edu_7_h.tar", 7, 0), both)
    store.hand_in(book, making.NAME, autolab("bob@x.edu_1_h.tar", 1, None), both)  # he counts his own versions
    store.hand_in(book, making.NAME, autolab("bob@x.edu_2_h.tar", 2, None), both)
    for key in known:
        found = of(book, key)
        assert found.attempt is not None
        assert found.attempt.label == "ann@x.edu_7_h.tar"
        assert [attempt.label for attempt in found.rivals] == ["bob@x.edu_1_h.tar", "bob@x.edu_2_h.tar"]


def test_of_the_best_only_equals_hang_on_unknown_times(book: Gradebook) -> None:
    ann = making.enrolled(book, "ann")["ann"]
    store.declare(book, making.NAME, {"attempts": "best"})
    grade(book, "a", ann, {"A": "10"})
    grade(book, "b", ann, {"A": "9"}, hours=None)
    assert of(book, "ann").rivals == ()
    grade(book, "c", ann, {"A": "10"}, hours=None)
    assert len(of(book, "ann").rivals) == 1


WEEK = {"percent": "10", "until": "7d"}


@pytest.mark.parametrize(
    ("attempts", "late", "hours", "label", "too_late", "final"),
    [
        ("last", WEEK, {"a": 0, "b": 100, "c": 200}, "b", ["c"], "5.00"),  # five days begun
        ("best", WEEK, {"a": 200, "b": 190}, "b", [], "0.00"),  # nothing is in time
        ("last", WEEK, {"a": 200, "b": 190}, "a", [], "0.00"),
        ("best", WEEK, {"a": 0, "b": 200}, "a", ["b"], "10.00"),
        ("first", WEEK, {"a": 200, "b": 210}, "a", [], "0.00"),
        ("last", WEEK, {"a": 200, "b": None}, "b", ["a"], "10.00"),  # nobody says that it is late
        ("last", {}, {"a": 0, "b": 1, "c": 900}, "a", ["b", "c"], "10.00"),
    ],
)
def test_what_is_too_late_counts_only_where_nothing_else_is_there(
    book: Gradebook, attempts: str, late: dict[str, str], hours: dict[str, float | None], label: str,
    too_late: list[str], final: str,
) -> None:  # fmt: skip
    ann = making.enrolled(book, "ann")["ann"]
    rules = {"attempts": attempts, "deadline": making.BEGIN.isoformat(), "late": late}
    store.declare(book, making.NAME, rules)
    for name, since in hours.items():
        grade(book, name, ann, {"A": "10"}, hours=since)
    found = of(book, "ann")
    assert found.attempt is not None
    assert (found.attempt.label, [one.label for one in found.too_late], found.rivals) == (label, too_late, ())
    assert found.sums["main"].final == Decimal(final)


def test_what_cannot_be_opened_in_time_is_not_displaced_by_what_is_too_late(book: Gradebook) -> None:
    ann = making.enrolled(book, "ann")["ann"]
    store.declare(book, making.NAME, {"attempts": "best", "deadline": making.BEGIN.isoformat(), "late": WEEK})
    store.hand_in(book, making.NAME, making.handed("a", problem="cut short"), [ann])
    grade(book, "b", ann, {"A": "10"}, hours=200)
    found = of(book, "ann")
    assert (found.state, found.reason, found.sums) == ("ungraded", "cut short", {})


def test_late_work_has_no_points_where_nothing_says_what_lateness_costs(book: Gradebook) -> None:
    known = making.enrolled(book, "ann", "bob", "cem")
    extended = {"bob": "1d"}
    store.declare(book, making.NAME, {"deadline": making.BEGIN.isoformat(), "extensions": extended})
    for key, hours in (("ann", 1), ("bob", 1), ("cem", None)):
        grade(book, key, known[key], {"A": "10"}, hours=hours)
    assert [one.state for one in standings(book, making.NAME).standings] == ["ungraded", "graded", "graded"]
    ann = of(book, "ann")
    assert (ann.reason, ann.sums, ann.report_of, ann.lateness.seconds) == (LATE_WORK, {}, None, 3600)
    assert ann.total() is None
    adjustments.adjust(book, making.NAME, Change("ann", "set", Decimal(4), "ta", "ill"))
    assert of(book, "ann").sums["main"].final == 4
    store.declare(book, making.NAME, {"deadline": making.BEGIN.isoformat(), "late": {"until": "1d"}})
    adjustments.revoke(book, making.NAME, 1, "ta", "by the rules now")
    assert of(book, "ann").sums["main"].final == 10


def test_work_of_a_group_is_in_time_where_it_is_for_one_of_them(book: Gradebook) -> None:
    """As `forks` has it, which takes the last commit that is in time for anybody."""
    known = making.enrolled(book, "ann", "bob")
    store.declare(book, making.NAME, {"deadline": making.BEGIN.isoformat(), "extensions": {"bob": "1d"}})
    grade(book, "group", known["ann"], {"A": "10"}, hours=1)
    store.hand_in(book, making.NAME, making.handed("group", hours=1), known.values())
    assert [one.state for one in standings(book, making.NAME).standings] == ["graded", "graded"]


def test_lateness_and_points_by_hand(book: Gradebook) -> None:
    ann = making.enrolled(book, "ann")["ann"]
    store.declare(book, making.NAME, {"deadline": making.BEGIN.isoformat(), "late": {"percent": "10"}})
    grade(book, "a", ann, {"A": "10", "B": "0", "bonus": "5"}, hours=1)
    adjustments.adjust(book, making.NAME, Change("ann", "set", Decimal(4), "ta", "typo", section="B"))
    adjustments.adjust(book, making.NAME, Change("ann", "add", Decimal("0.5"), "ta", "kind"))
    found = of(book, "ann")
    total = found.sums["main"]
    assert (total.earned, total.late, total.adjusted, total.final, total.max) == (
        10,
        1,
        Decimal("4.5"),
        Decimal("13.5"),
        20,
    )
    assert found.sums["bonus"].final == Decimal("4.5")
    assert [section.points for section in found.sections] == [10, 4, 5]


LATE = {"deadline": making.BEGIN.isoformat(), "late": {"percent": "50"}}


@pytest.mark.parametrize(
    ("changes", "late", "final"),
    [
        ([], "5", "5"),
        ([("set", "0", "A")], "2.5", "2.5"),  # what was taken by hand is not taken from again
        ([("set", "0", "A"), ("set", "0", "B")], "0", "0"),
        ([("add", "-4", "A")], "3", "3"),
        ([("set", "20", "A")], "5", "20"),  # nor is what was given
        ([("add", "-3", "")], "5", "2"),
        ([("add", "-8", "")], "2", "0"),  # lateness takes no more than there is
        ([("add", "-12", "")], "0", "-2"),
        ([("set", "4", "")], "5", "4"),
        ([("set", "-3", "A")], "2", "0"),
    ],
)
def test_lateness_takes_only_from_points_that_are_there(
    book: Gradebook, changes: list[tuple[str, str, str]], late: str, final: str
) -> None:
    ann = making.enrolled(book, "ann")["ann"]
    store.declare(book, making.NAME, LATE)
    grade(book, "a", ann, {"A": "5", "B": "5"}, hours=1)
    for kind, number, section in changes:
        adjustments.adjust(book, making.NAME, Change("ann", kind, Decimal(number), "ta", "why", section=section))
    total = of(book, "ann").sums["main"]
    assert (total.late, total.final) == (Decimal(late), Decimal(final))
    assert total.earned - total.late + total.adjusted == total.final


def test_ungraded_and_missing_are_no_zeros(book: Gradebook) -> None:
    known = making.enrolled(book, "ann", "bob")
    store.hand_in(book, making.NAME, making.handed("a.zip", problem="cut short"), [known["ann"]])
    ann, bob = of(book, "ann"), of(book, "bob")
    assert (ann.state, ann.reason, ann.sums) == ("ungraded", "cut short", {})
    assert (bob.state, bob.sums) == ("missing", {})


def test_a_file_that_replaces_another_counts_alone(book: Gradebook) -> None:
    ann = making.enrolled(book, "ann")["ann"]
    store.hand_in(book, making.NAME, making.handed("a.zip", problem="cut short"), [ann])
    grade(book, "a.zip", ann, {"A": "10"})
    found = standings(book, making.NAME)
    assert [attempt.problem for attempt in making.replaced(book)] == ["cut short"]
    assert found.unopened == ()
    assert found.standings[0].state == "graded"


def test_a_file_that_cannot_be_opened_takes_no_mark_away(book: Gradebook) -> None:
    """A download that was cut short, say: what was there before counts, and somebody has to look."""
    known = making.enrolled(book, "ann", "bob")
    grade(book, "a.zip", known["ann"], {"A": "10"})
    broken = making.handed("a.zip", problem="cut short")
    store.hand_in(book, making.NAME, broken, [known["ann"]])
    found = standings(book, making.NAME)
    assert of(book, "ann").sums["main"].final == 10
    assert [attempt.label for attempt in of(book, "ann").attempts] == ["a.zip"]
    assert [(attempt.label, attempt.problem) for attempt in found.unopened] == [
        ("a.zip", "cut short; what lay there before counts still")
    ]
    ann = standing_of(book, making.NAME, "ann")
    assert ann is not None
    assert ann.sums["main"].final == 10
    adjustments.adjust(book, making.NAME, Change("ann", "add", Decimal(1), "ta", "typo", section="A"))
    assert len(standings(book, making.NAME).unopened) == 1  # settled by points of the whole, or by another file
    adjustments.adjust(book, making.NAME, Change("ann", "set", Decimal(3), "ta", "it was meant so"))
    assert standings(book, making.NAME).unopened == ()
    adjustments.revoke(book, making.NAME, 2, "ta", "it was not")
    grade(book, "a.zip", known["ann"], {"A": "7"}, text="whole again")
    assert standings(book, making.NAME).unopened == ()
    assert of(book, "ann").sums["main"].earned == 7


def test_what_is_handed_in_again_after_something_else_counts_again(book: Gradebook) -> None:
    ann = making.enrolled(book, "ann")["ann"]
    first = grade(book, "a.zip", ann, {"A": "10"}, text="first")
    second = grade(book, "a.zip", ann, {"A": "3"}, text="second")
    assert of(book, "ann").sums["main"].final == 3
    for _ in range(2):  # the same command once more changes nothing
        assert store.hand_in(book, making.NAME, making.handed("a.zip", text="first"), [ann]) == first
        found = standings(book, making.NAME)
        assert of(book, "ann").sums["main"].final == found.standings[0].sums["main"].final == 10
        assert [attempt.id for attempt in making.replaced(book)] == [second]


@pytest.mark.parametrize("attempts", ["last", "first", "best"])
@pytest.mark.parametrize("turn", [-1, 1])
def test_a_report_beside_an_archive_takes_no_marks(book: Gradebook, attempts: str, turn: int) -> None:
    ann = making.enrolled(book, "ann")["ann"]
    store.declare(book, making.NAME, {"attempts": attempts})
    facts = {"hours": None, "number": 5, "source": "canvas"}
    attempt = store.hand_in(book, making.NAME, making.handed("leeann_1_5_a.zip", **facts), [ann])
    conditions = store.conditions(book, making.terms())
    publication = publications.standing_publication(book, making.NAME, conditions, "ta")
    store.record(book, making.graded(attempt, conditions, {"A": "10"}), publication)
    facts |= {"number": 5 + turn, "problem": "is no archive"}
    store.hand_in(book, making.NAME, making.handed("leeann_1_6_report.pdf", **facts), [ann])
    found = standings(book, making.NAME)
    assert (found.standings[0].state, found.standings[0].sums["main"].final) == ("graded", 10)
    assert ([a.label for a in found.aside], found.unopened) == (["leeann_1_6_report.pdf"], ())
    (whole,) = [standing_of(book, making.NAME, "ann")]
    assert whole == found.standings[0]


@pytest.mark.parametrize(
    ("source", "first", "second"),
    [
        ("canvas", "leeann_1_5_a.zip", "leeann_1_6_a-1.zip"),  # an archive that is damaged is for a person to decide
        ("canvas", "leeann_1_5_a.zip", "leeann_1_6_a.rar"),
        ("autolab", "ann@x.edu_1_a.tar", "ann@x.edu_2_a.pdf"),  # there each file is an attempt
    ],
)
def test_what_may_be_homework_and_cannot_be_opened_waits_for_a_person(
    book: Gradebook, source: str, first: str, second: str
) -> None:
    ann = making.enrolled(book, "ann")["ann"]
    store.hand_in(book, making.NAME, making.handed(first, source=source), [ann])
    store.hand_in(book, making.NAME, making.handed(second, source=source, number=2, problem="damaged"), [ann])
    found = standings(book, making.NAME)
    assert found.standings[0].reason == "damaged"
    assert ([a.label for a in found.unopened], found.aside) == ([second], ())


def test_a_report_alone_is_what_could_not_be_opened(book: Gradebook) -> None:
    known = making.enrolled(book, "ann", "bob")
    report = making.handed("leeann_1_6_report.pdf", source="canvas", problem="is no archive")
    store.hand_in(book, making.NAME, report, list(known.values()))
    store.hand_in(book, making.NAME, making.handed("raybob_2_5_a.zip", source="canvas"), [known["bob"]])
    found = standings(book, making.NAME)
    assert [standing.reason for standing in found.standings] == ["is no archive", "not graded yet"]
    assert ([a.label for a in found.unopened], found.aside) == (["leeann_1_6_report.pdf"], ())


def test_a_group_gets_the_same(book: Gradebook) -> None:
    known = making.enrolled(book, "ann", "bob")
    attempt = grade(book, "a", known["ann"], {"A": "10"})
    assert store.hand_in(book, making.NAME, making.handed("a"), [known["bob"]]) == attempt
    assert of(book, "bob").sums["main"].final == 10


def test_an_attempt_is_named_with_those_whom_its_label_does_not_name(book: Gradebook) -> None:
    known = making.enrolled(book, "ann@x.edu", "bob@x.edu")
    for label in ("leeann_4711_1_handin.zip", "ann@x.edu_1_handin.tar"):
        store.hand_in(book, making.NAME, making.handed(label), list(known.values()))
    assert sorted(attempt.named for attempt in queries.attempts(book, making.NAME)) == [
        "ann@x.edu_1_handin.tar (bob@x.edu)", "leeann_4711_1_handin.zip (ann@x.edu, bob@x.edu)",
    ]  # fmt: skip


def test_what_matches_nobody_is_shown(book: Gradebook) -> None:
    store.hand_in(book, making.NAME, making.handed("who.zip"), [])
    assert [attempt.label for attempt in standings(book, making.NAME).unmatched] == ["who.zip"]


def test_a_regrade_is_a_draft_until_it_is_published(book: Gradebook) -> None:
    known = making.enrolled(book, "ann", "bob")
    for key, points in (("ann", "10"), ("bob", "0")):
        grade(book, key, known[key], {"A": points})
    grade(book, "ann", known["ann"], {"A": "10"}, by=2)
    grade(book, "bob", known["bob"], {"A": "10"}, by=2)
    adjustments.adjust(book, making.NAME, Change("bob", "add", Decimal(1), "ta", "kind"))
    assert of(book, "bob").sums["main"].final == 1
    (draft,) = drafts.drafts(book, making.NAME)
    (move,) = drafts.diff(book, making.NAME, draft.conditions)
    assert (move.student, move.by("main")) == ("bob", 10)
    assert [(c.section, c.before, c.after) for c in move.checks] == [("A", "failed", "passed")]

    drafts.publish(book, making.NAME, draft.conditions, "prof", "the case was wrong")
    assert of(book, "bob").sums["main"].final == 11  # what was done by hand stays
    assert drafts.drafts(book, making.NAME) == ()

    drafts.undo(book, making.NAME, "prof", "it was not")
    assert of(book, "bob").sums["main"].final == 1
    with pytest.raises(UsageError, match="nothing to take back"):
        drafts.undo(book, making.NAME, "prof", "all of it")

    drafts.publish(book, making.NAME, draft.conditions, "prof", "it was")
    assert of(book, "bob").sums["main"].final == 11
    assert [queries.count(book, number) for number in (1, 2)] == [2, 2]


def test_a_draft_of_some_students_leaves_the_others(book: Gradebook) -> None:
    known = making.enrolled(book, "ann", "bob")
    for key in known:
        grade(book, key, known[key], {"A": "0"})
    grade(book, "bob", known["bob"], {"A": "10"}, by=2)
    (draft,) = drafts.drafts(book, making.NAME)
    drafts.publish(book, making.NAME, draft.conditions, "prof", "his case was wrong")
    assert of(book, "ann").sums["main"].final == 0
    assert of(book, "bob").sums["main"].final == 10


def test_publishing_needs_a_name_and_a_reason(book: Gradebook) -> None:
    with pytest.raises(UsageError, match="who does this and why"):
        drafts.publish(book, making.NAME, 1, "", "")


def test_one_student_stands_where_they_stand_among_all(book: Gradebook) -> None:
    known = making.enrolled(book, "ann", "bob", "carl", "dora")
    store.declare(
        book, making.NAME, {"attempts": "best", "deadline": making.BEGIN.isoformat(), "late": {"percent": "10"}}
    )
    store.hand_in(book, making.NAME, making.handed("a.zip", problem="cut short"), [known["ann"]])
    grade(book, "a.zip", known["ann"], {"A": "10", "B": "0"}, hours=3)
    grade(book, "a2.zip", known["ann"], {"A": "0", "B": "10"}, hours=-1)
    grade(book, "g.zip", known["bob"], {"A": "10", "B": None})
    store.hand_in(book, making.NAME, making.handed("g.zip"), [known["carl"]])
    store.hand_in(book, making.NAME, making.handed("d.zip", problem="empty"), [known["dora"]])
    store.hand_in(book, making.NAME, making.handed("d.zip", text="what replaced it is nobody's"), [])
    adjustments.adjust(book, making.NAME, Change("ann", "set", Decimal(4), "ta", "typo", section="B"))
    adjustments.adjust(book, making.NAME, Change("bob", "add", Decimal(-1), "ta", "typo"))
    for standing in standings(book, making.NAME).standings:
        assert standing_of(book, making.NAME, standing.person.key) == standing
    assert standing_of(book, making.NAME, "zoe") is None


def test_only_what_still_changes_something_waits_for_a_decision(book: Gradebook) -> None:
    known = making.enrolled(book, "ann", "bob", "cem", "dan", "eve")

    def broken(label: str, *students: str, hours: float = 0) -> None:
        handed = making.handed(label, hours=hours, problem="cut short")
        store.hand_in(book, making.NAME, handed, [known[student] for student in students])

    broken("ann_1", "ann")
    grade(book, "ann_2", known["ann"], {"A": "10"}, hours=1)
    grade(book, "bob_1", known["bob"], {"A": "10"})
    broken("bob_2", "bob", hours=1)
    broken("cem_1", "cem")
    broken("dan_eve_1", "dan", "eve")
    broken("stranger_1")
    adjustments.adjust(book, making.NAME, Change("cem", "set", Decimal(8), "ta", "seen on a screen"))
    adjustments.adjust(book, making.NAME, Change("dan", "set", Decimal(8), "ta", "seen on a screen"))

    def waiting() -> set[str]:
        return {attempt.label for attempt in standings(book, making.NAME).unopened}

    assert waiting() == {"bob_2", "dan_eve_1", "stranger_1"}  # eve has nothing yet
    adjustments.adjust(book, making.NAME, Change("eve", "set", Decimal(8), "ta", "seen on a screen"))
    assert waiting() == {"bob_2", "stranger_1"}
    store.declare(book, making.NAME, {"attempts": "first"})
    assert waiting() == {"ann_1", "stranger_1"}
    assert [attempt.problem for attempt in of(book, "bob").attempts] == [None, "cut short"]  # never lost
