"""The release of an assignment that is not HW2P1: complete with what it needs, and grading by itself."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from helpers import SHIPPED

from autograder.assignments import registry
from autograder.release import contents, updating

NAME = "cat_dog_cnn"
LAB = registry.find(NAME)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("lab")
    list(updating.write(contents.students(LAB, registry.PROJECT), target))
    return target


def test_pytorch_is_installed_where_the_homework_needs_it(repository: Path) -> None:
    pins = (repository / "requirements.txt").read_text()
    own = registry.PROJECT / LAB.rubric().imports.requirements
    assert [line for line in own.read_text().splitlines() if "==" in line] == pins.splitlines()[-2:]
    assert "numpy==" in pins
    # Which file to install is said in the handout's README and by the grader.
    assert (repository / own.name).read_text() == "-r requirements.txt\n"


@pytest.mark.parametrize("name", [name for name in SHIPPED if name != NAME])
def test_others_need_what_every_grader_needs(name: str) -> None:
    made = contents.requirements(registry.PROJECT, registry.find(name).rubric().imports)
    assert list(made) == ["requirements.txt"]
    assert b"torch" not in made["requirements.txt"]


def test_its_readme_speaks_of_no_questions(repository: Path) -> None:
    assert "Multiple-choice" not in (repository / "README.md").read_text()
    assert "@" not in (repository / "README.md").read_text()


@pytest.mark.more
def test_it_grades_by_itself_and_names_what_is_wrong(repository: Path, run, tmp_path: Path) -> None:
    copy = tmp_path / "repository"
    shutil.copytree(repository, copy)
    solution = copy / "handout" / NAME / "cnn.py"
    text = (LAB.reference / "cnn.py").read_text("utf-8")
    solution.write_text(text, "utf-8")
    done = run(copy)  # the only assignment that there is
    assert done.returncode == 0, done.stdout + done.stderr
    assert sum(json.loads(done.stdout.splitlines()[-1])["scores"].values()) == 100
    solution.write_text(text.replace(".permute(0, 3, 1, 2)", ".reshape(-1, 3, *img_shape)"), "utf-8")
    done = run(copy, "grade", "--only", "get_cat_set")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The axes are reshaped, not moved" in " ".join(done.stdout.split())
    assert run(copy, "doctor").returncode == 0
    hint = "-> pip install -r requirements-cat_dog_cnn.txt"
    assert hint in by_pip(run(copy, WITHOUT.format("torch"), "doctor", runner="-c").stdout).replace("→", "->")


def by_pip(text: str) -> str:
    """The text without the place of the pip that belongs to an environment which is not activated."""
    return re.sub(r"\S+/bin/pip install", "pip install", text)


WITHOUT = """
import importlib.util, sys
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name.partition(".")[0] == "{}" else found(name, *more)
sys.path.insert(0, ".")
from autograder.cli import main
main()
"""


@pytest.mark.parametrize(
    ("package", "arguments", "said"),
    [
        ("scipy", ["grade"], "pip install -r requirements.txt"),
        ("scipy", ["doctor"], "→ pip install -r requirements.txt"),
        ("torch", ["doctor"], "→ only in the course's own checkout"),
    ],
)
def test_what_is_not_installed_is_in_a_file_that_students_have(package, arguments, said, released, run) -> None:
    done = run(released, WITHOUT.format(package), *arguments, runner="-c")
    assert said in by_pip(done.stdout + done.stderr)
    for file in re.findall(r"pip install -r (\S+)", done.stdout + done.stderr):
        assert f"\n{package}==" in (released / file).read_text()


LAST_CELLS = """
import json

book = json.load(open("numpy_cnn.ipynb"))
for cell in book["cells"][-2:]:
    exec("".join(cell["source"]).replace("\\ngrade(", "\\nshown = grade("))
print(repr(shown))
print(shown._repr_html_())
"""


def test_a_released_notebook_grades_itself_and_shows_what_students_may_see(run, tmp_path: Path) -> None:
    lab = registry.find("numpy_cnn")
    list(updating.write(contents.students(lab, registry.PROJECT), tmp_path))
    shutil.copy(lab.reference / "numpy_cnn.ipynb", tmp_path / "handout/numpy_cnn/numpy_cnn.ipynb")
    (tmp_path / "autograder/assignments/numpy_cnn/overlay.toml").write_text('[sections.relu]\nvisibility = "hidden"\n')
    done = run(tmp_path / "handout/numpy_cnn", LAST_CELLS, runner="-c")
    assert done.returncode == 0, done.stderr
    assert "95 / 95" in done.stdout
    assert "max_pooling" in done.stdout
    assert "relu" not in done.stdout
