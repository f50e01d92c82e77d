"""Reserve time against worked cases: a space station, a capillary, a hole."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsw.station.reserve_time import FOREVER, floor_q8_pa, laminar_s, linear_s, orifice_s

MMHG_Q8 = 133.322387 * 256
HOUR_UPA_S = 133.322387 / 3600 * 1e6  # 1 mmHg/h


def test_a_station_at_760_mmhg_that_loses_1_mmhg_an_hour_has_270_hours_until_490():
    """Into vacuum: 270.0 h linear, and 333.6 h for choked flow, which falls with the pressure as
    laminar does.
    """
    pressure, floor = round(760 * MMHG_Q8), round(490 * MMHG_Q8)
    assert linear_s(pressure, floor, round(HOUR_UPA_S)) / 3600 == pytest.approx(270.0, abs=0.02)
    assert laminar_s(pressure, floor, round(HOUR_UPA_S)) / 3600 == pytest.approx(333.6, abs=0.05)


def test_a_capillary_reaches_0_645_of_its_start_in_0_439_time_constants():
    """0.1 mm by 25 mm from a litre at 8 kPa over ambient: a time constant of 1829.6 s at ambient pressure."""
    start = 8000 * 256
    floor = floor_q8_pa(start, 645)
    loss_upa_s = round(8000 / 1829.6 * 1e6)
    assert laminar_s(start, floor, loss_upa_s) == pytest.approx(0.439 * 1829.6, abs=2.0)


def test_a_hole_empties_in_finite_time():
    """0.2 mm, Cd 0.62, a litre at 5 kPa: sqrt(dp) falls by 2.54354/2 per second, and all is out in
    55.60 s.
    """
    root_slope = 2.54354
    loss_upa_s = round(root_slope * math.sqrt(5000) * 1e6)
    assert orifice_s(5000 * 256, 0, loss_upa_s) == 55
    assert orifice_s(5000 * 256, 5000 * 64, loss_upa_s) == pytest.approx(55.60 / 2, abs=1.0)


def test_nothing_lasts_longer_than_forever():
    assert linear_s(8000 * 256, 4000 * 256, 0) == FOREVER
    assert linear_s(8000 * 256, 4000 * 256, -5) == FOREVER
    assert laminar_s(8000 * 256, 0, 100) == FOREVER, "a capillary never reaches what is outside"
    assert linear_s(2**25, 0, 1) <= FOREVER


@pytest.mark.parametrize("shape", [linear_s, laminar_s, orifice_s])
def test_at_the_floor_and_beyond_no_time_is_left(shape):
    assert shape(1000, 1000, 50) == 0
    assert shape(900, 1000, 50) == 0


def test_the_floor_of_an_underpressure_is_as_far_from_outside():
    assert floor_q8_pa(-8000 * 256, 645) == floor_q8_pa(8000 * 256, 645) == 5160 * 256


@given(st.integers(256, 20_000 * 256), st.integers(1, 999), st.integers(1, 10**9))
def test_linear_is_the_safe_one(start, permille, loss_upa_s):
    floor = floor_q8_pa(start, permille)
    linear = linear_s(start, floor, loss_upa_s)
    assert linear <= orifice_s(start, floor, loss_upa_s) + 1
    assert linear <= laminar_s(start, floor, loss_upa_s) + 1
