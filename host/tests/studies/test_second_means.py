"""Gas and sensors second by second, against analytic solutions."""

from __future__ import annotations

import numpy as np
import pytest

from hatchwatch.studies.second_means import SensorErrors, StillGas, flicker_noise_pa

AMBIENT_PA = 101_325.0


def gas(pairs, volume_m3, leaks, seals, pressure_pa):
    return StillGas(pairs, *(np.array(values) for values in (volume_m3, leaks, seals, pressure_pa)))


def test_a_leak_decays_exponentially():
    """1e-3 Pa·m³/s at 8 kPa out of 1 L: the excess falls with a time constant of 8000 s."""
    alone = gas([], [1e-3], [1e-3], [], [AMBIENT_PA + 8000.0])
    shown = alone.run(600)
    expected = AMBIENT_PA + 8000.0 * np.exp(-np.arange(1, 601) / 8000.0)
    np.testing.assert_allclose(shown[:, 0], expected, rtol=1e-12)
    assert alone.pressure_pa[0] == shown[-1, 0]


def test_open_modules_are_one_volume():
    joined = gas([(0, 1)], [1e-3, 3e-3], [1e-3, 0.0], [0.0], [AMBIENT_PA + 8000.0] * 2)
    shown = joined.run(600)
    np.testing.assert_allclose(shown[:, 0], shown[:, 1])
    assert shown[-1, 0] == pytest.approx(AMBIENT_PA + 8000.0 * np.exp(-600 / 32000.0), rel=1e-12)


def test_two_modules_relax_through_a_seal_and_lose_nothing():
    """V1 V2/((V1 + V2) C), with C the flow per pascal."""
    pair = gas([(0, 1)], [1e-3, 0.5e-3], [0.0, 0.0], [4e-3], [110_000.0, 104_000.0])
    pair.set_shut(1)
    pair.pressure_pa[:] = (110_000.0, 104_000.0)
    shown = pair.run(900)
    time_constant_s = 1e-3 * 0.5e-3 / 1.5e-3 / (4e-3 / 8000.0)
    difference = shown[:, 0] - shown[:, 1]
    np.testing.assert_allclose(difference, 6000.0 * np.exp(-np.arange(1, 901) / time_constant_s), rtol=1e-9)
    np.testing.assert_allclose(shown @ [1e-3, 0.5e-3], 110.0 + 52.0, rtol=1e-12)


def test_hatches_that_open_let_pressures_equalise_by_volume():
    three = gas([(0, 1), (1, 2)], [1e-3, 1e-3, 2e-3], [0.0] * 3, [0.0] * 2, [108_000.0] * 3)
    three.set_shut(0b11)
    three.pressure_pa[:] = (108_000.0, 104_000.0, 100_000.0)
    three.set_shut(0b10)
    np.testing.assert_allclose(three.pressure_pa, [106_000.0, 106_000.0, 100_000.0])
    three.set_shut(0)
    np.testing.assert_allclose(three.pressure_pa, [103_000.0] * 3)


@pytest.mark.parametrize("average_s", [1, 4, 16, 64])
def test_flicker_noise_has_the_same_allan_deviation_at_all_times(average_s):
    noise = flicker_noise_pa(np.random.default_rng(3), 16384, 20)
    means = noise.reshape(-1, average_s, 20).mean(axis=1)
    assert np.sqrt(0.5 * np.mean(np.diff(means, axis=0) ** 2)) == pytest.approx(1.0, rel=0.03)


def test_sensors_add_noise_and_a_steady_drift():
    rng = np.random.default_rng(4)
    errors = SensorErrors(0.25, np.array([0.0, 0.3]), np.array([0.01, 0.0]), np.zeros(2), rng)
    first, later = (errors.add_to(np.full((2000, 2), 1000.0), start) - 1000.0 for start in (0, 5000))
    assert np.std(first[:, 0] - 0.01 * np.arange(2000)) == pytest.approx(0.25, rel=0.1)
    assert np.mean(later[:, 0]) == pytest.approx(0.01 * (5000 + 999.5), abs=0.05)
    steps = np.diff(first[:, 1])
    assert np.sqrt(0.5 * np.mean(steps**2)) == pytest.approx(np.hypot(0.25, 0.3), rel=0.1)
