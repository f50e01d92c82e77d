"""All sensors answer, keep their pace, and agree while the hatches are open."""

import numpy as np
import pytest

from hatchwatch.bench import Bench
from hatchwatch.bench.readings import FRESH

TICK_S = 0.1
OFFSET_PA = 240.0  # two sensors of ±1.2 hPa absolute accuracy (datasheet, 0..65 °C) may differ by this
MEAN_S = 4.0


@pytest.fixture(scope="module")
def readings(bench: Bench):
    bench.safe()
    bench.collect(0.0)
    return bench.collect(MEAN_S)


def test_every_sensor_answers(bench, readings):
    bench.check_sensors()
    assert readings.pressure_pa.shape[1] == len(bench.file.modules)
    assert (readings.state == FRESH).all()


def test_readings_come_ten_times_a_second(readings):
    assert len(readings) == pytest.approx(MEAN_S / TICK_S, abs=2)
    np.testing.assert_allclose(np.diff(readings.time_s), TICK_S, atol=0.005)


def test_sensors_agree_with_all_hatches_open(bench, readings):
    means_pa = readings.pressure_pa.mean(axis=0)
    assert np.ptp(means_pa) < OFFSET_PA, dict(zip(bench.names["module"], means_pa.round(1), strict=True))


def test_noise_is_that_of_the_datasheet(readings):
    """Table 8: 0.8 Pa rms at x16 with filter 2; the drift of the gas is taken off by second differences."""
    second = np.diff(readings.pressure_pa, n=2, axis=0)
    # Readings 0.1 s apart share 2^-2.6 of the filter's memory, so their second difference has 2.5 sigma.
    sigma_pa = second.std() / np.sqrt(6.0)
    assert 0.5 < sigma_pa < 1.2


def test_the_loop_does_not_slip(bench):
    assert bench.housekeeping().slips == 0
