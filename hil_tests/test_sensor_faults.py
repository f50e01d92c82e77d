"""A sick sensor is reported, and the others go on."""

import numpy as np
import pytest

from hatchwatch.bench.readings import FRESH
from hatchwatch.link.packets import Event

REPORTED_S = 2.0


@pytest.fixture
def victim(bench, emulated):
    """Index and name of a sensor that shares its bus with others."""
    return 1, bench.file.modules[1].name


def wait_for_event(bench, name, since):
    return bench.link.wait(
        lambda packet: isinstance(packet.body, Event) and packet.body.name == name,
        since=since,
        timeout_s=REPORTED_S,
        waiting_for=f"the event {name}",
    ).body


def test_a_dead_sensor_is_reported_while_the_others_go_on(bench, emulated, victim):
    index, name = victim
    since = len(bench.link.history)
    bench.collect(0.0)
    emulated.side.fault("silence", name)
    lost = wait_for_event(bench, "sensor_lost", since)
    assert lost.fields["module"] == index
    bench.collect(0.0)
    readings = bench.collect(1.0)
    assert (readings.state[:, index] != FRESH).all()
    others = np.delete(readings.state, index, axis=1)
    assert (others == FRESH).all()
    emulated.side.clear("silence", name)
    wait_for_event(bench, "sensor_back", since)
    bench.collect(0.5)
    assert (bench.collect(1.0).state == FRESH).all()


def test_the_loop_keeps_its_pace_with_a_dead_sensor(bench, emulated, victim):
    _, name = victim
    emulated.side.fault("silence", name)
    bench.collect(0.0)
    readings = bench.collect(2.0)
    emulated.side.clear("silence", name)
    np.testing.assert_allclose(np.diff(readings.time_s), 0.1, atol=0.02)
    assert bench.housekeeping().slips == 0
