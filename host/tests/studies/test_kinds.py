"""The kinds of studies on scenarios whose outcome is known: the flight logic itself runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hatchwatch.link.dictionary import dictionary
from hatchwatch.studies.files import parse_study
from hatchwatch.studies.kinds import measures_of, outcome_of
from hatchwatch.studies.onboard import OnBoard, flight_station, parameter_values
from hatchwatch.studies.scenarios import Plan

if TYPE_CHECKING:
    from hatchwatch.studies.study import Kind


LOOK_ON_S = 3  # for how long the board looks on before it rates a leak that it has seen


def plan_of(kind: str, scenario: str, parameters: str = "") -> Plan:
    return Plan.of(
        parse_study(f"name = 'x'\nkind = '{kind}'\n[scenario]\n{scenario}\n[parameters]\n{parameters}")
    )


def outcome(kind: Kind, scenario: str, parameters: str = "") -> dict[str, Any]:
    return outcome_of(kind, plan_of(kind, scenario, parameters).scenario(0))


def test_the_station_on_board_is_that_of_the_bench_file() -> None:
    scenario = plan_of("locating", "leak_limits = 1").scenario(0)
    station = flight_station(scenario.bench)
    assert list(station.volume_ul) == [500_000, 500_000, 1_000_000, 800_000, 700_000, 1_000_000]
    assert list(station.sides) == [0, 1, 1, 2, 2, 3, 3, 4, 4, 5]
    assert (station.occupied, station.lifeboat, station.ambient) == (0b100, 0b100, 0)


def test_parameters_are_the_defaults_but_for_what_is_set() -> None:
    scenario = plan_of("locating", "leak_limits = 1", "alarm_hours = 7\nsuspicion_3 = 99").scenario(0)
    values = parameter_values(scenario)
    for name, entry in dictionary().parameters.items():
        expected = {"alarm_hours": 7, "suspicion_3": 99, "ambient_pa": 101_325}.get(name, entry.default)
        assert values[entry.number] == expected, name


def test_leaks_are_told_within_seconds_and_with_their_sizes() -> None:
    plan = plan_of("detection", "leak_pa_m3_s = 3e-3\nonset_s = { low = 180.0, high = 240.0 }")
    study = plan.study.model_copy(update={"repeats": 12})
    plan = Plan(study, plan.benches)
    rows = [outcome_of("detection", plan.scenario(number)) for number in range(12)]
    in_time_s = 5 + LOOK_ON_S
    assert all(row["told"] and 0 < row["delay_s"] <= in_time_s and row["quiet_s"] > 60 for row in rows)
    assert sum(row["leak_held"] for row in rows) >= 9  # of 95 % intervals: 3 in 1000 are fewer by chance
    assert sum(row["onset_held"] for row in rows) >= 9
    assert all(
        row["leak_low_pa_m3_s"] <= row["leak_told_pa_m3_s"] <= row["leak_high_pa_m3_s"] for row in rows
    )


def test_the_bound_of_the_delay_falls_with_the_leak_to_the_power_of_two_thirds() -> None:
    small, large = (
        outcome("detection", f"leak_pa_m3_s = {leak}\nonset_s = 120\nduration_s = 60\ngauge_pa = 7000.0")
        for leak in (1e-3, 8e-3)
    )
    assert small["bound_s"] / large["bound_s"] == pytest.approx(4.0, rel=0.01)


def test_without_a_leak_only_false_alarms_count() -> None:
    row = outcome("detection", "leak_pa_m3_s = 0\nonset_s = 0\nduration_s = 300")
    assert row["told"] is None
    assert row["delay_s"] is None
    assert row["false_alarms"] == 0
    assert 150 < row["quiet_s"] < 300


def test_a_station_whose_noise_grows_raises_false_alarms() -> None:
    """The count can be other than zero: a sensor-wide drift of the room that the chips do not see."""
    row = outcome(
        "detection",
        "leak_pa_m3_s = 0\nonset_s = 0\nduration_s = 3600\nflicker_pa = 30.0",
        "alarm_hours = 1",
    )
    assert row["false_alarms"] > 0


@pytest.mark.parametrize("strategy", [0, 1])
def test_the_leaking_module_is_named(strategy: int) -> None:
    scenario = "leak_pa_m3_s = 1e-3\nleaking = 'Zarya'\nonset_s = 60"
    row = outcome("locating", scenario, f"strategy = {strategy}")
    assert (row["found"], row["right"], row["wrong"]) == ("Zarya", True, False)
    assert row["closures"] >= 2
    assert row["shut_in"] == 0
    assert row["leak_over_truth"] == pytest.approx(1.0, abs=0.15)


def test_a_leak_below_what_can_be_seen_is_not_named() -> None:
    row = outcome(
        "locating",
        "leak_limits = 0.02\nonset_s = 60\nduration_s = 900",
        "measure_most_s = 60\nmeasure_s = 30",
    )
    assert (row["found"], row["right"], row["wrong"]) == (None, False, False)
    assert row["none_told"] or row["inconclusive"]


def test_a_tight_station_is_told_to_be_tight() -> None:
    row = outcome("locating", "leak_pa_m3_s = 0\nonset_s = 60\nduration_s = 900")
    assert (row["none_told"], row["right"], row["wrong"], row["found"]) == (True, True, False, None)


def test_a_response_ends_with_the_leak_shut_off_and_the_rest_proved() -> None:
    row = outcome("response", "leak_pa_m3_s = 1e-3\nleaking = 'PrK'\nduration_s = 1500")
    assert (row["isolated"], row["isolated_right"], row["isolated_wrong"]) == ("PrK", True, False)
    assert (row["end"], row["solid"], row["bound_holds"]) == ("done", True, True)
    assert row["given_up"] == 0
    assert row["delay_s"] < row["isolated_after_s"] < row["done_after_s"]


def test_crew_that_a_search_would_shut_in_blocks_it() -> None:
    """Crew at one end of a chain, the lifeboat at the other: no hatch may shut, and the board says so."""
    plan = plan_of("response", "station = 'pair'\nleak_pa_m3_s = 1e-3\nduration_s = 900")
    scenario = plan.scenario(0)
    modules = [
        module.model_copy(update={"occupied": place == 0, "lifeboat": place == 1})
        for place, module in enumerate(scenario.bench.modules)
    ]
    object.__setattr__(scenario, "bench", scenario.bench.model_copy(update={"modules": tuple(modules)}))
    row = outcome_of("response", scenario)
    assert (row["end"], row["blocked"], row["shut_in"], row["moves"]) == ("blocked", True, 0, 0)


def test_crew_that_is_shut_in_is_counted() -> None:
    """The count can be other than zero: with the override the firmware shuts the same crew in."""
    plan = plan_of("response", "station = 'pair'\nleak_pa_m3_s = 1e-3\nduration_s = 900", "crew_override = 1")
    scenario = plan.scenario(0)
    modules = [
        module.model_copy(update={"occupied": place == 0, "lifeboat": place == 1})
        for place, module in enumerate(scenario.bench.modules)
    ]
    object.__setattr__(scenario, "bench", scenario.bench.model_copy(update={"modules": tuple(modules)}))
    assert outcome_of("response", scenario)["shut_in"] == 1


def test_bisecting_a_chain_of_four_takes_two_closures() -> None:
    """Published optimum: 2 closures, which is also the entropy; all at once takes 3."""
    chain = "station = 'chain'\nmodules = 4\nlifeboats = 0"
    row = outcome("bisect", chain, "strategy = 1")
    assert (row["closures"], row["optimum"], row["entropy_bits"], row["over_optimum"]) == (2, 2, 2, 1)
    assert outcome("bisect", chain, "strategy = 0")["closures"] == 3


@pytest.mark.parametrize(
    ("kind", "scenario"),
    [
        ("detection", "leak_pa_m3_s = [0, 1e-2]\nonset_s = 70\nduration_s = 30"),
        ("locating", "leak_pa_m3_s = [0, 1e-2]\nonset_s = 20\nduration_s = 60"),
        ("response", "leak_pa_m3_s = [0, 1e-2]\nonset_s = 100\nduration_s = 60"),
    ],
)
def test_all_scenarios_of_a_kind_have_the_same_columns(kind: Kind, scenario: str) -> None:
    plan = plan_of(kind, scenario)
    first, second = (outcome_of(kind, plan.scenario(number)) for number in range(2))
    assert first.keys() == second.keys()
    assert {measure.column for measure in measures_of(kind)} <= first.keys()


def test_the_same_scenario_gives_the_same_row_again() -> None:
    plan = plan_of("response", "leak_pa_m3_s = 1e-3\nsurroundings = 'desk'\nduration_s = 400")
    assert outcome_of("response", plan.scenario(0)) == outcome_of("response", plan.scenario(0))


def test_a_search_that_is_refused_is_an_error() -> None:
    board = OnBoard(plan_of("locating", "leak_limits = 1").scenario(0), response_mode=0)
    with pytest.raises(ValueError, match="refused"):
        board.locate()
