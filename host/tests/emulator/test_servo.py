"""Servos: pulses of the real PWM block, slew rate, and what they do without pulses."""

from __future__ import annotations

import pytest
from rp2040py.clock.simulation_clock import SimulationClock

from hatchwatch.boards.model import Servo
from hatchwatch.emulator.servo import HobbyServo, ServoSupply, read_pulses

SPEC = Servo(pin=1, open_us=1900, shut_us=1100)
TRAVEL_S = 0.4
PERIOD_S = 0.02


class Openings:
    """Notes the moves that a plant would hear of."""

    def __init__(self) -> None:
        self.moves: list[tuple[float, float, float, float]] = []

    def set_opening(self, kind, name, time_s, from_fraction, to_fraction, duration_s) -> None:
        assert (kind, name) == ("hatch", "door")
        self.moves.append((time_s, from_fraction, to_fraction, duration_s))


class Rig:
    """A servo with a clock and a stream of pulses, 50 a second."""

    def __init__(self, opening: float = 1.0) -> None:
        self.clock = SimulationClock()
        self.openings = Openings()
        self.servo = HobbyServo(
            SPEC, "hatch", "door", self.openings, self.clock, travel_s=TRAVEL_S, opening=opening
        )

    @property
    def now_s(self) -> float:
        return self.clock.nanos * 1e-9

    def wait(self, seconds: float) -> None:
        self.clock.tick(seconds * 1e9)

    def pulses(self, width_us: float, seconds: float) -> None:
        for _ in range(round(seconds / PERIOD_S)):
            self.servo.on_pulse(width_us, self.now_s)
            self.wait(PERIOD_S)

    @property
    def opening(self) -> float:
        return self.servo.opening(self.now_s)


def test_stays_where_it_is_without_pulses():
    rig = Rig(opening=0.25)
    rig.wait(100)
    assert rig.opening == pytest.approx(0.25)
    assert rig.openings.moves == []


def test_moves_at_its_rate_and_tells_the_plant_once():
    rig = Rig()
    rig.pulses(1100, 0.1)
    assert rig.opening == pytest.approx(1 - 0.1 / TRAVEL_S)
    assert rig.servo.moving(rig.now_s)
    rig.pulses(1100, 0.5)
    assert rig.opening == 0
    assert not rig.servo.moving(rig.now_s)
    assert rig.openings.moves == [(0.0, 1.0, 0.0, pytest.approx(TRAVEL_S))]


def test_stops_half_way_when_the_pulses_end():
    rig = Rig()
    rig.pulses(1100, 0.1)
    rig.wait(1)
    stopped_s = 0.08 + 0.05  # the last pulse and the time that the motor stays on
    assert rig.opening == pytest.approx(1 - stopped_s / TRAVEL_S)
    assert rig.openings.moves[-1] == (
        pytest.approx(stopped_s),
        pytest.approx(rig.opening),
        pytest.approx(rig.opening),
        0,
    )


def test_jitter_of_the_pulses_does_not_move_it():
    rig = Rig()
    rig.pulses(1899, 0.1)
    rig.pulses(1902, 0.1)
    assert rig.openings.moves == []


def test_stops_limit_the_lever():
    rig = Rig()
    rig.pulses(600, 1)
    assert rig.opening == 0
    rig.pulses(2400, 1)
    assert rig.opening == 1


def test_reversed_servo():
    clock, openings = SimulationClock(), Openings()
    spec = Servo(pin=1, open_us=1100, shut_us=1900)
    servo = HobbyServo(spec, "hatch", "door", openings, clock, travel_s=TRAVEL_S, opening=0.0)
    servo.on_pulse(1100, 0.0)
    assert servo.opening(TRAVEL_S / 4) == pytest.approx(0.25)


def test_stuck_servo_ignores_pulses_until_it_is_freed():
    rig = Rig()
    rig.pulses(1100, 0.1)
    rig.servo.stuck = True
    jammed = rig.opening
    rig.pulses(1100, 1)
    assert rig.opening == pytest.approx(jammed)
    rig.servo.stuck = False
    rig.pulses(1100, 1)
    assert rig.opening == 0


def test_sagging_supply_slows_all_servos():
    rig = Rig()
    supply = ServoSupply([rig.servo])
    rig.pulses(1100, 0.1)
    supply.rate = 0.5
    rig.pulses(1100, 0.1)
    assert rig.opening == pytest.approx(1 - 0.1 / TRAVEL_S - 0.05 / TRAVEL_S)
    assert rig.openings.moves[-1][3] == pytest.approx(rig.openings.moves[-1][1] * TRAVEL_S / 0.5)
    supply.rate = 1.0
    rig.pulses(1100, 0.3)
    assert rig.opening == 0


class TestPulsesOfTheChip:
    @pytest.fixture
    def widths_us(self, board) -> list[float]:
        widths: list[float] = []
        read_pulses(board.chip.mcu, 1, lambda width_us, end_s: widths.append(width_us))
        board.ask("import time;from machine import Pin,PWM;p=PWM(Pin(1));p.freq(50)")
        return widths

    @pytest.mark.parametrize("width_us", [800, 1500, 2200])
    def test_width_and_rate(self, board, widths_us, width_us):
        board.ask(f"p.duty_ns({width_us * 1000})")
        widths_us.clear()
        board.ask("time.sleep(1)")
        assert len(widths_us) == pytest.approx(50, abs=1)
        assert widths_us == pytest.approx([width_us] * len(widths_us), abs=0.5)

    def test_no_pulses_before_a_duty_nor_after_the_end(self, board, widths_us):
        board.ask("time.sleep(1)")
        assert widths_us == []
        board.ask("p.duty_ns(1500000);time.sleep_ms(200);p.deinit()")
        widths_us.clear()
        board.ask("time.sleep(1)")
        assert widths_us == []

    def test_other_pin_of_the_slice_does_not_disturb(self, board, widths_us):
        board.ask("p.duty_ns(1500000);q=PWM(Pin(0));q.freq(50);q.duty_ns(1000000)")
        widths_us.clear()
        board.ask("time.sleep(1)")
        assert widths_us == pytest.approx([1500] * len(widths_us), abs=0.5)

    def test_chip_reset_ends_the_pulses(self, board, widths_us):
        board.ask("p.duty_ns(1500000)")
        board.chip.reset()
        board.chip.run_until(board.chip.board_ns + 50_000_000)
        widths_us.clear()
        board.chip.run_until(board.chip.board_ns + 500_000_000)
        assert widths_us == []
