"""The same I2C bus for firmware that moves the pins itself: `SoftI2C`, and `scan` and empty writes of `I2C`.

MicroPython's RP2 port does these by switching the two pins to plain GPIO. Edges of the pins are read here,
bit by bit; the parts behind are those of the hardware block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp2040py.gpio_pin import FUNCTION_SIO, GPIOPinState

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp2040py.gpio_pin import GPIOPin
    from rp2040py.rp2040 import RP2040

    from hatchwatch.emulator.i2c import I2CBus

__all__ = ["PinsOfI2C"]

BITS = 8


class PinsOfI2C:
    """Decodes starts, stops and bits on two open-drain pins, and pulls SDA low where a part does."""

    def __init__(self, mcu: RP2040, bus: I2CBus, *, sda: int, scl: int) -> None:
        self._clock = mcu.clock
        self._bus = bus
        self._sda: GPIOPin = mcu.gpio[sda]
        self._scl: GPIOPin = mcu.gpio[scl]
        self._at_bit: Callable[[], None] = _nothing  # what to do when the clock falls after a bit
        self._received = 0
        self._bits = 0
        self._sending = 0
        self._sda.add_listener(self._sda_changed)
        self._scl.add_listener(self._scl_changed)

    @property
    def _now_s(self) -> float:
        return self._clock.nanos * 1e-9

    def _sda_changed(self, state: GPIOPinState, before: GPIOPinState) -> None:
        low = state == GPIOPinState.LOW
        if self._scl.function_select != FUNCTION_SIO or self._scl.value == GPIOPinState.LOW:
            return
        if self._bus.stalled:
            return  # the line does not follow
        if low:
            self._start()
        elif before == GPIOPinState.LOW:
            self._stop()

    def _scl_changed(self, state: GPIOPinState, _before: GPIOPinState) -> None:
        if self._sda.function_select != FUNCTION_SIO:
            return
        if self._bus.stalled:
            if state == GPIOPinState.LOW and not self._bus.held:
                self._bus.pulse_clock()
            return
        if state != GPIOPinState.LOW:
            self._received = self._received << 1 | (self._sda.value != GPIOPinState.LOW)
        else:
            self._at_bit()

    def _start(self) -> None:
        self._release()
        self._expect(self._addressed)
        self._bits = -1  # the first fall of the clock belongs to the start

    def _stop(self) -> None:
        self._release()
        self._at_bit = _nothing
        self._bus.stop(self._now_s)

    def _expect(self, byte_done: Callable[[int], None]) -> None:
        """Collect eight bits from the firmware, then call `byte_done`."""
        self._bits = self._received = 0

        def bit() -> None:
            self._bits += 1
            if self._bits == BITS:
                byte_done(self._received & 0xFF)

        self._at_bit = bit

    def _addressed(self, value: int) -> None:
        reading = bool(value & 1)
        answered = not self._bus.refusing and self._bus.connect(value >> 1, reading, self._now_s)
        self._acknowledge(answered, self._send_byte if reading else lambda: self._expect(self._written))

    def _written(self, value: int) -> None:
        self._acknowledge(self._bus.write(value, self._now_s), lambda: self._expect(self._written))

    def _acknowledge(self, acknowledged: bool, go_on: Callable[[], None]) -> None:
        if acknowledged:
            self._sda.set_input_value(False)

        def ninth_bit_over() -> None:
            self._release()
            self._at_bit = _nothing
            if acknowledged:
                go_on()

        self._at_bit = ninth_bit_over

    def _send_byte(self) -> None:
        self._sending = self._bus.read(self._now_s)
        self._bits = 0
        self._at_bit = self._send_bit
        self._put(self._sending >> 7)

    def _send_bit(self) -> None:
        self._bits += 1
        if self._bits < BITS:
            self._put(self._sending >> (7 - self._bits) & 1)
        else:
            self._release()
            self._at_bit = self._answered_by_firmware

    def _answered_by_firmware(self) -> None:
        if self._received & 1:  # not acknowledged: it wants no more
            self._at_bit = _nothing
        else:
            self._send_byte()

    def _put(self, bit: int) -> None:
        self._sda.set_input_value(bool(bit))

    def _release(self) -> None:
        if not self._bus.data_held:
            self._sda.set_input_value(True)  # the pull-up


def _nothing() -> None:
    """Between transfers the clock means nothing."""
