"""The catalogue of wrong ideas: complete in words, true to its data, and silent about what is right."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import helpers
import numpy as np
import pytest

from autograder.assignments import ladder, registry
from autograder.assignments.misconceptions import (
    conditions,
    copies,
    generic,
    ideas,
    making,
    parts,
    predictions,
    shapes,
    sketches,
    wrong,
)
from autograder.assignments.misconceptions.evidence import Seen
from autograder.assignments.seeds import PUBLIC

NAMES = [name for name in registry.names() if wrong.book(name)]
#: So many ideas an assignment knows at least.
MANY = {"hw2p1": 60, **dict.fromkeys(set(NAMES) - set(helpers.SHIPPED), 1)}

every = pytest.mark.parametrize("name", NAMES)


def seen(expected: np.ndarray, got: np.ndarray, output: str = "Z", **more: object) -> Seen:
    passed = got.shape == expected.shape and np.allclose(got, expected)
    given = {"params": {"arguments": {}}, "inputs": {}, "others": {}} | more
    names = helpers.ASSIGNMENT.arrays()
    return Seen("case", output, passed, got=got, expected=expected, names=names, **given)  # type: ignore[arg-type]


@every
def test_there_are_many_and_each_has_words(name: str) -> None:
    assignment = registry.find(name)
    words = ideas.load(assignment.folder)
    used = {entry.idea for entry in wrong.book(name)}
    used |= {idea for signs in assignment.observed().values() for idea in signs}
    assert len(used) >= MANY.get(name, 12)
    assert used <= set(words)
    assert {idea.kin for idea in words.values()} - {""} <= set(words)
    assert set(words) - used <= {idea.kin for idea in words.values()}
    for idea in words.values() if name in helpers.SHIPPED else ():
        assert idea.where, idea.id
        assert 1 <= len(re.findall(r"[.?!](?= |$)", idea.hint)) <= 3, idea.id


@every
def test_hints_do_not_give_the_line_away(name: str) -> None:
    for idea in ideas.load(registry.find(name).folder).values():
        assert not re.search(r"np\.|\[:|::|self\.", idea.hint), idea.hint


@every
def test_every_idea_is_wrong_somewhere_and_the_data_knows_it(name: str) -> None:
    shipped = predictions.shipped(registry.find(name).folder)
    for entry in wrong.book(name):
        assert any(
            entry.idea == predictions.idea_of(variant)
            for section in entry.sections
            for variant in shipped[section].answers
        ), entry.idea


@every
def test_a_patch_is_taken_back(name: str) -> None:
    assignment = registry.find(name)
    rubric = assignment.rubric()
    section = next(s for s in rubric.sections if any(s.id in entry.sections for entry in wrong.book(name)))
    questions = assignment.truth(rubric, "quick", PUBLIC, public=True).questions(section)[:2]
    first = wrong.predictions(assignment, section, questions)
    assert wrong.predictions(assignment, section, questions) == first


@every
@pytest.mark.more
def test_the_data_is_what_the_ideas_answer(name: str) -> None:
    assert making.stale(registry.find(name)) == []
    assert ladder.stale(registry.find(name)) == []


@pytest.mark.parametrize("name", [name for name in NAMES if name in helpers.SHIPPED])
def test_general_ideas_can_name_axes(name: str) -> None:
    assignment = registry.find(name)
    names = assignment.arrays()
    outputs = {output for section in assignment.rubric().sections for output in section.outputs}
    assert set(names.roles["output"]) & outputs


def test_sketches_tell_arrays_apart() -> None:
    rng = np.random.default_rng(0)
    array = rng.standard_normal((3, 4))
    mark = sketches.sketch(array)
    assert mark is not None
    assert mark.alike(sketches.unpacked(mark.packed()))
    for other in (array.T.copy(), array[::-1], array + 1e-5, -array, array[:, :3]):
        found = sketches.sketch(np.asarray(other))
        assert found is not None
        assert not mark.alike(found)
    assert sketches.sketch(np.array([np.nan])) is None


@pytest.mark.parametrize(
    ("change", "idea"),
    [
        (lambda a: -a, "sign"),
        (lambda a: a * 0, "zeros"),
        (lambda a: a[:, :, ::-1], "flipped-2"),
        (lambda a: np.abs(a), "absolute"),
        (lambda a: np.maximum(a, 0), "rectified"),
        (lambda a: np.broadcast_to(a[:1], a.shape), "first-sample-for-all"),
        (lambda a: np.roll(a, 1, 2), "shifted-2-later"),
        (lambda a: a.astype(np.float32), "single-precision"),
        (lambda a: np.trunc(a), "truncated"),
    ],
)
def test_general_ideas(change, idea) -> None:
    rng = np.random.default_rng(1)
    rows = [seen(a, change(a)) for a in (3 * rng.standard_normal(shape) for shape in ((2, 3, 5), (3, 2, 4)))]
    if idea == "single-precision":
        rows = [replace(row, passed=False) for row in rows]
    found = generic.explain(rows)
    assert found is not None
    assert found.id == idea


def test_noise_has_no_name() -> None:
    rng = np.random.default_rng(2)
    rows = [seen(rng.standard_normal(shape), rng.standard_normal(shape)) for shape in ((2, 3, 5), (3, 2, 4))]
    assert generic.explain(rows) is None
    assert shapes.explain(rows) is None
    assert conditions.explain(rows) is None


@pytest.mark.parametrize(
    ("change", "idea"),
    [
        (lambda a: a.transpose(0, 1, 3, 2), "shape-swapped-2-3"),
        (lambda a: a[..., :-1], "too-short-3"),
        (lambda a: a[..., None], "axis-too-many"),
        (lambda a: a[:, :, 1:1], "shape-empty"),
    ],
)
def test_shapes(change, idea) -> None:
    rng = np.random.default_rng(3)
    rows = [seen(a, change(a)) for a in (rng.standard_normal(shape) for shape in ((2, 3, 5, 4), (3, 2, 4, 6)))]
    found = shapes.explain(rows)
    assert found is not None
    assert found.id == idea
    assert "axis" in found.title.lower() or "axes" in found.title.lower() or "empty" in found.title


def test_a_systematic_difference_of_seven_digits_is_no_rounding() -> None:
    rng = np.random.default_rng(4)
    rows = [
        seen(a, a * (1 + 1e-7), "BZ") for a in (rng.standard_normal(shape) for shape in ((2, 3, 4, 5), (3, 2, 4, 4)))
    ]
    rows = [replace(row, passed=False) for row in rows]
    found = generic.explain(rows)
    assert found is None or found.id != "single-precision"
    rounded = [replace(row, got=np.float64(np.float32(row.expected))) for row in rows]
    found = generic.explain(rounded)
    assert found is not None
    assert found.id == "single-precision"


def test_of_few_digits_single_precision_is_said_only_where_each_value_shows_it() -> None:
    rng = np.random.default_rng(4)
    rows = [replace(seen(a, a), passed=False) for a in (rng.standard_normal(shape) for shape in ((2, 3, 4), (3, 2, 4)))]
    noisy = [replace(row, got=row.expected * (1 + 1e-7 * rng.uniform(-1, 1, row.expected.shape))) for row in rows]
    found = generic.explain(noisy)
    assert found is not None
    assert found.id == "seven-digits"
    assert not found.sure
    for digits in (2, 6):
        found = generic.explain([replace(row, got=np.round(row.expected, digits)) for row in rows])
        assert found is not None
        assert found.title == f"The values are rounded to {digits} digits after the point"


@pytest.mark.parametrize(
    ("factor", "title"), [(0.3, "It is off by a factor of 0.3"), (-7, "It is off by a factor of -7"), (1 + 3e-9, None)]
)
def test_a_factor_is_said_as_it_is_and_1_is_none(factor: float, title: str | None) -> None:
    rng = np.random.default_rng(5)
    rows = [seen(a, a * factor, "BZ") for a in (rng.standard_normal(shape) for shape in ((2, 3, 4, 5), (3, 2, 4, 4)))]
    found = generic.explain([replace(row, passed=False) for row in rows])
    assert (found.title if found is not None else None) == title


def test_axes_in_another_order_would_show_in_what_passes() -> None:
    first, second, even = np.ones((2, 4, 3)), np.ones((3, 2, 4)), np.ones((3, 3, 3))
    wrong_one, fine = seen(first, first.transpose(1, 2, 0)), seen(second, second)
    assert shapes.explain([wrong_one, fine]) is None
    found = shapes.explain([wrong_one, seen(even, even)])
    assert found is not None
    assert found.id == "shape-swapped-0-1-2"


def test_a_square_in_the_place_of_an_oblong_is_no_lost_position() -> None:
    due = [np.ones((1, 2, 4, 5)), np.ones((2, 1, 2, 3))]
    found = shapes.explain([seen(a, a[..., :-1]) for a in due])
    assert found is not None
    assert found.id == "square"


def test_the_border_is_wrong_only_where_both_ends_are() -> None:
    rng = np.random.default_rng(6)
    both, one = [], []
    for shape in ((1, 2, 6), (2, 3, 5)):
        due = rng.standard_normal(shape)
        ends, corner = due.copy(), due.copy()
        ends[:, :, [0, -1]] *= 2
        corner[0, 0, 0] += 1
        both.append(seen(due, ends))
        one.append(seen(due, corner))
    found = parts.explain(both)
    assert found is not None
    assert found.id == "only-border-2"
    assert parts.explain(one) is None


def case(number: int, *, fails: bool, width: int = 6, **inputs: np.ndarray) -> Seen:
    due = np.ones((1, 2, width))
    given = {"A": np.ones((number, 2, width)), **inputs}
    return seen(due, due * 2 if fails else due, inputs=given, params={"arguments": {"stride": 3}})


def test_what_failing_cases_share_is_said_only_where_nothing_else_tells_them_apart() -> None:
    cases = [case(1, fails=False), case(1, fails=False), case(3, fails=True), case(2, fails=True)]
    found = conditions.explain(cases)
    assert found is not None
    assert found.id == "only-batch"
    rests = [*cases[:2], case(3, fails=True, width=7), case(2, fails=True, width=8)]
    assert conditions.explain(rests) is None
    weights = [*cases[:2], case(3, fails=True, BW=np.ones(2)), case(2, fails=True, BW=np.ones(2))]
    assert conditions.explain(weights) is None


def test_values_in_other_places_are_called_by_their_indices() -> None:
    rng = np.random.default_rng(5)
    rows = []
    for shape in ((1, 2, 6), (2, 1, 8)):
        A = rng.standard_normal(shape)
        wrong_places = A[:, :, [0, 1, *range(3, shape[2] // 2 + 1)]]
        rows.append(seen(A[:, :, ::2], wrong_places, inputs={"A": A}))
    found = copies.explain(rows)
    assert found is not None
    assert found.id == "misplaced"
    assert "Z[0, 0, 1] is A[0, 0, 1], and should be A[0, 0, 2]" in found.title
    assert copies.explain([replace(row, got=row.expected * 2) for row in rows]) is None


@pytest.mark.parametrize(
    ("got", "idea"),
    [
        (lambda A, due: A, "size-unchanged"),
        (lambda A, due: np.ones((*A.shape[:3], due.shape[3])), "size-unchanged-2"),
        (lambda A, due: np.ones((*due.shape[:2], due.shape[2], due.shape[2])), "square"),
        (lambda A, due: np.ones((*due.shape[:2], due.shape[2] + len(A) % 2, due.shape[3] + 1)), "too-long-2-3"),
    ],
)
def test_more_shapes(got, idea) -> None:
    rows = []
    for n, H, W in ((1, 8, 6), (2, 9, 13)):
        A = np.ones((n, 2, H, W))
        due = A[:, :, ::2, ::2]
        rows.append(seen(due, got(A, due), inputs={"A": A}))
    found = shapes.explain(rows)
    assert found is not None
    assert found.id == idea


def test_zeros_of_a_layer_with_weights_may_be_those_that_it_was_built_with() -> None:
    expected = np.random.default_rng(0).normal(size=(2, 3, 4))
    layer = {"params": {"arguments": {}, "layer": "Conv1d"}, "inputs": {"W": np.ones((3, 1, 2))}}
    for more, told in ((layer, True), ({**layer, "inputs": {}}, False), ({**layer, "params": {}}, False)):
        found = generic.explain([seen(expected, expected * 0, **more)])
        assert found is not None and found.id == "zeros"
        assert ("made in `__init__`" in found.hint) is told


@pytest.mark.parametrize(
    ("factor", "shown"),
    [
        (lambda p: 1.0, {"dropout-not-scaled"}),
        (lambda p: 1 / p, {"dropout-scaled-by-p"}),
        (lambda p: float(int(1 / (1 - p))), {"integer-array"}),
        (lambda p: 1 / (1 - p), set()),
    ],
)
def test_a_scale_of_dropout_is_one_idea_s(factor: Callable[[float], float], shown: set[str]) -> None:
    signs = helpers.ASSIGNMENT.observed()["dropout2d", "Z"]
    A = np.random.default_rng(1).normal(size=(4, 6, 2, 2))
    kept = np.arange(24).reshape(4, 6, 1, 1) % 3 > 0
    said: dict[str, set[bool | None]] = {}
    for p in (0.3, 0.5, 0.8):
        for idea in ("dropout-not-scaled", "dropout-scaled-by-p", "integer-array"):
            found = signs[idea]({"arguments": {"p": p}}, {"A": A}, {"Z": np.where(kept, A * factor(p), 0)})
            said.setdefault(idea, set()).add(found)
    assert {idea for idea, one in said.items() if True in one and False not in one} == shown


def test_what_fails_only_by_its_defaults_is_not_said_to_be_wrong_at_one_end() -> None:
    rng = np.random.default_rng(6)

    def asked(right: bool, options: dict[str, int]) -> Seen:
        due = rng.standard_normal((2, 3, 3, 3))
        got = due.copy()
        got[:, :, :1] += not right
        return replace(seen(due, got, params={"arguments": {}, "options": options}), passed=right)

    given = [asked(True, {"stride": 1, "padding": 0}), asked(True, {"stride": 2, "padding": 1})]
    found = generic.explain([*given, asked(False, {}), asked(False, {})])
    assert found is not None
    assert found.title == "It fails only where `padding` and `stride` are left out"
    found = generic.explain([*given, asked(False, {}), asked(False, {"stride": 1, "padding": 0})])
    assert found is not None
    assert found.id == "only-first-2"


def test_a_hint_sends_nobody_to_the_file_of_another_class() -> None:
    assignment = registry.find("hw2p1")
    sections: dict[str, set[str]] = {}
    for entry in wrong.book("hw2p1"):
        sections.setdefault(entry.idea, set()).update(entry.sections)
    for idea in ideas.load(assignment.folder).values():
        if "the strided convolution" in idea.where:
            assert sections[idea.id] <= {"conv1d", "conv2d"}, idea.id
        if "the model's" in idea.where:
            assert sections[idea.id] <= {"cnn", "resnet", "scan_simple", "scan_distributed"}, idea.id


@pytest.mark.parametrize("moved", [("running_M",), ("running_V",), ("running_M", "running_V"), ()])
def test_evaluation_that_changes_one_running_number_is_seen(moved: tuple[str, ...]) -> None:
    rng = np.random.default_rng(7)
    signs = registry.find("hw2p1").observed()
    given = {"A eval": rng.standard_normal((2, 3, 2, 2))}
    outputs = {name: rng.uniform(1, 2, (1, 3, 1, 1)) for name in ("running_M", "running_V")}
    outputs |= {f"{name} after eval": outputs[name] * (0.9 if name in moved else 1) for name in tuple(outputs)}
    M, V = outputs["running_M after eval"], outputs["running_V after eval"]
    outputs["BZ eval"] = (given["A eval"] - M) / np.sqrt(V + 1e-8)
    for output, due in {
        "BZ eval": bool(moved),
        "running_M after eval": "running_M" in moved,
        "running_V after eval": "running_V" in moved,
    }.items():
        assert signs["batchnorm2d", output]["norm-eval-updates"]({}, given, outputs) is due
    outputs["BZ eval"] = given["A eval"]
    assert not signs["batchnorm2d", "BZ eval"]["norm-eval-updates"]({}, given, outputs)


def test_what_a_layer_keeps_is_asked_whether_it_is_ever_updated() -> None:
    due = np.random.default_rng(0).uniform(1.5, 3, (1, 6, 1, 1))
    for made in (np.ones, np.zeros):
        kept = [seen(due, made(due.shape), "running_V")]
        found = generic.explain(kept)
        assert found is not None and found.id == "never-updated"
    found = generic.explain([seen(due, np.ones(due.shape), "dLdA")])
    assert found is not None and found.id == "ones"


def test_complex_numbers_are_called_no_single_precision() -> None:
    due = np.random.default_rng(0).standard_normal((2, 3, 4))
    one = replace(seen(due, due + 0j), passed=False)
    assert generic.explain([one]) is None


def test_the_bias_alone_of_a_layer_may_come_of_weights_that_it_was_built_with() -> None:
    random = np.random.default_rng(0)
    W, b, due = (random.standard_normal(shape) for shape in ((3, 2, 2), 3, (2, 3, 4)))
    biased = due + b[:, None], np.broadcast_to(b[:, None], due.shape)
    params = {"layer": "Conv1d_stride1", "arguments": {}}
    rows = [
        seen(*biased, params=params, inputs={"W": W, "b": b}),
        seen(due, np.zeros(due.shape), params=params, inputs={"W": W}),
    ]
    found = generic.explain(rows)
    assert found is not None and found.id == "bias-only" and "made in `__init__`" in found.hint
    found = generic.explain(rows[1:])
    assert found is not None and found.id == "zeros"
