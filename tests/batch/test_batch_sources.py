"""Whose a submission is and when it came, by what each platform's download says."""

from __future__ import annotations

import json
import os
import re
import socket
import struct
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import classroom
import helpers
import kit
import pytest

from autograder.batch import bulk, intake, roster, sources
from autograder.batch.roster import Directory
from autograder.batch.sources import Found, Hint
from autograder.batch.times import timed
from autograder.errors import UsageError
from autograder.gradebook.enrolment import Person

ARCHIVE = b"not opened here"


def found(folder: Path, *names: str) -> list[Found]:
    for name in names:
        (folder / name).write_bytes(ARCHIVE)
    return sources.find([folder], helpers.rubric())


def test_autolab(tmp_path: Path) -> None:
    one, two = found(tmp_path, "ann_b@cmu.edu_2_handin.tar", "bob@x.edu_13_handin.tar")
    assert (one.source, one.hints, one.number) == ("autolab", (Hint(email="ann_b@cmu.edu"),), 2)
    assert (two.hints, two.number) == ((Hint(email="bob@x.edu"),), 13)


def test_a_name_of_many_parts_is_read_at_once() -> None:
    name = "doe_12_34" + "_a" * 200
    assert sources.named_by_platform(f"{name}.zip") and not sources.named_by_platform("_a" * 200 + "_1_.zip")


def test_canvas(tmp_path: Path) -> None:
    late, plain = found(tmp_path, "doejane_LATE_1234_56789_handin-1.zip", "roejohn_77_56790_hw2p1_final.zip")
    assert (late.source, late.hints, late.number, late.marked_late) == (
        "canvas", (Hint(name="doejane", number="1234"),), 56789, True,
    )  # fmt: skip
    assert (plain.hints, plain.marked_late) == ((Hint(name="roejohn", number="77"),), False)


def test_moodle(tmp_path: Path) -> None:
    folder = tmp_path / "Zoë van Dyk_4711_assignsubmission_file"
    folder.mkdir()
    (folder / "handin.tar").write_bytes(ARCHIVE)
    loose = tmp_path / "A B_4712_assignsubmission_file_" / "mytorch"
    loose.mkdir(parents=True)
    one, two = sources.find([tmp_path], helpers.rubric())
    assert (one.path, two.path) == (loose.parent, folder / "handin.tar")
    assert two.hints == (Hint(name="Zoë van Dyk", number="4711"),)


def test_moodles_texts_typed_online_are_no_submissions(tmp_path: Path) -> None:
    for name in ("A B_4712_assignsubmission_onlinetext_", "C D_4713_assignsubmission_file_"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "onlinetext.html").write_bytes(ARCHIVE)
    (one,) = found(tmp_path, "E F_4714_assignsubmission_onlinetext_onlinetext.html")
    assert one.label == "C D_4713_assignsubmission_file_"
    typed = ["A B_4712_assignsubmission_onlinetext_", "E F_4714_assignsubmission_onlinetext_onlinetext.html"]
    assert sources.typed_online([tmp_path, tmp_path / "none"]) == typed
    each = sorted(tmp_path.iterdir())  # as a shell's `*` gives them
    assert sources.typed_online(each) == typed
    assert [place.path.parent for place in sources.find(each, helpers.rubric())] == [each[1]]


GRADESCOPE = """
submission_1001:
  :submitters:
  - :name: Ann Lee
    :sid: '0042'
    :email: ann@x.edu
  - :name: Bob Ray
    :sid:
    :email: bob@x.edu
  :created_at: 2026-10-01 11:59:00.123000000 -04:00
  :score: 12.5
submission_1002:
  :submitters: []
  :created_at: 2026-10-02T00:00:00Z
"""


def test_gradescope(tmp_path: Path) -> None:
    (tmp_path / sources.METADATA).write_text(GRADESCOPE)
    for number in (1001, 1002, 1003):
        (tmp_path / f"submission_{number}").mkdir()
    one, two, three = sources.find([tmp_path], helpers.rubric())
    assert [hint.email for hint in one.hints] == ["ann@x.edu", "bob@x.edu"]
    assert one.hints[0].number == "0042"
    assert one.submitted_at is not None
    assert one.submitted_at.replace(microsecond=0) == datetime(2026, 10, 1, 15, 59, tzinfo=UTC)
    assert two.hints == three.hints == ()
    assert three.submitted_at is None


def test_gradescopes_export_is_found_in_a_folder_round_it(tmp_path: Path) -> None:
    export = tmp_path / "downloads" / "assignment_1_export"
    (export / "submission_1001").mkdir(parents=True)
    (export / sources.METADATA).write_text(GRADESCOPE)
    (tmp_path / "downloads" / "cy@x.edu_1_handin.tar").touch()
    one, two = sources.find([tmp_path / "downloads"], helpers.rubric())
    assert (one.label, one.source, len(one.hints)) == ("submission_1001", "gradescope", 2)
    assert two.source == "autolab"


def test_gradescopes_metadata_runs_nothing(tmp_path: Path) -> None:
    (tmp_path / sources.METADATA).write_text("a: !!python/object/apply:os.system ['touch /tmp/owned']")
    with pytest.raises(UsageError, match="cannot be read"):
        sources.find([tmp_path], helpers.rubric())


def test_any_folder(tmp_path: Path) -> None:
    (tmp_path / "carol" / "mytorch").mkdir(parents=True)
    (tmp_path / "__MACOSX").mkdir()
    one, two, three = found(tmp_path, "ann.tar.gz", "bob@x.edu.zip", "roster.csv", ".DS_Store")
    assert [one.hints[0].login, two.hints[0].email, three.hints[0].login] == ["ann", "bob@x.edu", "carol"]


@pytest.mark.parametrize("ending", ["txt", "md", "csv", "yml", "yaml", "toml", "TXT"])
def test_what_is_named_as_a_submission_is_one_whatever_it_holds(tmp_path: Path, ending: str) -> None:
    theirs = ("bob@x.edu_1_handin", "leeann_77_56790_handin", "Ann Lee_4711_assignsubmission_file_handin")
    labels = [one.label for one in found(tmp_path, *(f"{name}.{ending}" for name in (*theirs, "notes")))]
    assert labels == sorted(f"{name}.{ending}" for name in theirs)
    for one in sources.find([tmp_path], helpers.rubric()):
        assert intake.opened(one, helpers.rubric()).problem is not None


def test_moodles_download_without_folders(tmp_path: Path) -> None:
    (one,) = found(tmp_path, "Zoë van Dyk_4711_assignsubmission_file_handin.tar")
    assert (one.source, one.hints) == ("moodle", (Hint(name="Zoë van Dyk", number="4711"),))


def test_a_file_of_code_is_called_after_its_student(tmp_path: Path) -> None:
    names = ("ann.ipynb", "bob@x.edu.ipynb", "cy.py", "dee.IPYNB", "eve.ipynb.zip")
    logins = [one.hints[0].login or one.hints[0].email for one in found(tmp_path, *names)]
    assert logins == ["ann", "bob@x.edu", "cy", "dee", "eve"]
    (tmp_path / "class" / "fay@x.py").mkdir(parents=True)
    (fay,) = sources.find([tmp_path / "class"], helpers.rubric())
    assert fay.hints[0].email == "fay@x.py"


def test_a_single_submission(tmp_path: Path) -> None:
    (tmp_path / "mytorch").mkdir()
    (one,) = sources.find([tmp_path], helpers.rubric())
    assert one.path == tmp_path


def test_a_roster_joins_what_platforms_call_people(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(
        "\ufeffEmail,Name,ID,SIS Login ID,Section,Group,Extension\n"
        'ann@x.edu,"Lee, Ann",12,alee,A,,2d\nbob@x.edu,Bob Ray,13,bray,B,7,\n'
        'cy@x.edu,"Çy D’Or ""the, one""",14,cdor,B,7,\n'
    )
    read = roster.read(path)
    assert [person.key for person in read.people] == ["ann@x.edu", "bob@x.edu", "cy@x.edu"]
    assert set(read.extensions) == {"ann@x.edu"}
    people = Directory(read.people)
    for hint in (Hint(email="ANN@x.edu"), Hint(name="leeann", number="99"), Hint(login="alee"), Hint(number="12")):
        assert [person.key for person in people.match([hint])] == ["ann@x.edu"], hint
    assert [person.key for person in people.match([Hint(name="Ann Lee")])] == ["ann@x.edu"]
    assert [person.key for person in people.match([Hint(login="bray")])] == ["bob@x.edu", "cy@x.edu"]
    assert people.match([Hint(email="eve@x.edu")]) == ()


def test_two_people_of_one_name_are_nobody() -> None:
    people = Directory([Person("a", name="Jo Doe", on_roster=True), Person("b", name="Jo Doe", on_roster=True)])
    assert people.match([Hint(name="doejo")]) == ()


def test_without_a_roster_people_are_taken_in_as_they_come() -> None:
    people = Directory([])
    assert [person.key for person in people.match([Hint(email="ann@x.edu")])] == ["ann@x.edu"]
    assert [person.key for person in people.match([Hint(login="ann")])] == ["ann@x.edu"]


@pytest.mark.parametrize("text", ["", "colour\nred\n", "email\nann@x.edu\nann@x.edu\n", "email,extension\nann,soon\n"])
def test_a_roster_with_mistakes_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"roster\.csv"):
        roster.read(path)


def test_canvas_gradebook_is_a_roster(tmp_path: Path) -> None:
    path = tmp_path / "canvas.csv"
    path.write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,HW2P1 (77)\n"
        '    Points Possible,,,,,115\n"Doe, Jane",1234,jd,jdoe@x.edu,11785-A,\n'
    )
    (person,) = roster.read(path).people
    assert (person.key, person.number) == ("jdoe@x.edu", "1234 jd")
    assert Directory([person]).match([Hint(name="doejane", number="1234")]) == (person,)


def test_times_come_from_where_the_caller_says(tmp_path: Path) -> None:
    every = found(tmp_path, "ann.zip", "bob.zip")
    times = tmp_path / "times.csv"
    times.write_text("submission,submitted_at\nann.zip,2026-10-01T12:00:00Z\n")
    (ann, bob), _ = timed(every, str(times))
    assert (ann.submitted_at, bob.submitted_at) == (datetime(2026, 10, 1, 12, tzinfo=UTC), None)
    assert all(one.submitted_at for one in timed(every, "mtime")[0])
    times.write_text("who,when\n")
    times.write_text("submission,submitted_at\nann.zip,noon\n")
    with pytest.raises(UsageError, match="no times"):
        timed(every, str(times))
    times.write_text("submission,submitted_at\nann.zip,2026-10-01T12:00:00Z\n\nann.zip,2026-10-05T12:00:00Z\n")
    with pytest.raises(UsageError, match=r"times\.csv, line 4: ann\.zip is there twice"):
        timed(every, str(times))
    times.write_text("submission,submitted_at\nann.zip\n")
    with pytest.raises(UsageError, match=r"times\.csv, line 2: no times"):
        timed(every, str(times))
    times.write_text("submission,submitted_at\nLee, Ann_4_assignsubmission_file,2026-10-01T12:00:00Z\n")
    with pytest.raises(UsageError, match=r"times\.csv, line 2: 3 cells under 2 columns"):
        timed(every, str(times))


def test_a_folder_was_changed_when_the_last_file_in_it_was(tmp_path: Path) -> None:
    """Its own time, and that of what a file manager leaves there, is when it was unpacked."""
    folder = tmp_path / "class"
    (folder / "ann" / "mytorch" / "__pycache__").mkdir(parents=True)
    (folder / "bob").mkdir()
    ours = {"mytorch/Conv1d.py": 10, "mytorch/notes.md": 11, ".DS_Store": 30, "mytorch/__pycache__/Conv1d.pyc": 30}
    for name, day in ours.items():
        (folder / "ann" / name).write_bytes(b"")
        when = datetime(2026, 9, day, 12, tzinfo=UTC).timestamp()
        os.utime(folder / "ann" / name, (when, when))
    (ann, bob), _ = timed(sources.find([folder], helpers.rubric()), "mtime")
    assert (ann.submitted_at, bob.submitted_at) == (datetime(2026, 9, 11, 12, tzinfo=UTC), None)


def test_what_is_told_goes_before_what_gradescope_says(tmp_path: Path) -> None:
    (tmp_path / sources.METADATA).write_text(GRADESCOPE)
    for number in (1001, 1002):
        (tmp_path / f"submission_{number}").mkdir()
    times = tmp_path / "times.csv"
    times.write_text("Submission , Submitted_at\nsubmission_1001,2026-10-01T11:00:00Z\n,\n")
    every = sources.find([tmp_path], helpers.rubric())
    (told, other), unfit = timed(every, str(times))
    assert told.submitted_at == datetime(2026, 10, 1, 11, tzinfo=UTC) != every[0].submitted_at
    assert (other.submitted_at, unfit) == (every[1].submitted_at, ())
    assert timed(every, "mtime")[0][0].submitted_at == every[0].submitted_at is not None


class _Label(str):
    """A label that counts how often it is looked into."""

    looks = 0

    def rpartition(self, separator: str) -> tuple[str, str, str]:
        _Label.looks += 1
        return super().rpartition(separator)


WORKSHEET = (
    "Identifier,Full name,Status,Grade,Last modified (submission),Last modified (grade)\n"
    'Participant 4711,Ann Lee,Submitted,,"Thursday, 1 October 2026, 11:58 PM",-\n'
    'Participant 4712,Bob Ray,Submitted,,"Friday, October 2, 2026, 12:05 AM",-\n'
    "Participant 4713,Cy Kay,No submission,,-,-\n"
    'Participant 4799,Zed,Submitted,,"Friday, 2 October 2026, 09:30",-\n'
)


def test_moodles_worksheet_tells_times_by_its_numbers(tmp_path: Path) -> None:
    every = found(tmp_path, "Ann Lee_4711_assignsubmission_file_a.zip", "Participant_4712_assignsubmission_file_a.zip")
    every.append(replace(every[0], label="4713.zip", source="folder"))
    (tmp_path / "sheet.csv").write_text(WORKSHEET)
    timed_, unfit = timed(every, str(tmp_path / "sheet.csv"), ZoneInfo("Europe/Berlin"))
    assert [one.submitted_at and one.submitted_at.isoformat() for one in timed_] == [
        "2026-10-01T23:58:00+02:00", "2026-10-02T00:05:00+02:00", None,
    ]  # fmt: skip
    assert unfit == ("4799",)
    assert not any(one.time_told for one in timed_)  # what staff correct stands against it
    with pytest.raises(UsageError, match=r"line 2: .* without an offset"):
        timed(every, str(tmp_path / "sheet.csv"))
    for wrong in ("Oktober", "Octubre"):
        (tmp_path / "sheet.csv").write_text(WORKSHEET.replace("October", wrong))
        with pytest.raises(UsageError, match=r"line 2: .* is no time as Moodle writes it in English"):
            timed(every, str(tmp_path / "sheet.csv"), ZoneInfo("Europe/Berlin"))


def test_each_of_many_names_is_looked_into_once(tmp_path: Path) -> None:
    names = [f"s{n}.zip" for n in range(50)]
    every = [Found(_Label(f"week{n}/{name}"), tmp_path, "folder", ()) for n in range(2) for name in names]
    times = tmp_path / "times.csv"
    times.write_text("submission,submitted_at\n" + "".join(f"{name},2026-10-01T11:00:00Z\n" for name in names))
    assert timed(every, str(times))[1] == tuple(names)
    assert _Label.looks == len(every)


def test_what_cannot_be_opened_has_a_reason_and_no_paths(tmp_path: Path) -> None:
    (one,) = found(tmp_path, "ann.zip")
    handed = intake.opened(one, helpers.rubric())
    assert handed.packed is None
    assert handed.problem is not None
    assert str(tmp_path) not in handed.problem
    assert handed.digest.startswith("unopened:")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX has them")
def test_what_is_no_file_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ann.zip")
    (tmp_path / "bob.zip").symlink_to("/dev/zero")
    (tmp_path / "cem.zip").symlink_to("nowhere")
    (tmp_path / "loop.zip").symlink_to("loop.zip")
    with socket.socket(socket.AF_UNIX) as listening:
        before = Path.cwd()
        os.chdir(tmp_path)  # a socket's path may be of some hundred bytes only
        listening.bind("dan.zip")
        os.chdir(before)
        with bulk.unpacked([tmp_path, *tmp_path.iterdir()]) as places:
            every, _ = timed(sources.find(places.folders[:1], helpers.rubric()), "mtime")
        handed = [intake.opened(one, helpers.rubric()) for one in every]
    no_file = "neither a file nor a folder"
    assert [(one.label, one.problem) for one in handed] == [
        ("ann.zip", no_file),
        ("bob.zip", no_file),
        ("cem.zip", "no such file or folder"),
        ("dan.zip", no_file),
        ("loop.zip", "cannot be read: Too many levels of symbolic links"),
    ]


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions of POSIX")
@pytest.mark.parametrize("mode", [0, 0o400, 0o100])
def test_a_folder_that_cannot_be_looked_into_is_one_submission_that_cannot_be_opened(mode: int, tmp_path: Path) -> None:
    for name in ("ann", "bob@x.edu_1_handin"):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "handin.tar").write_bytes(ARCHIVE)
    (tmp_path / "class" / "ann").chmod(mode)
    done = kit.command(
        "batch", tmp_path / "class", "--gradebook", tmp_path / "book", before=helpers.without_roots_powers()
    )
    (tmp_path / "class" / "ann").chmod(0o700)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["unopened"] == 2
    # Who may list a folder sees names at least.
    why = "handin.tar: cannot be read: Permission denied\n" if mode == 0o400 else "cannot be read: Permission denied\n"
    assert f"  ann: {why}" in done.stdout


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions of POSIX")
def test_a_place_that_cannot_be_looked_into_is_named(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir(mode=0o400)
    words = "--gradebook", tmp_path / "book"
    for place in (tmp_path / "class", tmp_path / "class" / "ann.zip"):
        done = kit.command("batch", place, *words, before=helpers.without_roots_powers())
        assert done.stderr == f"error: {place}: cannot be read: Permission denied\n"
        assert done.returncode == 2


def test_how_it_was_packed_does_not_matter(tmp_path: Path) -> None:
    files = classroom.contents(classroom.variants()[0])
    (tmp_path / "a.zip").write_bytes(classroom.zipped(files))
    (tmp_path / "b.tar").write_bytes(classroom.tarred(files))
    first, second = (intake.opened(one, helpers.rubric()) for one in sources.find([tmp_path], helpers.rubric()))
    assert first.digest == second.digest
    assert first.packed == second.packed


@pytest.mark.parametrize(
    "names",
    [
        ("José Díaz_4711_assignsubmission_file/handin.tar", "עמית כהן_4712_assignsubmission_file/handin.tar"),
        ("כהןעמית_1005_50006_handin.zip", "müllerjörg_1006_50007_handin.zip"),
    ],
)
def test_names_in_utf8_that_do_not_say_so_are_read_as_such(tmp_path: Path, names: tuple[str, ...]) -> None:
    path = packed(tmp_path / "downloads.zip", *names)
    data = bytearray(path.read_bytes())
    for head, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for at in re.finditer(re.escape(head), bytes(data)):
            data[at.start() + flags + 1] &= ~0x08
    path.write_bytes(data)
    with zipfile.ZipFile(path) as archive:
        assert not set(archive.namelist()) & set(names)
    with bulk.unpacked([path]) as places:
        found = sources.find(places.folders, helpers.rubric())
    assert sorted(one.label for one in found) == sorted(name.partition("/")[0] for name in names)


def packed(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name, (2026, 10, 1, 12, 0, 0)), ARCHIVE)
    return path


@pytest.mark.parametrize(
    ("names", "source"),
    [
        (("doejane_1234_56789_handin.zip", "roejohn_LATE_77_56790_handin.zip"), "canvas"),
        (("ann@x.edu_1_handin.tar", "bob@x.edu_2_handin.tar"), "autolab"),
        (("A B_1_assignsubmission_file/handin.tar", "C D_2_assignsubmission_file/handin.tar"), "moodle"),
        (("A B_1_assignsubmission_file_handin.tar", "C D_2_assignsubmission_file_handin.tar"), "moodle"),
    ],
)
def test_a_download_may_stay_packed(tmp_path: Path, names: tuple[str, ...], source: str) -> None:
    path = packed(tmp_path / "download.zip", *names, "../../escaped.tar", "/absolute.tar")
    with bulk.unpacked([path]) as places:
        (folder,) = places.folders
        every = places.dated(sources.find([folder], helpers.rubric()))
        assert [one.source for one in every] == [source, source]
        every, _ = timed(every, "mtime", ZoneInfo("America/New_York"))
        assert {one.submitted_at for one in every} == {datetime(2026, 10, 1, 16, tzinfo=UTC)}
    assert not folder.parent.exists()
    assert [entry.name for entry in tmp_path.iterdir()] == ["download.zip"]


def test_two_downloads_of_the_same_names_have_labels_that_stay(tmp_path: Path) -> None:
    """Told by their own names, so that the next run finds what it knows."""
    names = ("ann@x.edu_1_handin.tar", "A B_1_assignsubmission_file/handin.tar")
    paths = [packed(tmp_path / name, *names) for name in ("week1.zip", "week2.zip")]
    for _ in range(2):
        with bulk.unpacked([*paths, paths[0]]) as places:
            labels = {one.label for one in sources.find(places.folders, helpers.rubric())}
        assert labels == {f"{week}/{name.partition('/')[0]}" for week in ("week1", "week2") for name in names}


@pytest.fixture(params=["UTC", "Asia/Tokyo"])
def here(request: pytest.FixtureRequest) -> Iterator[str]:
    """The time zone of this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="only POSIX can change its zone")
def test_times_of_a_download_do_not_hang_on_this_machine(here: str, tmp_path: Path) -> None:
    assert here
    path, folder = tmp_path / "download.zip", "A B_2_assignsubmission_file"
    exact = struct.pack("<HHBi", 0x5455, 5, 1, int(datetime(2026, 10, 1, 5, tzinfo=UTC).timestamp()))

    def times(extra: bytes, timezone: ZoneInfo | None) -> dict[str, datetime | None]:
        with zipfile.ZipFile(path, "w") as archive:
            for name, day in ((f"{folder}/a.py", 1), (f"{folder}/b.py", 2), ("C D_3_assignsubmission_file/a.py", 0)):
                member = zipfile.ZipInfo(name, (2026, 10, day, 12, 0, 0) if day else (1980, 1, 1, 0, 0, 0))
                member.extra = extra
                archive.writestr(member, ARCHIVE)
        with bulk.unpacked([path]) as places:
            every = places.dated(sources.find(places.folders, helpers.rubric()))
            return {one.hints[0].name: one.submitted_at for one in timed(every, "mtime", timezone)[0]}

    told = datetime(2026, 10, 1, 5, tzinfo=UTC)
    assert times(exact, None) == {"A B": told, "C D": told}
    assert times(b"", ZoneInfo("UTC")) == {"A B": datetime(2026, 10, 2, 12, tzinfo=UTC), "C D": None}
    with pytest.raises(UsageError, match="not in which time zone"):
        times(b"", None)


def test_a_link_to_somebody_elses_submission_is_one_too(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    (ann,) = found(folder, "ann.tar")
    (folder / "bob.tar").symlink_to("ann.tar")
    (tmp_path / "again").symlink_to("class")
    every = sources.find([folder, tmp_path / "again"], helpers.rubric())
    assert [one.label for one in every] == [ann.label, "bob.tar"]


@pytest.mark.parametrize("name", ["bob@x.edu_{}_handin.tar", "leeann_1234_{}_handin.tar", "submission_{}"])
def test_a_number_in_a_name_may_be_of_any_length(name: str, tmp_path: Path) -> None:
    if name.startswith("submission"):
        (tmp_path / sources.METADATA).write_text("{}")
    for digits in ("5000000000", "9" * 60):
        (tmp_path / name.format(digits)).write_bytes(ARCHIVE)
    numbers = sorted(one.number for one in sources.find([tmp_path], helpers.rubric()))
    assert numbers == [5000000000, 2**63 - 1]


def test_gradescopes_export_may_stay_packed(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr("assignment_1_export/submission_metadata.yml", GRADESCOPE)
        archive.writestr("assignment_1_export/submission_1001/mytorch/Conv1d.py", b"")
    with bulk.unpacked([tmp_path / "export.zip"]) as places:
        (one,) = sources.find(places.folders, helpers.rubric())
        assert [hint.name for hint in one.hints] == ["Ann Lee", "Bob Ray"]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_download_is_told_in_a_line(tmp_path: Path, method: int) -> None:
    path = tmp_path / "download.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name in ("doejane_1234_56789_handin.zip", "roejohn_LATE_77_56790_handin.zip"):
            archive.writestr(name, bytes(range(256)) * 4)
    whole = path.read_bytes()
    told = 0
    for place in range(0, len(whole), 3):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            with bulk.unpacked([path]):
                pass
        except UsageError as error:
            told += 1
            assert str(path) in str(error)
    assert told


def test_of_a_name_that_a_download_has_twice_the_last_one_counts(tmp_path: Path) -> None:
    path = tmp_path / "download.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (("ann@x.edu_1_h.tar", b"a"), ("./ann@x.edu_1_h.tar", b"b"), ("bob@x.edu_1_h.tar", b"c")):
            archive.writestr(name, data)
    with bulk.unpacked([path]) as places:
        (folder,) = places.folders
        assert {entry.name: entry.read_bytes() for entry in folder.iterdir()} == {
            "ann@x.edu_1_h.tar": b"b", "bob@x.edu_1_h.tar": b"c"
        }  # fmt: skip
        assert places.doubled == ["ann@x.edu_1_h.tar"]


def test_files_of_a_download_that_cannot_lie_beside_each_other_are_named(tmp_path: Path) -> None:
    path = packed(tmp_path / "download.zip", "ann@x.edu_1_h.tar", "ann@x.edu_1_h.tar/inner.py")
    with pytest.raises(UsageError, match=r"inner\.py lies where another") as caught, bulk.unpacked([path]):
        pass
    assert "autograder-bulk" not in str(caught.value)


def test_a_homework_is_no_download(tmp_path: Path) -> None:
    path = packed(tmp_path / "ann.zip", "mytorch/Conv1d.py", "models/cnn.py")
    with bulk.unpacked([path]) as places:
        assert places.folders == [path]


def test_two_folders_of_the_same_names(tmp_path: Path) -> None:
    for section in ("monday", "friday"):
        (tmp_path / section).mkdir()
        (tmp_path / section / "ann.zip").write_bytes(ARCHIVE)
    places = [tmp_path / "monday", tmp_path / "friday", tmp_path / "monday"]
    labels = [one.label for one in sources.find(places, helpers.rubric())]
    assert labels == ["monday/ann.zip", "friday/ann.zip"]


def test_a_name_of_any_bytes(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9_\xff.zip"))).write_bytes(ARCHIVE)
    (one,) = sources.find([tmp_path], helpers.rubric())
    assert one.label.encode() == b"caf\\xe9_\\xff.zip"
    assert one.hints[0].login.isascii()
