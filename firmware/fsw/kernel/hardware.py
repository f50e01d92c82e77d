"""The bench file made into buses, sensors, servos and LED: the only place that knows `machine` and the
drivers.
"""

from machine import I2C, SPI, Pin
from micropython import const

from fsw.drivers.bmp280 import BMP280, I2CTransport, SPITransport
from fsw.drivers.i2c_recovery import free_bus
from fsw.drivers.servo import Servo, ServoQueue
from fsw.drivers.tca9548a import TCA9548A
from fsw.link import numbers
from fsw.station.muxes import share
from fsw.station.sensors import SensorBank
from fsw.station.servos import ServoBank

_I2C_TIMEOUT_US = const(
    5000
)  # the longest transfer, 27 bytes at 100 kHz, takes 2.5 ms; a held bus costs this


class Led:
    """The LED that blinks with the loop, where the board has one that costs nothing to switch."""

    def __init__(self, pin):
        self._pin = Pin(pin, Pin.OUT) if pin >= 0 else None
        self._on = 0

    def toggle(self):
        """Switch it over."""
        if self._pin is not None:
            self._on ^= 1
            self._pin.value(self._on)


class I2CLines:
    """An I2C bus and its two lines, which are pins again while somebody holds the bus."""

    def __init__(self, block, sda, scl, frequency_hz):
        self._settings = (block, frequency_hz)
        self._sda = Pin(sda)
        self._scl = Pin(scl)
        self.bus = self._give_to_block()

    def levels(self):
        """Return 2 for SDA high + 1 for SCL high; an idle bus gives 3."""
        return self._sda.value() << 1 | self._scl.value()

    def free(self):
        """Clock the bus; return how often. Whether it is free, `levels` tells."""
        clocks = free_bus(self._sda, self._scl)
        self._give_to_block()  # the same `bus`, set up anew
        return clocks

    def _give_to_block(self):
        block, frequency_hz = self._settings
        # The stubs do not know that this port takes a timeout.
        return I2C(  # pyright: ignore[reportCallIssue]
            block,
            sda=self._sda,
            scl=self._scl,
            freq=frequency_hz,
            timeout=_I2C_TIMEOUT_US,
        )


class Hardware:
    """All that is wired to the board. Sensors are not started and servos not driven yet."""

    def __init__(self, bench):
        self.led = Led(bench.led)
        lines = [_lines(row) for row in bench.buses]
        buses = [_spi(row) if line is None else line.bus for row, line in zip(bench.buses, lines)]
        muxes = share(
            [TCA9548A(buses[bus], address) for bus, address in bench.muxes], [bus for bus, _ in bench.muxes]
        )
        places = [_sensor_place(row, buses, muxes) for row in bench.sensors]
        self.sensors = SensorBank(places, lines)
        rows = [row[:7] for row in bench.hatches] + [row[1:] for row in bench.injectors]
        servos = [_servo(row) for row in rows]
        self.servos = ServoBank(servos, len(bench.hatches), ServoQueue(bench.max_moving))
        self.sides = bytes([module for row in bench.hatches for module in row[7:]])  # two for each hatch
        self.safe_positions = bytes(bench.safe) + bytes([numbers.POSITION_SHUT] * len(bench.injectors))


def _lines(row):
    name = row[0]
    return I2CLines(int(name[3]), *row[1:]) if name.startswith("i2c") else None


def _spi(row):
    name, sck, mosi, miso, frequency_hz = row
    return SPI(int(name[3]), sck=Pin(sck), mosi=Pin(mosi), miso=Pin(miso), baudrate=frequency_hz)


def _sensor_place(row, buses, muxes):
    """Return (driver, bus, mux, channel) as `SensorBank` wants it."""
    bus = buses[row[0]]
    if len(row) == 5:
        chip_select = Pin(row[4], Pin.OUT, value=1)
        return BMP280(SPITransport(bus, chip_select)), row[0], None, -1
    _, address, mux, channel = row
    driver = BMP280(I2CTransport(bus, address))
    return driver, row[0], muxes[mux] if mux >= 0 else None, channel


def _servo(row):
    pin, open_us, shut_us, min_us, max_us, travel_ms, hold = row
    return Servo(Pin(pin), open_us, shut_us, min_us, max_us, travel_ms, bool(hold))
