"""Cures for faults of rp2040py 0.3.6 that do not need a change of its code; the one for USB is in `usb`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp2040py.peripherals.i2c import RPI2C
    from rp2040py.peripherals.peripheral import Peripheral
    from rp2040py.peripherals.pio import RPPIO
    from rp2040py.rp2040 import RP2040

__all__ = ["PioParking", "raise_tx_empty_on_nack"]

TX_EMPTY = 1 << 4  # raw interrupt status of the I2C block, RP2040 datasheet 4.3.17
PIO_BASES = (0x50200, 0x50300)  # keys of the bus decoder: address >> 12


def raise_tx_empty_on_nack(i2c: RPI2C) -> None:
    """Let the I2C block report an empty FIFO after a byte that nobody acknowledged.

    A NACK flushes the transmit FIFO. Silicon then raises TX_EMPTY, for which the SDK waits; rp2040py does
    not, so a missing device costs the driver's whole time-out and spoils the transfer after it.
    """
    for name in ("complete_connect", "complete_write"):
        setattr(i2c, name, _announcing(i2c, getattr(i2c, name)))


def _announcing(i2c: RPI2C, complete: Callable[..., None]) -> Callable[..., None]:
    def completed(ack: bool, *details: int) -> None:
        if not ack:
            i2c.int_raw |= TX_EMPTY
            i2c.check_interrupts()
        complete(ack, *details)

    return completed


class PioParking:
    """Keeps the idle PIO blocks out of the instruction loop, which then runs 1.4 times as fast.

    The loop asks both PIO blocks after every instruction whether they run. They are hidden from it until the
    board writes to one of them, and again after a reset.
    """

    def __init__(self, mcu: RP2040, on_unpark: Callable[[], None]) -> None:
        """Hide the blocks of `mcu`.

        `on_unpark` must end the running batch, which has its own list of blocks.
        """
        self._mcu = mcu
        self._blocks = mcu.pio
        self._none: list[RPPIO] = []
        self._on_unpark = on_unpark
        for base in PIO_BASES:
            mcu.peripherals[base] = _PioDoor(mcu.peripherals[base], self.unpark)
        self.park()

    @property
    def parked(self) -> bool:
        """True while the instruction loop does not see the PIO blocks."""
        return self._mcu.pio is not self._blocks

    def park(self) -> None:
        """Hide the blocks."""
        self._mcu.pio = self._none

    def unpark(self) -> None:
        """Let the blocks run; needed around a chip reset too, which reaches them by number."""
        if self.parked:
            self._mcu.pio = self._blocks
            self._on_unpark()


class _PioDoor:
    """Stands before a PIO block on the bus and calls `unpark` before each write."""

    def __init__(self, block: Peripheral, unpark: Callable[[], None]) -> None:
        self._block = block
        self._unpark = unpark
        self.read_uint32 = block.read_uint32
        self.reset = block.reset

    def write_uint32_atomic(self, offset: int, value: int, atomic_type: int) -> None:
        self._unpark()
        self._block.write_uint32_atomic(offset, value, atomic_type)

    def write_uint32(self, offset: int, value: int) -> None:
        self._unpark()
        self._block.write_uint32(offset, value)
