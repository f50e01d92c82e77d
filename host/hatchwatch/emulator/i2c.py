"""An I2C bus on one of the RP2040's two blocks: wired-AND of all parts, true bus time, faults of the wires.

rp2040py lets a bus take no time. Here every bit takes its time: answers come from clock alarms, 1 bit for a
start or stop and 9 for a byte, so that the 84 bits of a 6-byte burst take 210 µs at 400 kHz, plus the gaps
that the firmware leaves. Parts answer only while the firmware has given the wired pins to the I2C block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp2040py.peripherals.i2c import (
    ENABLE,
    IC_DATA_CMD,
    IC_ENABLE,
    IC_RAW_INTR_STAT,
    IC_RXFLR,
    IC_TX_ABRT_SOURCE,
    R_TX_EMPTY,
    RESTART,
    RPI2C,
    I2CMode,
    I2CState,
)
from rp2040py.peripherals.reset import RESET, RESET_I2C0, RESET_I2C1

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rp2040py.gpio_pin import GPIOPin
    from rp2040py.rp2040 import RP2040

    from hatchwatch.emulator.interfaces import I2CTarget

__all__ = ["I2CBus", "Segment"]

GPIO_FUNCTION_I2C = 3
CLOCK_PERIOD_NS = 8  # of the I2C block: 125 MHz
BITS_PER_BYTE = 9  # eight and the acknowledge


class Segment:
    """A piece of bus with parts on it. Any of them can pull a line low: an acknowledge, or a 0 in a byte."""

    def __init__(self, targets: Iterable[I2CTarget] = ()) -> None:
        self.targets = list(targets)
        self._talking: list[I2CTarget] = []

    def connect(self, address: int, reading: bool, time_s: float) -> bool:
        """Offer an address byte to every part."""
        self._talking = [target for target in self.targets if target.connect(address, reading, time_s)]
        return bool(self._talking)

    def write(self, value: int, time_s: float) -> bool:
        """Give a byte to the connected parts; acknowledged if one of them does."""
        answers = [target.write(value, time_s) for target in self._talking]
        return any(answers)

    def read(self, time_s: float) -> int:
        """Take a byte from the connected parts: the AND of what they send, 0xFF if there are none."""
        value = 0xFF
        for target in self._talking:
            value &= target.read(time_s)
        return value

    def stop(self, time_s: float) -> None:
        """Tell every part of a stop."""
        self._talking = []
        for target in self.targets:
            target.stop(time_s)


class I2CBus(Segment):
    """The parts on `mcu.i2c[block]`, answering in bus time."""

    def __init__(
        self, mcu: RP2040, block: int, *, sda: int, scl: int, targets: Iterable[I2CTarget] = ()
    ) -> None:
        super().__init__(targets)
        self._i2c: RPI2C = mcu.i2c[block]
        self._pins = (mcu.gpio[sda], mcu.gpio[scl])
        self._clock = mcu.clock
        self._alarm = self._clock.create_alarm(self._act)
        self._next: Callable[[], None] | None = None
        self._bit_ns = 0
        self._writing = False
        self._switched_off = False  # the block was disabled with a transfer open
        self._resets = mcu.resets
        self._reset_bit = (RESET_I2C0, RESET_I2C1)[block]
        self._held = False
        self._data_held = False
        self.clocks_to_free = 0  # pulses of the clock after which the part that holds SDA lets go; 0: never
        self.refusing = False  # nobody answers, as with a broken wire
        self._take_over()

    @property
    def held(self) -> bool:
        """True while a fault holds SCL low."""
        return self._held

    @held.setter
    def held(self, held: bool) -> None:
        changed, self._held = self._held != held, held
        if changed:
            self._pull(self._pins[1], low=held)

    @property
    def data_held(self) -> bool:
        """True while a fault holds SDA low: a part that lost count of the clock within a byte."""
        return self._data_held

    @data_held.setter
    def data_held(self, held: bool) -> None:
        changed, self._data_held = self._data_held != held, held
        if changed:
            self._pull(self._pins[0], low=held)

    @property
    def stalled(self) -> bool:
        """True while nothing can be transferred."""
        return self._held or self._data_held

    def pulse_clock(self) -> None:
        """Count a pulse that the firmware gave by moving the pin: the part that holds SDA may let go."""
        if self._data_held and self.clocks_to_free:
            self.clocks_to_free -= 1
            self.data_held = self.clocks_to_free > 0

    def _pull(self, pin: GPIOPin, *, low: bool) -> None:
        pin.set_input_value(not low)
        if not self.stalled and self._next is not None:
            self._alarm.schedule(0)

    @property
    def _now_s(self) -> float:
        return self._clock.nanos * 1e-9

    def _take_over(self) -> None:
        i2c = self._i2c
        i2c.on_start = self._on_start
        i2c.on_connect = self._on_connect
        i2c.on_write_byte = self._on_write_byte
        i2c.on_read_byte = self._on_read_byte
        i2c.on_stop = self._on_stop
        self._set_interrupts = i2c._set_interrupts
        self._write_register = i2c.write_uint32
        self._read_register = i2c.read_uint32
        self._write_resets = self._resets.write_uint32
        # There are no hooks for these four; each says why it must be watched.
        self._resets.write_uint32 = self._on_resets_write  # type: ignore[method-assign]
        i2c._set_interrupts = self._on_interrupt  # type: ignore[method-assign]
        i2c.write_uint32 = self._on_register_write  # type: ignore[method-assign]
        i2c.read_uint32 = self._on_register_read  # type: ignore[method-assign]

    # -- steps of a transfer: each happens at the end of its bits ----------------------------------------

    def _after(self, bits: int, action: Callable[[], None]) -> None:
        self._next = action
        self._alarm.schedule(bits * self._bit_ns)

    def _act(self) -> None:
        if self.stalled or self._next is None:
            return  # goes on when the bus is released
        action, self._next = self._next, None
        if self._i2c._busy:  # a chip reset ends the transfer under our feet
            action()

    def _on_start(self, repeated: bool) -> None:
        if not repeated:
            self._bit_ns = CLOCK_PERIOD_NS * (self._i2c.scl_high_period + self._i2c.scl_low_period)
        self._after(1, self._i2c.complete_start)

    def _on_connect(self, address: int, mode: I2CMode) -> None:
        def addressed() -> None:
            wired = all(pin.function_select == GPIO_FUNCTION_I2C for pin in self._pins)
            reading = mode == I2CMode.READ
            answered = wired and not self.refusing and self.connect(address, reading, self._now_s)
            self._i2c.complete_connect(answered)

        self._after(BITS_PER_BYTE, addressed)

    def _on_write_byte(self, value: int) -> None:
        def written() -> None:
            self._writing = False
            acknowledged = self.write(value, self._now_s)
            self._set_interrupts(R_TX_EMPTY)
            self._i2c.complete_write(acknowledged)

        self._writing = True
        self._after(BITS_PER_BYTE, written)

    def _on_read_byte(self, ack: bool) -> None:  # noqa: ARG002 - changes nothing here
        value = self.read(self._now_s)  # a part shifts out what it has when the byte begins
        self._after(BITS_PER_BYTE, lambda: self._i2c.complete_read(value))

    def _on_stop(self) -> None:
        def stopped() -> None:
            self.stop(self._now_s)
            self._i2c.complete_stop()

        self._after(1, stopped)

    # -- faults of rp2040py that show only when the bus takes time ---------------------------------------

    def _on_interrupt(self, mask: int) -> None:
        """Hold TX_EMPTY back until a byte is on the wire, as silicon does with TX_EMPTY_CTRL set.

        Raised when the byte leaves the FIFO, it lets the SDK take a write for done and switch the block off.
        """
        if not (self._writing and mask == R_TX_EMPTY):
            self._set_interrupts(mask)

    def _on_register_write(self, offset: int, value: int) -> None:
        if offset == IC_ENABLE and not value & ENABLE:
            if self._i2c._busy:
                self._abandon()
            self._switched_off = True
        elif offset == IC_DATA_CMD and self._switched_off:
            self._switched_off = False
            # The SDK disables the block between the halves of a read too, but then asks for a restart.
            if self._i2c._state != I2CState.IDLE and not value & RESTART:
                self._abandon()
        self._write_register(offset, value)

    def _on_resets_write(self, offset: int, value: int) -> None:
        """Reset the block where the firmware does, or what a transfer left behind spoils the next one."""
        self._write_resets(offset, value)
        if offset == RESET and value & self._reset_bit:
            self._abandon()
            self._i2c.reset()

    def _on_register_read(self, offset: int) -> int:
        """Answer at once for what the SDK polls while the bus is busy, millions of times a minute."""
        i2c = self._i2c
        if offset == IC_RAW_INTR_STAT:
            return i2c.int_raw
        if offset == IC_RXFLR:
            return i2c._rx_fifo.item_count
        if offset == IC_TX_ABRT_SOURCE and not i2c.abort_source:
            return 0
        return self._read_register(offset)

    def _abandon(self) -> None:
        """The firmware gave up a transfer and switched the block off: nothing of it may reach the next one.

        Else the old transfer would be finished into the new one, which then reads left-over data.
        """
        i2c = self._i2c
        self._next = None
        self._writing = False
        self._alarm.cancel()
        self.stop(self._now_s)
        i2c._state = I2CState.IDLE
        i2c._busy = i2c._stop = i2c._pending_restart = False
