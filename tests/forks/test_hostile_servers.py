"""Forks and servers that mean harm to whoever fetches: they get no token, no memory and no process."""

from __future__ import annotations

import contextlib
import http.server
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from git_servers import Repository, Server, git, web
from test_forks import HOME, score

from autograder.forks.git import Bounds, Git, GitFailed

TOKEN = "very-secret-token"


@pytest.fixture
def token(tmp_path: Path) -> Path:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    return tmp_path / "token"


@contextlib.contextmanager
def demanding(target: str = "") -> Iterator[tuple[str, list[str]]]:
    """A server that wants a password, and then sends whoever gives one on to a target; what it was given."""
    seen: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers.get("Authorization", ""))
            self.send_response(301 if target and seen[-1] else 401)
            self.send_header("WWW-Authenticate", 'Basic realm="x"')
            self.send_header("Location", target + self.path)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", seen
        finally:
            server.shutdown()
            thread.join()


def test_a_token_reaches_its_server_and_nothing_else(server: Server, solution, tmp_path: Path, token: Path) -> None:
    """A student may name a server of their own, and write down what it is given."""
    server.fork("one").commit(solution)
    with web(server.root, password=True) as (port, handler), demanding() as (other, given):
        theirs = f"http://127.0.0.1:{port}"
        lines = [f"{theirs}/one/hw2p1.git", f"{other}/eve/hw2p1.git"]
        last, output, points, _ = score(tmp_path, lines, "--token-file", token, "--token-for", theirs)
    assert points == {"one": 100}
    assert last["forks"] == {"ready": 1, "unreachable": 1}
    assert any(value.startswith("Basic ") for value in handler.seen)
    assert given and not any(given)
    assert TOKEN not in output
    kept = b"".join(path.read_bytes() for path in (tmp_path / "store").rglob("*") if path.is_file())
    assert TOKEN.encode() not in kept


def test_a_token_does_not_go_where_its_server_sends_us(tmp_path: Path, token: Path) -> None:
    with demanding() as (other, given), demanding(other) as (theirs, trusted):
        score(tmp_path, [f"{theirs}/eve/hw2p1.git"], "--token-file", token, "--token-for", theirs)
    assert any(trusted)
    assert given and not any(given)


@pytest.fixture
def at_hand(tmp_path: Path) -> tuple[Repository, Git]:
    """A repository to be fetched from, and one to fetch into."""
    folder = tmp_path / "eve" / "hw2p1.git"
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(folder))
    mine = Git(tmp_path / "mine.git", ("file", "http"), bounds=Bounds(3, 100))
    mine.folder.mkdir()
    mine("init", "--quiet", "--bare", "--template=", str(mine.folder))
    return Repository(folder), mine


def test_a_tree_that_names_billions_of_files_costs_nothing(at_hand: tuple[Repository, Git]) -> None:
    """Ten folders that are one and the same, in each of which ten are, and so on: some kilobytes to fetch."""
    evil, mine = at_hand
    name, kind, mode = git(evil.folder, "hash-object", "-w", "--stdin", feed=b"x").decode().strip(), "blob", "100644"
    for _ in range(11):
        listing = "".join(f"{mode} {kind} {name}\tf{i}\n" for i in range(10))
        name, kind, mode = git(evil.folder, "mktree", feed=listing.encode()).decode().strip(), "tree", "040000"
    mine("fetch", "--quiet", f"file://{evil.folder}", f"+{commit(evil, name)}:refs/fork/head")
    with pytest.raises(GitFailed, match="larger than 16 MB"):
        mine("ls-tree", "-r", "-l", "-z", "refs/fork/head")


def commit(repository: Repository, tree: str) -> str:
    """A commit of a tree."""
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    made = subprocess.run(
        ["git", *who, "--git-dir", str(repository.folder), "commit-tree", tree, "-m", "x"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    git(repository.folder, "update-ref", "refs/heads/main", made)
    return made


def test_one_file_under_thousands_of_names_is_not_read(server: Server, tmp_path: Path) -> None:
    content = b"#" * 1_000_000
    server.fork("eve").commit({f"{HOME}/mytorch/m{number}.py": content for number in range(70)})
    last, output, points, status = score(tmp_path, [server.address("eve")])
    assert (points, status, last["forks"]) == ({}, 3, {"unreachable": 1})
    assert "more than 5000 files or 64 MiB of homework" in output


def test_a_server_that_never_ends_keeps_no_process(at_hand: tuple[Repository, Git]) -> None:
    """Git's own helper would listen to it for ever, long after git itself was ended."""
    _, mine = at_hand
    gone = threading.Event()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def trickle() -> None:
            talk, _ = listening.accept()
            with talk, contextlib.suppress(OSError):
                talk.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-advertisement\r\n\r\n")
                while True:
                    talk.sendall(b"0")
                    time.sleep(0.05)
            gone.set()

        threading.Thread(target=trickle, daemon=True).start()
        with pytest.raises(GitFailed, match="took longer than 3 s"):
            mine("fetch", "--quiet", f"http://127.0.0.1:{listening.getsockname()[1]}/x", "+HEAD:refs/fork/head")
        assert gone.wait(20)


def test_helpers_that_are_not_ours_to_end_fail_nothing(tmp_path, monkeypatch):
    def refused(group, number):
        raise PermissionError  # what macOS says of a group whose processes have ended

    monkeypatch.setattr(os, "killpg", refused)
    assert Git(tmp_path / "mine.git")("--version").startswith(b"git version")
