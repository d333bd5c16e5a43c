"""Every way in which a section may end has a status, and words with the limit and what to do."""

from __future__ import annotations

import signal
from dataclasses import replace
from typing import Any

import helpers
import numpy as np
import pytest

from autograder.assignments import registry
from autograder.assignments.cases import Case, Level
from autograder.assignments.oracles import Judge
from autograder.assignments.rubric import Limits, Section
from autograder.assignments.seeds import PUBLIC
from autograder.assignments.truth import ANSWER, Question, Truth
from autograder.grading.findings import JUDGED, Finding, _wrong_text, from_answer
from autograder.grading.result import Result
from autograder.grading.score import root_cause, status
from autograder.grading.troubles import ADVICE, ending, told
from autograder.guest.wire import Frame
from autograder.sandbox.conversation import Ended

LIMITS = Limits(cpu_seconds=3, wall_seconds=7, memory_mb=100, disk_mb=5, open_files=9)


@pytest.mark.parametrize(
    ("ended", "status", "words"),
    [
        (Ended(0, 0.1, 1, 1, refused="bad"), "bad_output", "could not be read: bad"),
        (Ended(-9, 0.1, 1, 1, full=True), "limit", "5 MB"),
        (Ended(-9, 0.1, 8, 1, overdue=True), "timeout", "after 7 s"),
        (Ended(-9, 0.1, 1, 1, silent=True), "crashed", "cut the connection"),
        (Ended(None, 0, 1, 1, lost=True), "crashed", "together"),
        (Ended(3, 0.1, 1, 1), "crashed", "exit status 3"),
        (Ended(-signal.SIGXCPU, 3, 3, 1), "timeout", "3 s of computing"),
        (Ended(-signal.SIGKILL, 4, 4, 1), "timeout", "3 s of computing"),
        (Ended(-signal.SIGKILL, 0.1, 1, 1), "memory", "100 MB"),
        (Ended(-signal.SIGXFSZ, 0.1, 1, 1), "limit", "5 MB"),
        (Ended(-signal.SIGSEGV, 0.1, 1, 1), "crashed", "SIGSEGV"),
        (Ended(-200, 0.1, 1, 1), "crashed", "signal 200"),
    ],
)
def test_an_end_has_a_status_and_words(ended: Ended, status: str, words: str) -> None:
    trouble = ending(ended, LIMITS)
    assert trouble.status == status and words in trouble.message


@pytest.mark.parametrize(
    ("limit", "words"),
    [("disk", "5 MB"), ("file", "5 MB"), ("open_files", "9 open"), ("processes", "none is allowed"), ("threads", "32")],
)
def test_a_limit_is_told_with_its_value_and_advice(limit: str, words: str) -> None:
    frames = [{"file": "a.py", "line": 3, "function": "f", "text": "x"}]
    trouble = told({"outcome": "limit", "limit": limit, "frames": frames}, LIMITS)
    assert trouble.status == "limit" and words in trouble.message
    assert ADVICE[limit] in trouble.message and trouble.message.endswith("at a.py:3")


@pytest.mark.parametrize("limit", [None, 3, [], "no such limit"])
def test_an_unknown_limit_is_one(limit: object) -> None:
    assert told({"outcome": "limit", "limit": limit}, LIMITS).message == "a limit was hit"


def test_a_refused_call_is_forbidden() -> None:
    assert told({"outcome": "forbidden_call"}, LIMITS).status == "forbidden"
    assert "100 MB" in told({"outcome": "memory"}, LIMITS).message


def test_a_judge_that_breaks_costs_only_its_section_and_no_points(monkeypatch: pytest.MonkeyPatch) -> None:
    with helpers.warm(only=("Dropout2d", "Conv1d")) as grader:
        kind = type(grader.truth)
        ask = kind.questions

        def broken(params: object, inputs: object, outputs: object) -> str:
            raise IndexError("of our own")

        def questions(self: Truth, section: Section) -> list[Question]:
            return [replace(q, judges=dict.fromkeys(q.judges, broken)) for q in ask(self, section)]

        monkeypatch.setattr(kind, "questions", questions)
        report = grader.grade(helpers.submission_from({}))
    conv, dropout = sorted(report.sections, key=lambda section: section.key)
    assert dropout.status == "ungraded" and dropout.points is None
    assert "the judge of `Z` broke: IndexError: of our own" in dropout.message
    assert conv.status == "passed"


def test_where_time_is_over_nothing_was_raised() -> None:
    assert told({"outcome": "overtime"}, LIMITS).exception == ""
    assert told({"outcome": "raised", "type": "ValueError", "message": "no"}, LIMITS).exception == "ValueError: no"


def test_what_we_could_not_grade_is_no_other_sections_fault() -> None:
    rubric = helpers.rubric()
    upper = next(section for section in rubric.sections if section.id == "conv1d")
    result = Result(upper, [Finding("Z", "course", "a case", "failed")], trouble="our own")
    assert root_cause(result, "strict", {"conv1d_stride1": "failed"}, rubric) is None


def picky(params: object, inputs: object, outputs: dict[str, Any]) -> str | None:
    """Right on arrays of numbers of their own; breaks on whole zeros."""
    if not outputs["Z"].any():
        raise IndexError("too many indices")
    return None


def test_a_judge_that_breaks_on_what_came_back_leaves_no_section_ungraded(monkeypatch: pytest.MonkeyPatch) -> None:
    with helpers.warm(only=("Dropout2d",)) as grader:
        kind = type(grader.truth)
        ask = kind.questions

        def questions(self: Truth, section: Section) -> list[Question]:
            return [replace(q, judges=dict.fromkeys(q.judges, picky)) for q in ask(self, section)]

        monkeypatch.setattr(kind, "questions", questions)
        wrong = helpers.reference()["mytorch/dropout2d.py"] + (
            "\n\nclass Dropout2d(Dropout2d):\n"
            "    def forward(self, x, eval=False):\n        return 0 * super().forward(x, eval)\n"
        )
        report = grader.grade(helpers.submission_from({"mytorch/dropout2d.py": wrong}))
        right = grader.grade(helpers.submission_from({}))
    (section,) = report.sections
    assert (section.status, section.points) == ("bad_output", 0)
    assert "`Z` cannot be judged as it came back (shape (" in section.message
    assert any("what judges `Z` broke on what came back (IndexError: too many" in note for note in report.notes)
    assert right.sections[0].status == "passed" and not any("judges" in note for note in right.notes)


def test_what_is_judged_is_bounded_before_its_judge_sees_it() -> None:
    def judge(params: object, inputs: object, outputs: object) -> str:
        raise AssertionError("it was asked")

    section = replace(helpers.rubric().sections[0], outputs={"Z": "course"})
    question = Question(Case("f()", {}, {}, ("Z",)), {"A": np.ones(10)}, {}, {"Z": judge})
    answer = Frame("answer", {"outcome": "done"}, {"Z": np.zeros(JUDGED + 11, "int8")})
    (found,) = from_answer(section, question, answer) or []
    assert found.status == "failed" and "far more than there can be" in found.message
    answer = Frame("answer", {"outcome": "done"}, {"Z": np.zeros(JUDGED + 10, "int8")})
    (found,) = from_answer(section, question, answer) or []
    assert found.status == "bad_output" and found.broke == "AssertionError: it was asked"


def test_a_file_that_is_no_text_is_named_with_what_to_do() -> None:
    syntax = {"file": "mytorch/flatten.py", "line": 0, "column": 0, "text": ""}
    trouble = told({"outcome": "raised", "type": "SyntaxError", "syntax": syntax}, LIMITS)
    assert trouble.message == "SyntaxError in mytorch/flatten.py: save it as text in UTF-8"


def test_a_relative_import_is_told_with_the_one_that_works() -> None:
    frames = [{"file": "Conv2d.py", "line": 5, "function": "<module>", "text": "from .resampling import Downsample2d"}]
    trouble = told({"outcome": "raised", "type": "ImportError", "frames": frames}, LIMITS)
    assert trouble.message == "ImportError at Conv2d.py:5; write `from resampling import …`"


def test_an_answer_that_is_no_letter_is_told_as_that_and_gives_nothing_away() -> None:
    for got in ("d.", "a list", "", None):
        assert _wrong_text(ANSWER, got, "b") == _wrong_text(ANSWER, got, "c") == "return one letter, a to d"
    assert _wrong_text(ANSWER, "a", "b") == "the answer is not right"


def test_a_shape_is_told_by_its_values() -> None:
    assignment = registry.find("conv2d_layer")
    rubric = assignment.rubric()
    truth = assignment.truth(rubric, "quick", PUBLIC, public=True)
    (section,) = [s for s in rubric.sections if "bias shape" in s.outputs]
    question = next(q for q in truth.questions(section) if "bias shape" in q.case.outputs)
    answer = Frame("answer", {"outcome": "done"}, {"bias shape": np.array([3, 1])})
    (found,) = [f for f in from_answer(section, question, answer) or [] if f.output == "bias shape"]
    assert found.message == "(3, 1), expected (3,)"


@pytest.mark.parametrize("case_level", ["course", "strict"])
@pytest.mark.parametrize("judged", [False, True])
def test_single_precision_fails_under_strict_checks_whatever_the_case_and_never_the_courses(
    case_level: Level, *, judged: bool
) -> None:
    case = Case("f() on (3,)", {}, {}, ("Z",), case_level)
    right = np.array([0.1, 0.2, 0.3])
    judges: dict[str, Judge] = {"Z": lambda params, inputs, outputs: None} if judged else {}
    section = replace(helpers.rubric().sections[0], outputs={"Z": "course"})
    question = Question(case, {}, {} if judged else {"Z": right}, judges)

    def statuses(got: np.ndarray[Any, Any], *, single: bool = False) -> tuple[str, str]:
        answer = Frame("answer", {"outcome": "done"}, {"Z": got})
        settings = {"float32": "accept"} if single else {}
        findings = from_answer(section, question, answer, settings=settings) or []
        return status(section, findings, "strict")[0], status(section, findings, "course")[0]

    course = "passed" if case_level == "course" else "ungraded"
    assert statuses(right) == ("passed", course)
    left_to_its_judge = judged and case_level == "course"
    assert statuses(right.astype("float32")) == ("passed" if left_to_its_judge else "failed", course)
    assert statuses(right.astype("float32"), single=True) == ("passed", course)


def test_what_breaks_after_results_in_single_precision_is_told_as_that() -> None:
    case = Case("f() on (1,)", {}, {}, ("Z",), "course")
    section = replace(helpers.rubric().sections[0], outputs={"Z": "course"})
    answer = Frame("answer", {"outcome": "raised", "type": "ValueError"}, {"Z": np.ones(1, "float32")})
    findings = from_answer(section, Question(case, {}, {"Z": np.ones(1)}, {}), answer) or []
    assert status(section, findings, "course")[0] == status(section, findings, "strict")[0] == "error"


def test_a_number_of_python_is_right_where_single_precision_is_due() -> None:
    case = Case("f() on (1,)", {}, {}, ("Z",), "course")
    section = replace(helpers.rubric().sections[0], outputs={"Z": "course"})
    question = Question(case, {}, {"Z": np.float32(0.1) * np.ones(1, "float32")}, {})
    findings = from_answer(section, question, Frame("answer", {"outcome": "done"}, {"Z": np.array([0.1])})) or []
    assert [finding.status for finding in findings] == ["passed"]


def test_a_gradient_of_a_result_in_single_precision_is_not_said_to_be_wrong_too() -> None:
    case = Case("f() on (1,)", {}, {}, ("Z", "dLdA"), "course")
    section = replace(helpers.rubric().sections[0], outputs={"Z": "course", "dLdA": "course"})
    question = Question(case, {}, {"Z": np.ones(1), "dLdA": np.ones(1)}, {})
    given = Frame("answer", {"outcome": "done"}, {name: np.ones(1, "float32") for name in case.outputs})
    found = [(f.output, f.level, f.status) for f in from_answer(section, question, given) or []]
    assert found == [("Z", "course", "passed"), ("dLdA", "course", "passed"), ("Z", "strict", "failed")]


def test_an_output_whose_turn_did_not_come_says_where_it_broke() -> None:
    (section,) = [one for one in helpers.rubric().sections if one.id == "conv1d_stride1"]
    truth = helpers.ASSIGNMENT.truth(helpers.rubric(), "quick", PUBLIC, public=True)
    (question,) = [one for one in truth.questions(section) if "A_first" in one.inputs]
    frames = [{"file": "a.py", "line": 4, "function": "C.backward", "text": ""}]
    broken = {"outcome": "raised", "type": "ValueError", "message": "", "frames": frames, "output": "dLdA"}
    found = from_answer(section, question, Frame("answer", broken, {})) or []
    plain = "ValueError at a.py:4"
    assert {one.output: one.message for one in found} == {
        "Z": f"its turn did not come: `dLdA` broke in a first use of the object: {plain}",
        **dict.fromkeys(("dLdA", "dLdW", "dLdb"), plain),
    }
    for output in ("", "Z", "no output", 3, ["dLdA"]):
        found = from_answer(section, question, Frame("answer", {**broken, "output": output}, {})) or []
        assert {one.message for one in found} == {plain}
