"""Sensors of one gas volume: none makes a step, whatever happens to it."""

import pytest
from gas_volumes import GasVolumes

from fsw.link import numbers as n


def learned(seed=1, **parameters):
    """Four sensors that differ by up to 150 Pa, watched for some minutes."""
    gas = GasVolumes([0] * 4, seed=seed, **parameters)
    gas.pressure = [105_000.0, 105_150.0, 104_920.0, 105_030.0]
    assert gas.run(240) is None
    return gas


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_sensor_that_drops_out_makes_no_step(seed):
    gas = learned(seed)
    for module in (1, 2):
        gas.state[module] = n.SENSOR_BUS_ERROR
        assert gas.run(20) is None
    assert gas.detector.state(0) == n.GAS_WATCHED
    assert abs(gas.detector.residuals(0)[0][0]) < 4096


def test_a_sensor_that_comes_back_after_minutes_with_another_level_makes_no_step():
    gas = learned()
    gas.health[1] = n.HEALTH_FAILED
    gas.run(90)
    gas.pressure[1] += 300.0
    gas.health[1] = n.HEALTH_OK
    assert gas.run(120) is None
    assert gas.detector.drifting == 0


def test_all_sensors_may_be_away_for_a_while():
    gas = learned()
    for module in range(4):
        gas.state[module] = n.SENSOR_MUX_ERROR
    assert gas.run(5) is None
    for module in range(4):
        gas.state[module] = n.SENSOR_FRESH
    assert gas.run(60) is None
    assert gas.run(60, [-0.5] * 4) is not None


def test_the_mean_of_many_sees_a_smaller_leak():
    """The mean of four has half the noise of one: the same leak is found in 0.63 of the time."""
    waits = {}
    for count in (1, 4):
        gas = GasVolumes([0] * count)
        gas.run(300)
        waits[count] = gas.run(120, [-0.1] * count)
    assert waits[4] < 0.85 * waits[1]
