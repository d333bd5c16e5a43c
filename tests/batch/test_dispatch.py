"""Who is tried again, when, and how often; and what is believed of a worker's answer."""

from __future__ import annotations

import json
import queue
import shutil
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import helpers
import kit
import pytest

from autograder.assignments import registry
from autograder.assignments.seeds import Seed
from autograder.batch import documents, remote
from autograder.batch.cluster import DaskCrew
from autograder.batch.conditions import Job, affected, dependants, terms, to_run
from autograder.batch.crew import Unfit
from autograder.batch.dispatch import Judgement, Outcome, dispatch
from autograder.batch.documents import Expected
from autograder.batch.run import Run
from autograder.batch.tasks import Answer, Task
from autograder.errors import HarnessError

JOB = Job(helpers.ASSIGNMENT, helpers.rubric(), Seed())


class Crew:
    """Answers what it is told to, last come first served; knows how many were out at each submission."""

    def __init__(self, answer: Callable[[Task, int], Answer], capacity: int = 3) -> None:
        self.answer, self.capacity = answer, capacity
        self.out: deque[Task] = deque()
        self.tries: Counter[int] = Counter()
        self.crowd: dict[tuple[int, int], int] = {}

    def submit(self, task: Task) -> None:
        self.out.append(task)
        self.tries[task.attempt] += 1
        self.crowd[task.attempt, self.tries[task.attempt]] = len(self.out)

    def next(self) -> Answer:
        task = self.out.pop()
        return self.answer(task, self.tries[task.attempt])

    def close(self) -> None:
        pass


def tasks(count: int) -> list[Task]:
    return [Task(number, f"d{number}", b"", {}) for number in range(count)]


def run(
    crew: Crew, count: int = 10, judge: Callable[[Answer], Judgement] = lambda a: Judgement(a.document)
) -> list[Outcome]:
    return sorted(dispatch(tasks(count), crew, judge), key=lambda outcome: outcome.task.attempt)


def test_everything_is_graded_once() -> None:
    crew = Crew(lambda task, tries: Answer(task, {"n": task.attempt}))
    assert [outcome.document for outcome in run(crew)] == [{"n": n} for n in range(10)]
    assert set(crew.tries.values()) == {1}


def test_our_failure_is_tried_three_times_the_last_alone() -> None:
    crew = Crew(lambda task, tries: Answer(task, trouble="died") if task.attempt == 4 else Answer(task, {}))
    outcomes = run(crew)
    assert [outcome.reason for outcome in outcomes if outcome.reason] == ["died"]
    assert crew.tries[4] == 3
    assert crew.crowd[4, 3] == 1
    assert sum(crew.tries.values()) == 12


def test_what_works_at_last_is_graded() -> None:
    crew = Crew(lambda task, tries: Answer(task, {}) if tries == 3 else Answer(task, trouble="died"))
    assert all(outcome.document == {} and not outcome.reason for outcome in run(crew))
    assert all(crowd == 1 for (_, tries), crowd in crew.crowd.items() if tries == 3)


def test_a_timeout_in_a_crowd_is_tried_again_alone() -> None:
    crew = Crew(lambda task, tries: Answer(task, {"timeout": task.attempt == 2, "tries": tries}))
    outcomes = run(crew, judge=lambda a: Judgement(a.document, crowded=a.document["timeout"]))
    assert outcomes[2].document == {"timeout": True, "tries": 2}
    assert crew.crowd[2, 2] == 1


def test_a_worker_that_cannot_grade_at_all_ends_the_batch() -> None:
    with pytest.raises(Unfit, match="no torch"):
        run(Crew(lambda task, tries: Answer(task, trouble="no torch", fatal=True)))


def test_an_unfit_machine_of_a_cluster_is_told_from_a_submission_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    task = tasks(1)[0]

    class Ill:
        def grade(self, task: Task) -> Answer:
            return Answer(task, trouble="no isolation here", fatal=True)

    class Future:
        def result(self, timeout: float) -> bytes:
            return remote.grade(b"", remote.Sealed(json.dumps({"reading": {}, "only": [], "seed": None})), SETUP)

        def release(self) -> None:
            pass

    monkeypatch.setattr(remote, "_worker", lambda sealed: Ill())
    monkeypatch.setattr("distributed.get_worker", lambda: SimpleNamespace(address="tcp://ill"))
    crew = DaskCrew.__new__(DaskCrew)
    crew._answers, crew._running, crew._fit, crew._unfit = queue.SimpleQueue(), {}, {"tcp://ill": 1}, {}
    crew._running[0] = (task, Future(), frozenset())
    crew._answers.put((0, Future()))
    assert crew.next() == Answer(task, trouble="no isolation here", fatal=True)
    assert (crew._fit, crew._unfit) == ({}, {"tcp://ill": "no isolation here"})


SETUP = remote.Sealed("{}")
EXPECTED = Expected(terms(JOB), JOB.rubric)
KEYS = [section.key for section in JOB.rubric.sections]


def test_a_report_is_believed() -> None:
    found = kit.document("sha256:1", JOB.rubric)
    assert EXPECTED.check(found, "sha256:1", KEYS) == found


def carrying(points: float, root: str | None = "Downsampling2d", mode: str = "half") -> tuple[Expected, dict[str, Any]]:
    """What is expected where points are carried forward, and a report in which MaxPool2d has some."""
    rubric = replace(JOB.rubric, settings={**JOB.rubric.settings, "carry_forward": mode})
    found = kit.document("sha256:1", rubric, maxpool2d="failed")
    section = next(section for section in found["sections"] if section["key"] == "MaxPool2d")
    section.update(points=points, carried=points, root_cause=root)
    for name, checks in (("totals", "strict"), ("totals_course", "course"), ("totals_strict", "strict")):
        found[name] = documents.totals(found["sections"], checks, chosen=name == "totals")
    return Expected(terms(replace(JOB, rubric=rubric)), rubric), found


def test_points_that_are_carried_forward_are_believed_where_the_rubric_says_so() -> None:
    expected, found = carrying(2.5)
    assert expected.check(found, "sha256:1", KEYS) == found
    assert found["totals"]["main"]["carried"] == found["totals_course"]["main"]["carried"] == 2.5
    for expected, found in (carrying(5), carrying(2.5, None), carrying(2.5, mode="none")):
        with pytest.raises(HarnessError, match="MaxPool2d carries points forward that it may not"):
            expected.check(found, "sha256:1", KEYS)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.update(seed="1"),
        lambda d: d.update(assignment="hw1"),
        lambda d: d.pop("notes"),
        lambda d: d["sections"].pop(),
        lambda d: d["sections"][0].update(points=999),
        lambda d: d["sections"][0].update(status="excellent"),
        lambda d: d["sections"][0].update(max=5),
        lambda d: d["sections"][0].update(group="bonus"),
        lambda d: d["sections"][0].update(status="ungraded"),
        lambda d: d["totals"]["main"].update(points=100.5),
        lambda d: d["run"]["submission"].update(digest="sha256:2"),
    ],
)
def test_a_report_that_is_none_is_not(spoil: Callable[[dict[str, Any]], Any]) -> None:
    found = kit.document("sha256:1", JOB.rubric)
    spoil(found)
    with pytest.raises(HarnessError, match="what is no report"):
        EXPECTED.check(found, "sha256:1", KEYS)


def judge(found: Any) -> Judgement:
    """What a run makes of a report; it asks no gradebook."""
    nowhere: Any = None
    return Run(nowhere, JOB, EXPECTED.terms, 1, None).judge(Answer(Task(1, "sha256:1", b"", {}), found))


def test_a_report_says_which_timeouts_may_be_the_machines_fault() -> None:
    found = kit.document("sha256:1", JOB.rubric, mcq_1="timeout")
    found["run"]["sections"][KEYS[0]] = {"cpu_seconds": 9.9, "overtaken": True}
    assert judge(found).crowded
    found["run"]["sections"][KEYS[0]] = {"cpu_seconds": 10.2}
    assert not judge(found).crowded


DEEP: Any = []
for _ in range(20_000):
    DEEP = [DEEP]
#: What may stand where a report has something else.
ODD: tuple[Any, ...] = (None, "x", "", -1, 1e400, float("nan"), True, [], [[]], {}, [None], {"x": {}}, "Infinity", DEEP)
#: Where a report's parts lie.
PARTS: tuple[tuple[str | int, ...], ...] = (
    *((name,) for name in ("totals", "totals_course", "totals_strict", "scores", "sections", "notes", "run")),
    *(("totals", "main", name) for name in ("points", "max")),
    ("totals", "main"),
    ("notes", 0),
    ("run", "submission"),
    ("run", "sections"),
    ("run", "sections", KEYS[0]),
    ("run", "sections", KEYS[0], "cpu_seconds"),
    ("sections", 0),
    *(
        ("sections", 0, name)
        for name in ("key", "number", "group", "points", "max", "status", "message", "root_cause", "checks", "carried")
    ),
    ("sections", 0, "checks", 0),
    *(("sections", 0, "checks", 0, name) for name in ("name", "level", "status", "diagnosis", "got_shape")),
)


@pytest.mark.parametrize("path", PARTS, ids=lambda path: "/".join(map(str, path)))
def test_a_malformed_report_is_refused_or_can_be_kept(path: tuple[str | int, ...]) -> None:
    for odd in (*ODD, ...):
        found = kit.document("sha256:1", JOB.rubric, mcq_1="timeout")
        found["notes"].append("a note")
        found["run"]["sections"][KEYS[0]] = {"cpu_seconds": 0.5}
        *above, last = path
        place: Any = found
        for step in above:
            place = place[step]
        if odd is not ...:
            place[last] = odd
        elif isinstance(place, dict):
            place.pop(last, None)
        try:
            judged = judge(found)
        except HarnessError as error:
            assert "what is no report" in str(error)
            continue
        assert judged.document is not None
        documents.graded(documents.merged(found, judged.document, frozenset(KEYS[:1]), JOB.rubric), 1, 1)


def test_merging_gives_the_sections_and_totals_of_a_full_run() -> None:
    old = kit.document("sha256:1", JOB.rubric, conv1d="passed", mcq_1="passed")
    new = kit.document("sha256:1", JOB.rubric, conv1d="failed", mcq_1="passed")
    old["notes"] = ["root", "MCQ 1: one", "Conv1d: two"]
    new["notes"] = ["Conv1d: three"]
    got = documents.merged(old, new, frozenset({"Conv1d"}), JOB.rubric)
    whole = {**new, "notes": ["root", "MCQ 1: one", "Conv1d: three"]}
    for document in (got, whole):
        document.pop("run")
    assert got == whole


def test_what_a_change_can_affect() -> None:
    old = dict(terms(JOB).details)
    new = {**old, "sections": {**old["sections"], "MCQ 1": "other"}}
    assert affected(JOB, old, old) == frozenset()
    assert affected(JOB, old, new) == {"MCQ 1"}
    assert affected(JOB, old, {**old, "common": "other"}) == set(KEYS)
    pool = dependants(JOB.rubric, {"MaxPool2d_stride1"})
    assert pool >= {"MaxPool2d_stride1", "MaxPool2d"}
    assert set(to_run(JOB.rubric, pool)) >= pool


def test_equal_conditions_have_equal_digests() -> None:
    assert terms(JOB).digest == terms(Job(helpers.ASSIGNMENT, helpers.rubric.__wrapped__(), Seed())).digest
    others = [
        Job(helpers.ASSIGNMENT, helpers.rubric(), Seed(7)),
        Job(helpers.ASSIGNMENT, helpers.rubric(), Seed(secret=True)),
        Job(helpers.ASSIGNMENT, helpers.rubric(), Seed(), checks="course"),
        Job(helpers.ASSIGNMENT, helpers.rubric(), Seed(), profile="full"),
        Job(helpers.ASSIGNMENT, helpers.rubric("s22"), Seed()),
        Job(helpers.ASSIGNMENT, helpers.rubric(), Seed(), only=("Conv1d",)),
    ]
    digests = {terms(job).digest for job in others}
    assert len(digests) == len(others)
    assert terms(JOB).digest not in digests


@pytest.mark.parametrize(("name", "counts"), [("cases.py", False), ("cases_of_models.py", True), ("judges.py", True)])
def test_cases_of_a_lab_count_as_data_and_all_other_code_as_it_is(
    name: str, counts: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = registry.find("conv2d_functional")
    folder = tmp_path / there.name
    shutil.copytree(there.folder, folder, ignore=shutil.ignore_patterns("__pycache__"))
    job = Job(there, there.rubric(), Seed())
    monkeypatch.setattr(registry, "HERE", tmp_path)
    before = terms(job)
    with (folder / name).open("a") as file:
        file.write("# another remark\n")
    assert (terms(job).digest != before.digest) is counts


def test_conditions_hold_no_secret() -> None:
    secret = Seed(123456789012345678901234567890, secret=True)
    found = terms(Job(helpers.ASSIGNMENT, helpers.rubric(), secret))
    assert "123456789012345678901234567890" not in repr(found)
    assert found.seed.startswith("secret:")
