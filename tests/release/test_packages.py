"""What Gradescope and Autolab run, in places laid out like theirs."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from autograder.assignments import registry
from autograder.cli import cli
from autograder.errors import UsageError
from autograder.release import archives, packages

ROOT = registry.PROJECT
ASSIGNMENT = registry.find("hw2p1")
SCHEMA = json.loads((ROOT / "tests/platforms/gradescope.schema.json").read_text("utf-8"))

METADATA = {
    "id": 1, "created_at": "2026-03-02T01:00:00.000000-05:00",
    "assignment": {"due_date": "2026-03-01T23:59:00.000000-05:00", "title": "HW2P1"},
    "users": [{"email": "student@example.org", "id": 1, "name": "A"}], "previous_submissions": [],
}  # fmt: skip


@pytest.fixture(scope="session")
def image(tmp_path_factory):
    """A container's tree after the image was built: the zip unpacked, setup.sh run."""
    base = unpacked(tmp_path_factory.mktemp("autograder"))
    # Makes a venv whose interpreter is this one, and notes what pip is asked for.
    (base / "bin" / "python3").write_text(
        f'#!/bin/sh\nif [ "$1 $2" = "-m venv" ]; then mkdir -p "$3/bin"; '
        f'printf \'#!/bin/sh\\nif [ "$2" = pip ]; then echo "$@" >>"{base}/asked"; exit; fi\\n'
        f'exec "{sys.executable}" -B "$@"\\n\' >"$3/bin/python"; chmod +x "$3/bin/python"; exit; fi\n'
        f'exec "{sys.executable}" "$@"\n'
    )
    (base / "bin" / "python3").chmod(0o755)
    run(base, "setup.sh")
    return base


def unpacked(base):
    """The zip as Gradescope unpacks it."""
    made = packages.gradescope(ASSIGNMENT, ROOT, packages.Wishes())
    (base / "autograder.zip").write_bytes(made["autograder.zip"])
    with zipfile.ZipFile(base / "autograder.zip") as archive:
        archive.extractall(base / "source")
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    assert modes["setup.sh"] & modes["run_autograder"] & 0o111
    (base / "bin").mkdir()
    return base


def run(base, script, **more):
    environ = {"AUTOGRADER_BASE": str(base), "PATH": f"{base}/bin:/usr/bin:/bin", "HOME": str(base), **more}
    return subprocess.run(
        ["bash", str(base / "source" / script)], env=environ, capture_output=True, text=True, timeout=500, check=False
    )


@pytest.fixture
def container(image):
    shutil.rmtree(image / "results", ignore_errors=True)
    shutil.rmtree(image / "submission", ignore_errors=True)
    (image / "submission").mkdir()
    (image / "submission_metadata.json").write_text(json.dumps(METADATA))
    return image


def results(base):
    body = json.loads((base / "results" / "results.json").read_text())
    jsonschema.validate(body, SCHEMA)
    return body


def test_setup_installs_what_the_grader_needs(image):
    assert "requirements-student.txt" in (image / "asked").read_text()


@pytest.mark.more
def test_setup_and_grading_where_nothing_stands_in_for_anything(tmp_path):
    """A real environment, and real pip in it."""
    base = unpacked(tmp_path)
    (base / "bin" / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    kept = {
        name: value for name, value in os.environ.items() if name.startswith(("PIP_", "HTTP", "SSL", "http", "no_"))
    }
    done = run(base, "setup.sh", **kept)
    assert done.returncode == 0, done.stdout + done.stderr
    shutil.copytree(ASSIGNMENT.reference, base / "submission")
    (base / "submission_metadata.json").write_text(json.dumps(METADATA))
    done = run(base, "run_autograder")
    assert done.returncode == 0, done.stdout + done.stderr
    assert results(base)["score"] == 115


def test_a_submission_in_gradescopes_tree(container):
    shutil.copytree(ASSIGNMENT.reference, container / "submission", dirs_exist_ok=True)
    done = run(container, "run_autograder")
    assert done.returncode == 0, done.stdout + done.stderr
    body = results(container)
    assert body["score"] == 115
    assert body["extra_data"]["late_seconds"] == 3660
    assert "1 h 1 min after the due date" in body["output"]


def test_without_user_namespaces(container, tmp_path):
    """As in its container: no bubblewrap to be found, root where the tests are root."""
    shutil.copytree(ASSIGNMENT.reference, container / "submission", dirs_exist_ok=True)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bash", "mktemp", "mkdir", "sh"):
        (tools / name).symlink_to(shutil.which(name))
    environ = {"AUTOGRADER_BASE": str(container), "PATH": str(tools), "HOME": str(tmp_path)}
    command = [str(tools / "bash"), str(container / "source" / "run_autograder")]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert results(container)["score"] == 115


#: What a container's runtime leaves to root, by its own list of capabilities, and what its filter refuses.
CONTAINER = """
import os, sys
import pyseccomp as seccomp

CLONE_NEWUSER = 0x10000000
calls = seccomp.SyscallFilter(seccomp.ALLOW)
calls.set_attr(seccomp.Attr.CTL_NNP, 0)
for name in ("unshare", "mount", "umount2", "pivot_root", "setns"):
    calls.add_rule(seccomp.ERRNO(1), name)
calls.add_rule(seccomp.ERRNO(1), "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER))
calls.add_rule(seccomp.ERRNO(38), "clone3")
calls.load()
kept = "chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_raw,+sys_chroot,+mknod,+setfcap"
os.execvp("setpriv", ["setpriv", f"--bounding-set=-all,+{kept}", *sys.argv[1:]])
"""


#: Goes for what lies beside the submission; the exception's name says whether there was anything to be had.
SPY = """
def spy():
    grader = "{base}/source/grader/autograder/assignments/hw2p1"
    for place in (grader + "/practice.npy", "{base}/results/results.json", "{base}/submission_metadata.json"):
        try:
            open(place, "rb").close()
        except OSError:
            continue
        raise KeyError(place)
    raise RecursionError("nothing to be had")
spy()
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is root in a container")
def test_as_root_where_bubblewrap_may_do_nothing(container):
    """It is there, and cannot make a namespace."""
    environ = {"AUTOGRADER_BASE": str(container), "PATH": f"{container}/bin:/usr/bin:/bin", "HOME": str(container)}

    def inside(*command):
        return subprocess.run(
            [sys.executable, "-c", CONTAINER, *command],
            env=environ, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    assert inside("unshare", "--user", "true").returncode
    assert inside("bwrap", "--ro-bind", "/", "/", "true").returncode
    shutil.copytree(ASSIGNMENT.reference, container / "submission", dirs_exist_ok=True)
    pool = container / "submission/mytorch/pool.py"
    pool.write_text(f"{SPY.format(base=container)}\n{pool.read_text()}")
    done = inside("bash", str(container / "source" / "run_autograder"))
    assert done.returncode == 0, done.stdout + done.stderr
    body = results(container)
    assert body["score"] == 115 - 30
    said = json.dumps([test["output"] for test in body["tests"]])
    assert "RecursionError" in said and "KeyError" not in said
    assert "without a boundary" not in body["output"]


def test_nothing_to_grade_is_told_to_the_student(container):
    (container / "submission" / "essay.txt").write_text("x")
    assert run(container, "run_autograder").returncode == 0
    body = json.loads((container / "results" / "results.json").read_text())
    assert body["score"] == 0
    assert "does not look like a hw2p1 submission" in body["output"]


@contextmanager
def changed(path, content):
    """A file of the image with another content, for a while."""
    kept = path.read_bytes()
    path.write_bytes(content)
    try:
        yield
    finally:
        path.write_bytes(kept)


KILLED = b"""#!/bin/sh
case "$*" in *"runner.py handin"*) kill -9 $$ ;; esac
"""


def broken(container, what):
    """Something of ours that is broken before anything is graded."""
    rubric = container / "source/grader/autograder/assignments/hw2p1/rubric.toml"
    python = container / "venv/bin/python"
    return {
        "killed while it packs": lambda: changed(python, KILLED + python.read_bytes().partition(b"\n")[2]),
        "a rubric that is no TOML": lambda: changed(rubric, rubric.read_bytes() + b"points = 1x\n"),
        "points that are no number": lambda: changed(
            rubric, re.sub(rb"(?m)^points = .*$", b"points = nan", rubric.read_bytes(), count=1)
        ),
        "no interpreter": lambda: changed(python, b"#!/no/such/interpreter\n"),
    }[what]()


@pytest.mark.parametrize(
    "what", ["killed while it packs", "a rubric that is no TOML", "points that are no number", "no interpreter"]
)
def test_a_failure_of_ours_before_grading_is_no_zero(container, what):
    shutil.copytree(ASSIGNMENT.reference, container / "submission", dirs_exist_ok=True)
    with broken(container, what):
        done = run(container, "run_autograder")
    assert done.returncode == 1, done.stdout + done.stderr
    assert not (container / "results" / "results.json").exists()
    assert "nothing was scored" in done.stdout


FULL = 'mount -t tmpfs -o size=4k none "$1"; cat /dev/zero >"$1/full" 2>/dev/null; shift; exec "$@"'


def test_a_disk_without_room_costs_a_right_submission_nothing(container, tmp_path):
    inside = ["unshare", "--map-root-user", "--mount", "sh", "-c", FULL, "sh", str(tmp_path)]
    if subprocess.run([*inside, "true"], check=False, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    shutil.copytree(ASSIGNMENT.reference, container / "submission", dirs_exist_ok=True)
    environ = {
        "AUTOGRADER_BASE": str(container),
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path),
    }
    command = [*inside, "bash", str(container / "source" / "run_autograder")]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode == 0:
        assert results(container)["score"] == 115
    else:
        assert not (container / "results" / "results.json").exists() or "score" not in results(container)


def test_our_own_failure_is_no_score(container):
    shutil.copytree(ASSIGNMENT.reference, container / "submission", dirs_exist_ok=True)
    practice = container / "source/grader/autograder/assignments/hw2p1/practice.npy"
    with changed(practice, b"damaged"):
        done = run(container, "run_autograder")
    assert done.returncode == 1
    assert not (container / "results" / "results.json").exists() or "score" not in results(container)


@pytest.fixture
def job(tmp_path):
    """Where Autolab runs `make`, but for what was handed in."""
    made = packages.autolab(ASSIGNMENT, ROOT, packages.Wishes())
    (tmp_path / "autograde.tar").write_bytes(made["autograde.tar"])
    (tmp_path / "Makefile").write_bytes(made["autograde-Makefile"])
    return tmp_path


def make(job, python=sys.executable):
    return subprocess.run(
        ["make", "--silent", f"PYTHON={python}"], cwd=job, capture_output=True, text=True, timeout=120,
        env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}, check=False,
    )  # fmt: skip


def test_autolabs_make_prints_its_lines_last(job):
    files = {path.relative_to(ASSIGNMENT.reference).as_posix(): path.read_bytes()
             for path in ASSIGNMENT.reference.rglob("*.py")}  # fmt: skip
    files["mytorch/pool.py"] = b'print(\'{"scores": {"MCQ 1": 100}}\')\n'
    (job / "handin.tar").write_bytes(archives.tar(files))
    done = make(job)
    assert done.returncode == 0, done.stdout + done.stderr
    *_, semantic, last = done.stdout.splitlines()
    scores = json.loads(re.sub(r"([a-zA-Z0-9]+):", r'"\1":', last))["scores"]
    assert sum(scores.values()) == 115 - 30
    assert scores["MCQ 1"] == 1
    assert json.loads(semantic)["_presentation"] == "semantic"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"hello\n", "handin.tar"),
        (b"", "handin.tar"),
        (archives.tar({"essay.txt": b"x"}), "does not look like a hw2p1 submission"),
    ],
)
def test_autolab_students_read_that_what_they_handed_in_cannot_be_graded(content, said, job):
    (job / "handin.tar").write_bytes(content)
    done = make(job)
    assert done.returncode
    assert said in done.stdout
    assert done.stdout.endswith("What was handed in cannot be graded; nothing was scored. Hand in again.\n")


@pytest.mark.parametrize("broken", ["rubric", "python", "practice", "feedback"])
def test_autolab_students_are_not_blamed_for_a_failure_of_ours(broken, job, tmp_path):
    (job / "handin.tar").write_bytes(archives.tar({"mytorch/pool.py": b""}))
    python: str | Path = sys.executable
    if broken == "python":
        python = "/no/such/interpreter"
    elif broken == "feedback":
        (job / "feedback.txt").mkdir()
    else:
        name = {"rubric": "rubric.toml", "practice": "practice.npy"}[broken]
        with tarfile.open(job / "autograde.tar") as archive:
            files = {m.name: archive.extractfile(m).read() for m in archive}
        files[f"grader/autograder/assignments/hw2p1/{name}"] = b"damaged"
        (job / "autograde.tar").write_bytes(archives.tar(files))
    done = make(job, python)
    assert done.returncode
    assert done.stdout.endswith("The autograder could not grade this; nothing was scored.\n")
    assert "handed in" not in done.stdout


def test_packages_are_reproducible_and_hold_the_seed_only_where_asked(tmp_path):
    one = packages.autolab(ASSIGNMENT, ROOT, packages.Wishes())
    assert one == packages.autolab(ASSIGNMENT, ROOT, packages.Wishes())
    seed = tmp_path / "seed"
    seed.write_text("a secret of more than sixteen bytes")
    two = packages.gradescope(ASSIGNMENT, ROOT, packages.Wishes(seed_file=seed))
    (tmp_path / "z.zip").write_bytes(two["autograder.zip"])
    with zipfile.ZipFile(tmp_path / "z.zip") as archive:
        assert archive.read("grader/seed-file") == seed.read_bytes()
        assert b"--seed-file seed-file" in archive.read("run_autograder")
        assert b"grader/requirements.txt" in archive.read("setup.sh")
    assert not any(Path(name).name == "seed-file" for name in names(one["autograde.tar"]))


@pytest.mark.parametrize(
    ("name", "needed"),
    [("hw2p1", "requirements-student.txt"), ("cat_dog_cnn", "requirements-cat_dog_cnn.txt")],
)
def test_the_image_gets_what_the_assignments_rubric_names(name, needed):
    setup = setup_of(packages.gradescope(registry.find(name), ROOT, packages.Wishes()))
    assert f'-r "$base/source/grader/{needed}"' in setup


def test_a_secret_seed_brings_pytorch_beside_what_the_rubric_names(tmp_path):
    (tmp_path / "seed").write_text("a secret of more than sixteen bytes")
    wishes = packages.Wishes(seed_file=tmp_path / "seed")
    setup = setup_of(packages.gradescope(registry.find("cat_dog_cnn"), ROOT, wishes))
    assert "/requirements.txt" in setup and "/requirements-cat_dog_cnn.txt" in setup


def setup_of(made):
    """The script that sets an image up."""
    with zipfile.ZipFile(io.BytesIO(made["autograder.zip"])) as archive:
        return archive.read("setup.sh").decode()


def names(content):
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return archive.getnames()


def test_a_key_that_autolab_would_tear_apart_is_refused_before_any_job(tmp_path, monkeypatch):
    rubric = ASSIGNMENT.rubric()
    first = replace(rubric.sections[0], key="Conv1d: all")
    monkeypatch.setattr(
        registry.Assignment, "rubric", lambda *_: replace(rubric, sections=(first, *rubric.sections[1:]))
    )
    arguments = ["package", "autolab", str(tmp_path / "autolab")]
    with pytest.raises(UsageError, match="'Conv1d: all' cannot be sent to Autolab"):
        CliRunner().invoke(cli, arguments, catch_exceptions=False, standalone_mode=False)
    assert not (tmp_path / "autolab").exists()
