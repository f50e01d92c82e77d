"""Integer functions against Python's own, over all sizes."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsw.station.fixed import exp_q16, isqrt, ln_q16

ONE = 65536


@given(st.integers(0, 1 << 200))
def test_square_root(value):
    assert isqrt(value) == math.isqrt(value)


@given(st.integers(1, 1 << 120))
def test_logarithm_to_one_bit(value):
    assert abs(ln_q16(value) - ONE * math.log(value / ONE)) <= 1.0


@given(st.integers(-30 * ONE, 14 * ONE))
def test_exponential_to_half_a_bit_or_one_in_1e9(value):
    expected = ONE * math.exp(value / ONE)
    assert abs(exp_q16(value) - expected) <= 0.51 + 1e-8 * expected


@pytest.mark.parametrize("value", [0, -1])
def test_there_is_no_logarithm_of_nothing(value):
    with pytest.raises(ValueError, match=str(value)):
        ln_q16(value)


def test_there_is_no_square_root_of_a_negative_number():
    with pytest.raises(ValueError, match="-1"):
        isqrt(-1)
