"""An SPI bus on one of the RP2040's two blocks, with true bus time and chip selects on GPIOs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp2040py.gpio_pin import GPIOPinState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rp2040py.peripherals.spi import RPSPI
    from rp2040py.rp2040 import RP2040

    from hatchwatch.emulator.interfaces import SpiTarget

__all__ = ["SpiBus"]

UNDRIVEN = 0x00  # the pads of the RP2040 pull down


class SpiBus:
    """The parts on `mcu.spi[block]` by the GPIO that selects them; if several are selected, low bits win."""

    def __init__(self, mcu: RP2040, block: int, targets: Mapping[int, SpiTarget]) -> None:
        self._spi: RPSPI = mcu.spi[block]
        self._clock = mcu.clock
        self._alarm = self._clock.create_alarm(self._byte_done)
        self._byte: int | None = None
        self._targets = dict(targets)
        self._selected: list[SpiTarget] = []
        self._spi.on_transmit = self._on_transmit
        for pin, target in self._targets.items():
            mcu.gpio[pin].add_listener(self._select_listener(target))

    @property
    def _now_s(self) -> float:
        return self._clock.nanos * 1e-9

    def _select_listener(self, target: SpiTarget) -> Callable[[GPIOPinState, GPIOPinState], None]:
        def changed(state: GPIOPinState, _before: GPIOPinState) -> None:
            low = state == GPIOPinState.LOW
            if low and target not in self._selected:
                self._selected.append(target)
                target.select(self._now_s)
            elif not low and target in self._selected:
                self._selected.remove(target)
                target.deselect(self._now_s)

        return changed

    def _on_transmit(self, value: int) -> None:
        self._byte = value & 0xFF
        self._alarm.schedule(8e9 / self._spi.clock_frequency)

    def _byte_done(self) -> None:
        value, self._byte = self._byte, None
        if value is None or not self._spi._busy:  # a chip reset ends the byte under our feet
            return
        answers = [target.exchange(value, self._now_s) for target in self._selected]
        answer = 0xFF if answers else UNDRIVEN
        for one in answers:
            answer &= one
        self._spi.complete_transmit(answer)
