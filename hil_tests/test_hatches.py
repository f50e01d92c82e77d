"""Each hatch opens and shuts, as the pressures on its two sides show."""

import numpy as np
import pytest

from hatchwatch.bench import Bench

CALM_S = 16.0  # the stir of shutting dies away with the time constant of the walls, 8 s
BLEED_S = 12.0  # long enough for an injector of 1e-3 Pa·m³/s to take 12 Pa out of a litre
FELL_PA = 6.0
HELD_PA = 2.0  # what a module that keeps its gas may change meanwhile
EQUAL_PA = 2.0  # two sensors through an open hatch, offsets taken off
MEAN_S = 1.0


def means_pa(bench: Bench):
    bench.collect(0.0)
    return bench.collect(MEAN_S).pressure_pa.mean(axis=0)


def sides(bench: Bench, hatch):
    return tuple(bench.names["module"].index(name) for name in hatch.between)


@pytest.fixture(scope="module")
def together_pa(bench: Bench):
    """Pressures with all hatches open: they differ by the offsets of the sensors alone."""
    bench.safe()
    return means_pa(bench)


@pytest.fixture(scope="module")
def fall_pa(bench: Bench, together_pa):
    """How far each pressure falls while every second module is bled, all hatches shut."""
    for hatch in bench.file.hatches:
        bench.move_hatch(hatch.name, "shut")
    bled = [module.name for module in bench.file.modules[::2]]
    bench.wait(CALM_S)
    sealed_pa = means_pa(bench)
    for name in bled:
        bench.move_injector(name, "open")
    bench.wait(BLEED_S)
    for name in bled:
        bench.move_injector(name, "shut")
    return sealed_pa - means_pa(bench)


def test_only_the_bled_modules_fall(fall_pa):
    assert (fall_pa[::2] > FELL_PA).all()


def test_shut_hatches_hold_against_their_neighbours(fall_pa):
    assert np.abs(fall_pa[1::2]).max() < HELD_PA


def test_each_hatch_equalises_its_two_sides_when_it_opens(bench, together_pa, fall_pa):
    for hatch in bench.file.hatches:
        first, second = sides(bench, hatch)
        before_pa = means_pa(bench) - together_pa
        bench.move_hatch(hatch.name, "open")
        after_pa = means_pa(bench) - together_pa
        assert abs(before_pa[first] - before_pa[second]) > EQUAL_PA, f"{hatch.name} did not hold"
        assert after_pa[first] == pytest.approx(after_pa[second], abs=EQUAL_PA), hatch.name


def test_the_board_reports_the_positions(bench, fall_pa):
    report = bench.housekeeping()
    assert set(report.hatches) == {"open"}
    assert set(report.injectors) == {"shut"}
