"""CUSUMs by themselves: what noise they learn, and where they stand."""

import math
import random
from array import array

import pytest

from fsw.services.parameters import default_values
from fsw.station import cusums
from fsw.station import detection as d
from fsw.station.history import History
from fsw.station.thresholds import threshold_q8

Q12 = 4096
SHIFTS = {0: 3, 1: 5, 2: 4}  # of the exponential means


class OneCusum:
    """A gas volume's words with one of its CUSUMs; its baseline has been learned for ten minutes."""

    def __init__(self, scale, mean_values=10**9):
        self.k = d._FAST + d._CUSUM_WORDS * scale
        self.shift = SHIFTS[scale]
        self.apart_s = d._DESIGNS[scale][d._APART_S]
        self.design = array("i", d._DESIGNS[scale])
        self.design[d._LIMIT] = threshold_q8(self.design[d._HALF_SHIFT], mean_values)
        self.words = array("i", [0] * d._WORDS)
        self.words[d._LENGTH] = 600
        self.words[d._CALM_S] = 1000
        self.words[d._STATE] = 1
        self.words[self.k + d._SQUARE] = d._DATASHEET[scale]
        self.words[self.k + d._SQUARES_S] = 6 * self.apart_s
        self.words[self.k + d._ROOT] = 1000
        self.words[self.k + d._THRESHOLD] = 2**29

    def value(self, residual_pa):
        self.words[d._RESIDUAL] = round(residual_pa * Q12)
        return cusums.step(self.words, self.k, self.shift)

    def second(self):
        cusums.learn(self.words, self.design, self.k)
        cusums.compare(self.words, self.design, self.k)

    @property
    def deviation_pa(self):
        return self.words[self.k + cusums._DRIFT] * 256 / self.design[0] / Q12

    @property
    def cusum_pa(self):
        return self.words[self.k + d._CUSUM] / Q12


@pytest.mark.parametrize(("scale", "deviation_pa"), [(0, 0.3), (1, 0.3), (2, 0.1), (0, 1.2)])
def test_the_deviation_of_white_noise_is_learned(scale, deviation_pa):
    rng = random.Random(1)
    cusum = OneCusum(scale)
    for _ in range(255 * cusum.apart_s):
        for _ in range(1 if scale == 2 else 10):
            cusum.value(rng.gauss(0, deviation_pa))
        cusum.second()
    assert cusum.deviation_pa == pytest.approx(deviation_pa, rel=0.2)


def test_noise_that_lasts_counts_as_what_it_does_at_its_time_scale():
    """An exponentially correlated noise with 5 s of memory adds up like white noise sqrt(2 x 50) as large."""
    rng = random.Random(2)
    cusum = OneCusum(2)
    noise, keep = 0.0, 0.8187
    for _ in range(255 * 16):
        noise = keep * noise + rng.gauss(0, 0.1 * (1 - keep**2) ** 0.5)
        cusum.value(noise)
        cusum.second()
    long_run_pa = 0.1 * ((1 + keep) / (1 - keep)) ** 0.5
    assert 0.7 * long_run_pa < cusum.deviation_pa < 1.15 * long_run_pa


def rare_design(cusum):
    """Let it count as a detector lets it; return the exponent E of the chance of a false alarm."""
    detector = d.Detector([500_000], default_values(), History(1))
    detector.regroup(bytearray(1), 1)
    scale = (cusum.k - d._FAST) // d._CUSUM_WORDS
    cusum.design[d._RARE] = detector._designs[scale][d._RARE]
    cusum.design[d._LIMIT] = detector._designs[scale][d._LIMIT]
    return cusum.design[d._LIMIT] / 256 * 2 * cusum.design[d._HALF_SHIFT] / 256


def steady(cusum, root_mean_square_pa, share):
    """Let it have learned such means for long, of sensors whose mean has `share` of the noise of one."""
    cusum.words[d._LENGTH] = 3600
    cusum.words[d._WHITE_SHARE] = round(256 * share)
    cusum.words[cusum.k + d._SQUARES_S] = 255 * cusum.apart_s
    cusum.words[cusum.k + d._SQUARE] = round(root_mean_square_pa**2 * 2**26)
    for _ in range(20):
        cusums.compare(cusum.words, cusum.design, cusum.k)
    return cusum.words[cusum.k + cusums._DRIFT] / Q12


@pytest.mark.parametrize("scale", [0, 1, 2])
def test_what_is_taken_off_is_more_than_a_wander_that_lasts_makes_but_rarely(scale):
    """The mean of flicker noise stays where it is; the chance of it is that of a normal distribution."""
    cusum = OneCusum(scale)
    exponent = rare_design(cusum)
    wander_pa = 0.8
    deviations = steady(cusum, wander_pa, 1 / 6) / wander_pa
    chance = math.erfc(deviations / math.sqrt(2)) / 2
    assert math.exp(-exponent) / 100 < chance < math.exp(-exponent)


@pytest.mark.parametrize("scale", [0, 1, 2])
def test_white_noise_of_the_datasheet_is_no_wander(scale):
    cusum = OneCusum(scale)
    rare_design(cusum)
    root_mean_square_pa = 0.85 / math.sqrt(6) / (d._DESIGNS[scale][d._UNROOT] / 256)
    if scale == 2:
        root_mean_square_pa /= math.sqrt(10)
    steady(cusum, root_mean_square_pa, 1 / 6)
    per_value_pa = 0.85 / math.sqrt(6) / (math.sqrt(10) if scale == 2 else 1)
    assert cusum.deviation_pa == pytest.approx(per_value_pa, rel=0.15)


def test_few_squares_are_not_believed():
    rng = random.Random(3)
    cusum = OneCusum(0)
    seen = []
    for _ in range(200):
        for _ in range(10):
            cusum.value(rng.gauss(0, 0.3))
        cusum.second()
        seen.append(cusum.deviation_pa)
    assert seen[0] > 1.5 * seen[-1]


def test_a_cusum_adds_what_is_over_its_drift_and_never_falls_below_nothing():
    cusum = OneCusum(0)
    cusum.second()
    drift_pa = cusum.words[cusum.k + cusums._DRIFT] / Q12
    for residual_pa, cusum_pa in (
        (5.0, 0.0),
        (-5.0, 5.0 - drift_pa),
        (-1.0, 6.0 - 2 * drift_pa),
        (30.0, 0.0),
    ):
        cusum.value(residual_pa)
        assert cusum.cusum_pa == pytest.approx(max(cusum_pa, 0.0), abs=0.001)


def test_below_ambient_a_rise_counts():
    cusum = OneCusum(0)
    cusum.second()
    cusum.words[d._BELOW] = 1
    cusum.value(-5.0)
    assert cusum.cusum_pa == 0
    cusum.value(50.0)
    assert cusum.cusum_pa > 0


def test_nothing_counts_while_a_volume_is_learned():
    cusum = OneCusum(0)
    cusum.second()
    cusum.words[d._STATE] = 0
    assert cusum.value(-200.0) == 0
    assert cusum.cusum_pa == 0


def test_a_leak_is_not_learned_as_noise():
    rng = random.Random(4)
    cusum = OneCusum(0)
    for _ in range(200):
        for _ in range(10):
            cusum.value(rng.gauss(0, 0.3))
        cusum.second()
    before_pa = cusum.deviation_pa
    for _ in range(100):
        for _ in range(10):
            cusum.value(-3.0)
        cusum.second()
    assert cusum.deviation_pa < 1.1 * before_pa


@pytest.mark.parametrize("scale", [0, 1, 2])
def test_the_largest_noise_makes_the_largest_threshold(scale):
    cusum = OneCusum(scale, mean_values=10**12)
    cusum.words[d._LENGTH] = 16
    cusum.words[cusum.k + d._SQUARE] = d._LARGEST_SQUARE
    for _ in range(40):
        cusums.compare(cusum.words, cusum.design, cusum.k)
        assert 0 < cusum.words[cusum.k + d._THRESHOLD] < 2**31 >> 8, "the product before the shift fits"
        assert cusum.value(-1.0) == 0


def test_a_cusum_that_is_never_looked_at_stays_within_32_bits():
    cusum = OneCusum(1)
    cusum.second()
    for _ in range(5000):
        cusum.value(-256.0)
    assert 0 < cusum.words[cusum.k + d._CUSUM] < 2**29
