"""Git on repositories that anyone may have made: no hooks, no programs, no configuration but ours, within bounds.

Nothing is ever checked out. Files are read as objects, so attributes, filters, LFS, submodules and links of a
fork do nothing.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from autograder.errors import HarnessError

#: Megabytes of memory of a git process, and of the names that it lists: trees of some kilobytes can name billions of
#: files.
MEMORY, NAMES = 2048, 16

#: Answers git's question for a password; the token is in the environment, and git asks for one server's only.
HELPER = r"""!f() { [ "$1" = get ] && printf 'username=x-access-token\npassword=%s\n' "$AUTOGRADER_FORKS_TOKEN"; }; f"""


class GitFailed(Exception):
    """Git ended badly; the message is its last words, without secrets."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a fetch may take.

    Attributes
    ----------
    seconds
        Time of one call.
    megabytes
        Size of any file that git writes: packs above all.
    """

    seconds: float = 120.0
    megabytes: int = 100


@dataclass(frozen=True, slots=True)
class Git:
    """Runs git in one bare repository.

    Attributes
    ----------
    protocols
        What an address may begin with; git itself refuses the others, also after a redirection.
    token
        A password for one server; it stands in no argument and no message.
    token_for
        That server, as in `https://host`. No other one gets the token, also none that it sends us to.
    """

    folder: Path
    protocols: tuple[str, ...] = ("https", "ssh")
    token: str = ""
    token_for: str = "https://github.com"  # noqa: S105 - an address
    bounds: Bounds = field(default_factory=Bounds)

    def __call__(self, *arguments: str, feed: bytes = b"") -> bytes:
        """What git prints.

        Raises
        ------
        GitFailed
            Its exit status is not 0, or it took too long.
        """
        most = NAMES if arguments[0] == "ls-tree" else self.bounds.megabytes
        # The shell is there for `ulimit` alone: the arguments are no part of its text. Blocks are of 512 bytes; of
        # memory macOS knows no limit.
        memory = f"{{ ulimit -v {(MEMORY + most) * 1024} 2>/dev/null || :; }}"
        limit = f'ulimit -f {most * 2048} && {memory} && exec "$@"'
        command = ["/bin/sh", "-c", limit, "sh", program(), "--git-dir", str(self.folder), *arguments]
        # What it prints goes to a file, so that the limit of files holds for it too.
        with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as said:
            status = self._run(command, feed, printed, said)
            said.seek(0)
            if status:
                raise GitFailed(self._words(said.read(10_000), status, most))
            printed.seek(0)
            return printed.read()

    def _run(self, command: Sequence[str], feed: bytes, printed: IO[bytes], said: IO[bytes]) -> int:
        """Its exit status; whatever it started has ended."""
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=printed,
            stderr=said,
            env=self.environment(),
            start_new_session=True,
        ) as process:
            try:
                process.communicate(feed, self.bounds.seconds)
            except subprocess.TimeoutExpired:
                raise GitFailed(f"took longer than {self.bounds.seconds:.0f} s") from None
            finally:  # git's own helpers, which a slow server would keep
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
        return process.returncode

    def environment(self) -> dict[str, str]:
        """The environment of a call: nothing of ours but the path, and no configuration of this machine."""
        options = {
            "core.hooksPath": os.devnull,
            "core.fsmonitor": "false",
            "credential.helper": "",
            **({f"credential.{self.token_for}.helper": HELPER} if self.token else {}),
            "fetch.recurseSubmodules": "false",
            "fetch.unpackLimit": "1",
            "gc.auto": "0",
            "maintenance.auto": "false",
            "pack.threads": "1",
            "core.bigFileThreshold": "8m",
            "http.followRedirects": "initial",
        }
        numbered: dict[str, str] = {"GIT_CONFIG_COUNT": str(len(options))}
        for index, (name, value) in enumerate(options.items()):
            numbered |= {f"GIT_CONFIG_KEY_{index}": name, f"GIT_CONFIG_VALUE_{index}": value}
        return {
            **{name: os.environ[name] for name in ("PATH", "HOME", "SSH_AUTH_SOCK") if name in os.environ},
            **numbered,
            **({"AUTOGRADER_FORKS_TOKEN": self.token} if self.token else {}),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "/bin/false",
            "GIT_SSH_COMMAND": "ssh -oBatchMode=yes -oForwardAgent=no",
            "GIT_ALLOW_PROTOCOL": ":".join(self.protocols),
            "GIT_LFS_SKIP_SMUDGE": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "LC_ALL": "C",
        }

    def _words(self, stderr: bytes, status: int, most: int) -> str:
        marks = (b"signal 25", b"File size limit", b"File too large", b"invalid index-pack output")
        if status in (-25, 153) or any(mark in stderr for mark in marks):
            return f"is larger than {most} MB, or damaged"
        lines = [line for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        told = next((line for line in lines if line.startswith("fatal:")), lines[-1] if lines else f"status {status}")
        return told.replace(self.token, "***") if self.token else told


def program() -> str:
    """Where git is.

    Raises
    ------
    HarnessError
        It is not installed.
    """
    found = shutil.which("git")
    if found is None:
        raise HarnessError("git is not installed")
    return found


def blobs(git: Git, names: Sequence[str]) -> list[bytes]:
    """Contents of objects, by one call."""
    data = git("cat-file", "--batch", feed="".join(f"{name}\n" for name in names).encode()) if names else b""
    found, at = [], 0
    for _ in names:
        line, _, rest = data[at : at + 200].partition(b"\n")
        if not rest or line.count(b" ") != 2:
            raise GitFailed("an object is missing")
        size = int(line.rpartition(b" ")[2])
        at += len(line) + 1
        found.append(data[at : at + size])
        at += size + 1
    return found


def entries(listing: bytes) -> Mapping[str, tuple[str, str, int]]:
    """What `ls-tree -r -l -z` printed: mode, object and size by path; paths that are no text are left as they print."""
    found = {}
    for line in listing.split(b"\0"):
        facts, tab, path = line.partition(b"\t")
        if tab:
            mode, _, name, size = facts.split()
            found[path.decode("utf-8", "surrogateescape")] = (
                mode.decode(), name.decode(), int(size) if size != b"-" else 0,
            )  # fmt: skip
    return found
