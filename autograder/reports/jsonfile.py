"""The report as JSON: the document, the line that Autolab reads, and files that are never half written."""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
from pathlib import Path

from autograder.errors import HarnessError, UsageError
from autograder.grading.report import Report, document, number

#: Autolab puts quotes round every `word:` of the line before it parses it, wherever the word stands.
_QUOTED_BY_AUTOLAB = re.compile(r"\w:")


def dumps(report: Report, run: bool) -> str:
    """The report's document, indented, the same bytes for the same report; without `run`, what `scores.json` holds.

    Raises
    ------
    ValueError
        The report holds a number that JSON has not (NaN, infinity).
    """
    text = json.dumps(document(report, run=run), ensure_ascii=False, allow_nan=False, indent=2)
    return _inert(text) + "\n"


def last_line(report: Report, group: str | None = None) -> str:
    """The scores in one line, as Autolab reads them: `{"scores": {"MCQ 1": 1, "Downsampling1d": 2.5}}`.

    A section that could not be graded is left out: our failure is not a zero.

    Parameters
    ----------
    group
        Only the sections of this group: Autolab refuses keys that an assessment does not have.

    Raises
    ------
    HarnessError
        A key of the rubric holds a word followed by a colon, which Autolab would tear apart.
    """
    chosen = {
        section.key: number(section.points)
        for section in report.sections
        if section.points is not None and (group is None or section.group == group)
    }
    for key in chosen:
        if _QUOTED_BY_AUTOLAB.search(key):
            raise HarnessError(f"the rubric's key {key!r} cannot be sent to Autolab: no word may end in a colon")
    # Escaped to ASCII, so that it is the same line in every terminal's encoding.
    return json.dumps({"scores": chosen}, ensure_ascii=True, allow_nan=False)


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file so that every reader sees the old content or the new, never a part.

    A new file gets the usual mode, an existing one keeps its own. Links are followed. What is no
    regular file (a pipe, `/dev/stdout`) cannot be replaced and is written to as it is.

    Raises
    ------
    UsageError
        The file cannot be written there.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    try:
        target = path.resolve()
        mode = target.stat().st_mode if target.exists() else None
        if mode is not None and not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            target.write_bytes(data)
        else:
            _replace(target, data, mode)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from error


def _replace(target: Path, data: bytes, mode: int | None) -> None:
    temporary = target.with_name(f".{target.name[:100]}.{os.urandom(6).hex()}")
    try:
        # "x" gives the mode that the umask allows, and never follows a link that lies in wait.
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _inert(text: str) -> str:
    """JSON text without a character that does something: all of these stand within strings, so an escape is equal.

    Lone surrogates are no characters at all and become U+FFFD.
    """
    if text.isascii() and "\x7f" not in text:  # `json` has escaped the other control characters
        return text
    return "".join(c if c == "\n" or c.isprintable() else _escape(c) for c in text)


def _escape(character: str) -> str:
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        return r"\ufffd"
    return json.dumps(character)[1:-1] if code != 0x7F else r"\u007f"
