"""Each hatch opens and shuts, as the pressures on its two sides show."""

import numpy as np
import pytest

from hatchwatch.bench import Bench

PULSE_S = 0.5  # how long an injector stays open to make a difference
SEEN_PA = 50.0  # a difference that nobody can mistake for noise
EQUAL_PA = 5.0  # two sensors through an open hatch, offsets taken off
MEAN_S = 1.0


def means_pa(bench: Bench):
    bench.collect(0.0)
    return bench.collect(MEAN_S).pressure_pa.mean(axis=0)


@pytest.fixture(scope="module")
def differences(bench: Bench):
    """Pressures with all hatches open, and after every second module was bled with all hatches shut."""
    bench.safe()
    together_pa = means_pa(bench)
    for hatch in bench.file.hatches:
        bench.move_hatch(hatch.name, "shut")
    for module in bench.file.modules[::2]:
        bench.move_injector(module.name, "open")
        bench.wait(PULSE_S)
        bench.move_injector(module.name, "shut")
    return together_pa, means_pa(bench) - together_pa


def test_shut_hatches_keep_a_difference(bench, differences):
    _, apart_pa = differences
    for hatch in bench.file.hatches:
        first, second = (bench.names["module"].index(name) for name in hatch.between)
        assert abs(apart_pa[first] - apart_pa[second]) > SEEN_PA, hatch.name


def test_each_hatch_equalises_its_two_sides_when_it_opens(bench, differences):
    together_pa, _ = differences
    for hatch in bench.file.hatches:
        first, second = (bench.names["module"].index(name) for name in hatch.between)
        bench.move_hatch(hatch.name, "open")
        now_pa = means_pa(bench) - together_pa
        assert now_pa[first] == pytest.approx(now_pa[second], abs=EQUAL_PA), hatch.name


def test_the_board_reports_the_positions(bench, differences):
    report = bench.housekeeping()
    assert set(report.hatches) == {"open"}
    assert set(report.injectors) == {"shut"}


def test_a_bled_module_is_the_one_that_falls(bench, differences):
    _, apart_pa = differences
    assert (apart_pa[::2] < -SEEN_PA).all()
    assert np.abs(apart_pa[1::2]).max() < SEEN_PA
