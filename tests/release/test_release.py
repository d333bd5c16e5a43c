"""The students' repository: complete, harmless, the same bytes twice, and kind to their work."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from dataclasses import asdict

import jsonschema
import numpy as np
import pytest
from helpers import SHIPPED

from autograder.assignments import listed, registry
from autograder.assignments.misconceptions import predictions
from autograder.assignments.practice import NOT_HERE, Practice
from autograder.assignments.rubric_files import load
from autograder.assignments.truth import ANSWER
from autograder.errors import UsageError
from autograder.release import contents, updating

ASSIGNMENT = registry.find("hw2p1")
FOLDER = "autograder/assignments/hw2p1"


#: What the handout, or the grader itself, has to say too.
IDIOMS = {"cat_dog_cnn": {b"with torch.no_grad():", b"model.apply(init_weights)"}}


def solution_lines(assignment) -> set[bytes]:
    """Every line of the solutions that says something and that the handout does not have anyway."""

    def lines(root):
        files = (path for path in root.rglob("*") if path.suffix in (".py", ".ipynb"))
        return {line.strip() for path in files for line in path.read_bytes().splitlines() if line.strip()}

    secret = lines(assignment.reference) - lines(assignment.handout) - IDIOMS.get(assignment.name, set())
    return {line for line in secret if len(line) >= 20 and not line.startswith((b"#", b'"""', b"import", b"from"))}


@pytest.mark.parametrize("name", registry.names())
def test_no_line_of_a_solution_is_in_any_byte(name):
    assignment = registry.find(name)
    lines = solution_lines(assignment)
    assert len(lines) >= 30 or name not in SHIPPED
    for path, content in contents.students(assignment, registry.PROJECT).files.items():
        assert not [line for line in lines if line in content], path


def test_nothing_of_the_courses_is_in_it(made):
    words = [b"reference_solutions/hw2p1/", b"<solution", b"</solution", b"BEGIN PRIVATE"]
    for path, content in made.files.items():
        assert not re.search(r"oracle_truth|torch_truth|hw2p1/oracles|answers|reference|gradebook|batch/", path), path
        # The generic module that says "the reference solutions are not here" may name their folder.
        assert not [word for word in words if word in content and not path.endswith(("registry.py",))], path
    assert not any(b"import torch" in content for path, content in made.files.items() if path.startswith("autograder/"))


def test_no_answer_of_a_question_in_any_form(made):
    index = json.loads(made.files["autograder/assignments/hw2p1/practice.json"])
    course = json.loads((ASSIGNMENT.folder / "practice.json").read_text())
    for section in ("mcq_1", "mcq_2", "mcq_3", "mcq_4", "mcq_5"):
        assert index["sections"][section] == NOT_HERE
    letters = [
        case["expected"]["answer"]
        for section, cases in course["sections"].items()
        if section.startswith("mcq")
        for case in cases.values()
    ]
    table = json.dumps(letters).encode()
    joined = "".join(letters).encode()
    for path, content in made.files.items():
        if path.endswith(".npy"):
            continue
        assert table not in content, path
        assert not re.search(rb"(?<![a-z])" + joined + rb"(?![a-z])", content), path


def test_the_practice_data_is_the_courses_for_all_else(made):
    folder = "autograder/assignments/hw2p1"
    index = json.loads(made.files[f"{folder}/practice.json"])["sections"]
    values = np.load(io.BytesIO(made.files[f"{folder}/practice.npy"]), allow_pickle=False)
    rubric = ASSIGNMENT.rubric()

    def cases(section):
        return ASSIGNMENT.cases(section, rubric, "quick")

    ours = Practice.load(ASSIGNMENT.folder, cases, ASSIGNMENT.judges())
    theirs = Practice(index, values, cases, ASSIGNMENT.judges())
    for section in rubric.sections[5:]:
        for one, other in zip(ours.questions(section), theirs.questions(section), strict=True):
            for name, value in {**one.inputs, **one.expected}.items():
                np.testing.assert_array_equal(value, {**other.inputs, **other.expected}[name])


def test_the_same_bytes_twice(made, run, tmp_path):
    """Also by a process in which sets have another order."""
    done = run(registry.PROJECT, "release", tmp_path / "again", PYTHONHASHSEED="1")
    assert done.returncode == 0, done.stderr
    expected = {**made.files, updating.MANIFEST: updating.manifest(made)}
    assert {str(p.relative_to(tmp_path / "again")): p.read_bytes() for p in files(tmp_path / "again")} == expected


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", registry.names())
def test_the_listed_cases_are_the_courses_in_every_edition(name, tmp_path):
    """In their order, and without what would draw their values."""
    assignment = registry.find(name)
    (tmp_path / "cases.json").write_bytes(
        contents.students(assignment, registry.PROJECT).files[f"autograder/assignments/{name}/cases.json"]
    )
    for edition in assignment.editions():
        rubric = assignment.rubric(edition)
        for section in rubric.sections:
            theirs = listed.cases(tmp_path, section.id, edition)
            whole = assignment.cases(section, rubric, "quick")
            open_ = section.visibility == "visible" and ANSWER not in section.outputs
            ours = [case for case in whole if open_ and section.visibility_of_case(case.name) == "visible"]
            # A subclass draws in its own way, and arrays that are kept need no drawing.
            assert [asdict(case) for case in theirs] == [{**asdict(case), "draws": {}} for case in ours]


def test_the_schema_of_releases(made):
    schema = json.loads((registry.PROJECT / "autograder/reports/schema/release-v1.json").read_text("utf-8"))
    jsonschema.validate(json.loads(updating.manifest(made)), schema)


def test_no_pytorch_is_needed(made):
    text = made.files["requirements.txt"].decode()
    assert "torch" not in text
    assert [line.partition("==")[0] for line in text.splitlines()[1:]] == list(contents.NEEDED)


def test_it_grades_by_itself_and_leaves_nothing_to_be_committed(made, solved, run):
    done = run(solved)
    assert done.returncode == 0, done.stdout + done.stderr
    scores = json.loads(done.stdout.splitlines()[-1])["scores"]
    assert sum(scores.values()) == 110
    assert "MCQ 1" not in scores
    assert "Not checked here, but by the course: MCQ 1" in done.stdout
    assert (solved / "scores.json").is_file()
    assert run(solved, "handin").returncode == 0
    for command in (["init", "--quiet"], ["add", "."]):
        subprocess.run(["git", *command], cwd=solved, check=True)
    committed = subprocess.run(
        ["git", "ls-files"], cwd=solved, capture_output=True, text=True, check=True
    ).stdout.split()
    assert {*committed} == {*made.files, updating.MANIFEST}


IMPORT_ALL = """
import importlib, pathlib
for path in sorted(pathlib.Path("autograder").rglob("*.py")):
    parts = path.with_suffix("").parts
    if "guest" not in parts:
        importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
"""


def test_every_module_finds_what_it_imports(released_once, run):
    done = run(released_once, IMPORT_ALL, runner="-c")
    assert done.returncode == 0, done.stderr


def test_a_failure_is_explained(solved, run):
    place = solved / "handout/hw2p1/mytorch/resampling.py"
    text = place.read_text().replace("[:, :, :: self.downsampling_factor]", "[:, :, 1 :: self.downsampling_factor]", 1)
    place.write_text(text)
    done = run(solved, "--only", "Downsampling1d", "--format", "json", "--output", "report.json")
    assert done.returncode == 0, done.stderr
    (section,) = json.loads((solved / "report.json").read_text())["sections"]
    assert section["status"] == "failed"


@pytest.mark.parametrize(
    ("place", "read"),
    [(predictions.FILE, predictions.entries), ("ladder.json", lambda text: json.loads(text)["sections"])],
)
def test_what_wrong_ideas_answer_and_the_ladder_go_along(place, read, made):
    theirs = read(made.files[f"autograder/assignments/hw2p1/{place}"].decode())
    assert theirs == read((ASSIGNMENT.folder / place).read_text("utf-8"))
    assert not any("misconceptions/wrong" in path for path in made.files)


@pytest.mark.parametrize(
    "arguments",
    [["selfcheck"], ["batch", "."], ["grade", "--seed", "3"], ["grade", "--profile", "full"], ["release", "x"]],
)
def test_what_it_lacks_is_said(arguments, released_once, run):
    done = run(released_once, *arguments)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert "not" in done.stderr


def test_sections_are_tests(solved, run):
    (solved / "handout/hw2p1/mytorch/Conv1d.py").write_text("class Conv1d: pass\n")
    done = run(solved, "-q", "-p", "no:cacheprovider", "--junitxml=out.xml", runner="-mpytest")
    assert re.search(r"\d+ failed, 1\d passed, 5 skipped", done.stdout), done.stdout
    assert '<property name="points" value="2.5"' in (solved / "out.xml").read_text()
    chosen = run(solved, "-q", "handout/hw2p1/mytorch/pool.py::MaxPool2d", runner="-mpytest")
    assert "1 passed" in chosen.stdout


def test_an_update_keeps_students_work(made, released):
    work = released / "handout/hw2p1/mytorch/pool.py"
    work.write_text("# mine\n")
    (released / "handout/hw2p1/notes.txt").write_text("mine too")
    (released / "autograder/cli.py").write_text("# broken\n")
    changed = dict(made.files)
    changed["handout/hw2p1/mytorch/pool.py"] += b"# new\n"
    changed["handout/hw2p1/README.md"] += b"new\n"
    del changed["autograder/commands/doctor.py"]
    told = list(updating.write(contents.Release(changed, made.work), released))
    assert work.read_text() == "# mine\n"
    assert (released / "handout/hw2p1/notes.txt").exists()
    assert (released / "handout/hw2p1/README.md").read_bytes().endswith(b"new\n")
    assert (released / "autograder/cli.py").read_bytes() == made.files["autograder/cli.py"]
    assert told == [
        "updated: autograder/cli.py",
        "updated: autograder/release.json",
        "updated: handout/hw2p1/README.md",
        "kept: handout/hw2p1/mytorch/pool.py (changed since it was released)",
        "removed: autograder/commands/doctor.py",
    ]
    assert list(updating.write(contents.Release(changed, made.work), released)) == [told[3]]


def test_a_release_goes_nowhere_else(made, tmp_path):
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(UsageError, match="neither empty"):
        list(updating.write(made, tmp_path))


def test_a_release_never_replaces_that_of_another_assignment(released):
    before = {path: path.read_bytes() for path in files(released)}
    other = contents.students(registry.find("conv2d_layer"), registry.PROJECT)
    with pytest.raises(UsageError, match="is the release of another assignment, hw2p1"):
        list(updating.write(other, released))
    assert {path: path.read_bytes() for path in files(released)} == before


def test_a_link_in_the_way_is_refused(made, released, tmp_path):
    (released / "runner.py").unlink()
    (released / "runner.py").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="link"):
        list(updating.write(made, released))


@pytest.mark.parametrize("lab", ["conv2d_functional", "conv2d_layer"])
def test_a_lab_is_graded_whole_and_explained(lab, tmp_path, run):
    assignment = registry.find(lab)
    list(updating.write(contents.students(assignment, registry.PROJECT), tmp_path))
    solution = (assignment.reference / "conv2d.py").read_text()
    (tmp_path / "handout" / lab / "conv2d.py").write_text(solution)
    done = run(tmp_path, "grade", "-a", lab, "--fail-under", "100")
    assert done.returncode == 0, done.stdout
    assert "not graded" not in done.stdout
    (tmp_path / "handout" / lab / "conv2d.py").write_text(
        solution.replace("] += share", "] = share").replace("dPadded[seen] +=", "dPadded[seen] =")
    )
    done = run(tmp_path, "grade", "-a", lab)
    assert "Where windows overlap, the last one overwrites the others" in " ".join(re.split(r"[\s│]+", done.stdout))
    assert "Smallest example" in done.stdout


def test_another_edition(tmp_path):
    release = contents.students(ASSIGNMENT, registry.PROJECT, "s24")
    assert b'\nedition = "s24"\n' in release.files[f"{FOLDER}/rubric.toml"]


@pytest.mark.parametrize("edition", ASSIGNMENT.editions())
def test_a_released_rubric_is_loaded_in_its_edition(edition, tmp_path):
    made = contents.students(ASSIGNMENT, registry.PROJECT, edition)
    (tmp_path / "rubric.toml").write_bytes(made.files[f"{FOLDER}/rubric.toml"])
    assert load(tmp_path / "rubric.toml").edition == edition


def test_an_overlay_may_name_a_section_that_another_edition_does_not_have(tmp_path):
    overlay = tmp_path / "overlay.toml"
    overlay.write_text('[sections."MCQ 1"]\npoints = 2\n')
    cases = json.loads(contents.students(ASSIGNMENT, registry.PROJECT, None, overlay).files[f"{FOLDER}/cases.json"])
    assert "s23" in json.dumps(cases) and "s24" not in json.dumps(cases)
    with pytest.raises(UsageError, match="no section 'MCQ 1'"):
        contents.students(ASSIGNMENT, registry.PROJECT, "s24", overlay)


def test_debug_leaves_out_what_the_course_checks_and_runs_the_rest(released, run):
    done = run(released, "grade", "--debug", "--only", "MCQ 1", "--only", "Conv1d")
    assert done.returncode == 0, done.stderr
    assert "MCQ 1: not checked here" in done.stdout
    assert "Z, dLdA, dLdW, dLdb: not implemented yet at mytorch/Conv1d.py:" in done.stdout


def practice_changed(tmp_path, monkeypatch, change):
    """HW2P1's folder with practice data that was changed by hand."""
    folder = tmp_path / "hw2p1"
    shutil.copytree(ASSIGNMENT.folder, folder)
    index = json.loads((folder / "practice.json").read_text("utf-8"))
    change(index["sections"], folder)
    if (folder / "practice.json").exists():
        (folder / "practice.json").write_text(json.dumps(index), "utf-8")
    monkeypatch.setattr(registry.Assignment, "folder", property(lambda _: folder))


def first(sections, name="conv1d"):
    return next(iter(sections[name].values()))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s, _: s.pop("conv1d"), "has no Conv1d: "),
        (lambda s, _: s["conv1d"].popitem(), "has no Conv1d: "),
        (lambda s, _: first(s)["expected"].pop("Z"), "has no Conv1d: .*: Z"),
        (lambda s, _: first(s)["inputs"].pop("A"), "has no Conv1d: .*: input A"),
        (lambda s, _: first(s)["inputs"].update(A=[0, [1, 2], "float64"]), "has no Conv1d: .*: input A of shape"),
        (lambda s, f: np.save(f / "practice.npy", np.zeros(9)), "cannot reshape"),
        (lambda s, f: (f / "practice.npy").unlink(), "cannot be read"),
        (lambda s, f: (f / "practice.json").unlink(), "cannot be read"),
    ],
)
def test_a_release_that_could_not_grade_is_refused(change, said, tmp_path, monkeypatch):
    practice_changed(tmp_path, monkeypatch, change)
    with pytest.raises(UsageError, match=f"students could not grade by the practice data: .*{said}") as refused:
        contents.students(ASSIGNMENT, registry.PROJECT)
    assert refused.value.hint == "python runner.py selfcheck -a hw2p1 --update-practice"
