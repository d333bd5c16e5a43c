"""The wire between host and guest: frames of bounded size, a JSON header and raw array bytes.

A frame is

    4 bytes   length of the header, big endian
    8 bytes   length of the payload, big endian
    header    UTF-8 JSON: {"kind": text, "fields": {...}, "arrays": [[name, dtype, [sides]], ...]}
    payload   the arrays' bytes in that order, C-ordered, little endian

Whoever reads a frame trusts nothing of it: lengths are held against `Bounds` before anything is
allocated, the dtype against an allow-list, the shapes against the payload's length, and what the header
holds against a bound of depth and of size. What is wrong raises `WireError`; a closed channel between
frames is `None`.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .packing import PREFIX, packed

Array = np.ndarray[Any, np.dtype[Any]]

#: What may cross, by name: plain numbers of fixed width. Text, objects and structures do not.
DTYPES: Mapping[str, np.dtype[Any]] = {
    name: np.dtype(name).newbyteorder("<")
    for name in ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
                 "float16", "float32", "float64", "complex64", "complex128")
}  # fmt: skip

#: The same names by the kind and size of a dtype: NumPy makes up `dtype.name` anew each time, which is slow.
_NAMES: Mapping[str, str] = {dtype.str[1:]: name for name, dtype in DTYPES.items()}

_LARGEST = 1 << 63
#: Bytes of a header that is worth remembering.
SHORT = 1024
#: Bytes that are asked for at once.
AT_ONCE = 1 << 20
#: An array's name, dtype and shape, and how many entries it has.
_Layout = tuple[str, np.dtype[Any], tuple[int, ...], int]


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_READER = json.JSONDecoder(parse_constant=_refuse_constant)


class WireError(Exception):
    """What arrived is not a frame, or a larger one than allowed."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that one frame may hold."""

    header_bytes: int = 256 * 1024
    payload_bytes: int = 64 * 1024 * 1024
    arrays: int = 256
    dimensions: int = 16
    depth: int = 16


@dataclass(frozen=True, slots=True)
class Frame:
    """One message: what kind it is, short facts as JSON, and named arrays.

    Attributes
    ----------
    whole
        All entries of the arrays, one behind the other, where they are of one dtype and came in one piece.
    """

    kind: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, Array] = field(default_factory=dict)
    whole: Array | None = None


def name_of(dtype: np.dtype[Any]) -> str:
    """The name of a dtype, whatever its byte order."""
    return _NAMES.get(dtype.str[1:]) or dtype.name


def encoded(frame: Frame) -> bytes:
    """The whole frame as bytes.

    Raises
    ------
    WireError
        An array's dtype may not cross.
    """
    described, pieces = [], []
    for name, array in frame.arrays.items():
        kind = name_of(array.dtype)
        if kind not in DTYPES:
            raise WireError(f"arrays of {kind} do not cross the wire")
        plain = np.ascontiguousarray(array, dtype=DTYPES[kind])
        described.append([name, kind, list(array.shape)])
        pieces.append(plain.tobytes())
    return packed(frame.kind, frame.fields, described, pieces)


def read(receive: Callable[[int], bytes], bounds: Bounds) -> Frame | None:
    """The next frame, or None where the channel ended before one began.

    Parameters
    ----------
    receive
        Gives at most that many bytes, at least one, or none at the end.

    Raises
    ------
    WireError
        The bytes are not a frame within the bounds.
    """
    prefix = _exactly(receive, PREFIX.size, may_end=True)
    if not prefix:
        return None
    header_bytes, payload_bytes = PREFIX.unpack(prefix)
    if header_bytes > bounds.header_bytes:
        raise WireError(f"a header of {header_bytes} bytes; at most {bounds.header_bytes} are allowed")
    if payload_bytes > bounds.payload_bytes:
        raise WireError(f"{payload_bytes} bytes of arrays; at most {bounds.payload_bytes} are allowed")
    raw = _exactly(receive, header_bytes)
    kind, fields, layout = (_known if header_bytes <= SHORT else _parsed)(raw, bounds)
    if sum(size * dtype.itemsize for _, dtype, _, size in layout) != payload_bytes:
        raise WireError("the arrays' shapes do not add up to the payload")
    payload = _exactly(receive, payload_bytes)
    if len({dtype for _, dtype, _, _ in layout}) == 1:
        return _of_one_dtype(kind, fields, layout, np.frombuffer(payload, layout[0][1]))
    arrays: dict[str, Array] = {}
    start = 0
    for name, dtype, shape, size in layout:
        arrays[name] = np.frombuffer(payload, dtype, count=size, offset=start).reshape(shape)
        start += size * dtype.itemsize
    return Frame(kind, fields, arrays)


def _of_one_dtype(kind: str, fields: Mapping[str, Any], layout: tuple[_Layout, ...], whole: Array) -> Frame:
    """A frame whose arrays are parts of one."""
    arrays: dict[str, Array] = {}
    start = 0
    for name, _, shape, size in layout:
        arrays[name] = whole[start : start + size].reshape(shape)
        start += size
    return Frame(kind, fields, arrays, whole)


def _exactly(receive: Callable[[int], bytes], size: int, *, may_end: bool = False) -> bytes:
    whole = receive(min(size, AT_ONCE)) if size else b""
    if len(whole) == size:  # as it nearly always is
        return whole
    if not whole and may_end:
        return b""
    pieces = [whole]
    missing = size - len(whole)
    while missing and pieces[-1]:
        pieces.append(receive(min(missing, AT_ONCE)))
        missing -= len(pieces[-1])
    if missing:
        raise WireError("the channel ended in the middle of a frame")
    return b"".join(pieces)


def _parsed(raw: bytes, bounds: Bounds) -> tuple[str, Mapping[str, Any], tuple[_Layout, ...]]:
    """What a header says."""
    kind, fields, described = _header(raw, bounds)
    layout = tuple(_layout(entry, bounds) for entry in described)
    if len({name for name, _, _, _ in layout}) != len(layout):
        raise WireError("two arrays of one name")
    return kind, fields, layout


#: A class answers the same questions, and right answers have the same headers; nobody changes what they say.
_known = functools.lru_cache(maxsize=2048)(_parsed)


def _header(raw: bytes, bounds: Bounds) -> tuple[str, dict[str, Any], list[Any]]:
    try:
        header = _READER.decode(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise WireError("a header that is not JSON") from error
    match header:
        case {"kind": str(kind), "fields": dict(fields), "arrays": list(arrays), **rest} if not rest:
            if len(arrays) > bounds.arrays:
                raise WireError(f"{len(arrays)} arrays; at most {bounds.arrays} are allowed")
            return _clean(kind, bounds.depth), _clean(fields, bounds.depth), arrays
    raise WireError("a header without kind, fields and arrays")


def _clean(value: Any, depth: int) -> Any:
    """The JSON value without lone surrogates (they cannot be written as UTF-8 again) or infinities."""
    if depth < 0:
        raise WireError("a header nested too deeply")
    kind = type(value)  # just one of those that JSON has
    if kind is str:
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if kind is list:
        return [_clean(item, depth - 1) for item in value]
    if kind is dict:
        return {_clean(key, depth): _clean(item, depth - 1) for key, item in value.items()}
    if value is not None and not -_LARGEST <= value <= _LARGEST:
        raise WireError("a number beyond all bounds")
    return value


def _layout(entry: Any, bounds: Bounds) -> _Layout:
    match entry:
        case [str(name), str(kind), list(sides)] if kind in DTYPES and len(sides) <= bounds.dimensions:
            # An array without entries has sides too, which NumPy multiplies.
            size, extent = 1, 1
            for side in sides:
                if type(side) is not int or side < 0:
                    break
                size, extent = size * side, extent * (side or 1)
            else:
                if extent <= bounds.payload_bytes:
                    return _clean(name, bounds.depth), DTYPES[kind], tuple(sides), size
    raise WireError("an array without a name, an allowed dtype and a shape")
