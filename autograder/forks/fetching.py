"""One fork: fetch it, pick the commit that counts, take out the files that are graded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath

from autograder.errors import writing
from autograder.release.archives import tar
from autograder.release.changes import MANIFEST, OWN, WATCHED
from autograder.reports.text import shown
from autograder.submissions.bounds import amount
from autograder.submissions.entries import kept_elsewhere, not_followed
from autograder.submissions.layout import Patterns
from autograder.submissions.reading import STANDARD_BOUNDS

from .git import Git, GitFailed, blobs, entries
from .listing import Fork, Push

#: Commits that are fetched at first, where the deadline lies further back, and all (git's word for it).
DEPTHS = (20, 500, 2**31 - 1)
#: More is no homework; `submissions` has the same bounds.
MOST_BYTES, MOST_IN_ALL, MOST_FILES = STANDARD_BOUNDS.file, STANDARD_BOUNDS.total, STANDARD_BOUNDS.members
#: What is said of a fork that shows no commit any more, where the course listed one.
GONE = "its branch is gone: a commit counts that the course saw"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for in every fork.

    Attributes
    ----------
    accept
        The files that are graded, relative to the homework.
    home
        Where a released repository has the homework.
    deadline
        The last moment that counts; None: the newest commit does.
    released
        Git's name of each file's content as it was released, by path; of the files that students may not change.
    untouched
        Git's names of the released homework's files.
    """

    accept: Patterns
    home: str
    deadline: datetime | None
    released: Mapping[str, str]
    untouched: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was found of a fork.

    Attributes
    ----------
    state
        `ready`, `unreachable`, `empty` (no commit), `late` (none in time), `nothing` (no accepted file).
    commit, when, by
        What is graded, its time, and whose word that is: `push` or `commit`.
    files
        The accepted files by their path in the homework.
    remarks
        What staff should know.
    """

    fork: Fork
    state: str
    commit: str = ""
    when: datetime | None = None
    by: str = ""
    files: Mapping[str, bytes] | None = None
    remarks: tuple[str, ...] = ()

    def archive(self) -> bytes:
        """The files as a tar, as a student would hand them in."""
        return tar(self.files or {})


def fetch(fork: Fork, git: Git, wanted: Wanted) -> Fetched:
    """Everything about one fork; whatever is wrong with it becomes its state.

    Raises
    ------
    UsageError
        Where forks are kept cannot be written.
    """
    found = Fetched(fork, "unreachable")
    try:
        with writing(git.folder):
            there = (git.folder / "HEAD").exists()
            git.folder.mkdir(parents=True, exist_ok=True)
        if not there:
            git("init", "--quiet", "--bare", "--template=", str(git.folder))
        before = _tip(git)
        if _download(fork, git, DEPTHS[0]):
            found = replace(found, remarks=tuple(_rewritten(fork, git, before)))
        elif any(_known(git, commit) for commit in _listed(fork)):
            found = replace(found, remarks=(GONE,))
        else:
            return replace(found, state="empty")
        commit, when, by = pick(fork, git, wanted.deadline)
        for depth in DEPTHS[1:]:
            if not commit and not fork.pushes and _shallow(git):
                _download(fork, git, depth)
                commit, when, by = pick(fork, git, wanted.deadline)
        if not commit and (told := _told(fork, wanted.deadline)):
            raise GitFailed(f"has no commit {told}")
        if not commit:
            return replace(found, state="late")
        tree = entries(git("ls-tree", "-r", "-l", "-z", "--full-tree", commit))
        files, remarks = homework(git, tree, wanted)
    except GitFailed as error:
        return replace(found, remarks=(*found.remarks, shown(str(error), 200)))
    remarks = [*found.remarks, *remarks, *touched(tree, wanted)]
    state = "ready" if files else "nothing"
    return Fetched(fork, state, commit, when, by, files, tuple(remarks))


def _tip(git: Git) -> str:
    try:
        return git("rev-parse", "--verify", "--quiet", "refs/fork/head").decode().strip()
    except GitFailed:
        return ""


def _download(fork: Fork, git: Git, depth: int) -> bool:
    """Fetch the branch that the fork shows; false where it has no commit at all."""
    # Pushes that were seen may be on no branch any more, and servers give out what they still have by its name.
    for commit in {commit for commit in _listed(fork) if not _known(git, commit)}:
        try:
            git("fetch", "--quiet", "--no-tags", "--depth=1", "--", fork.address, f"+{commit}:refs/fork/push/{commit}")
        except GitFailed:
            continue
    try:
        git("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", f"--depth={depth}", "--", fork.address,
            "+HEAD:refs/fork/head")  # fmt: skip
    except GitFailed as error:
        if "couldn't find remote ref HEAD" in str(error):
            return False
        raise
    return True


def _listed(fork: Fork) -> tuple[str, ...]:
    """The commits that the course saw."""
    return (fork.commit,) if fork.commit else tuple(push.commit for push in fork.pushes)


def _shallow(git: Git) -> bool:
    return (git.folder / "shallow").exists()


def _rewritten(fork: Fork, git: Git, before: str) -> list[str]:
    """Whether history was replaced: a commit that was once there is no part of it now.

    That is said of a history that was fetched to its beginning, or not at all: who commits often rewrites nothing.
    """
    once = {commit for commit in (before, *(push.commit for push in fork.pushes)) if commit}
    if fork.commit and _known(git, fork.commit):  # else it may be a slip of who made the list
        once.add(fork.commit)
    for depth in DEPTHS[1:]:
        if not _shallow(git) or all(_contains(git, commit) for commit in once):
            break
        try:
            _download(fork, git, depth)
        except GitFailed:  # too large, or too slow
            return []
    gone = not all(_contains(git, commit) for commit in once)
    return ["force-pushed: an earlier commit is no longer in its history"] if gone else []


def _contains(git: Git, commit: str) -> bool:
    try:
        git("merge-base", "--is-ancestor", commit, "refs/fork/head")
    except GitFailed:
        return False
    return True


def _known(git: Git, commit: str) -> bool:
    try:
        git("cat-file", "-e", f"{commit}^{{commit}}")
    except GitFailed:
        return False
    return True


def _told(fork: Fork, deadline: datetime | None) -> str:
    """The commit that counts as the course saw it, which no server may have any more; empty where it saw none."""
    return next((push.commit for push in reversed(_in_time(fork, deadline))), fork.commit)


def _in_time(fork: Fork, deadline: datetime | None) -> list[Push]:
    return [push for push in fork.pushes if deadline is None or push.when <= deadline]


def pick(fork: Fork, git: Git, deadline: datetime | None) -> tuple[str, datetime | None, str]:
    """The commit that counts: the listed one, or the last one in time, by the server's word where it is known."""
    if fork.commit:
        return (fork.commit, _time(git, fork.commit), "commit") if _known(git, fork.commit) else ("", None, "")
    if fork.pushes:
        known = [push for push in _in_time(fork, deadline) if _known(git, push.commit)]
        return (known[-1].commit, known[-1].when, "push") if known else ("", None, "")
    log = git("log", "--first-parent", "--format=%H %cI", "refs/fork/head").decode("ascii", "replace")
    for line in log.splitlines():
        commit, _, text = line.partition(" ")
        when = _moment(text)
        if when is not None and (deadline is None or when <= deadline):
            return commit, when, "commit"
    return "", None, ""


def _time(git: Git, commit: str) -> datetime | None:
    """A commit's time, as its author set it."""
    return _moment(git("log", "-1", "--format=%cI", commit).decode("ascii", "replace").strip())


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def homework(git: Git, tree: Mapping[str, tuple[str, str, int]], wanted: Wanted) -> tuple[dict[str, bytes], list[str]]:
    """The accepted files, and what was not taken: links, submodules, what is too large or kept elsewhere."""
    way = (*reversed(PurePosixPath(wanted.home).parents), PurePosixPath(wanted.home))
    if link := next((str(part) for part in way if tree.get(str(part), ("",))[0] == "120000"), None):
        return {}, [not_followed(link)]
    prefix = f"{wanted.home}/" if any(path.startswith(f"{wanted.home}/") for path in tree) else ""
    chosen: dict[str, str] = {}
    remarks = []
    for path, (mode, name, size) in sorted(tree.items()):
        inside = path.removeprefix(prefix)
        if mode == "160000":
            remarks.append(f"a submodule, not followed: {shown(path, 80)}")
        if not path.startswith(prefix) or not wanted.accept.match(inside):
            continue
        if mode not in ("100644", "100755"):
            remarks.append(not_followed(shown(path, 80)))
        elif size > MOST_BYTES:
            remarks.append(f"too large: {shown(path, 80)}")
        else:
            chosen[inside] = name
    # A few kilobytes may hold one file under thousands of names.
    if len(chosen) > MOST_FILES or sum(tree[prefix + path][2] for path in chosen) > MOST_IN_ALL:
        raise GitFailed(f"more than {MOST_FILES} files or {amount(MOST_IN_ALL)} of homework")
    files = dict(zip(chosen, blobs(git, list(chosen.values())), strict=True))
    remarks += kept_elsewhere(files)
    if files and all(wanted.untouched.get(path) == tree[prefix + path][1] for path in files):
        remarks.append("unchanged since the release")
    return files, remarks


def touched(tree: Mapping[str, tuple[str, str, int]], wanted: Wanted) -> list[str]:
    """Files of the grader that the fork changed, added or took away: it costs nothing, and staff may want to know."""
    if not wanted.released:
        return []
    changed = [path for path, name in wanted.released.items() if path not in tree or tree[path][1] != name]
    added = [path for path in tree if path.startswith(WATCHED) and path not in wanted.released and path != MANIFEST]
    paths = sorted({*changed, *added})
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return [f"touched the grader: {', '.join(shown(path, 60) for path in paths[:3])}{more}"] if paths else []


def blob(content: bytes) -> str:
    """Git's name of a content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def expectations(files: Mapping[str, bytes], home: str) -> tuple[dict[str, str], dict[str, str]]:
    """Git's names of a release's files: the grader's, by path, and the homework's, by path in it."""
    grader = {path: blob(content) for path, content in files.items() if not path.startswith(OWN)}
    work = {
        path.removeprefix(f"{home}/"): blob(content) for path, content in files.items() if path.startswith(f"{home}/")
    }
    return grader, work
