"""What time stamps tell of a board's pace. How waits use it is shown in test_link."""

import pytest

from hatchwatch.link.waiting import Slowness


def slowness(*packets):
    """The factor after packets of (board time, wall time)."""
    meter = Slowness()
    for board_time_s, wall_s in packets:
        meter.see(board_time_s, wall_s)
    return meter.factor


def test_wall_time_per_board_time():
    assert slowness((10.0, 100.0), (11.0, 104.0), (12.0, 108.0)) == pytest.approx(4.0)


def test_only_the_newest_seconds_count():
    slow = [(float(second), 10.0 * second) for second in range(5)]
    quick = [(4.0 + second, 40.0 + second) for second in range(1, 5)]
    assert slowness(*slow) == pytest.approx(10.0)
    assert slowness(*slow, *quick) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "packets",
    [
        [],
        [(5.0, 1.0)],
        [(5.0, 1.0), (5.1, 9.0)],  # too little board time to judge by
        [(5.0, 1.0), (8.0, 1.001)],  # had been waiting in a buffer
        [(50.0, 1.0), (51.0, 9.0), (0.5, 20.0)],  # reset: the new start is not compared with the old run
    ],
)
def test_a_board_is_not_slow_without_proof(packets):
    assert slowness(*packets) == 1.0


def test_a_computer_that_slept_does_not_stretch_waits_without_end():
    assert slowness((5.0, 0.0), (6.0, 3600.0)) == 20.0
