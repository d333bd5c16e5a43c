"""What is not installed is told with what installs it, for the Python that is in use."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from autograder import errors
from autograder.assignments import registry
from autograder.errors import HarnessError, UsageError, install, pins, with_hint
from autograder.grading import given
from autograder.platforms import formats


def test_pip_is_that_of_the_environment_in_use_unless_it_is_activated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv/student"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv/student/bin/python"))
    monkeypatch.setenv("VIRTUAL_ENV", "/another")
    assert install("requirements-staff.txt") == ".venv/student/bin/pip install -r requirements-staff.txt"
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / ".venv/student"))
    assert install("requirements-staff.txt") == "pip install -r requirements-staff.txt"
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    monkeypatch.delenv("VIRTUAL_ENV")
    assert install("requirements-that-a-release-has-not.txt") == "pip install -r requirements.txt"
    assert install(pin="a==1") == "pip install a==1"


def test_pins_are_those_of_a_file_and_of_the_files_that_it_reads() -> None:
    file = registry.PROJECT / "requirements-cat_dog_cnn.txt"
    assert [name for name, _ in pins(file)] == ["torch", "pillow"]
    assert {name for name, _ in pins(file, whole=True)} == {*errors.EVERYBODYS, "torch", "pillow"}


def test_what_a_lab_lacks_is_named_as_pip_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = registry.find("cat_dog_cnn")
    monkeypatch.setattr(given, "absent", lambda packages: ["torch", "torchgen", "functorch", "PIL", "sympy"])
    monkeypatch.setattr("importlib.metadata.distributions", lambda: iter(()))
    with pytest.raises(UsageError) as caught:
        given.parts(lab, lab.rubric())
    named = str(caught.value).removesuffix(" must be installed").partition(": ")[2].split(", ")
    assert sorted(named) == sorted([*errors.EVERYBODYS, "torch", "pillow"])
    assert caught.value.hint.endswith("install -r requirements-cat_dog_cnn.txt")


def test_a_format_that_lacks_its_package_is_told_with_the_version_that_is_pinned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    monkeypatch.delitem(sys.modules, "autograder.reports.html", raising=False)
    with pytest.raises(UsageError, match="--format html needs jinja2, which is not installed") as caught:
        formats.writer("html")
    assert caught.value.hint.endswith(f"install {dict(pins(registry.PROJECT / 'requirements-staff.txt'))['Jinja2']}")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (UsageError("no boundary here", hint="see doctor"), "no boundary here; see doctor"),
        (HarnessError("the disk is full", hint="go on from there"), "the disk is full; go on from there"),
        (UsageError("is empty"), "is empty"),
        (HarnessError("the worker died"), "the worker died"),  # whose list says that it is our fault
    ],
)
def test_a_line_of_a_list_has_the_hint_of_an_error_that_has_one_of_its_own(
    error: UsageError | HarnessError, told: str
) -> None:
    assert with_hint(error) == told
