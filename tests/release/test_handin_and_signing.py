"""What a student hands in, and how the course knows its own reports."""

from __future__ import annotations

import json
import os
import tarfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner

from autograder.assignments import registry
from autograder.cli import cli
from autograder.errors import UsageError
from autograder.release import archives, signing

REFERENCE = registry.find("hw2p1").reference


def invoke(*arguments):
    return CliRunner().invoke(
        cli, [str(argument) for argument in arguments], catch_exceptions=False, standalone_mode=False
    )


@pytest.mark.parametrize("name", ["handin.tar", "handin.tar.gz"])
def test_the_tar_holds_what_is_graded_and_has_the_same_bytes(name, tmp_path):
    home = tmp_path / "home"
    for path in REFERENCE.rglob("*.py"):
        copy = home / path.relative_to(REFERENCE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    (home / "notes.ipynb").write_text("{}")
    first = invoke("handin", home, "--output", tmp_path / name)
    bytes_before = (tmp_path / name).read_bytes()
    for path in home.rglob("*.py"):
        os.utime(path, (1, 1))
        path.chmod(0o600)
    invoke("handin", home, "--output", tmp_path / name)
    assert (tmp_path / name).read_bytes() == bytes_before
    assert "left out: notes.ipynb" in first.output
    with tarfile.open(tmp_path / name) as archive:
        names = archive.getnames()
        assert all(member.isreg() and member.mtime == 0 and member.uid == 0 for member in archive)
    assert names == sorted(path.relative_to(REFERENCE).as_posix() for path in REFERENCE.rglob("*.py"))


def test_the_tar_goes_where_a_link_or_a_pipe_leads(tmp_path):
    invoke("handin", REFERENCE, "--output", tmp_path / "plain.tar")
    (tmp_path / "link.tar").symlink_to(tmp_path / "place.tar")
    invoke("handin", REFERENCE, "--output", tmp_path / "link.tar")
    assert (tmp_path / "link.tar").is_symlink()
    assert (tmp_path / "place.tar").read_bytes() == (tmp_path / "plain.tar").read_bytes()
    os.mkfifo(tmp_path / "pipe.tar")
    with ThreadPoolExecutor(1) as others:
        read = others.submit((tmp_path / "pipe.tar").read_bytes)
        invoke("handin", REFERENCE, "--output", tmp_path / "pipe.tar")
        assert read.result(timeout=10) == (tmp_path / "plain.tar").read_bytes()
    assert not (tmp_path / "pipe.tar").is_file()


def test_what_is_handed_in_is_graded_alike(tmp_path):
    from autograder.submissions import read

    invoke("handin", REFERENCE, "--output", tmp_path / "handin.tar")
    rubric = registry.find("hw2p1").rubric()
    assert read(tmp_path / "handin.tar", rubric).digest == read(REFERENCE, rubric).digest


def test_a_zip_is_reproducible_and_keeps_its_scripts_executable(tmp_path):
    import zipfile

    content = archives.zipped({"b/run": b"#!", "a": b"1"}, executable={"b/run"})
    assert content == archives.zipped({"a": b"1", "b/run": b"#!"}, executable={"b/run"})
    (tmp_path / "x.zip").write_bytes(content)
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert archive.getinfo("b/run").external_attr >> 16 & 0o111
        assert not archive.getinfo("a").external_attr >> 16 & 0o111


@pytest.fixture
def signed(tmp_path, make_signed_report):
    (tmp_path / "report.json").write_text(json.dumps(make_signed_report))
    (tmp_path / "scores.json").write_text('{"scores": {"Conv1d": 5}}')
    (tmp_path / "key").write_text("k" * 40 + "\n")
    done = invoke("sign", tmp_path / "report.json", tmp_path / "scores.json", "--key-file", tmp_path / "key")
    assert done.return_value == 0
    return tmp_path


@pytest.fixture
def make_signed_report():
    from autograder.submissions import read

    digest = read(REFERENCE, registry.find("hw2p1").rubric()).digest
    return {
        "schema": "autograder/report/v1", "assignment": "hw2p1", "edition": "s23", "seed": "secret:0123",
        "profile": "quick", "checks": "strict",
        "run": {"autograder": "0.1.0", "isolation": "bubblewrap", "submission": {"digest": digest}},
    }  # fmt: skip


def verify(folder, *names, extra=()):
    paths = [folder / name for name in names]
    return invoke("verify", *paths, "--key-file", folder / "key", "--signature", folder / "report.json.sig", *extra)


def test_what_was_signed_is_genuine(signed):
    done = verify(signed, "report.json", "scores.json", extra=["--submission", REFERENCE])
    assert done.return_value == 0, done.output
    assert '"isolation": "bubblewrap"' in done.output
    statement = json.loads((signed / "report.json.sig").read_text())["statement"]
    assert set(statement) == {
        "documents", "assignment", "submission", "seed", "profile", "checks", "versions", "isolation"
    }  # fmt: skip


def test_a_score_made_by_hand_is_recognised(signed):
    (signed / "scores.json").write_text('{"scores": {"Conv1d": 500}}')
    done = verify(signed, "scores.json")
    assert done.return_value == 1
    assert "changed after it was signed" in done.output


def forged(signed, change):
    place = signed / "report.json.sig"
    body = json.loads(place.read_text())
    change(body)
    place.write_text(json.dumps(body))
    return verify(signed, "report.json")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        *(
            (lambda b, name=name, value=value: b["statement"].update({name: value}), "forged")
            for name, value in {
                "assignment": {"name": "hw2p1", "edition": "s24", "digest": "sha256:0"},
                "submission": "sha256:0",
                "seed": 0,
                "profile": "full",
                "checks": "course",
                "isolation": "process",
                "versions": {"autograder": "9"},
                "more": 1,
            }.items()
        ),
        (lambda b: b["statement"].pop("seed"), "forged"),
        (lambda b: b["statement"]["documents"].update({"report.json": "0" * 64}), "forged"),
        (lambda b: b.update(mac="0" * 64), "forged"),
        (lambda b: b.update(mac="é"), "forged"),
        (lambda b: b.update(mac=None), "no autograder/signature"),
        (lambda b: b.update(key="other"), "another key"),
        (lambda b: b.update(algorithm="none"), "no autograder/signature"),
        (lambda b: b.pop("statement"), "no signature"),
    ],
)
def test_a_forged_signature_is_recognised(signed, change, said):
    done = forged(signed, change)
    assert done.return_value == 1
    assert said in done.output


def test_another_submissions_report_is_recognised(signed):
    done = verify(signed, "report.json", extra=["--submission", registry.find("hw2p1").handout])
    assert done.return_value == 1
    assert "graded was sha256:" in done.output


def test_a_document_that_was_not_signed_is_named(signed):
    (signed / "other.json").write_text("{}")
    assert "not among the documents" in verify(signed, "other.json").output


def test_a_short_key_is_refused(tmp_path):
    (tmp_path / "key").write_text("short")
    with pytest.raises(UsageError, match="shorter than 32"):
        signing.key_from(tmp_path / "key")


def test_scores_alone_say_too_little_to_be_signed(tmp_path):
    (tmp_path / "scores.json").write_text('{"schema": "autograder/report/v1", "scores": {}}')
    (tmp_path / "key").write_text("k" * 40)
    with pytest.raises(UsageError, match="names the submission"):
        invoke("sign", tmp_path / "scores.json", "--key-file", tmp_path / "key")


def test_the_schema_of_signatures(signed):
    import jsonschema

    schema = json.loads((registry.PROJECT / "autograder/reports/schema/signature-v1.json").read_text())
    jsonschema.validate(json.loads((signed / "report.json.sig").read_text()), schema)
