"""Imports run one way, along the data's path, and what starts every command stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "autograder"

#: Room: rooms that it may import from (besides itself, the standard library and other people's packages).
ALLOWED = {
    "errors": set(),
    "guest": set(),
    "sandbox": {"guest", "errors"},
    "assignments": {"guest", "errors"},
    "submissions": {"assignments", "errors"},
    "grading": {"assignments", "submissions", "sandbox", "guest", "errors"},
    "reports": {"grading", "assignments", "errors"},
    "platforms": {"reports", "grading", "errors"},
    "release": {"submissions", "assignments", "errors"},
    "scaffold": {"errors"},
    "gradebook": {"errors"},
    "batch": {"gradebook", "grading", "submissions", "assignments", "sandbox", "errors"},
    "forks": {"release", "reports", "submissions", "errors"},
}

#: They stand at the end of the data's way, and may ask anybody.
ENDS = {"start", "cli", "commands", "notebook", "pytest_plugin", "site", "exports", "similarity"}


def imports(path: Path) -> set[str]:
    """Absolute names of the project's modules that a file imports, at its top or in a function."""
    package = (path.relative_to(ROOT).with_suffix("")).parts[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            found |= {f"{module}.{alias.name}" for alias in node.names} if module == "autograder" else {module}
    return {name for name in found if name.startswith("autograder")}


@pytest.mark.parametrize("room", ALLOWED)
def test_a_room_imports_only_from_the_rooms_before_it(room):
    place = PACKAGE / room
    files = place.rglob("*.py") if place.is_dir() else [place.with_suffix(".py")]
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files
        for name in imports(path)
        if name.split(".")[1:2] and name.split(".")[1] not in ALLOWED[room] | {room, "__version__"}
    ]
    assert not wrong, wrong


def asks(path: Path) -> set[Path]:
    """Files of the project that a file needs, be it only to name types."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    tree = ast.parse(path.read_text())
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = [*base, *(node.module or "").split(".")] if node.module else [*base]
            names += [[*module, alias.name] for alias in node.names] + [module]
    files = {ROOT.joinpath(*name).with_suffix(".py") for name in names if name[0] == "autograder"}
    return {file for file in files if file.is_file()} - {path}


def test_no_files_need_each_other_in_a_circle():
    TopologicalSorter({path: asks(path) for path in PACKAGE.rglob("*.py")}).prepare()


def test_every_room_is_in_the_table():
    rooms = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert not rooms - {"__init__"} - set(ALLOWED) - ENDS


def test_the_guest_imports_only_the_standard_library_numpy_and_itself():
    for path in (PACKAGE / "guest").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for name in names:
                assert name.split(".")[0] in sys.stdlib_module_names | {"numpy"}, f"{path.name} imports {name}"


def test_exercises_run_without_the_project():
    for folder in (path.parent for path in (PACKAGE / "assignments").glob("*/rubric.toml")):
        package = f"autograder.assignments.{folder.name}.exercises"
        paths = [*folder.glob("exercises.py"), *folder.glob("exercises/**/*.py")]
        assert paths, folder
        for path in paths:
            assert not [name for name in imports(path) if path.parent == folder or not inside(name, package)], path


def inside(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def loaded(*arguments: str) -> set[str]:
    """Names of the modules that are loaded after a command ran."""
    code = (
        "import sys\nfrom autograder.cli import cli\n"
        f"try: cli.main({list(arguments)!r}, standalone_mode=False)\nexcept BaseException: pass\n"
        "print('\\n' + ' '.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_help_loads_nothing_heavy():
    assert not loaded("--help") & {"numpy", "rich", "torch", "subprocess", "tomllib", "socket"}


def test_grading_with_the_practice_data_never_loads_torch_or_the_references():
    modules = loaded("grade", "--only", "Upsampling1d", "--quiet")
    assert "numpy" in modules
    assert not {name for name in modules if name.split(".")[0] in ("torch", "scipy")}
    assert not modules & {"autograder.assignments.hw2p1.oracles", "resampling"}


def test_nothing_pretends_that_the_project_can_be_installed():
    """A wheel would need all data of the assignments, and what is pinned in the requirements."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert set(settings) == {"tool"}
    assert "setuptools" not in settings["tool"]
