"""Seeds: a public one for practice, a secret one for marks, which reports name by fingerprint only."""

from __future__ import annotations

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
    if len(text) < 16:
        raise UsageError(
            f"the seed in {path} is too short to be a secret",
            hint="16 characters at least, for example: python -c 'import secrets; print(secrets.token_hex(32))'",
        )
    import hashlib

    return Seed(int.from_bytes(hashlib.sha256(text).digest()), secret=True)
