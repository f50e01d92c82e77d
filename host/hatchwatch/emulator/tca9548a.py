"""A TCA9548A: one I2C bus in, eight out, chosen by a control register."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hatchwatch.emulator.i2c import Segment

__all__ = ["Tca9548a"]


class Tca9548a:
    """The multiplexer with its downstream segments; TI datasheet SCPS207 sections 8.5 and 8.6.

    A new selection takes effect at the stop condition. Several channels may be on at once. `silent` is the
    fault of a part that neither answers nor lets anything through.
    """

    def __init__(self, address: int, channels: dict[int, Segment]) -> None:
        self.address = address
        self.channels = channels
        self.silent = False
        self._control = 0
        self._written: int | None = None
        self._talking: list[Segment] = []
        self._addressed = False

    @property
    def control(self) -> int:
        """The control register: bit n switches channel n on."""
        return self._control

    def power_on(self) -> None:
        """Power-on reset: all channels off."""
        self._control = 0
        self._written = None

    def connect(self, address: int, reading: bool, time_s: float) -> bool:
        """Answer for itself, or let the open channels answer."""
        self._addressed = False
        self._talking = []
        if self.silent:
            return False
        if address == self.address:
            self._addressed = True
            return True
        self._talking = [segment for segment in self._open() if segment.connect(address, reading, time_s)]
        return bool(self._talking)

    def write(self, value: int, time_s: float) -> bool:
        """Take a selection, or pass the byte on."""
        if self._addressed:
            self._written = value
            return True
        answers = [segment.write(value, time_s) for segment in self._talking]
        return any(answers)

    def read(self, time_s: float) -> int:
        """Give the control register, or the AND of what comes from below."""
        if self._addressed:
            return self._control
        value = 0xFF
        for segment in self._talking:
            value &= segment.read(time_s)
        return value

    def stop(self, time_s: float) -> None:
        """End a transfer: the open channels see it, then a new selection becomes active."""
        for segment in self._open():
            segment.stop(time_s)
        if self._written is not None:
            self._control = self._written
            self._written = None

    def _open(self) -> list[Segment]:
        return [segment for channel, segment in self.channels.items() if self._control >> channel & 1]
