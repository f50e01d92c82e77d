"""What surrounds the chip of an emulated bench: the plant and the devices on its pins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hatchwatch.emulator.plant import Plant
from hatchwatch.emulator.runner import SideError
from hatchwatch.emulator.wiring import Devices, attach

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hatchwatch.boards.model import BenchFile
    from hatchwatch.emulator.chip import Chip
    from hatchwatch.emulator.plant.changes import LeakKind

__all__ = ["World"]

NS = 1e-9


class World:
    """Plant and devices of one bench at the chip's own time; without a bench there is nothing on the pins."""

    def __init__(self, chip: Chip, bench: BenchFile | None, preset: str, seed: int) -> None:
        self._chip = chip
        self._plant: Plant | None = None
        self._devices: Devices | None = None
        if bench is not None:
            self._plant = Plant(bench, preset, seed)
            devices = self._devices = attach(chip.mcu, bench, self._plant, seed)
            chip.on_power = lambda powered: devices.set_power(on=powered)

    @property
    def _time_s(self) -> float:
        return self._chip.board_ns * NS

    @property
    def plant(self) -> Plant:
        """The physics. Raises SideError on a bare board."""
        if self._plant is None:
            raise SideError("the emulator was started without a bench file, so there is no plant")
        return self._plant

    @property
    def devices(self) -> Devices:
        """What sits on the pins. Raises SideError on a bare board."""
        if self._devices is None:
            raise SideError("the emulator was started without a bench file, so there are no devices")
        return self._devices

    def truth(self) -> dict[str, Any]:
        """The plant's truth, with that of the devices under `devices`."""
        return {**self.plant.truth(self._time_s), "devices": self.devices.truth(self._time_s)}

    def fill(
        self,
        gauge_pa: float | None = None,
        pressure_pa: float | None = None,
        modules: Iterable[str] | None = None,
    ) -> None:
        """Fill modules now."""
        self.plant.fill(self._time_s, gauge_pa=gauge_pa, pressure_pa=pressure_pa, modules=modules)

    def vent(self, modules: Iterable[str] | None = None) -> None:
        """Vent modules now."""
        self.plant.vent(self._time_s, modules=modules)

    def set_leak(self, module: str, leak_pa_m3_s: float, kind: LeakKind = "laminar") -> None:
        """Open a leak now; the plant checks the kind, which came over the wire."""
        self.plant.set_leak(module, leak_pa_m3_s, self._time_s, kind)

    def set_seal(self, hatch: str, leak_pa_m3_s: float) -> None:
        """Let a shut hatch leak between its modules from now on."""
        self.plant.set_seal(hatch, leak_pa_m3_s, self._time_s)

    def heat(self, kelvin: float, over_s: float, modules: Iterable[str] | None = None) -> None:
        """Begin to heat or cool the walls of modules now."""
        self.plant.heat(self._time_s, kelvin=kelvin, over_s=over_s, modules=modules)

    def front(self, pressure_pa: float, over_s: float) -> None:
        """Let the weather begin to change now."""
        self.plant.front(self._time_s, pressure_pa=pressure_pa, over_s=over_s)
