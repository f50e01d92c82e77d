"""Whole tests on the plant and sensor models, and every way out of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from hatchwatch.boards import load_bench_file
from hatchwatch.boards.model import Module, SensorPlace
from hatchwatch.errors import (
    Aborted,
    BlockedError,
    HatchwatchError,
    PortError,
    SensorError,
    UsageError,
    WaitTimeoutError,
)
from hatchwatch.methods.modelled import ModelBench
from hatchwatch.methods.procedure import DecaySettings, DecayTest
from hatchwatch.methods.results import Verdict
from hatchwatch.payload import boards_root

if TYPE_CHECKING:
    from collections.abc import Callable

    from hatchwatch.boards.model import BenchFile
    from hatchwatch.methods.protocols import Position, ReadingsBlock

SHORT = DecaySettings(limit_pa_m3_s=3e-4, duration_s=20.0)
PAIR = load_bench_file(boards_root() / "pair.toml")
PHASES_EMULATED = ["open", "warm-up", "level", "seal", "settle", "measure", "safe"]


class WatchedBench(ModelBench):
    """Remembers what it was told, and lets something happen at the n-th collection."""

    def __init__(self, file: BenchFile = PAIR, preset: str = "quiet", seed: int = 1) -> None:
        super().__init__(file, preset, seed)
        self.moves: list[tuple[str, str]] = []
        self.safe_calls = 0
        self.collections = 0
        self.at_collection: tuple[int, Callable[[], None]] | None = None

    def collect(self, duration_s: float) -> ReadingsBlock:
        self.collections += 1
        if self.at_collection is not None and self.collections == self.at_collection[0]:
            self.at_collection[1]()
        return super().collect(duration_s)

    def move_hatch(self, name: str, position: Position) -> None:
        self.moves.append((name, position))
        super().move_hatch(name, position)

    def safe(self) -> None:
        self.safe_calls += 1
        super().safe()


class Pulled(WatchedBench):
    """Its cable is out when the test ends."""

    def safe(self) -> None:
        raise PortError("The port is gone.")


class ScriptedOperator:
    """Does what the text asks for, on the plant."""

    def __init__(self, bench: ModelBench, fills_gauge_pa: list[float], quick: bool) -> None:
        self._quick = quick
        self._bench = bench
        self._fills = list(fills_gauge_pa)
        self.alarms: list[str] = []
        self.told: list[str] = []

    def tell(self, text: str) -> None:
        self.told.append(text)
        self._fill()

    def confirm(self, text: str) -> None:
        self.told.append(text)
        self._bench.plant.vent(self._bench.board_time_s)

    def alarm(self, text: str) -> None:
        self.alarms.append(text)
        self._fill()

    def _fill(self) -> None:
        if self._fills:
            self._bench.plant.fill(
                self._bench.board_time_s, gauge_pa=self._fills.pop(0), adiabatic=self._quick
            )


def raises(error: BaseException) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


class RecordedProgress:
    def __init__(self) -> None:
        self.seen: list[str] = []

    def begin(self, phase: str, expected_s: float | None) -> None:
        self.seen.append(phase)

    def update(self, elapsed_s: float, note: str, latest: ReadingsBlock, share: float | None = None) -> None:
        assert elapsed_s > 0.0
        assert note
        assert len(latest) > 0

    def end(self, phase: str) -> None:
        assert self.seen[-1] == phase


def test_a_planted_leak_is_found_and_the_other_module_passes() -> None:
    bench, progress = WatchedBench(), RecordedProgress()
    bench.plant.set_leak("left", 1e-3, 0.0)
    result = DecayTest(bench, SHORT, progress).run()
    left, right = result.modules
    assert (left.verdict, right.verdict) == (Verdict.FAIL, Verdict.PASS)
    assert left.truth_pa_m3_s == pytest.approx(1e-3, rel=0.01)
    assert left.leak_low_pa_m3_s < 1e-3 < left.leak_high_pa_m3_s
    assert result.exit_code == 1
    assert progress.seen == [phase.name for phase in result.phases] == PHASES_EMULATED
    assert [phase.start_s for phase in result.phases] == sorted(phase.start_s for phase in result.phases)
    assert bench.moves[:2] == [("door", "open"), ("door", "shut")]
    assert bench.safe_calls == 1
    assert bench.plant.opening("hatch", "door", bench.board_time_s + 1.0) == 1.0


def test_the_same_seed_gives_the_same_numbers() -> None:
    first, second = (DecayTest(WatchedBench(seed=4), SHORT).run() for _ in range(2))
    assert first.modules == second.modules
    assert first.hatches == second.hatches


def test_an_injector_serves_as_known_leak() -> None:
    bench = WatchedBench()
    rate = bench.file.plant.injector_leak_pa_m3_s
    settings = DecaySettings(limit_pa_m3_s=3e-4, duration_s=20.0, open_injectors=("right",))
    result = DecayTest(bench, settings).run()
    assert result.modules[1].leak_low_pa_m3_s < rate < result.modules[1].leak_high_pa_m3_s
    assert bench.plant.opening("injector", "right", bench.board_time_s + 1.0) == 0.0


def test_warm_up_lasts_as_long_as_the_chips_get_warmer() -> None:
    quiet, desk = (DecayTest(WatchedBench(preset=preset), SHORT).run() for preset in ("quiet", "desk"))
    lengths_s = [
        next(phase.end_s - phase.start_s for phase in result.phases if phase.name == "warm-up")
        for result in (quiet, desk)
    ]
    assert lengths_s[0] + 10.0 < lengths_s[1] < 60.0
    assert desk.modules[0].verdict is not Verdict.FAIL


def test_a_limit_that_can_not_be_decided_moves_nothing() -> None:
    bench = WatchedBench()
    with pytest.raises(UsageError, match="smallest decidable limit"):
        DecayTest(bench, DecaySettings(limit_pa_m3_s=1e-6))
    assert bench.moves == []


@pytest.mark.parametrize("collection", [1, 14, 24, 34, 50])
def test_ctrl_c_ends_in_the_safe_state_whenever_it_comes(collection: int) -> None:
    bench = WatchedBench()
    bench.at_collection = (collection, raises(KeyboardInterrupt()))
    test = DecayTest(bench, SHORT)
    with pytest.raises(Aborted) as caught:
        test.run()
    assert caught.value.exit_code == 130
    assert bench.safe_calls == 1
    assert caught.value.seen.endswith("'. The bench is in its safe state.")
    left = test.unfinished(Verdict.ABORTED, caught.value.seen)
    assert left.verdict is Verdict.ABORTED
    assert [module.name for module in left.modules] == ["left", "right"]
    assert left.phases[-1].name == "safe"


def test_ctrl_c_during_the_safe_state_does_not_leave_it_half_way() -> None:
    class Impatient(WatchedBench):
        def safe(self) -> None:
            if self.safe_calls == 0:
                self.safe_calls += 1
                raise KeyboardInterrupt
            super().safe()

    bench = Impatient()
    with pytest.raises(Aborted):
        DecayTest(bench, SHORT).run()
    assert bench.safe_calls == 2
    assert bench.plant.opening("hatch", "door", bench.board_time_s + 1.0) == 1.0


def test_an_error_in_mid_test_is_told_and_the_bench_made_safe() -> None:
    bench = WatchedBench()
    bench.at_collection = (40, raises(WaitTimeoutError("no readings for 2 s")))
    with pytest.raises(WaitTimeoutError, match="no readings"):
        DecayTest(bench, SHORT).run()
    assert bench.safe_calls == 1


def test_a_pulled_cable_is_not_hidden_by_what_follows_from_it() -> None:
    bench = Pulled()
    bench.at_collection = (40, raises(PortError("The cable was pulled.")))
    with pytest.raises(PortError, match="cable was pulled") as caught:
        DecayTest(bench, SHORT).run()
    assert caught.value.seen == (
        "The cable was pulled. The bench could not be put into its safe state: The port is gone. "
        "Hatch positions are UNKNOWN."
    )


@pytest.mark.parametrize(
    ("happens", "raised"),
    [(KeyboardInterrupt(), Aborted), (WaitTimeoutError("No readings."), WaitTimeoutError), (None, PortError)],
)
def test_every_way_out_tells_of_a_bench_that_can_not_be_made_safe(
    happens: BaseException | None, raised: type[HatchwatchError]
) -> None:
    bench = Pulled()
    if happens is not None:
        bench.at_collection = (1, raises(happens))
    with pytest.raises(raised) as caught:
        DecayTest(bench, SHORT).run()
    assert "could not be put into its safe state" in caught.value.seen
    assert caught.value.seen.endswith("Hatch positions are UNKNOWN.")
    assert caught.value.exit_code == (130 if raised is Aborted else 3)


def test_a_third_ctrl_c_gives_up_and_says_so() -> None:
    class Frantic(WatchedBench):
        def safe(self) -> None:
            raise KeyboardInterrupt

    bench = Frantic()
    bench.at_collection = (1, raises(KeyboardInterrupt()))
    with pytest.raises(Aborted, match=r"during the phase 'warm-up'.*Ctrl-C came again.*UNKNOWN"):
        DecayTest(bench, SHORT).run()


def test_a_defect_is_not_hidden_by_a_bench_that_can_not_be_made_safe() -> None:
    bench = Pulled()
    bench.at_collection = (1, raises(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError) as caught:
        DecayTest(bench, SHORT).run()
    assert "UNKNOWN" in caught.value.__notes__[0]


def test_an_unfilled_bench_is_blocked() -> None:
    bench = WatchedBench()
    bench.plant.vent(0.0)
    with pytest.raises(BlockedError, match="holds only"):
        DecayTest(bench, SHORT).run()
    assert bench.safe_calls == 1


def test_one_dead_sensor_blocks_one_module() -> None:
    class OneDead(WatchedBench):
        def collect(self, duration_s: float) -> ReadingsBlock:
            block = super().collect(duration_s)
            block.state[:, 0] = 3
            return block

    left, right = DecayTest(OneDead(), SHORT).run().modules
    assert left.verdict is Verdict.BLOCKED
    assert right.leak_standard_pa_m3_s > 0.0
    with pytest.raises(SensorError, match="left"):
        DecayTest(OneDead(), DecaySettings(limit_pa_m3_s=3e-4, duration_s=20.0, tested=("left",))).run()


def test_a_hatch_that_stays_shut_is_warned_of() -> None:
    class Stuck(WatchedBench):
        def move_hatch(self, name: str, position: Position) -> None:
            self.moves.append((name, position))

    bench = Stuck()
    bench.plant.set_opening("hatch", "door", 0.0, 1.0, 0.0, 0.0)
    bench.plant.fill(1.0, gauge_pa=5_000.0, modules=["left"])
    result = DecayTest(bench, SHORT).run()
    assert any("stuck" in text for text in result.warnings)


def real_bench(
    fills_gauge_pa: list[float], quick: bool = False, **changes: object
) -> tuple[WatchedBench, ScriptedOperator]:
    bench = WatchedBench(PAIR.model_copy(update=changes))
    operator = ScriptedOperator(bench, fills_gauge_pa, quick)
    bench.operator = operator
    return bench, operator


def test_a_person_vents_and_fills_and_the_room_is_measured_with_the_sensors() -> None:
    bench, operator = real_bench([7_450.0])
    bench.plant.set_leak("right", 1e-3, 60.0)
    result = DecayTest(bench, SHORT).run()
    names = [phase.name for phase in result.phases]
    assert names == ["open", "warm-up", "vent", "zero", "fill", "level", "seal", "settle", "measure", "safe"]
    assert operator.alarms == []
    assert result.ambient_standard_pa < 20.0
    right = result.modules[1]
    assert right.verdict is Verdict.FAIL
    assert right.leak_low_pa_m3_s < 1e-3 < right.leak_high_pa_m3_s
    gauge = next(item for item in right.budget if item.source == "gauge")
    assert gauge.standard_pa_m3_s < 0.003 * right.leak_pa_m3_s


def test_a_quick_fill_must_come_to_rest_first() -> None:
    # 28.6 % of a quick fill vanish while the gas cools, so the stroke goes over the ceiling for a moment.
    bench, operator = real_bench([10_300.0], quick=True)
    result = DecayTest(bench, SHORT).run()
    assert operator.alarms
    fill = next(phase for phase in result.phases if phase.name == "fill")
    assert fill.end_s - fill.start_s > 20.0
    assert result.verdict is Verdict.PASS


def test_too_much_pressure_raises_the_alarm_and_waits() -> None:
    bench, operator = real_bench([30_000.0, 7_500.0])
    DecayTest(bench, SHORT).run()
    assert len(operator.alarms) == 1
    assert "ceiling" in operator.alarms[0]


def test_a_bench_that_never_fills_gives_up() -> None:
    bench, _ = real_bench([500.0])
    with pytest.raises(WaitTimeoutError, match="After 15 minutes"):
        DecayTest(bench, SHORT).run()
    assert bench.safe_calls == 1


ROOM = Module(name="room", ambient=True, sensor=SensorPlace(bus="i2c1", address=0x76))


class FallingWeather(WatchedBench):
    """A third sensor lies open in the room, where the pressure falls by 0.5 Pa/s; it may die at some time."""

    def __init__(self, dies_s: float = math.inf) -> None:
        super().__init__(PAIR.model_copy(update={"modules": (*PAIR.modules, ROOM)}))
        self.dies_s = dies_s

    def collect(self, duration_s: float) -> ReadingsBlock:
        block = super().collect(duration_s)
        block.pressure_pa[:, 2] = 101_400.0 - 0.5 * block.time_s
        block.pressure_pa[block.time_s > self.dies_s, 2] = np.nan
        return block


def test_an_ambient_module_is_the_reference_and_follows_the_weather() -> None:
    bench = FallingWeather()
    operator = bench.operator = ScriptedOperator(bench, [7_450.0], quick=False)
    bench.plant.vent(0.0)
    result = DecayTest(bench, SHORT).run()
    names = [phase.name for phase in result.phases]
    assert names == ["open", "warm-up", "fill", "level", "seal", "settle", "measure", "safe"]
    assert len(operator.told) == 1  # nobody was asked to vent
    middle_s = 0.5 * (result.window_start_s + result.window_end_s)
    assert result.ambient_pa == pytest.approx(101_400.0 - 0.5 * middle_s, abs=0.1)
    assert result.ambient_standard_pa == PAIR.sensors.pressure_offset_pa
    assert [module.name for module in result.modules] == ["left", "right"]


def test_an_ambient_module_that_falls_silent_leaves_what_it_said_before() -> None:
    result = DecayTest(FallingWeather(dies_s=10.0), SHORT).run()
    assert 101_395.0 < result.ambient_pa < 101_400.0
    assert any("fell silent" in text for text in result.warnings)
    with pytest.raises(SensorError, match="pressure outside"):
        DecayTest(FallingWeather(dies_s=0.0), SHORT).run()


def test_nobody_is_shut_in_unasked() -> None:
    modules = (PAIR.modules[0].model_copy(update={"occupied": True}), PAIR.modules[1])
    bench, _ = real_bench([7_450.0], modules=modules)
    with pytest.raises(UsageError, match="crew is aboard in left") as caught:
        DecayTest(bench, SHORT)
    assert "--crew-clear" in (caught.value.cure or "")
    assert bench.moves == []
    allowed = DecaySettings(limit_pa_m3_s=3e-4, duration_s=20.0, crew_clear=True)
    assert DecayTest(bench, allowed).run().verdict is Verdict.PASS


def test_an_unknown_injector_is_refused() -> None:
    with pytest.raises(UsageError, match="with an injector called attic"):
        DecayTest(
            WatchedBench(), DecaySettings(limit_pa_m3_s=3e-4, duration_s=20.0, open_injectors=("attic",))
        )
