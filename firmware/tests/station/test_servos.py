"""Servos commanded while an earlier move is under way: each arrives once, for the last command."""

import pytest

from fsw.drivers.servo import OPEN, SHUT, Servo, ServoQueue
from fsw.station.servos import ServoBank

TRAVEL_MS = 500
STEP_MS = 10
# Before the first turn, at the start of the move, in it, in its last turn, just arrived.
PHASES_MS = (0, 10, 250, 500, 510)


class PulsesOnly(Servo):
    """A servo that keeps its pulse width instead of putting it on a pin."""

    def __init__(self):
        super().__init__(None, 1900, 1100, travel_ms=TRAVEL_MS)
        self.width_us = 0
        self._pwm = self  # there is no pin to make one from

    def _pulse(self, width_us):
        self.width_us = width_us


class Turns:
    """A bank of servos in turns of 10 ms; `arrivals` holds (time, servo, position)."""

    def __init__(self, servos=2, max_moving=1):
        self.drivers = [PulsesOnly() for _ in range(servos)]
        self.bank = ServoBank(self.drivers, servos, ServoQueue(max_moving))
        self.now_ms = 0
        self.arrivals = []

    def run_until(self, end_ms):
        while self.now_ms < end_ms:
            if self.bank.busy:
                self.bank.tick(self.now_ms)
                for servo in range(self.bank.count):
                    if self.bank.take_arrival(servo):
                        self.arrivals.append((self.now_ms, servo, self.bank.positions[servo]))
            self.now_ms += STEP_MS

    def check_at_rest(self):
        assert not self.bank.busy
        assert [driver.width_us for driver in self.drivers] == [0] * self.bank.count


@pytest.mark.parametrize("phase_ms", PHASES_MS)
@pytest.mark.parametrize("again", [OPEN, SHUT])
@pytest.mark.parametrize("times", [1, 2])
def test_a_command_during_a_move_arrives_once_after_its_own_travel(phase_ms, again, times):
    turns = Turns()
    turns.bank.move(0, SHUT)
    turns.run_until(phase_ms)
    for _ in range(times):
        turns.bank.move(0, again)
    commanded_ms = turns.now_ms
    turns.run_until(3000)
    later = [arrival for arrival in turns.arrivals if arrival[0] >= commanded_ms]
    assert [arrival[1:] for arrival in later] == [(0, again)]
    assert later[0][0] >= commanded_ms + TRAVEL_MS
    turns.check_at_rest()


@pytest.mark.parametrize("phase_ms", PHASES_MS)
@pytest.mark.parametrize("first", [OPEN, SHUT])
@pytest.mark.parametrize("max_moving", [1, 2])
@pytest.mark.parametrize("times", [1, 2])
def test_all_servos_sent_home_during_a_move_come_to_rest(phase_ms, first, max_moving, times):
    """What `safe` does: the servo that moves comes last."""
    turns = Turns(3, max_moving)
    turns.bank.move(0, first)
    turns.run_until(phase_ms)
    for _ in range(times):
        for servo in (1, 2, 0):
            turns.bank.move(servo, OPEN)
        turns.run_until(turns.now_ms + 20)
    turns.run_until(5000)
    assert list(turns.bank.positions) == [OPEN] * 3
    turns.check_at_rest()


def test_a_servo_that_turns_round_is_queued_until_its_own_turn():
    turns = Turns()
    turns.bank.move(0, SHUT)
    turns.run_until(100)
    turns.bank.move(0, SHUT)
    turns.bank.move(1, OPEN)
    turns.run_until(400)
    assert list(turns.bank.positions) == [4, 4]
    turns.run_until(700)
    assert list(turns.bank.positions) == [3, 4]


def test_off_ends_what_waits_and_what_moves():
    turns = Turns()
    turns.bank.move(0, SHUT)
    turns.bank.move(1, SHUT)
    turns.run_until(100)
    turns.bank.off()
    turns.check_at_rest()
    assert list(turns.bank.positions) == [0, 0]
