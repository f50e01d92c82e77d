"""Cut the power in the middle of the board's work on its flash."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp2040py.peripherals.ssi import (
    CMD_BLOCK_ERASE,
    CMD_PAGE_PROGRAM,
    CMD_SECTOR_ERASE,
    FLASH_SECTOR_SIZE,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp2040py.rp2040 import RP2040

__all__ = ["FlashCut"]

COMMAND_AND_ADDRESS_BYTES = 4


class FlashCut:
    """Counts the erase and program operations of the flash chip and cuts the power at a chosen one.

    Operation k is the k-th from power-on of the emulator, counted from 1. A clean cut comes just before it;
    a torn one leaves half of it done.
    """

    def __init__(self, mcu: RP2040, cut_power: Callable[[], None]) -> None:
        """Hook the flash of `mcu`.

        `cut_power` is called within the instruction that would end the operation.
        """
        self.operations = 0
        self.last_kind = ""  # of the operation counted last: "erase" or "program"
        self._mcu = mcu
        self._ssi = mcu.ssi
        self._cut_power = cut_power
        self._cut_at = 0
        self._torn = False
        self._apply = self._ssi._apply_command
        self._ssi._apply_command = self._on_command  # type: ignore[method-assign]  # the hook

    def arm(self, operation: int, *, torn: bool) -> None:
        """Cut the power at `operation`. Raises ValueError if that has gone by."""
        if operation <= self.operations:
            raise ValueError(f"flash operation {operation} has gone by; {self.operations} are done")
        self._cut_at = operation
        self._torn = torn

    def disarm(self) -> None:
        """Leave the power on after all."""
        self._cut_at = 0

    def _on_command(self) -> None:
        if not self._changes_flash():
            self._apply()
            return
        self.operations += 1
        self.last_kind = "program" if self._ssi._tx_buffer[0] == CMD_PAGE_PROGRAM else "erase"
        if self.operations != self._cut_at:
            self._apply()
            return
        if self._torn:
            self._apply_half()
        self._ssi._tx_buffer = bytearray()
        self._cut_power()

    def _changes_flash(self) -> bool:
        command = self._ssi._tx_buffer
        return (
            self._ssi._write_enabled
            and len(command) >= COMMAND_AND_ADDRESS_BYTES
            and command[0] in (CMD_SECTOR_ERASE, CMD_BLOCK_ERASE, CMD_PAGE_PROGRAM)
        )

    def _apply_half(self) -> None:
        command = self._ssi._tx_buffer
        if command[0] == CMD_PAGE_PROGRAM:
            del command[COMMAND_AND_ADDRESS_BYTES + (len(command) - COMMAND_AND_ADDRESS_BYTES) // 2 :]
            self._apply()
            return
        start = int.from_bytes(command[1:4], "big") & ~(FLASH_SECTOR_SIZE - 1)
        half = FLASH_SECTOR_SIZE // 2
        self._mcu.flash[start : start + half] = b"\xff" * half
