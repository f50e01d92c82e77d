"""What the devices of an emulated bench ask of their surroundings: gas, openings, buses."""

from __future__ import annotations

from typing import Literal, Protocol

__all__ = ["GasSource", "I2CTarget", "OpeningKind", "Openings", "SpiTarget"]

OpeningKind = Literal["hatch", "injector"]


class GasSource(Protocol):
    """The gas that a sensor sits in."""

    def state(self, module: str, time_s: float) -> tuple[float, float]:
        """Absolute pressure in Pa and temperature in K of the gas in `module` at `time_s` (board time)."""
        ...


class Openings(Protocol):
    """What servos move: hatches between modules and injectors to ambient."""

    def set_opening(
        self,
        kind: OpeningKind,
        name: str,
        time_s: float,
        from_fraction: float,
        to_fraction: float,
        duration_s: float,
    ) -> None:
        """Let a hatch or injector go from one opening (0 shut, 1 open) to another, beginning at `time_s`."""
        ...


class I2CTarget(Protocol):
    """A part on an I2C bus. Times are board time in seconds at the end of the bit that matters."""

    def connect(self, address: int, reading: bool, time_s: float) -> bool:
        """Answer an address byte: True pulls the acknowledge bit low."""
        ...

    def write(self, value: int, time_s: float) -> bool:
        """Take one byte; True acknowledges it. Only called while connected for writing."""
        ...

    def read(self, time_s: float) -> int:
        """Give one byte, 0..255. Only called while connected for reading."""
        ...

    def stop(self, time_s: float) -> None:
        """See a stop condition; every part on the bus does."""
        ...


class SpiTarget(Protocol):
    """A part on an SPI bus with its own chip select."""

    def select(self, time_s: float) -> None:
        """Chip select went low."""
        ...

    def exchange(self, value: int, time_s: float) -> int:
        """Take a byte and give one, both 0..255; `time_s` is the end of the byte."""
        ...

    def deselect(self, time_s: float) -> None:
        """Chip select went high."""
        ...
