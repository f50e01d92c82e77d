"""Hobby servos: pulses read from a GPIO, a lever with a slew rate, and the opening that it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp2040py.gpio_pin import GPIOPinState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rp2040py.clock.clock import IClock
    from rp2040py.rp2040 import RP2040

    from hatchwatch.boards.model import Servo
    from hatchwatch.emulator.interfaces import OpeningKind, Openings

__all__ = ["HobbyServo", "ServoSupply", "read_pulses"]

SHORTEST_PULSE_US, LONGEST_PULSE_US = 400.0, 2600.0  # anything else is not a servo pulse
DEAD_BAND_US = 5.0  # an SG90 does not correct less
PULSES_LOST_S = 0.05  # without a pulse for this long (50 Hz: two missing) the motor is off


def read_pulses(mcu: RP2040, pin: int, on_pulse: Callable[[float, float], None]) -> None:
    """Call `on_pulse(width_us, end_s)` for every pulse of servo length on a GPIO, in board time."""
    clock = mcu.clock
    rose_ns: float | None = None

    def changed(state: GPIOPinState, _before: GPIOPinState) -> None:
        nonlocal rose_ns
        if state == GPIOPinState.HIGH:
            rose_ns = clock.nanos
        elif rose_ns is not None:
            width_us, rose_ns = (clock.nanos - rose_ns) / 1000, None
            if SHORTEST_PULSE_US <= width_us <= LONGEST_PULSE_US:
                on_pulse(width_us, clock.nanos * 1e-9)

    mcu.gpio[pin].add_listener(changed)


class HobbyServo:
    """One servo on a hatch or an injector; its lever runs between two stops, shut and open.

    It moves at a constant rate towards the width of the pulses it gets, and stays where it is without pulses.
    The plant hears of every change of motion.
    """

    def __init__(
        self,
        spec: Servo,
        kind: OpeningKind,
        name: str,
        openings: Openings,
        clock: IClock,
        *,
        travel_s: float,
        opening: float,
    ) -> None:
        """`travel_s` is its true time from stop to stop; `opening` where it is at first, 0 shut to 1 open."""
        self.kind: OpeningKind = kind
        self.name = name
        self._spec = spec
        self._openings = openings
        self._clock = clock
        self._rate_us_s = abs(spec.open_us - spec.shut_us) / travel_s
        self._rate = 1.0
        self._from_us = self._to_us = spec.shut_us + opening * (spec.open_us - spec.shut_us)
        self._since_s = 0.0
        self._stuck = False
        self._motor_off = clock.create_alarm(self._pulses_lost)

    def opening(self, time_s: float) -> float:
        """How far the lever opens the hatch: 0 shut, 1 open."""
        return self._opening_at(self._position_us(time_s))

    def moving(self, time_s: float) -> bool:
        """Is the lever on its way?"""
        return self._position_us(time_s) != self._to_us

    def on_pulse(self, width_us: float, time_s: float) -> None:
        """Take a pulse that ended at `time_s`."""
        if self._stuck:
            return
        self._motor_off.schedule(PULSES_LOST_S * 1e9)
        target_us = self._seated(width_us)
        if abs(target_us - self._to_us) > DEAD_BAND_US:
            self._move(target_us, time_s)

    @property
    def stuck(self) -> bool:
        """True while a fault keeps the lever where it is; freed, it moves again with the next pulse."""
        return self._stuck

    @stuck.setter
    def stuck(self, stuck: bool) -> None:
        self._stuck = stuck
        if stuck:
            self._stop(self._now_s)

    @property
    def rate(self) -> float:
        """Fraction of its rate that it moves at: 1, or less (over 0) on a sagging supply."""
        return self._rate

    @rate.setter
    def rate(self, rate: float) -> None:
        now_s = self._now_s
        self._from_us, self._since_s = self._position_us(now_s), now_s  # gone so far at the old rate
        self._rate = rate
        if self._from_us != self._to_us:
            self._announce(now_s)

    @property
    def _now_s(self) -> float:
        return self._clock.nanos * 1e-9

    def _position_us(self, time_s: float) -> float:
        distance_us = self._to_us - self._from_us
        gone_us = (time_s - self._since_s) * self._rate_us_s * self._rate
        if gone_us >= abs(distance_us):
            return self._to_us
        return self._from_us + (gone_us if distance_us > 0 else -gone_us)

    def _move(self, target_us: float, time_s: float) -> None:
        self._from_us = self._position_us(time_s)
        self._to_us = target_us
        self._since_s = time_s
        self._announce(time_s)

    def _seated(self, width_us: float) -> float:
        """Where a pulse of this width takes the lever: between the stops, and onto one when it comes near.

        A pinch valve is taught with some preload, so the tube is flat before the lever ends its way: a pulse
        that is short by a step of the PWM (0.1 us) must not leave it a hair open.
        """
        low, high = sorted((float(self._spec.open_us), float(self._spec.shut_us)))
        for stop_us in (low, high):
            if abs(width_us - stop_us) <= DEAD_BAND_US:
                return stop_us
        return min(max(width_us, low), high)

    def _stop(self, time_s: float) -> None:
        if self.moving(time_s):
            self._move(self._position_us(time_s), time_s)

    def _pulses_lost(self) -> None:
        self._stop(self._now_s)

    def _announce(self, time_s: float) -> None:
        duration_s = abs(self._to_us - self._from_us) / (self._rate_us_s * self._rate)
        begin, end = self._opening_at(self._from_us), self._opening_at(self._to_us)
        self._openings.set_opening(self.kind, self.name, time_s, begin, end, duration_s)

    def _opening_at(self, position_us: float) -> float:
        spec = self._spec
        return (position_us - spec.shut_us) / (spec.open_us - spec.shut_us)


class ServoSupply:
    """The 5 V supply of all servos; when it sags they all get slow."""

    def __init__(self, servos: Sequence[HobbyServo]) -> None:
        self._servos = servos
        self._rate = 1.0

    @property
    def rate(self) -> float:
        """Fraction of their rate that the servos move at, over 0 and at most 1."""
        return self._rate

    @rate.setter
    def rate(self, rate: float) -> None:
        self._rate = rate
        for servo in self._servos:
            servo.rate = rate
