from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatchwatch.numbers import digits_for, power_parts, rounded, scale_for, significant


@pytest.mark.parametrize(
    ("value", "prefix", "shown"),
    [(1e-4, "µ", 100), (1e-3, "m", 1), (9.99e-7, "n", 999), (0.02, "m", 20), (5.0, "", 5), (0.0, "", 0)],
)
def test_prefix(value: float, prefix: str, shown: float) -> None:
    scale = scale_for(value)
    assert scale.prefix == prefix
    assert value * scale.factor == pytest.approx(shown)


@given(st.floats(1e-12, 9.99e8), st.sampled_from((-1.0, 1.0)))
def test_a_prefix_leaves_one_to_three_digits(size: float, sign: float) -> None:
    assert 0.999999 <= abs(sign * size * scale_for(sign * size).factor) < 1000.0


def test_two_digits_of_the_uncertainty_decide_how_many_are_shown() -> None:
    assert rounded(509.3155, digits_for(6.5)) == "509.3"
    assert rounded(509.3155, digits_for(65)) == "509"
    assert rounded(0.281, digits_for(0.0036)) == "0.2810"


def test_signs_and_gaps() -> None:
    assert rounded(-2.34, 1) == "\N{MINUS SIGN}2.3"
    assert rounded(-0.04, 1) == "0.0"
    assert rounded(None, 2) == rounded(math.nan, 2) == "\N{EN DASH}"
    assert significant(1234.5) == "1234"
    assert significant(0.0) == "0"


def test_powers_are_raised() -> None:
    assert power_parts(5.1e-3) == (1e-3, "10⁻³")
    assert power_parts(1e-12)[1] == "10⁻¹²"
    assert power_parts(0.0) == (1.0, "")
