"""Whatever bytes arrive as an archive: a submission or one clear line, and nothing else."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import packing
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.errors import UsageError
from autograder.submissions import Bounds, read

BOUNDS = Bounds(total=1 << 20, members=200)
RUBRIC = packing.rubric()
MAGIC = [b"PK\3\4", b"PK\5\6", b"\x1f\x8b\x08\x00", b"BZh9", b"\xfd7zXZ\x00\x00\x04", bytes(257) + b"ustar"]
WORK = {
    **packing.PLAIN,
    "mytorch/" + "long/" * 30 + "x.py": b"1",
    "mytorch/积.py": b"2",
    "data.bin": bytes(range(256)) * 3,
}
HONEST = [packing.zip_bytes(WORK), *(packing.tar_bytes(WORK, mode) for mode in ("w", "w:gz", "w:bz2", "w:xz"))]

hostile = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def assert_it_is_read_or_turned_down(path: Path, work: bytes) -> None:
    path.write_bytes(work)
    with suppress(UsageError):
        submission = read(path, RUBRIC, BOUNDS)
        assert all(name.isprintable() and not name.startswith("/") and ".." not in name for name in submission.files)


@hostile
@given(magic=st.sampled_from(MAGIC), rest=st.binary(max_size=2000))
def test_random_bytes_behind_the_mark_of_an_archive(tmp_path: Path, magic: bytes, rest: bytes) -> None:
    assert_it_is_read_or_turned_down(tmp_path / "work", magic + rest)


@hostile
@given(rest=st.binary(max_size=600))
def test_random_bytes_are_turned_down(tmp_path: Path, rest: bytes) -> None:
    path = tmp_path / "work"
    path.write_bytes(b"\x00" + rest)
    with pytest.raises(UsageError):
        read(path, RUBRIC, BOUNDS)


@hostile
@given(data=st.data(), honest=st.sampled_from(HONEST))
def test_honest_archives_with_damage(tmp_path: Path, data: st.DataObject, honest: bytes) -> None:
    work = bytearray(honest)
    places = st.integers(0, len(work) - 1)
    for at, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=8)):
        work[at] = value
    cut = data.draw(st.one_of(st.just(len(work)), places))
    assert_it_is_read_or_turned_down(tmp_path / "work", bytes(work[:cut]))


@hostile
@given(data=st.data())
def test_tar_headers_with_damage_and_a_right_checksum(tmp_path: Path, data: st.DataObject) -> None:
    work = bytearray(HONEST[1])
    blocks = [at for at in range(0, len(work), 512) if work[at + 257 : at + 262] == b"ustar"]
    for start in data.draw(st.lists(st.sampled_from(blocks), min_size=1, max_size=3)):
        for at, value in data.draw(st.lists(st.tuples(st.integers(0, 511), st.integers(0, 255)), max_size=6)):
            work[start + at] = value
        kind = data.draw(st.sampled_from(b"01234567xgLKSVMXD\0"))
        work[start + 156] = kind
        head = work[start : start + 512]
        work[start + 148 : start + 156] = b"%06o\0 " % (sum(head[:148]) + 8 * 32 + sum(head[156:]))
    assert_it_is_read_or_turned_down(tmp_path / "work", bytes(work))
