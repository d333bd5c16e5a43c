"""Forks of a release on real git servers on loopback: `git daemon`, and `git http-backend` behind a web server."""

from __future__ import annotations

import contextlib
import http.server
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.assignments import registry
from autograder.release import contents, updating

ASSIGNMENT = registry.find("hw2p1")
DEADLINE = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
QUIET = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}


def git(folder: Path, *arguments: str, feed: bytes = b"") -> bytes:
    command = ["git", "--git-dir", str(folder), *arguments]
    return subprocess.run(command, input=feed, env=QUIET, capture_output=True, check=True).stdout


class Repository:
    """A bare repository on a server, written by `git fast-import`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def commit(
        self,
        files: Mapping[str, bytes | None],
        when: datetime = DEADLINE - timedelta(hours=1),
        *,
        links: Mapping[str, str] | None = None,
        submodules: Mapping[str, str] | None = None,
        onto: str | None = "refs/heads/main^0",
    ) -> str:
        """One commit; None takes a file away, `onto=None` starts a history of its own in place of the old one."""
        stamp = f"{int(when.timestamp())} +0000"
        lines = [b"reset refs/heads/main\n" if onto is None else b"", b"commit refs/heads/main\n"]
        lines.append(f"committer S <s@example.org> {stamp}\ndata 1\nx\n".encode())
        if onto is not None and self.has_commits:
            lines.append(f"from {onto}\n".encode())
        for path, content in files.items():
            if content is None:
                lines.append(f"D {path}\n".encode())
            else:
                lines.append(f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n")
        for path, target in (links or {}).items():
            lines.append(f"M 120000 inline {path}\ndata {len(target)}\n{target}\n".encode())
        for path, commit in (submodules or {}).items():
            lines.append(f"M 160000 {commit} {path}\n".encode())
        git(self.folder, "fast-import", "--quiet", "--force", feed=b"".join(lines))
        return git(self.folder, "rev-parse", "refs/heads/main").decode().strip()

    def history(self, count: int, when: datetime, files: Mapping[str, bytes]) -> None:
        """Many commits of the same files on top of what is there, a second after each other."""
        lines = [b"reset refs/heads/main\nfrom refs/heads/main^0\n\n"]
        for number in range(count):
            stamp = f"{int(when.timestamp()) + number} +0000"
            lines.append(f"commit refs/heads/main\ncommitter S <s@example.org> {stamp}\ndata 1\nx\n".encode())
            for path, content in {**files, "log.txt": b"%d" % number}.items():
                lines.append(f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n")
        git(self.folder, "fast-import", "--quiet", "--force", feed=b"".join(lines))

    @property
    def has_commits(self) -> bool:
        return bool(git(self.folder, "for-each-ref").strip())


class Server:
    """Makes forks of the release, and knows their addresses."""

    def __init__(self, root: Path, released: Path, ports: tuple[int, int]) -> None:
        self.root, self.released, self.ports = root, released, ports

    def fork(self, owner: str, *, empty: bool = False) -> Repository:
        folder = self.root / owner / "hw2p1.git"
        if empty:
            git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(folder))
        else:
            shutil.copytree(self.released, folder)
        git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
        return Repository(folder)

    def address(self, owner: str, protocol: str = "git") -> str:
        return f"{protocol}://127.0.0.1:{self.ports[protocol == 'http']}/{owner}/hw2p1.git"


@pytest.fixture(scope="session")
def released(tmp_path_factory) -> Path:
    """The release as a bare repository of one commit."""
    folder = tmp_path_factory.mktemp("upstream") / "hw2p1.git"
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(folder))
    release = contents.students(ASSIGNMENT, registry.PROJECT)
    files = {**release.files, updating.MANIFEST: updating.manifest(release)}
    Repository(folder).commit(files, DEADLINE - timedelta(days=10))
    shutil.rmtree(folder / "hooks", ignore_errors=True)
    return folder


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@contextlib.contextmanager
def daemon(root: Path):
    port = free_port()
    command = [
        "git",
        "daemon",
        f"--base-path={root}",
        "--export-all",
        "--listen=127.0.0.1",
        f"--port={port}",
        "--reuseaddr",
    ]
    with subprocess.Popen(command, env=QUIET, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(100):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()


class Backend(http.server.BaseHTTPRequestHandler):
    """Hands requests to `git http-backend`, as a web server does. Notes the authorizations that came."""

    root = Path()
    password = False
    seen: list[str] = []  # noqa: RUF012

    def do_GET(self):
        path, _, query = self.path.partition("?")
        self.seen.append(self.headers.get("Authorization", ""))
        if self.password and not self.seen[-1]:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="forks"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        length = int(self.headers.get("Content-Length") or 0)
        environ = {
            **QUIET, "GIT_PROJECT_ROOT": str(self.root), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path,
            "QUERY_STRING": query, "REQUEST_METHOD": self.command, "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }  # fmt: skip
        done = subprocess.run(
            ["git", "http-backend"], input=self.rfile.read(length), env=environ, capture_output=True, check=False
        )
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *arguments):
        pass


@contextlib.contextmanager
def web(root: Path, *, password: bool = False):
    """A web server; with `password` one that lets nobody in without."""
    handler = type("RootedBackend", (Backend,), {"root": root, "password": password, "seen": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_address[1], handler
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def server(tmp_path, released):
    root = tmp_path / "served"
    root.mkdir()
    with daemon(root) as port, web(root) as (web_port, _):
        yield Server(root, released, (port, web_port))


@pytest.fixture(scope="session")
def solution() -> dict[str, bytes]:
    return {
        f"handout/hw2p1/{path.relative_to(ASSIGNMENT.reference).as_posix()}": path.read_bytes()
        for path in ASSIGNMENT.reference.rglob("*.py")
    }
