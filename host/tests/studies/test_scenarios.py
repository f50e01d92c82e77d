from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatchwatch.boards.checks import cross_check
from hatchwatch.emulator.plant import find_preset
from hatchwatch.studies.files import parse_study
from hatchwatch.studies.identity import study_digest
from hatchwatch.studies.limits import detection_limit_pa_m3_s
from hatchwatch.studies.scenarios import Plan
from hatchwatch.studies.stations import made_station

STUDY = """
name = "x"
kind = "locating"
seed = 5
repeats = 4
[scenario]
station = "tree"
modules = { low = 3, high = 16 }
volume_ml = { low = 300.0, high = 1200.0 }
leak_limits = [3.0, 30.0]
crew = 2
[parameters]
strategy = [0, 1]
"""


def plan_of(text: str = STUDY) -> Plan:
    return Plan.of(parse_study(text))


def test_every_repeat_sees_all_points_of_the_grid() -> None:
    plan = plan_of()
    assert len(plan) == 16
    scenarios = [plan.scenario(number) for number in range(16)]
    assert [scenario.point for scenario in scenarios] == [0, 1, 2, 3] * 4
    seen = [(scenario.values["leak_limits"], scenario.parameters["strategy"]) for scenario in scenarios[:4]]
    assert sorted(seen) == [(3.0, 0), (3.0, 1), (30.0, 0), (30.0, 1)]


def test_points_of_one_repeat_differ_in_the_grid_alone() -> None:
    plan = plan_of()
    first = [plan.scenario(number) for number in range(4)]
    assert all(scenario.bench == first[0].bench and scenario.seed == first[0].seed for scenario in first)
    assert len({next(iter(scenario.leaks_pa_m3_s)) for scenario in first}) == 1
    benches = {plan.scenario(number).bench.model_dump_json() for number in range(0, 16, 4)}
    assert len(benches) == 4


def test_a_factor_more_changes_none_of_the_others() -> None:
    before = plan_of().scenario(0)
    after = plan_of(STUDY + "doubt_ppm = { low = 10, high = 1000 }\n").scenario(0)
    assert after.bench == before.bench
    assert after.leaks_pa_m3_s == before.leaks_pa_m3_s


def test_more_repeats_are_the_same_study_and_anything_else_is_not() -> None:
    digest = study_digest(plan_of())
    assert study_digest(plan_of(STUDY.replace("repeats = 4", "repeats = 9"))) == digest
    assert study_digest(plan_of(STUDY.replace("seed = 5", "seed = 6"))) != digest
    assert study_digest(plan_of(STUDY.replace("crew = 2", "crew = 1"))) != digest


def test_a_leak_in_detection_limits_is_that_of_its_own_module() -> None:
    scenario = plan_of().scenario(0)
    name, leak_pa_m3_s = next(iter(scenario.leaks_pa_m3_s.items()))
    limit = detection_limit_pa_m3_s(scenario.bench.module(name).volume_m3, 1.0, scenario.preset)
    assert leak_pa_m3_s == pytest.approx(3.0 * limit)


def test_the_detection_limit_is_that_of_a_regression() -> None:
    """3.29 standard deviations of the slope of 60 s of white noise, found by regressing such noise."""
    rng = np.random.default_rng(1)
    time_s = np.arange(round(60 * 26.32)) / 26.32
    slopes = np.polyfit(time_s, 1.3 * rng.standard_normal((len(time_s), 4000)), 1)[0]
    limit = detection_limit_pa_m3_s(1e-3, 1.0, find_preset("quiet"))
    assert limit == pytest.approx(3.29 * 1e-3 * slopes.std(), rel=0.04)
    assert detection_limit_pa_m3_s(1e-3, 1.0, find_preset("desk")) == pytest.approx(4.1e-5, rel=0.05)


@given(
    st.sampled_from(["tree", "chain", "star"]), st.integers(2, 16), st.integers(0, 2**32), st.integers(0, 16)
)
def test_made_stations_are_trees_that_a_board_could_run(shape: str, count: int, seed: int, crew: int) -> None:
    bench = made_station(shape, [500.0] * count, np.random.default_rng(seed), crew=crew)
    assert list(cross_check(bench)) == []
    graph = nx.Graph([hatch.between for hatch in bench.hatches])
    assert nx.is_tree(graph)
    assert len(graph) == count
    degrees = sorted(dict(graph.degree).values())
    if shape == "chain":
        assert degrees == [1, 1, *[2] * (count - 2)]
    if shape == "star":
        assert degrees[-1] == count - 1
    assert sum(module.occupied for module in bench.modules) == min(crew, count)
