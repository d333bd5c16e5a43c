"""Provenance: who made a report, over what, and with what; so that one made by hand is recognised.

HMAC-SHA256 with a key that only staff have. Whoever checks a report is whoever made it, the course, so a
public-key signature would prove nothing more and need another package; and a fork's own CI can hold no key
at all, since a student can make it print one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.assignments.registry import Assignment
from autograder.errors import UsageError

SCHEMA = "autograder/signature/v1"
ALGORITHM = "HMAC-SHA256"
#: Shorter keys can be guessed.
KEY_BYTES = 32


def key_from(path: Path) -> bytes:
    """The key in a file: all of its bytes but white space at the ends.

    Raises
    ------
    UsageError
        It cannot be read or is too short.
    """
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        raise UsageError(f"the key file {path} cannot be read: {error.strerror}") from error
    if len(key) < KEY_BYTES:
        raise UsageError(
            f"the key in {path} is shorter than {KEY_BYTES} bytes",
            hint="make one: python -c 'import secrets; print(secrets.token_hex(32))'",
        )
    return key


def fingerprint(key: bytes) -> str:
    """Which key it is, without telling it."""
    return hashlib.sha256(b"autograder key\n" + key).hexdigest()[:16]


def assignment_digest(assignment: Assignment) -> str:
    """SHA-256 over an assignment's own files: rubric, cases, exercises, data."""
    total = hashlib.sha256(b"autograder/assignment/v1\n")
    for path in sorted(assignment.folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            for part in (path.relative_to(assignment.folder).as_posix().encode(), path.read_bytes()):
                total.update(b"%d:" % len(part))
                total.update(part)
    return f"sha256:{total.hexdigest()}"


def statement(documents: Mapping[str, bytes], report: Mapping[str, Any], assignment_hash: str) -> dict[str, Any]:
    """What is signed.

    Parameters
    ----------
    documents
        The files that are signed, by their names.
    report
        A report with its `run`: what the documents are about.
    """
    run = report.get("run") or {}
    return {
        "documents": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(documents.items())},
        "assignment": {"name": report["assignment"], "edition": report["edition"], "digest": assignment_hash},
        "submission": (run.get("submission") or {}).get("digest"),
        "seed": report["seed"],
        "profile": report["profile"],
        "checks": report["checks"],
        "versions": {name: run.get(name) for name in ("autograder", "python", "numpy")},
        "isolation": run.get("isolation"),
    }


def sign(said: Mapping[str, Any], key: bytes) -> str:
    """The signature document of a statement, as text."""
    body = {
        "schema": SCHEMA,
        "algorithm": ALGORITHM,
        "key": fingerprint(key),
        "statement": said,
        "mac": _mac(said, key),
    }
    return json.dumps(body, allow_nan=False, indent=1, sort_keys=True) + "\n"


def problems(signature: bytes, documents: Mapping[str, bytes], key: bytes) -> tuple[list[str], Mapping[str, Any]]:
    """What is wrong with a signature and the documents it is held against; and its statement.

    The statement is worth nothing unless the list is empty.
    """
    try:
        body = json.loads(signature)
        said, mac = body["statement"], body["mac"]
        names = dict(said["documents"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ["this is no signature"], {}
    if body.get("schema") != SCHEMA or body.get("algorithm") != ALGORITHM or not isinstance(mac, str):
        return [f"this is no {SCHEMA}"], {}
    if body.get("key") != fingerprint(key):
        return [f"signed with another key (fingerprint {str(body.get('key'))[:16]!a}, ours {fingerprint(key)})"], {}
    if not hmac.compare_digest(mac.encode("utf-8", "replace"), _mac(said, key).encode()):
        return ["the signature is forged: its statement was changed after it was signed"], {}
    wrong = []
    for name, content in documents.items():
        if name not in names:
            wrong.append(f"{name} is not among the documents that were signed")
        elif names[name] != hashlib.sha256(content).hexdigest():
            wrong.append(f"{name} was changed after it was signed")
    return wrong, said


def _mac(said: Mapping[str, Any], key: bytes) -> str:
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hmac.new(key, f"{SCHEMA}\n{text}".encode(), hashlib.sha256).hexdigest()
