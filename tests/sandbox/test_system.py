"""What of the system's folders is inside: libraries on every system, and no Python of others."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from autograder.sandbox import bubblewrap, system

SDK = "google-cloud-sdk/lib/python3.12/site-packages/setuptools.py"


def laid_out(root: Path, files: Sequence[str]) -> tuple[str, ...]:
    """The folders of a system that has these files, as `folders` is told of them."""
    for file in files:
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    return tuple(f"{root}{name}" for name in system.SYSTEM)


def kept(root: Path, names: tuple[str, ...], cache: bytes = b"") -> set[str]:
    (root / "cache").write_bytes(cache)
    return {
        str(path.relative_to(root)) for folder in system.folders(names, root / "cache") for path in folder.kept
    }  # fmt: skip


def test_debian_has_the_folder_of_its_architecture(tmp_path: Path) -> None:
    names = laid_out(
        tmp_path,
        ("usr/lib/x86_64-linux-gnu/libc.so.6", "usr/lib64/ld-linux-x86-64.so.2", "usr/lib/locale/C.utf8/LC_CTYPE",
         f"usr/lib/{SDK}", "usr/lib/python3/dist-packages/yaml.py", "usr/lib/chromium/libEGL.so",
         "usr/lib/jvm/lib/x.so"),
    )  # fmt: skip
    assert kept(tmp_path, names) == {"usr/lib/x86_64-linux-gnu", "usr/lib64/ld-linux-x86-64.so.2", "usr/lib/locale"}


def test_fedora_has_libraries_beside_folders(tmp_path: Path) -> None:
    names = laid_out(
        tmp_path,
        ("usr/lib64/libc.so.6", "usr/lib64/libpython3.13.so.1.0", "usr/lib64/python3.13/site-packages/numpy/a.so",
         "usr/lib64/flexiblas/libflexiblas_netlib.so", "usr/lib64/gconv/UTF-16.so", "usr/lib64/jvm/lib/x.so",
         "usr/lib64/libreoffice/program/python-core/os.py", "usr/lib64/calibre/python3.13/a.py",
         "usr/lib64/calibre/a.so",
         f"usr/lib/{SDK}", "usr/lib/locale/C.utf8/LC_CTYPE", "usr/lib/python3.13/site-packages/six.py"),
    )  # fmt: skip
    (tmp_path / "lib64").symlink_to("usr/lib64")
    assert kept(tmp_path, names) == {
        "usr/lib64/libc.so.6", "usr/lib64/libpython3.13.so.1.0", "usr/lib64/flexiblas", "usr/lib64/gconv",
        "usr/lib/locale",
    }  # fmt: skip


def test_alpine_has_its_loader_among_programs(tmp_path: Path) -> None:
    names = laid_out(
        tmp_path,
        ("lib/ld-musl-x86_64.so.1", "lib/libc.musl-x86_64.so.1", "lib/apk/db", "usr/lib/libz.so.1", "usr/lib/libz.a",
         "usr/lib/python3.12/site-packages/six.py", f"usr/lib/{SDK}"),
    )  # fmt: skip
    assert kept(tmp_path, names) == {"lib/ld-musl-x86_64.so.1", "lib/libc.musl-x86_64.so.1", "usr/lib/libz.so.1"}


def test_what_the_loader_itself_lists_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = laid_out(
        tmp_path, ("usr/lib/x86_64-linux-gnu/libc.so.6", "usr/lib/wsl/lib/libcuda.so", "usr/lib/jvm/a/b.so")
    )
    monkeypatch.setattr(system, "LISTED", (str(tmp_path).encode(),))
    cache = b"glibc-ld.so.cache1.1\0libcuda.so\0" + str(tmp_path / "usr/lib/wsl/lib/libcuda.so").encode() + b"\0"
    assert kept(tmp_path, names, cache) == {"usr/lib/x86_64-linux-gnu", "usr/lib/wsl"}


def test_a_system_without_such_folders_has_none(tmp_path: Path) -> None:
    assert kept(tmp_path, laid_out(tmp_path, ("nix/store/glibc/lib/libc.so.6",))) == set()


def test_many_libraries_are_bound_with_their_folder_and_the_rest_is_covered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = laid_out(tmp_path, [*(f"usr/lib64/lib{number}.so" for number in range(99)), "usr/lib64/python3.13/os.py"])
    found = system.folders(names, tmp_path / "none")
    monkeypatch.setattr(system, "folders", lambda: found)
    words = bubblewrap._system()
    folder = str(tmp_path / "usr/lib64")
    bound = words.index("--ro-bind")
    assert words[bound : bound + 3] == ["--ro-bind", folder, folder]
    covered = [after for before, after in pairwise(words) if before in ("--tmpfs", "--remount-ro")]
    assert covered == [f"{folder}/python3.13"] * 2


def test_links_to_folders_are_not_covered(tmp_path: Path) -> None:
    names = laid_out(tmp_path, ["usr/lib64/libc.so.6", "usr/lib64/jdk-21/lib/x.so", "opt/programs/run.py"])
    (tmp_path / "usr/lib64/jdk").symlink_to("jdk-21")
    (tmp_path / "usr/lib64/programs").symlink_to(tmp_path / "opt/programs")
    (found,) = [folder for folder in system.folders(names, tmp_path / "none") if folder.path.name == "lib64"]
    assert found.left == (tmp_path / "usr/lib64/jdk-21",)
