"""A person at the port: what they are warned of while they fill, and how the bench is zeroed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from hatchwatch.boards import load_bench_file
from hatchwatch.errors import BlockedError, SensorError
from hatchwatch.link.dictionary import dictionary
from hatchwatch.methods.filling import fill_by_hand, vent_and_zero
from hatchwatch.methods.phases import Conductor
from hatchwatch.methods.protocols import NoProgress, ReadingsBlock
from hatchwatch.payload import boards_root

if TYPE_CHECKING:
    from collections.abc import Callable

    from hatchwatch.methods.protocols import Progress

PAIR = load_bench_file(boards_root() / "pair.toml")
OUTSIDE_PA = 100_000.0
FULL_PA = 108_000.0
BOTH = (0, 1)
CODES = {name: number for number, name in dictionary().enums["sensor_state"].items()}

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")


class ScriptedBench:
    """Pressures and sensor states as functions of board time; readings wait until they are collected."""

    file = PAIR

    def __init__(
        self,
        pressure_pa: Callable[[float], float],
        states: Callable[[float], tuple[str, str]] = lambda _time_s: ("fresh", "fresh"),
    ) -> None:
        self.board_time_s = 0.0
        self._collected_s = 0.0
        self._pressure_pa = pressure_pa
        self._states = states

    def collect(self, duration_s: float) -> ReadingsBlock:
        self.board_time_s += duration_s
        count = round((self.board_time_s - self._collected_s) / 0.1)
        time_s = self._collected_s + 0.1 * np.arange(count)
        self._collected_s = self.board_time_s
        states = [[CODES[name] for name in self._states(t)] for t in time_s]
        state = np.array(states, dtype=np.uint8).reshape(count, 2)
        pressure_pa = np.array([[self._pressure_pa(t)] * 2 for t in time_s]).reshape(count, 2)
        return ReadingsBlock(
            time_s, np.where(state == 0, pressure_pa, np.nan), np.full((count, 2), 293.15), state
        )


class SlowOperator:
    """Needs a minute to open the port."""

    def __init__(self, bench: ScriptedBench) -> None:
        self._bench = bench
        self.alarms: list[tuple[float, str]] = []

    def tell(self, text: str) -> None:
        assert text

    def confirm(self, text: str) -> None:
        assert text
        self._bench.board_time_s += 60.0

    def alarm(self, text: str) -> None:
        self.alarms.append((self._bench.board_time_s, text))


class Shown(NoProgress):
    note = ""

    def __init__(self) -> None:
        self.shares: list[float | None] = []

    def update(self, elapsed_s: float, note: str, latest: ReadingsBlock, share: float | None = None) -> None:
        self.note = note
        self.shares.append(share)


def fill(bench: ScriptedBench, progress: Progress | None = None) -> SlowOperator:
    operator = SlowOperator(bench)
    fill_by_hand(operator, Conductor(bench, progress or NoProgress()), PAIR, BOTH, OUTSIDE_PA)
    return operator


def test_the_bar_shows_the_share_of_the_target_and_nothing_when_blind() -> None:
    def states(time_s: float) -> tuple[str, str]:
        return ("bus_error", "bus_error") if 20.0 <= time_s < 22.0 else ("fresh", "fresh")

    shown = Shown()
    fill(ScriptedBench(lambda time_s: min(OUTSIDE_PA + 200.0 * time_s, FULL_PA), states), shown)
    target_pa = min(PAIR.ambient.fill_gauge_pa, PAIR.ambient.ceiling_pa - 200.0 - OUTSIDE_PA)
    # The mean of one second lies half a second back; readings come every 0.1 s.
    assert shown.shares[9] == pytest.approx(200.0 * 9.5 / target_pa, abs=200.0 * 0.1 / target_pa)
    assert shown.shares[20] is None
    assert shown.shares[-1] == pytest.approx((FULL_PA - OUTSIDE_PA) / target_pa)


def test_readings_from_before_the_port_was_open_do_not_enter_the_zero() -> None:
    bench = ScriptedBench(lambda time_s: FULL_PA if time_s < 59.9 else OUTSIDE_PA)
    assert vent_and_zero(SlowOperator(bench), Conductor(bench, NoProgress()), BOTH) == OUTSIDE_PA


def test_a_bench_that_goes_on_venting_tells_its_pace() -> None:
    bench = ScriptedBench(lambda time_s: FULL_PA - 7.0 * time_s)
    with pytest.raises(BlockedError, match=r"still moves by -7\.\d Pa/s\."):
        vent_and_zero(SlowOperator(bench), Conductor(bench, NoProgress()), BOTH)


def test_no_zero_without_sensors() -> None:
    bench = ScriptedBench(lambda _time_s: OUTSIDE_PA, lambda _time_s: ("bus_error", "absent"))
    with pytest.raises(SensorError, match="while the bench was vented"):
        vent_and_zero(SlowOperator(bench), Conductor(bench, NoProgress()), BOTH)


def test_a_sensor_that_falls_silent_raises_the_alarm_each_time_it_does() -> None:
    def states(time_s: float) -> tuple[str, str]:
        return ("fresh", "bus_error" if 2.0 <= time_s < 20.0 or 30.0 <= time_s < 35.0 else "fresh")

    operator = fill(ScriptedBench(lambda time_s: min(OUTSIDE_PA + 200.0 * time_s, FULL_PA), states))
    assert [time_s for time_s, _ in operator.alarms] == [3.0, 31.0]
    assert all("Stop pumping: no usable reading from right." in text for _, text in operator.alarms)


def test_a_pressure_beyond_a_sensor_is_too_much_until_it_is_back() -> None:
    def states(time_s: float) -> tuple[str, str]:
        return ("fresh", "out_of_range" if time_s < 25.0 else "fresh")

    bench = ScriptedBench(lambda _time_s: FULL_PA, states)
    operator = fill(bench)
    assert [time_s for time_s, _ in operator.alarms] == [1.0, 11.0, 21.0]
    assert all("Stop pumping" in text and "in right is above" in text for _, text in operator.alarms)
    assert bench.board_time_s > 29.0


@pytest.mark.parametrize("state", ["bus_error", "out_of_range"])
def test_nobody_fills_a_bench_that_sees_nothing(state: str) -> None:
    bench = ScriptedBench(
        lambda _time_s: FULL_PA, lambda time_s: ("fresh", "fresh") if time_s < 3.0 else (state, state)
    )
    operator, progress = SlowOperator(bench), Shown()
    with pytest.raises(SensorError, match="while the bench was filled"):
        fill_by_hand(operator, Conductor(bench, progress), PAIR, BOTH, OUTSIDE_PA)
    assert 10.0 < bench.board_time_s < 15.0
    assert "left, right" in operator.alarms[0][1]
    assert "stop pumping" in progress.note
