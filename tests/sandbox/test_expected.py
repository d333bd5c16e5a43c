"""Sections that begin before anybody asks for them: the same answers, and nothing left where nobody asks."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import helpers
import pytest
from attacks.attacking import descendants
from test_host import ANSWER, ASK, PARTS, alive, answer, request

from autograder.assignments.truth import Truth
from autograder.grading.grader import Grader, Options
from autograder.sandbox import host, levels
from autograder.sandbox.host import Guest
from autograder.sandbox.request import Request

pytestmark = pytest.mark.skipif("bubblewrap" not in levels.available(), reason="only there they begin early")


@pytest.fixture
def guest() -> Iterator[Guest]:
    guest = Guest(PARTS, "bubblewrap")
    assert guest.arrival is not None
    guest.arrival.pid()
    yield guest
    guest.close()


def named(name: str, source: str = ANSWER) -> Request:
    return replace(request(source), name=name)


def ask(guest: Guest, wanted: Request, *, greeted: bool = False) -> str:
    with guest.section(wanted) as talk:
        ready = None if greeted else talk.hear()
        assert greeted or (ready is not None and ready.kind == "ready")
        got = talk.ask(ASK)
    assert got is not None
    text: str = got.fields["texts"]["answer"]
    return text


def test_who_asks_gets_the_process_that_began(guest: Guest) -> None:
    guest.expect([named("one"), named("two")])
    began = guest.expected["one"][1]
    with guest.section(named("one")) as talk:
        assert talk is began and talk.hear() is not None and talk.ask(ASK) is not None
    assert talk.end().exit == 0 and list(guest.expected) == ["two"]
    assert ask(guest, named("one")) == "b"  # once more, in a new one


def test_another_submission_is_not_answered_for(guest: Guest) -> None:
    guest.expect([named("one")])
    assert ask(guest, named("one", "def question_1():\n    return 'c'\n")) == "c"


def test_its_time_counts_from_when_it_is_asked(guest: Guest) -> None:
    guest.expect([replace(named("one"), limits={**request().limits, "wall_seconds": 1})])
    guest.ready()
    time.sleep(1.2)
    wanted = replace(named("one"), limits={**request().limits, "wall_seconds": 1})
    with guest.section(wanted) as talk:
        assert talk.hear() is not None and talk.ask(ASK) is not None
    assert not talk.end().overdue and talk.end().wall_seconds < 1


def test_nothing_of_the_submission_runs_before_it_is_asked(guest: Guest) -> None:
    guest.expect([named("one", "print('ran', flush=True)\n" + ANSWER)])
    guest.ready()
    began = guest.expected["one"][1]
    ready = began.hear()
    began.poll(0.2)
    assert ready is not None and ready.kind == "ready" and began.printed.text == ""
    assert ask(guest, named("one", "print('ran', flush=True)\n" + ANSWER), greeted=True) == "b"
    assert began.printed.text == "ran\n"


def test_those_that_nobody_asked_for_are_ended_with_the_guest(guest: Guest) -> None:
    guest.expect([named(str(number)) for number in range(3)])
    guest.ready()
    assert guest.process is not None
    began, pid = [talk for _, talk in guest.expected.values()], guest.process.pid
    assert all(talk.hear() is not None for talk in began)
    running = descendants(pid)
    assert len(running) >= 5  # the guest, who holds the submission, and the three
    guest.close()
    assert guest.expected == {} and all(talk.ended is not None for talk in began)
    until = time.monotonic() + 10
    while any(map(alive, running)) and time.monotonic() < until:
        time.sleep(0.02)
    assert not any(map(alive, running))


def test_those_of_a_submission_that_is_held_no_longer_are_not_waited_for(guest: Guest) -> None:
    guest.expect([named("one")])
    for number in range(host.HELD):
        assert ask(guest, named("other", f"def question_1():\n    return '{number}'\n")) == str(number)
    assert guest.expected == {} and ask(guest, named("one")) == "b" and guest.deadly is None


def test_the_memory_of_those_that_wait_is_bounded(guest: Guest) -> None:
    if guest.group is None:
        pytest.skip("there are no control groups here")
    guest.expect([named("one"), named("two")])
    assert guest.bound == 2 * request().limits["memory_mb"] + host.GUEST_MB


def test_where_nothing_more_can_be_opened_none_begins(guest: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(guest, "served", refused)
    guest.expect([named("one")])
    monkeypatch.undo()
    assert guest.expected == {} and ask(guest, named("one")) == "b"


def test_a_grade_has_sections_begin_before_numpy_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    with Grader(helpers.ASSIGNMENT, helpers.rubric(), Options(only=("MCQ 1", "MCQ 2"), lanes=1)) as grader:
        expect, load = grader.guest.expect, grader.load

        def expecting(requests: Sequence[Request]) -> None:
            steps.extend(request.name for request in requests)
            expect(requests)

        def loading() -> Truth:
            steps.append("load")
            return load()

        monkeypatch.setattr(grader.guest, "expect", expecting)
        monkeypatch.setattr(grader, "load", loading)
        report = grader.grade(helpers.submission_from({}))
    assert steps == ["mcq_2", "mcq_1", "load"] and helpers.not_passed(report) == {}


def test_a_guest_that_is_there_already_begins_at_once(guest: Guest) -> None:
    assert answer(guest) is not None
    guest.expect([named("one")])
    began = guest.expected["one"][1]
    with guest.section(named("one")) as talk:
        assert talk is began and talk.hear() is not None and talk.ask(ASK) is not None


def test_one_that_is_expected_again_takes_the_place_of_the_first(guest: Guest) -> None:
    guest.expect([named("one")])
    first = guest.expected["one"][1]
    guest.expect([named("one", "def question_1():\n    return 'c'\n")])
    assert first.ended is not None
    assert ask(guest, named("one", "def question_1():\n    return 'c'\n")) == "c"


def test_nothing_begins_before_the_guest_is_in_its_group(guest: Guest) -> None:
    other = Guest(PARTS, "bubblewrap")
    other.expect([named("one")])  # it takes the kernel a while, and this is at once
    assert other.expected == {}
    assert ask(other, named("one")) == "b"
    other.close()


def test_a_guest_that_dies_while_it_starts_takes_them_along(guest: Guest) -> None:
    guest.expect([named("one"), named("two")])
    assert guest.process is not None
    guest.process.process.kill()
    assert ask(guest, named("one")) == "b" and guest.expected == {}
