"""CRC-16 against two independent implementations and the published check value."""

import binascii

from fastcrc import crc16 as fastcrc16
from hypothesis import given
from hypothesis import strategies as st

from fsw.link.crc import crc16


def test_published_check_value():
    assert crc16(b"123456789", 9) == 0x29B1


@given(st.binary(max_size=300))
def test_against_binascii_and_fastcrc(data):
    assert crc16(data, len(data)) == binascii.crc_hqx(data, 0xFFFF) == fastcrc16.ibm_3740(data)


@given(st.binary(max_size=60), st.binary(max_size=9))
def test_only_the_counted_bytes(data, rest):
    assert crc16(data + rest, len(data)) == binascii.crc_hqx(data, 0xFFFF)


@given(st.binary(max_size=100))
def test_residue_is_zero(data):
    whole = data + binascii.crc_hqx(data, 0xFFFF).to_bytes(2, "big")
    assert crc16(whole, len(whole)) == 0
