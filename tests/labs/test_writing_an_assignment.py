"""`new-assignment` and the guide that starts from it, both run in a copy of the project; and what selfcheck finds."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "writing-an-assignment.md"
#: Tests that are made for each assignment that there is.
OF_EVERY_ASSIGNMENT = (
    "tests/release/conftest.py",
    "tests/assignments/test_practice.py",
    "tests/assignments/test_snippets.py",
    "tests/assignments/test_witnesses.py",
    "tests/explaining/test_catalogue.py",
    "tests/grading/test_compare.py",
    "tests/labs/test_labs_as_used.py",
    "tests/release/test_release.py",
)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a new assignment needs."""
    copy = tmp_path_factory.mktemp("project")
    litter = shutil.ignore_patterns("__pycache__", "cat_dog_cnn", "conv2d_*", "numpy_cnn")
    for folder in ("autograder", "handout/hw2p1", "reference_solutions/hw2p1"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=litter)
    files = ["runner.py", "pyproject.toml", "LICENSE", "tests/conftest.py", "tests/helpers.py", "tests/labs/lab_kit.py"]
    for file in [*files, *(path.name for path in ROOT.glob("requirements*.txt"))]:
        (copy / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, copy / file)
    return copy


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=project, capture_output=True, text=True, check=False)


def succeeds(project: Path, *arguments: str) -> str:
    done = run(project, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def pytest_of(project: Path, name: str) -> str:
    return succeeds(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/labs/test_{name}.py")


def test_a_new_assignment_passes_its_own_tests(project: Path) -> None:
    said = succeeds(project, "runner.py", "new-assignment", "fresh_one")
    assert "wrote autograder/assignments/fresh_one/rubric.toml" in said
    assert "passed" in pytest_of(project, "fresh_one")
    assert "FAILED" not in succeeds(project, "runner.py", "selfcheck", "-a", "fresh_one")
    assert '{"scores": {"scale": 0, "slope": 0}}' in succeeds(
        project, "runner.py", "grade", "-a", "fresh_one", "--quiet"
    )


@pytest.mark.parametrize("name", ["hw2p1", "Fresh", "1st", "class", "a-b", "../up", "x" * 50])
def test_names_that_cannot_be_are_refused(project: Path, name: str) -> None:
    done = run(project, "runner.py", "new-assignment", name)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "name", ["cases", "practice", "rubric", "truth", "faults", "misconceptions", "numpy", "json", "autograder", "torch"]
)
def test_names_of_other_modules_are_refused_and_nothing_is_said_of_removing(project: Path, name: str) -> None:
    done = run(project, "runner.py", "new-assignment", name)
    assert done.returncode == 2
    assert f"error: {name!r} cannot be an assignment's name: it is that of" in done.stderr
    assert "remove" not in done.stderr
    assert not (project / "reference_solutions" / name).exists()


@pytest.mark.more
def test_the_guide_works_from_its_first_line_to_its_last(project: Path) -> None:
    blocks = BLOCK.findall(GUIDE.read_text("utf-8"))
    assert [kind for kind, _ in blocks].count("python") == 7
    for kind, block in blocks:
        if kind == "sh":
            for line in block.splitlines():
                program, *arguments = line.split()
                assert program == "python"
                succeeds(project, *arguments)
        else:
            name = block.splitlines()[0].removeprefix("# ")
            written = (project / name).is_file() or name.endswith("/laws.py")
            assert written, f"{name} is not among the files that new-assignment writes"
            (project / name).write_text(block.split("\n", 1)[1], "utf-8")
    scores = succeeds(project, "runner.py", "grade", "reference_solutions/softmax", "-a", "softmax", "--quiet")
    assert '{"scores": {"Softmax forward": 50, "Softmax backward": 50}}' in scores
    built = project / "build" / "softmax"
    released = {path.relative_to(built).as_posix() for path in built.rglob("*") if "__pycache__" not in path.parts}
    assert "handout/softmax/solution.py" in released
    own = "autograder/assignments/softmax/"
    assert {own + "misconceptions/predictions.jsonl", own + "misconceptions/ideas.toml"} <= released
    assert not {own + "oracles.py", own + "misconceptions/wrong.py", "reference_solutions"} & released
    # What `make test` asks of every assignment is what the guide says, and no more.
    assert asked_of_all(project, "softmax") >= 16


#: What makes the scaffold's lab one of all kinds: hidden cases, a question, a section for a bonus.
OF_ALL_KINDS = {
    "autograder/assignments/every_kind/rubric.toml": [
        ("points = 60", "points = 50"),
        ('needs = ["scale"]\n', """needs = ["scale"]
cases = { "*(4, 1, 5)" = "hidden" }

[[section]]
id = "question"
key = "Question 1"
number = "3"
points = 10
outputs = { answer = "course" }
files = ["solution.py"]

[[section]]
id = "less"
number = "4"
group = "bonus"
points = 5
outputs = { Z = "course" }
cases = { "*(1, 1)" = "hidden" }
files = ["solution.py"]
"""),
    ],
    "autograder/assignments/every_kind/cases.py": [
        ("    return tuple(", """    if section.id == "question":
        return (Case("question 1", {}, {}, ("answer",)),)
    return tuple("""),
        ('if section == "scale" else', 'if section in ("scale", "less") else'),
    ],
    "autograder/assignments/every_kind/exercises.py": [
        ("def scale(", """def question(task: Any) -> None:
    \"\"\"A letter.\"\"\"
    task.expecting("answer")
    task.record_text("answer", task.find("question_1", "solution.py")())


def less(task: Any) -> None:
    \"\"\"The function's output.\"\"\"
    task.expecting("Z")
    task.record("Z", task.find("less", "solution.py")(task.input("A"), task.params["factor"]))


def scale("""),
        ('{"scale": scale, ', '{"question": question, "less": less, "scale": scale, '),
    ],
    "autograder/assignments/every_kind/oracles.py": [
        ('    if "dLdZ"', """    if not inputs:
        return {"answer": "b"}
    if "dLdZ\""""),
        ("def oracles(", """def less(params: Params, inputs: Inputs) -> Outputs:
    \"\"\"By the definition.\"\"\"
    return {"Z": inputs["A"] - params["factor"]}


def oracles("""),
        ('Oracle("formula", formula)', 'Oracle("formula", less if section_id == "less" else formula)'),
    ],
    "reference_solutions/every_kind/solution.py": [
        ("def scale(", """def question_1():
    # <solution>
    return "b"
    # </solution>


def less(A, factor):
    # <solution>
    return A - factor
    # </solution>


def scale("""),
    ],
}  # fmt: skip


@pytest.mark.more
def test_an_assignment_with_hidden_cases_a_question_and_a_bonus_passes_what_is_asked_of_all(project: Path) -> None:
    succeeds(project, "runner.py", "new-assignment", "every_kind")
    for file, changes in OF_ALL_KINDS.items():
        text = (project / file).read_text("utf-8")
        for old, new in changes:
            assert text.count(old) == 1, (file, old)
            text = text.replace(old, new)
        (project / file).write_text(text, "utf-8")
    succeeds(project, "runner.py", "handout", "-a", "every_kind", "--force")
    assert "FAILED" not in succeeds(project, "runner.py", "selfcheck", "-a", "every_kind", "--update-practice")
    assert asked_of_all(project, "every_kind") >= 11


def asked_of_all(project: Path, name: str) -> int:
    """How many tests that are made for each assignment pass for this one; none fails."""
    (project / "docs").mkdir(exist_ok=True)
    shutil.copy(ROOT / "docs" / "truth.md", project / "docs")
    for path in OF_EVERY_ASSIGNMENT:
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, project / path)
    said = succeeds(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", name, "-m", "not more",
                    *OF_EVERY_ASSIGNMENT[1:])  # fmt: skip
    return int(re.findall(r"(\d+) passed", said)[-1])


@pytest.fixture(scope="module")
def broken(project: Path) -> Path:
    succeeds(project, "runner.py", "new-assignment", "broken")
    return project / "autograder" / "assignments" / "broken"


WRONG = "autograder/assignments/broken/misconceptions/wrong.py"
EXERCISES = "autograder/assignments/broken/exercises.py"
SAID = [
    ("autograder/assignments/broken/rubric.toml", "points = 60", "points = 50",
     "FAILED  the files hold together\n        rubric.toml:20: the points of the main sections are 90, not 100\n"),
    ("reference_solutions/broken/solution.py", "# <solution", "# <solutio",
     r"        solution.py:\d+: a region ends here"),
    ("autograder/assignments/broken/practice.json", "{", "(",
     "FAILED  the practice data is .*\n.*--update-practice writes"),
    (EXERCISES, 'task.expecting("Z")', 'raise RuntimeError("mine")',
     r"        exercises.py:15: reference on scale on .*: RuntimeError: mine"),
    (EXERCISES, 'task.input("A")', 'task.input("AA")',
     r"        exercises.py:16: reference on scale on .*: KeyError: 'AA'"),
    (WRONG, '"scale", added)', '"skale", added)',
     r"wrong.py:11: the wrong idea 'added' cannot be put into the reference: Missing: .*`skale`"),
    (WRONG, "return A + factor", "return call(A, factor)", "        added changes nothing in any case of its sections"),
    (WRONG, "return A + factor", "return A + fctor", "        added breaks in every case before it answers"),
    ("autograder/assignments/broken/laws.py", None,
     "from autograder.assignments.witnesses import Laws\nWITHOUT = {}\ndef laws(section, case):\n"
     "    return Laws(definitions={output: lambda p, i, o: i['AA'] for output in case.outputs})\n",
     r"FAILED  no oracle breaks a law .*\n        laws.py:4: KeyError: 'AA'"),
    ("autograder/assignments/broken/rubric.toml", "[imports]",
     '[editions.late]\npoints = { slope = "x" }\n[imports]', r"        rubric.toml:12: `points` in \[editions.late\]"),
    ("autograder/assignments/broken/rubric.toml", 'accept = ["*.py"]', 'accept = ["*.txt"]',
     r"FAILED  the references earn everything .*\n.*found solution.py; .*rubric.toml says under \[submission\]"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "said"), SAID, ids=lambda value: str(value)[-20:])
def test_selfcheck_says_what_is_wrong_and_where(
    broken: Path, project: Path, file: str, old: str | None, new: str, said: str
) -> None:
    whole = (project / file).read_text("utf-8") if old is not None else ""
    (project / file).write_text(whole.replace(old, new, 1) if old is not None else new, "utf-8")
    try:
        done = run(project, "-B", "runner.py", "selfcheck", "-a", "broken")
    finally:
        (project / file).write_text(whole, "utf-8")
        if old is None:
            (project / file).unlink()
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert re.search(said, done.stdout), done.stdout


ANEW = "`python runner.py selfcheck -a broken --update-practice` writes it anew"
MORE = "`python runner.py selfcheck -a broken` says more"
OWN = "autograder/assignments/broken/"
GRADED = [
    (OWN + "cases.py", "SHAPES = (", "SHAPES = ((",
     r"cases.py:\d+: SyntaxError: .*; " + MORE),
    (OWN + "cases.py", "def cases(section: Section, rubric: Rubric, profile: str)", "def cases(section)",
     r"cases\(\) takes 1 positional argument but 3 were given; " + MORE),
    (OWN + "cases.py", '{"factor": 3}', '{"factor": float("nan")}', "cases.py: the `params` of scale on "),
    (OWN + "cases.py", '("Z",)', '("Q",)', "cases.py: scale on .* has the output `Q`, which rubric.toml does not list"),
    (OWN + "cases.py", "(4, 1, 5)", "(4, 2, 5)", r"the practice data has no scale: scale on \(4, 2, 5\); " + ANEW),
    (OWN + "oracles.py", "def formula(", "def formula((", r"oracles.py:\d+: SyntaxError: .*; " + MORE),
    (OWN + "oracles.py", '[inputs["A"]]', '[inputs["B"]]', r"oracles.py:\d+: KeyError: 'B'; " + MORE),
]  # fmt: skip
REFUSED = [
    (OWN + "judges.py", None, "def (", "judges.py:1: SyntaxError: .*\n  " + MORE),
    (OWN + "judges.py", None, "JUDGE = {}", "judges.py:1: nothing here is called `JUDGES`\n  " + MORE),
    (OWN + "practice.json", "{", "(", "the practice data cannot be read: .*\n  " + ANEW),
]


def graded(project: Path, file: str, old: str | None, new: str) -> subprocess.CompletedProcess[str]:
    """What `grade` says with one file changed, under a seed for which the oracles are asked if it is theirs."""
    whole = (project / file).read_text("utf-8") if old is not None else ""
    (project / file).write_text(whole.replace(old, new, 1) if old is not None else new, "utf-8")
    try:
        seed = ("--seed", "5") if file.endswith("oracles.py") else ()
        return run(project, "-B", "runner.py", "grade", "reference_solutions/broken", "-a", "broken", *seed)
    finally:
        (project / file).write_text(whole, "utf-8")
        if old is None:
            (project / file).unlink()


@pytest.mark.parametrize(("file", "old", "new", "said"), GRADED, ids=lambda value: str(value)[-20:])
def test_grade_says_in_the_section_which_file_of_the_author_s_is_wrong(
    broken: Path, project: Path, file: str, old: str, new: str, said: str
) -> None:
    done = graded(project, file, old, new)
    assert (done.returncode, done.stderr) == (3, "")
    assert re.search(said, " ".join(done.stdout.replace("│", " ").split())), done.stdout
    assert (said.endswith((MORE, ANEW))) != ("Run it again" in done.stdout)


@pytest.mark.parametrize(("file", "old", "new", "said"), REFUSED, ids=lambda value: str(value)[-20:])
def test_grade_ends_with_one_line_where_no_section_can_be_graded(
    broken: Path, project: Path, file: str, old: str | None, new: str, said: str
) -> None:
    done = graded(project, file, old, new)
    assert (done.returncode, done.stdout) == (3, "")
    assert re.fullmatch(f"error: {said}; nothing was scored\n", done.stderr), done.stderr


def test_a_composition_that_breaks_is_told_with_its_line_and_costs_nothing(
    broken: Path, project: Path, tmp_path: Path
) -> None:
    (tmp_path / "solution.py").write_text("def scale(A, factor):\n    return A + 1.0\n\n\nslope = scale\n", "utf-8")
    (broken / "compositions.py").write_text("COMPOSED = 1 / 0\n", "utf-8")
    try:
        done = run(project, "-B", "runner.py", "grade", str(tmp_path), "-a", "broken")
    finally:
        (broken / "compositions.py").unlink()
    assert done.returncode == 0 and '{"scores": {"scale": 0, "slope": 0}}' in done.stdout
    said = " ".join(done.stdout.split())
    assert "explaining it failed by our fault (compositions.py:1: ZeroDivisionError: division by zero)" in said


def test_a_handout_that_is_missing_is_told_with_what_makes_it(broken: Path, project: Path, tmp_path: Path) -> None:
    handout = project / "handout" / "broken"
    shutil.move(handout, tmp_path)
    try:
        done = run(project, "-B", "runner.py", "selfcheck", "-a", "broken")
        released = run(project, "-B", "runner.py", "release", str(tmp_path / "out"), "-a", "broken")
    finally:
        shutil.move(tmp_path / "broken", handout)
    assert (done.returncode, released.returncode) == (1, 2)
    assert re.search(r"there is no .*broken; python runner.py handout -a broken makes it", done.stdout)
    assert "ok      the references earn everything (course)" in done.stdout
    assert "python runner.py handout -a broken makes it" in released.stderr


def test_a_file_that_the_reference_has_no_more_stays_in_the_handout_and_is_told(broken: Path, project: Path) -> None:
    """It may be an older stub, or somebody's work: nobody can tell."""
    left = project / "handout" / "broken" / "older.py"
    left.write_text("mine = 1\n", "utf-8")
    try:
        done = run(project, "-B", "runner.py", "handout", "-a", "broken", "--force")
        assert done.returncode == 0 and left.read_text("utf-8") == "mine = 1\n"
    finally:
        left.unlink()
    assert (
        done.stderr == f"note: {left}: is not in the reference, and stays; students get it too, unless you remove it\n"
    )
    assert not run(project, "-B", "runner.py", "handout", "-a", "broken", "--force").stderr


@pytest.mark.parametrize("command", [("release",), ("package", "autolab"), ("package", "gradescope")])
def test_nothing_is_given_out_by_files_that_do_not_hold_together(
    command: tuple[str, ...], broken: Path, project: Path, tmp_path: Path
) -> None:
    rubric = broken / "rubric.toml"
    whole = rubric.read_text("utf-8")
    rubric.write_text(whole.replace('id = "scale"', 'id = "scale"\nexercise = "scael"'), "utf-8")
    try:
        done = run(project, "-B", "runner.py", *command, str(tmp_path / "out"), "-a", "broken")
    finally:
        rubric.write_text(whole, "utf-8")
    assert done.returncode == 2 and not (tmp_path / "out").exists()
    assert "rubric.toml:19: section 'scale': exercises.py has no 'scael' in EXERCISES" in done.stderr


def test_a_number_that_may_not_come_as_a_float_is_found(broken: Path, project: Path) -> None:
    oracles = EXERCISES.replace("exercises", "oracles")
    whole = {file: (project / file).read_text("utf-8") for file in (EXERCISES, oracles)}
    given = 'task.find("scale", "solution.py")(task.input("A"), task.params["factor"])'
    formula = 'sum([inputs["A"]] * params["factor"])'
    (project / EXERCISES).write_text(whole[EXERCISES].replace(given, f"{given}.sum()"), "utf-8")
    (project / oracles).write_text(whole[oracles].replace(formula, f"{formula}.sum()"), "utf-8")
    try:
        done = run(project, "-B", "runner.py", "selfcheck", "-a", "broken")
    finally:
        for file, text in whole.items():
            (project / file).write_text(text, "utf-8")
    assert done.returncode == 1
    assert re.search("exercises.py:13: scale on .*`Z` is a number, .*: record it with scalar=True", done.stdout)


def test_an_error_of_the_exercise_names_no_line_of_the_student_s(broken: Path, project: Path) -> None:
    whole = (project / EXERCISES).read_text("utf-8")
    (project / EXERCISES).write_text(whole.replace('task.expecting("Z")', 'raise RuntimeError("mine")'), "utf-8")
    try:
        done = run(project, "-B", "runner.py", "grade", "reference_solutions/broken", "-a", "broken")
    finally:
        (project / EXERCISES).write_text(whole, "utf-8")
    said = " ".join(done.stdout.split())
    assert "RuntimeError, and no line of the submission is in its traceback" in said
    assert "No line of yours is named: it came of how" in said
