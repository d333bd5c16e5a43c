"""A frame as bytes, from arrays that are bytes already; `wire.py` says how one looks."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

#: The lengths of the header and of the payload.
PREFIX = struct.Struct(">IQ")

_WRITER = json.JSONEncoder(allow_nan=False)


def packed(kind: str, fields: Mapping[str, Any], described: Sequence[Any], payload: Sequence[bytes]) -> bytes:
    """The whole frame.

    Parameters
    ----------
    described
        Name, dtype and shape of each array.
    payload
        The arrays' bytes, in that order.
    """
    header = _WRITER.encode({"kind": kind, "fields": dict(fields), "arrays": described}).encode()
    return b"".join((PREFIX.pack(len(header), sum(map(len, payload))), header, *payload))
