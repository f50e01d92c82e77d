"""The baseline of a gas volume: lines, what leaves it alone, and what makes it begin again."""

import pytest
from gas_volumes import GasVolumes
from hypothesis import given, settings
from hypothesis import strategies as st
from int32 import check_int32

from fsw.link import numbers as n
from fsw.station import baseline, cusums, detection, levels


def test_words_are_at_the_same_places_everywhere():
    """Each file has places of its own, for the compiler can't take them from another."""
    shared = set(vars(detection)) & (set(vars(baseline)) | set(vars(cusums)) | set(vars(levels)))
    places = {name for name in shared if name.startswith("_") and isinstance(getattr(detection, name), int)}
    assert {"_LEVEL", "_SLOPE", "_STATE", "_OLDS", "_ALLOWANCE", "_CUSUM"} <= places
    for file in (baseline, cusums, levels):
        for name in places & set(vars(file)):
            assert getattr(file, name) == getattr(detection, name), (file.__name__, name)
    assert levels._FAST_CUSUM == detection._FAST + detection._CUSUM
    assert baseline._SLOW_CUSUM == detection._SLOW + detection._CUSUM
    assert baseline._SLOW_THRESHOLD == detection._SLOW + detection._THRESHOLD


@pytest.mark.parametrize("slope_pa_s", [-0.02, 0.1, -2.0])
def test_a_line_is_learned_as_it_is(slope_pa_s):
    """Reduced to 293.15 K from 22 °C."""
    gas = GasVolumes([0, 0], noise=0.0, ambient_pa=60_000)
    gas.run(150, [slope_pa_s] * 2)
    reduced_upa_s = 1e6 * slope_pa_s * 293.15 / 295.15
    assert gas.detector.slope_upa_s(0) == pytest.approx(reduced_upa_s, rel=0.01, abs=50)


def test_normal_loss_is_baseline_and_no_leak():
    gas = GasVolumes([0] * 3)
    assert gas.run(400, [-0.05] * 3) is None
    assert gas.detector.slope_upa_s(0) == pytest.approx(-49_700, rel=0.1)


def test_a_volume_is_learned_after_it_has_settled():
    gas = GasVolumes([0] * 3, settle_s=40, learn_s=60)
    gas.run(95)
    assert gas.detector.state(0) == n.GAS_LEARNING
    gas.run(10)
    assert gas.detector.state(0) == n.GAS_WATCHED


def test_a_temperature_that_moves_holds_the_watch_and_then_it_is_over():
    gas = GasVolumes([0] * 3)
    gas.run(200)
    assert gas.run(20, heat_k_s=0.02) is None
    assert gas.detector.state(0) == n.GAS_HELD
    assert gas.run(150) is None
    assert gas.detector.state(0) == n.GAS_WATCHED


@pytest.mark.parametrize("learned_s", [4, 8, 12])
def test_a_young_line_leads_nowhere_while_a_temperature_moves(learned_s):
    """A line through a few means may be off by 0.3 Pa/s, and nothing is learned for two minutes."""
    gas = GasVolumes([0] * 6, settle_s=60, learn_s=60)
    gas.run(61 + learned_s)
    residuals_pa = []
    for swing in range(30):
        gas.run(4, heat_k_s=0.003 if swing % 2 else -0.003)
        residuals_pa.append(gas.detector._words[0][detection._RESIDUAL] / 4096)
    assert max(map(abs, residuals_pa)) < 5.0


@pytest.mark.parametrize(("ambient_pa", "below"), [(101_325, False), (109_000, True), (105_010, False)])
def test_the_side_of_ambient_says_where_a_leak_leads(ambient_pa, below):
    gas = GasVolumes([0], ambient_pa=ambient_pa)
    gas.run(40)
    assert gas.detector.is_below(0) == below


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.floats(-2000, 2000), st.floats(-5, 5), st.integers(1, 40)), min_size=3, max_size=5),
    st.integers(60, 3600),
)
def test_nothing_that_gas_does_takes_it_out_of_32_bits(steps, baseline_s):
    """Steps of pressure and temperature of any size that a sensor can read, in two gas volumes."""
    with pytest.MonkeyPatch.context() as patch:
        check_int32(patch)
        gas = GasVolumes([0, 0, 1], settle_s=5, learn_s=10, baseline_s=baseline_s)
        for pressure_pa, kelvin, seconds in steps:
            for i in range(3):
                gas.pressure[i] = min(max(gas.pressure[i] + pressure_pa, 30_000), 110_000)
                gas.temperature[i] = min(max(gas.temperature[i] + kelvin, -40), 85)
            if gas.run(seconds) is not None:
                gas.detector.rearm(gas.detector.alarm)
    assert all(-(2**30) <= word < 2**30 for words in gas.detector._words for word in words), "small integers"
