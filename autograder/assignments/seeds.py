"""Seeds: a public one for practice, a secret one for marks, which reports name by fingerprint only."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import UsageError

#: The practice data that ships is of this seed (the course's number).
PUBLIC = 11785


@dataclass(frozen=True, slots=True)
class Seed:
    """Where random values come from."""

    value: int = PUBLIC
    secret: bool = False

    @property
    def public(self) -> bool:
        """Whether it is the one whose values ship as data."""
        return self.value == PUBLIC and not self.secret

    @property
    def shown(self) -> str:
        """How a report names it: a public seed as it is, a secret one by its fingerprint."""
        if not self.secret:
            return str(self.value)
        import hashlib

        return "secret:" + hashlib.sha256(f"autograder seed {self.value}".encode()).hexdigest()[:16]


def from_file(path: Path) -> Seed:
    """A secret seed from a file: any text of at least 16 bytes, so that it cannot be guessed.

    Raises
    ------
    UsageError
        The file cannot be read or holds too little.
    """
    try:
        text = path.read_bytes().strip()
    except OSError as error:
        raise UsageError(f"the seed file {path} cannot be read: {error.strerror}") from error
    return _secret(text, str(path))


def _secret(text: bytes, where: str) -> Seed:
    if len(text) < 16:
        raise UsageError(
            f"the seed in {where} is too short to be a secret",
            hint="16 characters at least, for example: python -c 'import secrets; print(secrets.token_hex(32))'",
        )
    import hashlib

    return Seed(int.from_bytes(hashlib.sha256(text).digest()), secret=True)


def from_variable(name: str) -> Seed:
    """A secret seed from an environment variable, which the guest never gets.

    Raises
    ------
    UsageError
        There is no such variable, or it holds too little.
    """
    return _secret(os.environ.get(name, "").encode(errors="surrogateescape").strip(), f"the variable {name}")


def for_student(seed: Seed, student: str, assignment: str, attempt: str | int = "") -> Seed:
    """A student's own seed, so that values passed on by another are worthless.

    It is an HMAC under the course's seed: who has that can make it again from the report's fingerprint and the
    names; who has any number of students' values learns nothing about another's. The public seed stays what it is.
    """
    if not seed.secret:
        return seed
    import hashlib
    import hmac

    key = seed.value.to_bytes((seed.value.bit_length() + 7) // 8 or 1)
    message = b"autograder/seed/v1\n"
    for part in (student, assignment, str(attempt)):
        raw = part.encode(errors="surrogateescape")
        message += b"%d:" % len(raw) + raw  # behind its length, so that no two sets of names read alike
    return Seed(int.from_bytes(hmac.digest(key, message, hashlib.sha256)), secret=True)
