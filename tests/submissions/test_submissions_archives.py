"""Archives: members that lead elsewhere or are no files, damage, bombs, and the habits of real tools."""

from __future__ import annotations

import gzip
import io
import lzma
import stat
import struct
import sys
import tarfile
import zipfile
import zlib

import pytest
from packing import PLAIN, Take, member, reasons, tar_bytes, zip_bytes, zip_member

from autograder.errors import UsageError
from autograder.submissions import Bounds

LINK = "a link, and links are not followed: put the file itself there"
SPECIAL = "not a regular file"
OUT = "its name leads out of the submission"
ABSOLUTE = "its name is an absolute path"


def plain_members() -> list[tuple[tarfile.TarInfo, bytes]]:
    return [member(name, content) for name, content in PLAIN.items()]


XZ = tar_bytes(PLAIN, "w:xz")

# --- tar -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (tarfile.SYMTYPE, LINK),
        (tarfile.LNKTYPE, LINK),
        (tarfile.CHRTYPE, SPECIAL),
        (tarfile.BLKTYPE, SPECIAL),
        (tarfile.FIFOTYPE, SPECIAL),
        (b"Z", SPECIAL),
    ],
)
@pytest.mark.parametrize("target", ["Conv1d.py", "../../../etc/passwd", "/etc/passwd"])
def test_a_link_or_device_in_a_tar_is_left_out_and_named(take: Take, kind: bytes, reason: str, target: str) -> None:
    odd = member("mytorch/pool.py", kind=kind, linkname=target, devmajor=1, devminor=5)
    submission = take(tar_bytes([odd, *plain_members()]))
    assert dict(submission.files) == PLAIN
    assert reasons(submission) == {"mytorch/pool.py": reason}


def test_a_link_that_replaces_a_file_wins_as_the_last_one(take: Take) -> None:
    link = member("mytorch/Conv1d.py", kind=tarfile.SYMTYPE, linkname="/etc/passwd")
    submission = take(tar_bytes([*plain_members(), link]))
    assert "mytorch/Conv1d.py" not in submission.files
    assert LINK in [entry.reason for entry in submission.left_out]


def test_a_file_below_a_linked_folder_stays_in_the_archive(take: Take) -> None:
    link = member("mytorch/out", kind=tarfile.SYMTYPE, linkname="/tmp")
    submission = take(tar_bytes([*plain_members(), link, member("mytorch/out/x.py", b"1")]))
    assert submission.files["mytorch/out/x.py"] == b"1"
    assert reasons(submission) == {"mytorch/out": LINK}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("/mytorch/x.py", ABSOLUTE),
        ("C:/mytorch/x.py", ABSOLUTE),
        ("../mytorch/x.py", OUT),
        ("mytorch/../../x.py", OUT),
        ("mytorch/../mytorch/x.py", OUT),
    ],
)
@pytest.mark.parametrize("form", ["tar", "zip"])
def test_a_name_that_leads_elsewhere_is_left_out_and_named(take: Take, name: str, reason: str, form: str) -> None:
    pack = tar_bytes if form == "tar" else zip_bytes
    submission = take(pack({**PLAIN, name: b"x"}))
    assert dict(submission.files) == PLAIN
    assert reasons(submission) == {name: reason}


def test_current_folders_and_doubled_slashes_mean_nothing(take: Take) -> None:
    submission = take(tar_bytes({f"./hw2p1//./{name}": content for name, content in PLAIN.items()}))
    assert (dict(submission.files), submission.root) == (PLAIN, "hw2p1")


def test_set_uid_and_odd_modes_mean_nothing(take: Take) -> None:
    submission = take(tar_bytes([member(name, content, mode=0o6000, uid=0) for name, content in PLAIN.items()]))
    assert dict(submission.files) == PLAIN


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_and_foreign_names_in_every_tar_format(take: Take, form: int) -> None:
    names = ["mytorch/" + "folder_of_some_length/" * 5 + "module.py", "mytorch/积.py"]
    if form != tarfile.USTAR_FORMAT:
        names.append("mytorch/" + "m" * 200 + ".py")
    submission = take(tar_bytes(dict.fromkeys(names, b"x"), form=form))
    assert set(submission.files) == set(names)


def test_a_tar_older_than_its_mark_is_read(take: Take) -> None:
    packed = bytearray(tar_bytes({"mytorch/a.py": b"x"}, form=tarfile.USTAR_FORMAT))
    packed[257:265] = bytes(8)
    packed[148:156] = b"%06o\0 " % (sum(packed[:148]) + 8 * 32 + sum(packed[156:512]))
    assert dict(take(bytes(packed)).files) == {"mytorch/a.py": b"x"}


def test_folders_in_archives_are_no_files(take: Take) -> None:
    folders = [member("mytorch", kind=tarfile.DIRTYPE), member("mytorch/sub.py/", kind=tarfile.DIRTYPE)]
    assert take(tar_bytes([*folders, *plain_members()]), "a").left_out == ()
    assert take(zip_bytes({"mytorch/": b"", "mytorch/sub.py/": b"", **PLAIN}), "b").left_out == ()


def test_a_global_header_as_git_writes_it_is_passed_over(take: Take) -> None:
    buffer = io.BytesIO()
    facts = {"comment": "0" * 40, "path": "evil"}
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT, pax_headers=facts) as archive:
        for info, content in plain_members():
            archive.addfile(info, io.BytesIO(content))
    assert dict(take(buffer.getvalue()).files) == PLAIN


def sparse_tar() -> bytes:
    """An old GNU sparse member with a continued map: 512 bytes of data, then an ordinary file."""
    info = tarfile.TarInfo("mytorch/sparse.py")
    info.type, info.size = tarfile.GNUTYPE_SPARSE, 512
    head = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    head[482] = 1
    head[148:156] = b"%06o\0 " % (sum(head[:148]) + 8 * 32 + sum(head[156:512]))
    return bytes(head) + bytes(504) + b"\1" + bytes(7) + bytes(512) + b"x" * 512 + tar_bytes(PLAIN)


def test_sparse_files_are_refused_and_what_follows_them_is_read(take: Take) -> None:
    submission = take(sparse_tar(), "old")
    assert (dict(submission.files), reasons(submission)) == (PLAIN, {"mytorch/sparse.py": SPECIAL})
    pax = member("mytorch/sparse.py", b"x" * 512, pax_headers={"GNU.sparse.major": "1", "GNU.sparse.minor": "0"})
    submission = take(tar_bytes([pax, *plain_members()]), "pax")
    assert (dict(submission.files), reasons(submission)) == (PLAIN, {"mytorch/sparse.py": SPECIAL})


@pytest.mark.parametrize("size", [b"-5", b"x", b"9" * 30, b"9" * 5000])
def test_an_impossible_size_in_an_extended_header_is_damage(take: Take, size: bytes) -> None:
    odd = member("mytorch/a.py", b"x", pax_headers={"size": size.decode()})
    with pytest.raises(UsageError, match="cannot be opened"):
        take(tar_bytes([odd]))


def test_an_extended_header_of_digits_takes_no_time(take: Take) -> None:
    """It took standard libraries of old minutes: a search that starts anew at every digit."""
    head = member("mytorch/a.py", b"1" * 1_000_000, kind=tarfile.XHDTYPE)
    with pytest.raises(UsageError, match="damaged extended header"):
        take(tar_bytes([head, *plain_members()]))


def test_a_huge_extended_header_is_not_taken_into_memory(take: Take) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 8 << 30
    with pytest.raises(UsageError, match="impossible size"):
        take(info.tobuf(tarfile.GNU_FORMAT) + bytes(1024))


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_truncated_tar_is_turned_down_wherever_it_was_cut(take: Take, mode: str) -> None:
    work = {f"mytorch/m{i}.py": f"x = {i * 7919}\n".encode() * 50 for i in range(4)} | {
        "data.bin": bytes(range(256)) * 8
    }
    packed = tar_bytes(work, mode)
    end = 10 * 512 if mode == "w" else len(packed) - 1  # a plain one is padded far beyond its end
    for cut in [*range(1, end, max(1, end // 16)), end]:
        with pytest.raises(UsageError):
            take(packed[:cut])


def test_a_damaged_gzip_is_noticed_by_its_checksum(take: Take) -> None:
    packed = bytearray(tar_bytes(PLAIN, "w:gz"))
    packed[-6] ^= 0xFF
    with pytest.raises(UsageError, match="cannot be opened"):
        take(bytes(packed))


def test_a_compressed_file_that_is_no_tar_is_turned_down(take: Take) -> None:
    for work in (gzip.compress(b"x" * 5000), lzma.compress(b"class Conv1d: ..."), gzip.compress(b"")):
        with pytest.raises(UsageError, match="cannot be opened"):
            take(work)


def test_a_python_without_a_compression_says_so(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lzma", None)
    assert dict(take(tar_bytes(PLAIN, "w:gz")).files) == PLAIN
    with pytest.raises(UsageError, match="this Python cannot unpack it"):
        take(XZ)


def test_a_bomb_in_a_member_that_nobody_wants_is_stopped_while_unpacking(take: Take) -> None:
    packed = tar_bytes({"bomb.bin": bytes(3_000_000), **PLAIN}, "w:gz")
    with pytest.raises(UsageError, match="more than 1 MiB to read"):
        take(packed, bounds=Bounds(total=1 << 20))
    with pytest.raises(UsageError, match="unpacks to more than 50 times its size"):
        take(packed, bounds=Bounds(grace=1 << 20, ratio=50))
    assert dict(take(packed).files) == PLAIN


def test_a_packed_file_that_is_too_much_to_pass_over_is_named(take: Take) -> None:
    files = {"data/train.npy": bytes(11 << 20), **PLAIN}
    with pytest.raises(UsageError, match=r"more than 1 MiB to read: data/train\.npy in it has 11 MiB; pack it again"):
        take(tar_bytes(files, "w:gz"), bounds=Bounds(total=1 << 20))


def test_members_that_nobody_wants_are_not_read_from_a_plain_tar(take: Take) -> None:
    packed = tar_bytes({"data.bin": bytes(3 << 20), **PLAIN})
    assert dict(take(packed, bounds=Bounds(total=64 * 1024)).files) == PLAIN
    with pytest.raises(UsageError, match="it ends too early"):
        take(packed[: 2 << 20])


@pytest.mark.parametrize(
    ("head", "called"),
    [
        (b"Rar!\x1a\x07\x00", "a RAR archive"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "a 7z archive"),
        (b"\x28\xb5\x2f\xfd", "packed by Zstandard"),
    ],
)
@pytest.mark.parametrize("name", ["handin.rar", "handin.zip"])
def test_archives_of_other_kinds_are_called_by_their_names(take: Take, head: bytes, called: str, name: str) -> None:
    with pytest.raises(UsageError, match=f"is {called}, which is not read here: unpack it, or ask for a zip$"):
        take(head + bytes(400), name)


def test_a_bomb_after_the_end_of_the_archive_is_stopped(take: Take) -> None:
    with pytest.raises(UsageError, match="more than 1 MiB to read"):
        take(gzip.compress(tar_bytes(PLAIN) + bytes(2_000_000)), bounds=Bounds(total=1 << 20))


# --- zip -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        (stat.S_IFLNK, LINK),
        (stat.S_IFIFO, SPECIAL),
        (stat.S_IFCHR, SPECIAL),
        (stat.S_IFBLK, SPECIAL),
        (stat.S_IFSOCK, SPECIAL),
    ],
)
def test_a_link_or_device_in_a_zip_is_left_out_and_named(take: Take, mode: int, reason: str) -> None:
    odd = (zip_member("mytorch/pool.py", mode | 0o777), b"../../../etc/passwd")
    submission = take(zip_bytes([*PLAIN.items(), odd]))
    assert dict(submission.files) == PLAIN
    assert reasons(submission) == {"mytorch/pool.py": reason}


def test_backslashes_in_a_zip_are_slashes(take: Take) -> None:
    submission = take(zip_bytes({"hw2p1\\mytorch\\Conv1d.py": b"x", "hw2p1\\..\\..\\evil.py": b"y"}))
    assert (dict(submission.files), submission.root) == ({"mytorch/Conv1d.py": b"x"}, "hw2p1")
    assert reasons(submission) == {"hw2p1/../../evil.py": OUT}


def test_utf8_names_that_a_zip_does_not_declare_are_understood(take: Take) -> None:
    packed = bytearray(zip_bytes({"作业/mytorch/卷积.py": b"x"}))
    local, central = packed.index(b"PK\3\4"), packed.index(b"PK\1\2")
    packed[local + 7] &= ~0x08
    packed[central + 9] &= ~0x08
    submission = take(bytes(packed))
    assert (submission.root, list(submission.files)) == ("作业", ["mytorch/卷积.py"])


def test_a_null_byte_in_a_zips_name_hides_nothing(take: Take) -> None:
    packed = zip_bytes({"mytorch/a.py~.py": b"x", **PLAIN}).replace(b"mytorch/a.py~.py", b"mytorch/a.py\0.py")
    submission = take(packed)
    assert dict(submission.files) == PLAIN
    assert reasons(submission) == {"mytorch/a.py\\x00.py": "its name has characters that not every system can store"}


def test_an_encrypted_zip_is_turned_down(take: Take) -> None:
    packed = bytearray(zip_bytes({"mytorch/a.py": b"x"}))
    packed[packed.index(b"PK\1\2") + 8] |= 1
    packed[6] |= 1
    with pytest.raises(UsageError, match="the archive is encrypted"):
        take(bytes(packed))


def test_a_zip_with_another_method_is_turned_down(take: Take) -> None:
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with pytest.raises(UsageError, match="compressed in a way that is not read here"):
            take(zip_bytes(PLAIN, method))
    packed = bytearray(zip_bytes(PLAIN))
    struct.pack_into("<H", packed, packed.index(b"PK\1\2") + 10, 9)
    with pytest.raises(UsageError, match="compressed in a way that is not read here"):
        take(bytes(packed))


def test_stored_members_are_read(take: Take) -> None:
    assert dict(take(zip_bytes(PLAIN, zipfile.ZIP_STORED)).files) == PLAIN


def test_a_damaged_member_is_noticed_by_its_checksum(take: Take) -> None:
    packed = bytearray(zip_bytes({"mytorch/a.py": b"x = 1\n" * 9}, zipfile.ZIP_STORED))
    packed[60] ^= 1
    with pytest.raises(UsageError, match="cannot be opened"):
        take(bytes(packed))


def test_a_truncated_zip_is_turned_down(take: Take) -> None:
    packed = zip_bytes(PLAIN)
    for cut in range(1, len(packed), 40):
        with pytest.raises(UsageError):
            take(packed[:cut])


def test_a_zip_that_promises_a_small_file_is_counted_while_reading(take: Take) -> None:
    packed = bytearray(zip_bytes({"mytorch/a.py": b"#" * 5000}))
    struct.pack_into("<I", packed, packed.index(b"PK\1\2") + 24, 10)
    with pytest.raises(UsageError):
        take(bytes(packed), bounds=Bounds(file=100))


def test_members_that_share_their_bytes_are_turned_down(take: Take) -> None:
    packed = bytearray(zip_bytes({f"mytorch/m{i}.py": b"x" * 1000 for i in range(3)}))
    at = packed.index(b"PK\1\2")
    for _ in range(3):
        struct.pack_into("<I", packed, at + 42, 0)
        at = packed.find(b"PK\1\2", at + 1)
    with pytest.raises(UsageError, match="overlap"):
        take(bytes(packed))


@pytest.mark.parametrize("which", [0, 1])
def test_a_member_that_reaches_into_what_follows_is_turned_down(take: Take, which: int) -> None:
    packed = bytearray(zip_bytes({f"mytorch/m{i}.py": b"x" * 1000 for i in range(2)}))
    at = packed.index(b"PK\1\2")
    if which:
        at = packed.index(b"PK\1\2", at + 1)
    (size,) = struct.unpack_from("<I", packed, at + 20)
    struct.pack_into("<I", packed, at + 20, size + 1)
    with pytest.raises(UsageError, match="overlap"):
        take(bytes(packed))


def test_a_directory_that_claims_to_be_huge_is_not_taken_into_memory(take: Take) -> None:
    entry = zip_bytes({"m": b""})
    one = entry[entry.index(b"PK\1\2") : entry.index(b"PK\5\6")]
    directory = one * 60_000  # 2.8 MB, which would become 60,000 objects
    start = b"PK\3\4" + bytes(26)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 100, 100, len(directory), len(start), 0)
    with pytest.raises(UsageError, match="more than 5000 files"):
        take(start + directory + end)


def test_a_zip_bomb_is_stopped_by_ratio_and_by_total(take: Take) -> None:
    packed = zip_bytes({f"mytorch/m{i}.py": bytes(1 << 20) for i in range(4)})
    with pytest.raises(UsageError, match="unpacks to more than 100 times its size"):
        take(packed, bounds=Bounds(grace=1 << 20, ratio=100))
    with pytest.raises(UsageError, match="more than 2 MiB to read"):
        take(packed, bounds=Bounds(total=2 << 20))


def test_members_that_nobody_wants_are_not_unpacked_from_a_zip(take: Take) -> None:
    packed = zip_bytes({"data.bin": bytes(3 << 20), **PLAIN})
    assert dict(take(packed, bounds=Bounds(total=4096)).files) == PLAIN


# --- both ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["tar", "zip"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_members_of_one_name_the_last_counts_and_it_is_said(take: Take, form: str) -> None:
    names = ["mytorch/a.py", "./mytorch/a.py", "mytorch//a.py"]
    if form == "tar":
        packed = tar_bytes([member(name, name.encode()) for name in names])
    else:
        packed = zip_bytes([(name, name.encode()) for name in names])
    submission = take(packed)
    assert dict(submission.files) == {"mytorch/a.py": b"mytorch//a.py"}
    assert [(entry.path, entry.reason, entry.refused) for entry in submission.left_out] == [
        ("mytorch/a.py", "there are several of this name: the last one counts", True)
    ] * 2


def test_a_tar_name_that_is_not_utf8_is_refused_and_escaped(take: Take) -> None:
    submission = take(tar_bytes([member("mytorch/caf\udce9.py"), *plain_members()], form=tarfile.GNU_FORMAT))
    assert reasons(submission) == {"mytorch/caf\\xe9.py": "its name has characters that not every system can store"}


def test_messages_stay_on_one_line_whatever_the_path(take: Take) -> None:
    with pytest.raises(UsageError) as caught:
        take(zlib.compress(b"x"), "a\nb\x1b[31m.zip")
    assert str(caught.value).isprintable()
