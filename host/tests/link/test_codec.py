"""Layouts: what is packed comes back, and nothing else fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatchwatch.link.codec import LayoutError, pack_fields, unpack_fields
from hatchwatch.link.dictionary import Field, FieldGroup

LAYOUT = (
    Field("small", "u8", "", ""),
    Field("signed", "i32", "", ""),
    Field("text", "str", "", ""),
    FieldGroup("list", (Field("where", "position", "", ""), Field("large", "u64", "", "")), ""),
    Field("rest", "bytes", "", ""),
)
values = st.fixed_dictionaries(
    {
        "small": st.integers(0, 255),
        "signed": st.integers(-(2**31), 2**31 - 1),
        "text": st.text(max_size=20),
        "list": st.lists(
            st.fixed_dictionaries(
                {"where": st.sampled_from(["open", "shut"]), "large": st.integers(0, 2**64 - 1)}
            ),
            max_size=5,
        ),
        "rest": st.binary(max_size=20),
    }
)


@given(values)
def test_what_is_packed_comes_back(fields):
    assert unpack_fields(LAYOUT, pack_fields(LAYOUT, fields)) == fields


def test_numbers_are_big_endian_and_lists_carry_their_length():
    packed = pack_fields(
        LAYOUT, {"small": 1, "signed": -2, "text": "é", "list": [{"where": "shut", "large": 3}], "rest": b"!"}
    )
    assert packed == bytes.fromhex("01 fffffffe 02c3a9 01 02 0000000000000003 21".replace(" ", ""))


@given(values, st.integers(1, 10))
def test_missing_bytes_are_an_error(fields, cut):
    packed = pack_fields(LAYOUT[:4], {name: fields[name] for name in ("small", "signed", "text", "list")})
    with pytest.raises(LayoutError):
        unpack_fields(LAYOUT[:4], packed[:-cut] if cut < len(packed) else b"")


def test_bytes_too_many_are_an_error():
    with pytest.raises(LayoutError, match="2 bytes too many"):
        unpack_fields(LAYOUT[:1], b"\1\2\3")


def test_a_number_outside_its_enumeration_is_kept():
    assert unpack_fields(LAYOUT[3].fields[:1], b"\x63") == {"where": 99}


@pytest.mark.parametrize("text", ["x" * 256, "é" * 128])
def test_texts_have_a_length_in_one_byte(text):
    with pytest.raises(LayoutError, match="255 fit"):
        pack_fields(LAYOUT[2:3], {"text": text})
