from __future__ import annotations

import pytest

from hatchwatch.emulator.plant import PRESETS, find_preset
from hatchwatch.emulator.plant.weather import draw_weather
from hatchwatch.errors import UsageError

HOUR_S = 3600.0


def steepest_per_h(quantity, hours: int) -> float:
    steps_s = [60.0 * minute for minute in range(60 * hours)]
    return max(abs(quantity(time_s + 60.0) - quantity(time_s)) for time_s in steps_s) * 60.0


@pytest.mark.parametrize("seed", range(5))
def test_a_quiet_room_drifts_by_less_than_a_tenth_of_a_kelvin_an_hour(seed: int):
    weather = draw_weather(101_325.0, 293.15, PRESETS["quiet"], seed)
    assert steepest_per_h(weather.temperature_k, 48) < 0.1
    assert steepest_per_h(weather.pressure_pa, 48) <= 10.0


@pytest.mark.parametrize("seed", range(5))
def test_a_desk_drifts_at_once_and_up_to_a_kelvin_and_100_pa_an_hour(seed: int):
    weather = draw_weather(101_325.0, 293.15, PRESETS["desk"], seed)
    assert 0.9 < steepest_per_h(weather.temperature_k, 48) <= 1.0 + 1e-9
    assert 90.0 < steepest_per_h(weather.pressure_pa, 96) <= 100.0 + 1e-6
    assert abs(weather.temperature_k(60.0) - 293.15) * 60.0 > 0.3
    assert abs(weather.pressure_pa(60.0) - 101_325.0) * 60.0 > 30.0


def test_a_day_on_the_desk_stays_a_room():
    weather = draw_weather(101_325.0, 293.15, PRESETS["desk"], seed=4)
    hours_s = [HOUR_S * hour for hour in range(240)]
    assert all(abs(weather.temperature_k(time_s) - 293.15) < 8.0 for time_s in hours_s)
    assert all(abs(weather.pressure_pa(time_s) - 101_325.0) < 1_500.0 for time_s in hours_s)


def test_seeds_differ_and_repeat():
    one, again, other = (draw_weather(1e5, 293.15, PRESETS["desk"], seed) for seed in (1, 1, 2))
    assert one == again
    assert one.temperature_k(1e4) != other.temperature_k(1e4)


def test_self_heating_of_the_desk_settles_within_a_minute():
    desk = find_preset("desk")
    slope_after_a_minute_pa_s = desk.self_heating_k * 345.6 / desk.self_heating_lag_s * 2.718 ** (-60.0 / 5.0)
    assert slope_after_a_minute_pa_s < 1e-3
    assert desk.self_heating_lag_s == 5.0


def test_an_unknown_preset_is_told_with_the_known_ones():
    with pytest.raises(UsageError) as caught:
        find_preset("stormy")
    assert caught.value.cure is not None
    assert "quiet" in caught.value.cure
    assert "desk" in caught.value.cure
