"""The two buses of a BMP280: I2C (datasheet 5.2) and SPI (5.3) in front of the same registers."""

from __future__ import annotations

from hatchwatch.emulator.bmp280 import DATA, DATA_END, Bmp280

__all__ = ["Bmp280OnI2C", "Bmp280OnSpi"]


class _Burst:
    """A read with auto-increment; the data registers come from the sample there when it began (3.9)."""

    def __init__(self, sensor: Bmp280) -> None:
        self._sensor = sensor
        self._register = 0
        self._data = b""

    def point(self, register: int) -> None:
        self._register = register

    def begin(self, time_s: float) -> None:
        self._data = self._sensor.data(time_s)

    def next(self, time_s: float) -> int:
        register = self._register
        self._register = (register + 1) & 0xFF
        if DATA <= register < DATA_END:
            return self._data[register - DATA]
        return self._sensor.read(register, time_s)


class Bmp280OnI2C:
    """A BMP280 at an I2C address: 0x76 with SDO low, 0x77 with SDO high."""

    def __init__(self, sensor: Bmp280, address: int) -> None:
        self.sensor = sensor
        self.address = address
        self._burst = _Burst(sensor)
        self._register: int | None = None  # of the value that a write will bring next

    def connect(self, address: int, reading: bool, time_s: float) -> bool:
        """Answer the address byte."""
        if address != self.address or not self.sensor.answers(time_s):
            return False
        self._register = None
        if reading:
            self._burst.begin(time_s)
        return True

    def write(self, value: int, time_s: float) -> bool:
        """Register, value, register, value, ...: writes do not auto-increment."""
        if self._register is None:
            self._register = value
            self._burst.point(value)
        else:
            self.sensor.write(self._register, value, time_s)
            self._register = None
        return True

    def read(self, time_s: float) -> int:
        """The next register of a burst."""
        return self._burst.next(time_s)

    def stop(self, time_s: float) -> None:  # noqa: ARG002 - part of the bus protocol
        """Forget a register whose value never came."""
        self._register = None


class Bmp280OnSpi:
    """A BMP280 on SPI, four wires. The control byte is read/not write, then 7 bits of the register."""

    def __init__(self, sensor: Bmp280) -> None:
        self.sensor = sensor
        self._burst = _Burst(sensor)
        self._answering = False
        self._control: int | None = None

    def select(self, time_s: float) -> None:
        """Begin a transaction."""
        self._answering = self.sensor.answers(time_s)
        self._control = None

    def exchange(self, value: int, time_s: float) -> int:
        """One byte both ways; a silent chip leaves the line to the pull-down."""
        if not self._answering:
            return 0
        if self._control is None:
            self._control = value
            if value & 0x80:
                self._burst.point(value)
                self._burst.begin(time_s)
            return 0xFF  # SDO is not driven during the control byte; breakouts pull it up
        if self._control & 0x80:
            return self._burst.next(time_s)
        self.sensor.write(self._control | 0x80, value, time_s)
        self._control = None
        return 0xFF

    def deselect(self, time_s: float) -> None:  # noqa: ARG002 - part of the bus protocol
        """End the transaction."""
        self._answering = False
