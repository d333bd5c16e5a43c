"""A submission's files as bytes: the same bytes for the same files, with no code in them.

A line of JSON with paths and sizes, then the contents, one after the other; all of it compressed.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping

from autograder.errors import HarnessError

#: Files of a submission are bounded to 64 MiB; nothing that unpacks to more was packed here.
LARGEST = 80 << 20


def pack(files: Mapping[str, bytes]) -> bytes:
    """Pack files, in the order of their paths."""
    paths = sorted(files)
    index = json.dumps([[path, len(files[path])] for path in paths], separators=(",", ":")).encode()
    return zlib.compress(b"".join([index, b"\n", *(files[path] for path in paths)]), 6)


def unpack(packed: bytes) -> dict[str, bytes]:
    """The files that were packed.

    Raises
    ------
    HarnessError
        These bytes were not made by `pack`.
    """
    try:
        data = zlib.decompressobj().decompress(packed, LARGEST)
        line, _, rest = data.partition(b"\n")
        files = {}
        for path, size in json.loads(line):
            files[str(path)], rest = rest[:size], rest[size:]
            if len(files[path]) != size:
                raise ValueError("cut short")
    except (ValueError, TypeError, zlib.error) as error:
        raise HarnessError(f"a stored submission cannot be unpacked: {error}") from error
    return files
