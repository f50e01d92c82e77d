"""What an alarm says of a leak that is known."""

import pytest
from gas_volumes import GasVolumes

from fsw.station.alarm import Alarm

VOLUMES_UL = [500_000] * 4
STATION_M3 = 2e-3
AMBIENT_PA = 101_325
PRESSURE_PA = 105_000
NOW_S = 1000
NAMES = ("modules", "alarm", "onset", "onset_low", "onset_high", "slope", "slope_low", "slope_high")
NAMES += ("leak", "leak_low", "leak_high", "reserve", "reserve_laminar", "reserve_least")


class Station:
    volume_ul = VOLUMES_UL
    volume_sd_ul = [5_000] * 4


def alarm_of(loss_pa_s, seed=1):
    """The alarm of four modules in one volume, three seconds after it was raised; and when the leak began."""
    gas = GasVolumes([0] * 4, seed=seed)
    assert gas.run(240) is None
    wait_s = gas.run(60, [-loss_pa_s] * 4)
    gas.run(3, [-loss_pa_s] * 4)
    pressure_pa = [round(pressure) for pressure in gas.pressure]
    alarm = Alarm(Station, gas.detector, 0, 0b1111, pressure_pa, NOW_S, AMBIENT_PA, 200)
    return dict(zip(NAMES, alarm.fields, strict=True)), NOW_S - wait_s - 3


def steady_alarm_of(loss_pa_s, seed):
    """The alarm of four modules that leaked from the start of the board on; when it was raised."""
    gas = GasVolumes([0] * 4, seed=seed)
    now_s = round(gas.run(240, [-loss_pa_s] * 4))
    pressure_pa = [round(pressure) for pressure in gas.pressure]
    alarm = Alarm(Station, gas.detector, 0, 0b1111, pressure_pa, now_s, AMBIENT_PA, 200)
    return dict(zip(NAMES, alarm.fields, strict=True)), now_s


@pytest.mark.parametrize("seed", range(1, 6))
def test_a_leak_from_the_start_on_has_its_slope_and_nobody_knows_its_onset(seed):
    told, now_s = steady_alarm_of(0.2, seed)
    reduced_pa_s = 0.2 * 293.15 / 295.15
    assert told["slope_low"] <= -1e6 * reduced_pa_s <= told["slope_high"]
    assert told["slope_high"] - told["slope_low"] < 1e6 * 0.02
    assert told["leak_low"] <= 1e9 * reduced_pa_s * STATION_M3 <= told["leak_high"]
    assert told["onset_low"] == 0
    assert told["onset"] == told["onset_high"] == pytest.approx(now_s - 60, abs=3)  # learn_s


@pytest.mark.parametrize("seed", range(1, 6))
def test_slope_leak_and_onset_lie_in_their_intervals(seed):
    told, onset_s = alarm_of(0.3, seed)
    reduced_pa_s = 0.3 * 293.15 / 295.15
    assert told["slope_low"] <= -1e6 * reduced_pa_s <= told["slope_high"]
    assert told["leak_low"] <= 1e9 * reduced_pa_s * STATION_M3 <= told["leak_high"]
    assert told["onset_low"] - 1 <= onset_s <= told["onset_high"] + 1


@pytest.mark.parametrize("seed", range(1, 6))
def test_gas_that_cools_as_it_expands_may_make_a_leak_look_larger_by_seven_fifths(seed):
    """Adiabatic: the pressure falls by 7/5 Q/V, and the leak that does that is within the interval."""
    told, _ = alarm_of(0.3, seed)
    assert told["leak_low"] <= 1e9 * 0.3 * STATION_M3 / 1.4


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_reserve_time_is_the_shortest_that_the_slope_allows(seed):
    told, _ = alarm_of(0.3, seed)
    fall_pa = 0.8 * (PRESSURE_PA - AMBIENT_PA)
    assert told["reserve_least"] <= told["reserve"] <= told["reserve_laminar"]
    assert told["reserve_least"] <= fall_pa / 0.3 * 1.02
    assert told["reserve"] == pytest.approx(1e6 * fall_pa / -told["slope"], rel=0.01)
