"""JSON that an assignment ships beside its code: read only where it is what it should be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.errors import HarnessError


class DataError(HarnessError):
    """Data of an assignment that is damaged, or of another version of the grader; the message names the file."""


def sections(path: Path, schema: str) -> Mapping[str, Any] | None:
    """The `sections` of a document; None where there is no such file.

    Raises
    ------
    DataError
        It cannot be read, or has another schema.
    """
    if not path.is_file():
        return None
    found = document(_text(path), path, schema).get("sections")
    if not isinstance(found, dict):
        raise DataError(f"{path} has no sections: it is damaged")
    return found


def lines(path: Path, schema: str) -> list[str]:
    """The lines of a file whose first one names the schema, without that one; none where there is no such file.

    Raises
    ------
    DataError
        It cannot be read, or has another schema.
    """
    if not path.is_file():
        return []
    head, _, rest = _text(path).partition("\n")
    document(head, path, schema)
    return rest.splitlines()


def document(text: str, path: Path, schema: str) -> dict[str, Any]:
    """An object in JSON that names its schema.

    Raises
    ------
    DataError
        It is none, or names another one.
    """
    try:
        found = json.loads(text)
    except ValueError as error:
        raise DataError(f"{path} is no JSON: it is damaged ({error})") from error
    if not isinstance(found, dict) or found.get("schema") != schema:
        raise DataError(f"{path} is no {schema}: it is damaged, or of another version of the grader")
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read: {error}") from error
