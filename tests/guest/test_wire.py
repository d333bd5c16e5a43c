"""Frames: what is sent arrives; what is no frame is refused, whatever it is."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autograder.guest import wire

BOUNDS = wire.Bounds(header_bytes=4096, payload_bytes=1 << 16, arrays=8, dimensions=6, depth=6)
TEXTS = st.text(max_size=20)
NUMBERS = st.integers(-(2**63), 2**63) | st.floats(-1e18, 1e18)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
ARRAYS = arrays.arrays(
    st.sampled_from(list(wire.DTYPES)).map(np.dtype),
    arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)


def source(data: bytes, sizes: Callable[[int], int] = lambda size: size) -> Callable[[int], bytes]:
    """A channel that gives these bytes, in pieces of at most the sizes that are drawn."""
    position = 0

    def receive(size: int) -> bytes:
        nonlocal position
        piece = data[position : position + min(size, max(1, sizes(size)))]
        position += len(piece)
        return piece

    return receive


def raw(header: Any, payload: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack(">IQ", len(text), len(payload)) + text + payload


def entry(*arrays: list[Any], payload: bytes = b"") -> bytes:
    return raw({"kind": "answer", "fields": {}, "arrays": list(arrays)}, payload)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(kind=TEXTS, fields=st.dictionaries(TEXTS, VALUES, max_size=3), named=st.dictionaries(TEXTS, ARRAYS, max_size=3),
       piece=st.integers(1, 64))  # fmt: skip
def test_what_is_sent_arrives(kind: str, fields: dict[str, Any], named: dict[str, Any], piece: int) -> None:
    data = wire.encoded(wire.Frame(kind, fields, named))
    receive = source(data * 2, lambda _: piece)
    for _ in range(2):
        frame = wire.read(receive, wire.Bounds())
        assert frame is not None and frame.kind == kind and frame.fields == fields
        assert list(frame.arrays) == list(named)
        for name, array in named.items():
            assert frame.arrays[name].shape == array.shape and frame.arrays[name].dtype.name == array.dtype.name
            assert frame.arrays[name].tobytes() == array.tobytes()
    assert wire.read(receive, wire.Bounds()) is None


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200))
def test_bytes_are_a_frame_or_refused(data: bytes) -> None:
    try:
        frame = wire.read(source(data), BOUNDS)
    except wire.WireError:
        return
    assert (frame is None) == (not data)


@settings(deadline=None, max_examples=300)
@given(header=VALUES | st.fixed_dictionaries({"kind": VALUES, "fields": VALUES, "arrays": VALUES}),
       payload=st.binary(max_size=64))  # fmt: skip
def test_any_header_is_a_frame_or_refused(header: Any, payload: bytes) -> None:
    try:
        frame = wire.read(source(raw(header, payload)), BOUNDS)
    except wire.WireError:
        return
    assert frame is not None and sum(array.nbytes for array in frame.arrays.values()) == len(payload)


@settings(deadline=None, max_examples=300)
@given(
    name=TEXTS, kind=st.sampled_from([*wire.DTYPES, "object", "str", "void", "datetime64[s]"]),
    sides=st.lists(st.integers(-3, 9) | st.sampled_from([2**31, 2**32, 2**62, 2**64]), max_size=8),
    size=st.integers(0, 200),
)  # fmt: skip
def test_any_shape_fits_its_bytes_or_is_refused(name: str, kind: str, sides: list[int], size: int) -> None:
    try:
        frame = wire.read(source(entry([name, kind, sides], payload=bytes(size))), BOUNDS)
    except wire.WireError:
        return
    assert frame is not None and frame.arrays[name].nbytes == size and frame.arrays[name].shape == tuple(sides)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\0", "in the middle"),
        (struct.pack(">IQ", 2**32 - 1, 0), "header of"),
        (struct.pack(">IQ", 2, 2**64 - 1) + b"{}", "bytes of arrays"),
        (raw(b"\xff\xfe"), "not JSON"),
        (raw(b"[" * 4000), "not JSON"),
        (raw(b'{"kind": "a", "fields": {"x": NaN}, "arrays": []}'), "not JSON"),
        (raw(b'{"kind": "a", "fields": {"x": 1e999}, "arrays": []}'), "bounds"),
        (raw(b'{"kind": "a", "fields": {"x": ' + b"9" * 400 + b'}, "arrays": []}'), "bounds"),
        (raw({"kind": "a", "fields": {"x": [[[[[[[[1]]]]]]]]}, "arrays": []}), "nested"),
        (raw({"kind": 1, "fields": {}, "arrays": []}), "without kind"),
        (raw({"kind": "a", "fields": {}, "arrays": [], "more": 1}), "without kind"),
        (entry(*[["Z", "int8", [0]]] * 9), "9 arrays"),
        (entry(["Z", "int8", [0]], ["Z", "int8", [0]]), "one name"),
        (entry(["Z", "float64", [2]], payload=bytes(8)), "add up"),
        (entry(["Z", "float64", [True]], payload=bytes(8)), "allowed dtype"),
        (entry(["Z", "int8", [0, 2**40, 2**40]]), "allowed dtype"),
        (entry(["Z", "int8", [1] * 7], payload=b"x"), "allowed dtype"),
        (entry(["Z", "int8", [1]]), "add up"),
    ],
)
def test_what_is_wrong_is_said(data: bytes, words: str) -> None:
    with pytest.raises(wire.WireError, match=words):
        wire.read(source(data), BOUNDS)


def test_lone_surrogates_become_what_can_be_written() -> None:
    frame = wire.read(source(raw(b'{"kind": "\\ud800", "fields": {"a": "\\udfff"}, "arrays": []}')), BOUNDS)
    assert frame is not None and (frame.kind, frame.fields) == ("?", {"a": "?"})


def test_arrays_of_other_kinds_are_not_sent() -> None:
    with pytest.raises(wire.WireError, match="do not cross"):
        wire.encoded(wire.Frame("a", {}, {"Z": np.array([object()])}))


def test_big_endian_and_strided_arrays_arrive_plain() -> None:
    array = np.arange(12, dtype=">f8").reshape(3, 4)[:, ::2]
    frame = wire.read(source(wire.encoded(wire.Frame("a", {}, {"Z": array}))), BOUNDS)
    assert frame is not None
    np.testing.assert_array_equal(frame.arrays["Z"], array)
