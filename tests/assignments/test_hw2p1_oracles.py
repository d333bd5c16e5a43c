"""HW2P1's oracles: PyTorch, the scanned MLP and the closed forms against the reference, on every case."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from autograder.assignments import reference, rubric_files
from autograder.assignments.cases import Case, Draw
from autograder.assignments.hw2p1.cases import cases
from autograder.assignments.hw2p1.judges import JUDGES
from autograder.assignments.hw2p1.oracles import letters, oracles
from autograder.assignments.oracles import Oracle, OracleError, OraclesAbsent, disagreement, expected

RUBRIC = Path(rubric_files.__file__).parent / "hw2p1" / "rubric.toml"
SECTIONS = [section.id for section in rubric_files.load(RUBRIC).sections]
CASE = Case("f() on (2,)", {}, {"A": Draw((2,))}, ("Z", "dLdA"))


def made(section: str, edition: str, profile: str) -> Iterator[Case]:
    rubric = rubric_files.load(RUBRIC, edition)
    for entry in rubric.sections:
        if entry.id == section:
            yield from cases(entry, rubric, profile)


def hold(section: str, edition: str, profile: str, seed: int) -> None:
    """The oracles agree, know exactly the outputs, and the judges accept the reference."""
    first, second = oracles(section)
    for case in made(section, edition, profile):
        inputs = case.inputs(seed, section)
        values = expected(case, inputs, (first, second), section=section)
        assert set(values) == set(case.outputs) - set(case.judged)
        compared = [value for value in values.values() if not isinstance(value, str)]
        assert all(np.isfinite(value).all() for value in compared)
        by_reference = second.compute(case.params, inputs)
        if case.params.get("answers") != "s22":
            assert set(by_reference) == set(case.outputs), "the exercises record every output"
        for output in case.judged:
            arrays = {name: np.asarray(value) for name, value in by_reference.items()}
            assert JUDGES[section, output](case.params, inputs, arrays) is None


@pytest.mark.parametrize("edition", ["s22", "s23", "f23", "s24"])
@pytest.mark.parametrize("section", SECTIONS)
def test_the_truths_agree_on_the_quick_profile(section: str, edition: str) -> None:
    for seed in (0, 1, 2) if edition == "s23" else (3,):
        hold(section, edition, "quick", seed)


@pytest.mark.more
@pytest.mark.parametrize("section", SECTIONS)
def test_the_truths_agree_on_the_full_profile(section: str) -> None:
    hold(section, "f23", "full", 0)


@pytest.mark.more
@pytest.mark.parametrize("section", ["cnn", "batchnorm2d", "resnet"])
def test_no_seed_makes_what_is_not_linear_ill_conditioned(section: str) -> None:
    """Dead ReLUs or a vanishing variance would make rounding into a result."""
    first, second = oracles(section)
    for case in made(section, "s23", "quick"):
        for seed in range(100, 300):
            inputs = case.inputs(seed, section)
            one, other = first.compute(case.params, inputs), second.compute(case.params, inputs)
            for output in case.outputs:
                a, b = np.asarray(one[output]), np.asarray(other[output])
                scale = np.abs(a).max()
                assert np.abs(a - b).max() <= 1e-11 * scale
                assert scale > 1e-7 or output == "zero_grads"


def test_the_reference_leaves_no_modules_behind() -> None:
    first = [name for name in sys.modules if name in ("loss", "Conv1d", "models", "mytorch", "linear", "mcq")]
    path = list(sys.path)
    reference.Reference(reference.HOME / "hw2p1", ("", "mytorch", "models", "MCQ"))
    assert [name for name in sys.modules if name in ("loss", "Conv1d", "models", "mytorch", "linear", "mcq")] == first
    assert sys.path == path


def test_a_module_of_the_same_name_is_neither_used_nor_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = type(sys)("loss")
    monkeypatch.setitem(sys.modules, "loss", stranger)
    solution = reference.Reference(reference.HOME / "hw2p1", ("", "mytorch", "models", "MCQ"))
    assert solution.find("CrossEntropyLoss", ("mytorch/loss.py",)).__name__ == "CrossEntropyLoss"
    assert sys.modules["loss"] is stranger


def test_without_the_references_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(reference, "HOME", tmp_path)
    with pytest.raises(OraclesAbsent, match="not in this copy"):
        reference.reference("hw2p1", ("elsewhere",))


def test_without_pytorch_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    case = next(made("conv1d", "s23", "quick"))
    with pytest.raises(OraclesAbsent, match="PyTorch is not installed"):
        expected(case, case.inputs(0, "conv1d"), oracles("conv1d"))


def test_every_question_has_one_of_its_letters_in_every_table() -> None:
    assert letters() == {"s22": ["b", "d", "b", "a", "a"], "s23": ["b", "d", "b", "a", "d"]}


def both(one: dict[str, object], other: dict[str, object]) -> dict[str, object]:
    pair = [Oracle(name, lambda params, inputs, given=given: given) for name, given in (("one", one), ("two", other))]
    return dict(expected(CASE, CASE.inputs(0, "f"), pair, section="f"))


def test_the_first_truth_is_taken() -> None:
    nudged = np.ones(2) + 1e-12
    assert both({"Z": np.ones(2), "dLdA": np.ones(1)}, {"Z": nudged})["Z"].tolist() == [1, 1]  # type: ignore[attr-defined]


def test_a_disagreement_names_everything() -> None:
    with pytest.raises(OracleError, match=r"f: f\(\) on \(2,\): one and two disagree on `Z`: by 0.001 where"):
        both({"Z": np.ones(2), "dLdA": np.ones(1)}, {"Z": np.array([1, 1.001])})


@pytest.mark.parametrize(("one", "two"), [("float32", "float64"), ("float64", "float32")])
def test_single_precision_is_asked_for_and_no_accident(one: str, two: str) -> None:
    gradient = {"dLdA": np.ones(1)}
    with pytest.raises(OracleError, match=f"one and two disagree on `Z`: {one} and {two}"):
        both({"Z": np.ones(2, one), **gradient}, {"Z": np.ones(2, two)})
    assert both({"Z": np.ones(2, "float32"), **gradient}, {"Z": np.ones(2, "float32")})
    meant = Oracle("one", lambda *_: {"Z": np.ones(2, one), **gradient}, frozenset({"Z"}))
    assert expected(CASE, {}, (meant, Oracle("two", lambda *_: {"Z": np.ones(2, two)})))


def test_outputs_that_nobody_knows_or_wants() -> None:
    with pytest.raises(OracleError, match="no oracle gives dLdA"):
        both({"Z": np.ones(2)}, {"Z": np.ones(2)})
    with pytest.raises(OracleError, match="two gives extra, which the case lacks"):
        both({"Z": np.ones(2), "dLdA": np.ones(1)}, {"extra": np.ones(2)})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a", "b"),
        ("a", np.ones(1)),
        (np.ones((1, 3)), np.ones((3, 1))),
        (np.array([np.nan]), np.array([np.nan])),
        (np.array([np.inf]), np.array([np.inf])),
        (np.zeros(2), np.full(2, 1e-9)),
    ],
)
def test_what_counts_as_a_disagreement(one: object, other: object) -> None:
    assert disagreement(one, other)  # type: ignore[arg-type]


def test_what_counts_as_agreement() -> None:
    assert not disagreement("a", "a")
    assert not disagreement(np.zeros((0, 3)), np.zeros((0, 3)))
    assert not disagreement(np.array([1e9, 1e-9]), np.array([1e9, 0]))


def test_oracles_get_inputs_of_their_own() -> None:
    def spoil(params: object, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        inputs["A"][...] = 0
        return {"Z": inputs["A"], "dLdA": inputs["A"]}

    inputs = CASE.inputs(0, "f")
    expected(CASE, inputs, [Oracle("spoiler", spoil)])  # type: ignore[arg-type]
    assert inputs["A"].any()
