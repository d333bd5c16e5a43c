"""HW2P1's rubric and cases as data: what is graded, and that every family has the shapes where mistakes live."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from autograder.assignments import registry, rubric_files
from autograder.assignments.cases import Case
from autograder.assignments.hw2p1.cases import cases
from autograder.assignments.hw2p1.cases.layers import LAYERS, output_shape
from autograder.assignments.hw2p1.judges import JUDGES
from autograder.assignments.rubric import Rubric, Section

RUBRIC = Path(rubric_files.__file__).parent / "hw2p1" / "rubric.toml"
EDITIONS = ("s22", "s23", "f23", "s24", "s26")

#: The keys in the order and the letters that Autolab reads, with the points.
S23 = [
    *((f"MCQ {i}", "1") for i in range(1, 6)),
    ("Downsampling1d", "2.5"),
    ("Upsampling1d", "2.5"),
    ("Downsampling2d", "2.5"),
    ("Upsampling2d", "2.5"),
    ("Conv1d_stride1", "10"),
    ("Conv1d", "5"),
    ("Conv2d-stride1", "10"),
    ("Conv2d", "5"),
    ("convTranspose1d", "5"),
    ("convTranspose2d", "5"),
    ("MaxPool2d_stride1", "10"),
    ("MaxPool2d", "5"),
    ("MeanPool2d_stride1", "10"),
    ("MeanPool2d", "5"),
    ("CNN as Simple Scanning MLP", "5"),
    ("CNN as Distributed Scanning MLP", "5"),
    ("Build a CNN Model", "5"),
    ("Dropout2d", "5"),
    ("BatchNorm2d", "5"),
    ("Resnet", "5"),
]


def load(edition: str | None = None) -> Rubric:
    return rubric_files.load(RUBRIC, edition)


def every(edition: str, profile: str = "quick") -> Iterator[tuple[Section, Case]]:
    rubric = load(edition)
    for section in rubric.sections:
        for case in cases(section, rubric, profile):
            yield section, case


def by_section(edition: str = "s23", profile: str = "quick") -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for section, case in every(edition, profile):
        found.setdefault(section.id, []).append(case)
    return found


def test_the_default_rubric_is_the_contract_s() -> None:
    rubric = load()
    assert rubric.edition == "s23"
    assert [(section.key, str(section.points)) for section in rubric.sections] == S23
    assert [section.key for section in rubric.sections if section.group == "bonus"] == [key for key, _ in S23[-3:]]


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_edition_has_100_points_and_a_bonus_of_15(edition: str) -> None:
    assert load(edition).maximum("main") == Decimal(100)
    assert load(edition).maximum("bonus") == Decimal(15)


def test_what_editions_change() -> None:
    s22, s23, f23, s24 = (load(edition) for edition in ("s22", "s23", "f23", "s24"))
    assert (s22.settings["answers"], s23.settings["answers"]) == ("s22", "s23")
    assert [rubric.settings["padding"] for rubric in (s22, s23, f23, s24)] == [
        "optional",
        "optional",
        "position",
        "keyword",
    ]
    keys = [section.key for section in s24.sections]
    assert "Conv2d_stride1" in keys
    assert "Conv2d-stride1" not in keys
    assert not any(key.startswith("MCQ") for key in keys)
    scans = {rubric.edition: [s for s in rubric.sections if s.exercise == "scan"] for rubric in (s23, f23, s24)}
    assert {edition: {s.outputs["dLdA"] for s in found} for edition, found in scans.items()} == {
        "s23": {"strict"},
        "f23": {"course"},
        "s24": {"course"},
    }
    assert [str(section.points) for section in scans["s24"]] == ["5", "10"]


@pytest.mark.parametrize("edition", ["f24", "s25", "f25", "s26"])
def test_later_editions_are_s24_by_another_name(edition: str) -> None:
    assert load(edition).sections == load("s24").sections
    assert load(edition).settings == load("s24").settings


def test_given_files_and_limits_of_profiles() -> None:
    rubric = load()
    assert "mytorch/linear.py" in rubric.given
    assert rubric.limits_of("quick") == rubric.limits
    assert rubric.limits_of("full").cpu_seconds > rubric.limits.cpu_seconds


@pytest.mark.parametrize("profile", ["quick", "full"])
@pytest.mark.parametrize("edition", EDITIONS)
def test_names_are_unique_and_outputs_are_the_section_s(edition: str, profile: str) -> None:
    rubric = load(edition)
    for section in rubric.sections:
        made = cases(section, rubric, profile)
        names = [case.name for case in made]
        assert len(set(names)) == len(names), section.id
        assert {output for case in made for output in case.outputs} == set(section.outputs), section.id
        for case in made:
            assert set(case.judged) <= set(case.outputs)
            assert all((section.id, output) in JUDGES for output in case.judged)
            # The guest and the practice data carry parameters as JSON, names as single lines.
            assert "\n" not in case.name


def test_one_name_means_the_same_in_every_edition() -> None:
    """The practice data holds each name of a section once, for all editions."""
    seen: dict[tuple[str, str], Case] = {}
    for edition in EDITIONS:
        for section, case in every(edition):
            known = seen.setdefault((section.id, case.name), case)
            assert dict(known.draws) == dict(case.draws)
            assert (known.outputs, known.judged) == (case.outputs, case.judged)
            facts = [{k: v for k, v in one.params.items() if k != "padding_by"} for one in (known, case)]
            assert facts[0] == facts[1]


def test_draws_depend_on_seed_section_and_case_only() -> None:
    for section, case in every("s23"):
        once, again = case.inputs(3, section.id), case.inputs(3, section.id)
        assert list(once) == list(again) == list(case.draws)
        assert all(np.array_equal(once[name], again[name]) and once[name] is not again[name] for name in once)
        other = case.inputs(4, section.id)
        assert not once or any(not np.array_equal(once[name], other[name]) for name in once)


def test_every_section_has_a_course_case_and_all_but_questions_a_strict_one() -> None:
    for section, made in by_section().items():
        levels = {case.level for case in made}
        assert levels == ({"course"} if section.startswith("mcq") else {"course", "strict"}), section


@pytest.mark.parametrize("section", LAYERS)
def test_each_layer_has_every_irregular_case(section: str) -> None:
    made = by_section()[section]
    shapes = [case.draws["A"].shape for case in made]
    assert {1, 3} <= {shape[0] for shape in shapes}
    assert len(shapes[0]) == 3 or any(shape[2] != shape[3] for shape in shapes)
    assert len(shapes[0]) == 3 or any(shape[2] == shape[3] for shape in shapes)
    assert any("dLdZ" in case.draws for case in made)
    assert any("A_first" in case.draws and case.draws["A_first"].shape != case.draws["A"].shape for case in made)
    if LAYERS[section].has_weights:
        assert any("b" in case.draws for case in made)
        assert all(case.params["arguments"]["in_channels"] == case.draws["A"].shape[1] for case in made)
        arguments = [case.params["arguments"] for case in made]
        assert {np.sign(given["in_channels"] - given["out_channels"]) for given in arguments} >= {-1, 1}


@pytest.mark.parametrize("section", [name for name in LAYERS if "sampling" not in name])
def test_kernels_of_one_and_as_large_as_the_input(section: str) -> None:
    kernels, outputs = set(), []
    for case in by_section()[section]:
        arguments = case.params["arguments"]
        kernels.add(arguments.get("kernel", arguments.get("kernel_size")))
        without = {name: value for name, value in arguments.items() if name not in ("stride", "downsampling_factor")}
        outputs.append(output_shape(case.params["layer"], without, case.draws["A"].shape)[2:])
    assert 1 in kernels
    assert any(set(sides) == {1} for sides in outputs)


@pytest.mark.parametrize("section", ["conv1d", "conv2d", "maxpool2d", "meanpool2d"])
def test_strides_that_do_not_divide(section: str) -> None:
    left = set()
    for case in by_section()[section]:
        arguments = case.params["arguments"]
        kernel = arguments.get("kernel", arguments.get("kernel_size"))
        left |= {(side - kernel) % arguments["stride"] > 0 for side in case.draws["A"].shape[2:]}
    assert left == {True, False}


def test_factors_that_divide_and_that_do_not() -> None:
    for section in ("downsampling1d", "downsampling2d"):
        sides = [
            (side, case.params["arguments"]["downsampling_factor"])
            for case in by_section()[section]
            for side in case.draws["A"].shape[2:]
        ]
        assert {side % factor == 0 for side, factor in sides if factor > 1} == {True, False}
        # Both an even and an odd side must come back: 9 gives 5 and 8 gives 4.
        assert {side % 2 for side, factor in sides if factor == 2} == {0, 1}


def test_max_pools_have_ties_with_gradients_that_tell_windows_apart() -> None:
    for section in ("maxpool2d_stride1", "maxpool2d"):
        tied = [case for case in by_section()[section] if case.judged]
        assert len(tied) >= 2
        for case in tied:
            inputs = case.inputs(0, section)
            planes = inputs["dLdZ"].reshape(-1, inputs["dLdZ"][0, 0].size)
            assert (np.sort(planes, axis=1) == 2.0 ** np.arange(planes.shape[1])).all()
            assert len(np.unique(inputs["A"])) <= 3


@pytest.mark.parametrize("edition", ["s22", "s23"])
@pytest.mark.parametrize("section", ["conv1d", "conv2d"])
def test_padding_is_optional_and_strict_where_the_edition_does_not_have_it(section: str, edition: str) -> None:
    padded = [case for case in by_section(edition)[section] if "padding" in case.params]
    assert {case.params["padding"] for case in padded} == {0, 1, 2}
    assert all(case.optional and case.level == "strict" for case in padded)


def test_padding_is_graded_where_the_edition_has_it() -> None:
    for edition in ("f23", "s24"):
        for section in ("conv1d", "conv2d"):
            made = by_section(edition)[section]
            assert all("padding" in case.params and not case.optional for case in made)
            assert {case.params["padding"] for case in made if case.level == "course"} == {0, 1, 2}


def test_residual_blocks_are_fed_integers_as_integers() -> None:
    course = [case for case in by_section()["resnet"] if case.level == "course"]
    assert course
    assert all(case.inputs(0, "resnet")["A"].dtype == np.int64 for case in course)


def test_the_quick_profile_is_small() -> None:
    sizes = [np.prod(draw.shape) for _, case in every("s23") for draw in case.draws.values()]
    assert max(sizes) <= 24 * 128
    assert sum(sizes) < 80_000
    assignment, rubric = registry.find("hw2p1"), load()
    assert all(len(assignment.cases(section, rubric, "quick")) <= 12 for section in rubric.sections)


def test_the_full_profile_only_adds() -> None:
    quick, full = by_section(), by_section(profile="full")
    for section, made in quick.items():
        assert {case.name for case in made} <= {case.name for case in full[section]}
    widths = [case.draws["A"].shape[-1] for case in full["conv1d"]]
    assert max(widths) == 299
    assert any("width=128" in case.name and case.level == "course" for case in full["cnn"])


#: So many of each the course draws.
REPEATS = {"conv1d_stride1": 15, "conv1d": 15, "conv2d_stride1": 2, "conv2d": 2}
#: Its ranges, both ends included; a kernel, a factor or a stride goes from 1 to 9.
RANGES = {"N": (1, 3), "C": (5, 14), "W": (20, 299), "sides": (55, 99)}


@pytest.mark.parametrize("section", LAYERS)
def test_the_full_profile_goes_through_the_course_s_ranges(section: str) -> None:
    small = {case.name for case in by_section()[section]}
    added = [case for case in by_section(profile="full")[section] if case.name not in small]
    assert len(added) >= REPEATS.get(section, 3)
    seen: dict[str, set[int]] = {}
    for case in added:
        batch, channels, *sides = case.draws["A"].shape
        numbers = {name: value for name, value in case.params["arguments"].items() if "channels" not in name}
        seen.setdefault("N", set()).add(batch)
        seen.setdefault("C", set()).update({channels, case.params["arguments"].get("out_channels", channels)})
        seen.setdefault("W" if len(sides) == 1 else "sides", set()).update(sides)
        for name, value in numbers.items():
            seen.setdefault(name, set()).add(value)
    for name, values in seen.items():
        assert (min(values), max(values)) == RANGES.get(name, (1, 9)), name


def test_unknown_profiles_and_sections_are_errors() -> None:
    rubric = load()
    with pytest.raises(ValueError, match="no profile 'slow'"):
        cases(rubric.sections[0], rubric, "slow")
