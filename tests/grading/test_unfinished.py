"""Work that is half done: what is right or wrong of it is told, and nobody's stub is blamed on another."""

from __future__ import annotations

from collections.abc import Iterator

import helpers
import pytest

from autograder.grading.grader import Grader
from autograder.grading.report import Report
from autograder.reports.troubles import troubles

CONV1D = "mytorch/Conv1d.py"
LAST = 'return np.einsum("nowk,ock->ncw", windows, self.W[:, :, ::-1], optimize=True)'
BELOW = {"conv1d", "convtranspose1d", "scan_simple", "scan_distributed", "cnn"}


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with helpers.warm() as warm:
        yield warm


def graded(grader: Grader, path: str, where: str, old: str, new: str) -> Report:
    return grader.grade(helpers.submission_from({path: helpers.patched(helpers.reference()[path], where, old, new)}))


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (LAST.replace("return ", "dLdA = "), "`Conv1d_stride1.backward` returned None: is a `return` missing?"),
        (f"{LAST}, self.W", "`dLdA` is a tuple, not a plain numpy.ndarray"),
        (f"{LAST}.tolist()", "`dLdA` is a list, not a plain numpy.ndarray"),
    ],
    ids=["None", "a tuple", "a list"],
)
def test_what_gives_no_array_is_the_cause_of_what_breaks_above(grader: Grader, new: str, words: str) -> None:
    report = graded(grader, CONV1D, "Conv1d_stride1.backward", LAST, new)
    sections = helpers.by_id(report)
    assert sections["conv1d_stride1"].status == "bad_output"
    assert sections["conv1d_stride1"].message == f"dLdA: {words}"
    failing = set(helpers.not_passed(report)) - {"conv1d_stride1"}
    assert failing == BELOW
    assert {sections[name].root_cause for name in failing} == {"Conv1d_stride1"}


def test_none_that_is_passed_on_belongs_to_who_gave_it(grader: Grader) -> None:
    report = graded(grader, "mytorch/resampling.py", "Upsample1d.backward", "return dLdZ[", "dLdA = dLdZ[")
    sections = helpers.by_id(report)
    assert sections["upsampling1d"].message == "dLdA: `Upsample1d.backward` returned None: is a `return` missing?"
    assert sections["convtranspose1d"].root_cause == "Upsampling1d"


def test_a_wrong_output_is_told_before_what_is_still_to_be_written(grader: Grader) -> None:
    text = helpers.patched(
        helpers.reference()[CONV1D], "Conv1d_stride1.backward", "K = self.kernel_size", "raise NotImplementedError"
    )
    text = helpers.patched(text, "Conv1d_stride1.forward", " + self.b[:, None]", "")
    section = helpers.by_id(grader.grade(helpers.submission_from({CONV1D: text})))["conv1d_stride1"]
    assert section.status == "failed" and section.message.startswith("Z: ")


def test_what_is_right_already_of_a_stub_is_told(grader: Grader) -> None:
    report = graded(grader, CONV1D, "Conv1d_stride1.backward", "K = self.kernel_size", "raise NotImplementedError")
    assert helpers.by_id(report)["conv1d_stride1"].status == "not_implemented"
    assert report.run["sections"]["Conv1d_stride1"]["right"] == ["Z"]


def test_an_exception_in_right_code_points_at_what_it_was_given(grader: Grader) -> None:
    old = "self.downsample1d.backward(dLdZ)"
    report = graded(grader, CONV1D, "Conv1d.backward", old, old.replace("dLdZ", "dLdZ[0]"))
    (check, *_) = [check for check in helpers.by_id(report)["conv1d"].checks if check.status == "error"]
    assert check.message.endswith("; `Downsample1d` is right by itself: look at what it is given")


FLATTEN = "mytorch/flatten.py"


def flatten(line: str, *, method: str = "forward") -> str:
    """Flatten's file with this in place of what its method returns."""
    old = {"forward": "return A.reshape(len(A), -1)", "backward": "return dLdZ.reshape(self.input_shape)"}[method]
    return helpers.patched(helpers.reference()[FLATTEN], f"Flatten.{method}", old, line)


@pytest.mark.parametrize("method", ["forward", "backward"])
@pytest.mark.parametrize("line", ["pass", "...", "return None", "print(1)"])
def test_a_part_without_a_section_that_gives_none_is_no_stub_of_who_uses_it(
    grader: Grader, method: str, line: str
) -> None:
    sections = helpers.by_id(grader.grade(helpers.submission_from({FLATTEN: flatten(line, method=method)})))
    assert sections["cnn"].status == "bad_output"
    output = {"forward": "flatten Z", "backward": "flatten dLdA"}[method]
    assert sections["cnn"].message == f"{output}: `Flatten.{method}` returned None"


def test_a_part_without_a_section_that_is_still_to_be_written_is_named(grader: Grader) -> None:
    report = grader.grade(helpers.submission_from({FLATTEN: flatten("raise NotImplementedError")}))
    sections = helpers.by_id(report)
    assert helpers.not_passed(report) == dict.fromkeys(("scan_simple", "scan_distributed", "cnn"), "error")
    assert "`Flatten.forward` is not implemented yet at mytorch/flatten.py:22" in sections["scan_simple"].message


def test_a_function_beside_the_section_s_own_code_is_its_own_stub(grader: Grader) -> None:
    path = "models/cnn.py"
    text = helpers.patched(helpers.reference()[path], "CNN.step", "for ", "helped()\n        for ")
    text += "\n\ndef helped():\n    raise NotImplementedError\n"
    for place in (path, "hw2/hw2.py"):
        report = grader.grade(helpers.submission_from({path: None, place: text}))
        assert helpers.not_passed(report) == {"cnn": "not_implemented"}


@pytest.mark.parametrize("line", ["raise NotImplementedError", "return None"])
def test_a_stub_of_the_section_s_own_is_one_whatever_its_parts_are(grader: Grader, line: str) -> None:
    stub = "class CNN:\n    def __init__(self, *args):\n        raise NotImplementedError\n"
    report = grader.grade(helpers.submission_from({FLATTEN: flatten(line), "models/cnn.py": stub}))
    assert helpers.by_id(report)["cnn"].status == "not_implemented"


def test_a_file_with_null_bytes_is_named(grader: Grader) -> None:
    path = "mytorch/flatten.py"
    report = grader.grade(helpers.submission_from({path: helpers.reference()[path].encode("utf-16")}))
    assert "SyntaxError in mytorch/flatten.py: save it as text in UTF-8" in helpers.by_id(report)["cnn"].message


def test_a_breakpoint_in_a_class_is_the_cause_of_what_stops_there(grader: Grader) -> None:
    report = graded(grader, CONV1D, "Conv1d_stride1.forward", "self.A = A", "self.A = A; import pdb; pdb.set_trace()")
    sections = helpers.by_id(report)
    assert "`pdb.set_trace` is a debugger" in sections["conv1d_stride1"].message
    stopped = {name for name, section in sections.items() if section.status == "forbidden"} - {"conv1d_stride1"}
    assert stopped == BELOW
    assert {sections[name].root_cause for name in stopped} == {"Conv1d_stride1"}


def test_what_a_file_that_is_not_there_should_hold_is_told_of_together(grader: Grader) -> None:
    report = grader.grade(helpers.submission_from({"mytorch/pool.py": None}))
    (trouble,) = troubles(report)
    assert {section.message.rpartition(": ")[2] for section in trouble.sections} == {"mytorch/pool.py is missing"}
    assert len(trouble.sections) == 4


def test_a_file_that_was_handed_out_is_right_by_itself_only_as_it_was_handed_out(grader: Grader) -> None:
    old = "A = layer.forward(A)"
    short = old.replace("(A)", "(A[:, :-1] if layer is self.linear_layer else A)")
    model = helpers.patched(helpers.reference()["models/cnn.py"], "CNN.forward", old, short)
    linear = (helpers.ASSIGNMENT.handout / "mytorch/linear.py").read_text("utf-8")
    found = {}
    for name, text in (("as it was", linear), ("other line ends", linear.replace("\n", "\r\n")), ("own", f"{linear}#")):
        files = {"models/cnn.py": model, "mytorch/linear.py": text}
        found[name] = helpers.by_id(grader.grade(helpers.submission_from(files)))["cnn"].message
    assert "mytorch/linear.py:" in found["as it was"]
    assert "`Linear` is right by itself: look at what it is given" in found["as it was"]
    assert "is right by itself" in found["other line ends"]
    assert "is right by itself" not in found["own"] and "yours is another: compare the two" in found["own"]
