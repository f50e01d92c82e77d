import pytest

from hatchwatch.emulator.pacing import MOST_BEHIND_NS, PaceWatch, WallClock

SECOND_NS = 10**9


class Wall:
    """A clock on the wall that the test turns."""

    def __init__(self):
        self.now = 77 * SECOND_NS

    def __call__(self):
        return self.now


def watched(*paces):
    """A board that ran at these paces, one after the other for a board second each."""
    wall = Wall()
    watch, board_ns = PaceWatch(wall), 0
    watch.look(board_ns)
    for pace in paces:
        for _ in range(4):
            board_ns += SECOND_NS // 4
            wall.now += round(SECOND_NS / 4 / pace)
            watch.look(board_ns)
    return watch.slow_pace


def test_board_time_follows_the_wall():
    wall = Wall()
    clock = WallClock(wall)
    assert clock.due_ns(500) == 500
    wall.now += 3000
    assert clock.due_ns(500) == 3500
    assert clock.seconds_until(3500 + SECOND_NS) == pytest.approx(1.0)


def test_what_a_board_could_not_keep_up_with_is_given_up():
    wall = Wall()
    clock = WallClock(wall)
    clock.due_ns(0)
    wall.now += 10 * SECOND_NS
    assert clock.due_ns(0) == MOST_BEHIND_NS


@pytest.mark.parametrize("paces", [[1.0] * 5, [0.95] * 5, [0.04, 0.5, 1.0, 1.0], [0.5, 0.5, 1.0, 0.5, 0.5]])
def test_a_busy_start_or_a_hiccup_is_no_slowness(paces):
    assert watched(*paces) is None


def test_a_board_that_stays_behind_is_slow_by_its_mean_pace():
    assert watched(1.0, 0.5, 0.5, 0.25) == pytest.approx(3 / (2 + 2 + 4))
    assert watched(0.04, 0.5, 0.5, 0.5, 0.5) == pytest.approx(0.5)


def test_slowness_that_is_over_is_forgotten():
    assert watched(0.5, 0.5, 0.5, 1.0) is None
