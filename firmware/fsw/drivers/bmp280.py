"""Driver for the pressure sensor Bosch BMP280, and for the BME280 used as one. I2C or SPI.

    from machine import I2C, Pin
    from fsw.drivers.bmp280 import BMP280, FRESH, I2CTransport

    sensor = BMP280(I2CTransport(I2C(0, sda=Pin(20), scl=Pin(21), freq=400_000), 0x76))
    sensor.start()
    if sensor.sample() == FRESH:
        print(sensor.pressure_q8_pa / 256, "Pa", sensor.temperature_q16_c / 65536, "°C")

After `start` the chip converts by itself; `sample` takes one burst of six bytes, allocates nothing and never
raises for a fault of the bus. Section numbers are those of the datasheet, BST-BMP280-DS001-26.
"""

import struct
import time
from array import array

from micropython import const

from fsw.drivers.bmp280_compensation import (
    BUS_ERROR,
    FRESH,
    MISSED_BYTE,
    OUT_OF_RANGE,
    SKIPPED,
    STALE,
    fold,
    sampler,
    work_area,
)
from fsw.drivers.bmp280_transport import I2CTransport, SPITransport

__all__ = (
    "BMP280",
    "BMP280Error",
    "BUS_ERROR",
    "FORCED",
    "FRESH",
    "I2CTransport",
    "NORMAL",
    "OUT_OF_RANGE",
    "SKIPPED",
    "SPITransport",
    "STALE",
)

NORMAL = 3  # modes of ctrl_meas
FORCED = 1

CHIP_BMP280 = 0x58
CHIP_BME280 = 0x60  # same pressure and temperature parts; its humidity part stays off

_TRIMMING = const(0x88)
_ID = const(0xD0)
_RESET = const(0xE0)
_STATUS = const(0xF3)
_CTRL_MEAS = const(0xF4)
_CONFIG = const(0xF5)
_RESET_WORD = const(0xB6)
_MEASURING = const(8)
_IM_UPDATE = const(1)

_RESET_MS = const(3)  # 2 ms to the first communication (table 2)
_UPDATE_POLLS = const(50)  # of 1 ms; users have seen more than 2 ms
_OVERSAMPLING = {1: 1, 2: 2, 4: 3, 8: 4, 16: 5}
_FILTER = {0: 0, 2: 1, 4: 2, 8: 3, 16: 4}
_STANDBY_MS = {0.5: 0, 62.5: 1, 125: 2, 250: 3, 500: 4, 1000: 5, 2000: 6, 4000: 7}

# Name, lowest, highest: wide around every set seen in public, and the arithmetic holds in 32 bits inside.
TRIMMING_LIMITS = (
    ("T1", 20000, 36000),
    ("T2", 24500, 28500),
    ("T3", -2560, 2560),
    ("P1", 30000, 46000),
    ("P2", -16000, -4000),
    ("P3", -4000, 4000),
    ("P4", -4000, 16000),
    ("P5", -1500, 1500),
    ("P6", -200, 200),
    ("P7", -32767, 32767),
    ("P8", -24000, 24000),
    ("P9", -10000, 10000),
)


class BMP280Error(Exception):
    """The sensor can't be used; `code` says why (as the classes below), the text says what was seen."""

    code = 0


class NoAnswerError(BMP280Error):
    """Nothing answers on the bus: wiring, address (SDO), supply."""

    code = 1


class WrongChipError(BMP280Error):
    """Something answers, but it is no BMP280."""

    code = 2


class NotReadyError(BMP280Error):
    """The chip does not finish copying its trimming values, or a measurement."""

    code = 3


class TrimmingError(BMP280Error):
    """Trimming values that no good sensor has."""

    code = 4


class SettingsError(BMP280Error):
    """The chip does not keep its settings."""

    code = 5


class BMP280:
    """One sensor.

    `sample()` reads the newest measurement and returns FRESH, STALE, SKIPPED, BUS_ERROR or OUT_OF_RANGE.
    Results of the last FRESH one: `pressure_q8_pa` in 1/256 Pa and `temperature_q16_c` in 1/65536 °C, both
    integers, 0 before. They are also in `results`, an array that stays the same object: a loop that reads it
    saves 7,000 cycles. Nothing is clamped to the specified 300..1100 hPa; over 1310 hPa is OUT_OF_RANGE.
    Counters: `retries` of the bus, `bus_errors` (readings lost), `stale` (readings of an unchanging chip).
    After `start`: `chip_id`, `trimming`, a new tuple each time. Always: `measurement_us`, the longest time
    of one measurement.
    """

    def __init__(
        self,
        transport,
        pressure_oversampling=16,
        temperature_oversampling=2,
        iir=2,
        standby_ms=0.5,
        mode=NORMAL,
        stale_after=3,
        smooth=0,
    ):
        """Take settings; nothing goes to the bus before `start`.

        `iir` is the filter coefficient, 0 for none. `stale_after` repetitions of the same six bytes make a
        reading STALE: chance repeats one measurement in some hundred, so take 3; take 1 when reading faster
        than the chip converts, to see every measurement once. `smooth` 1..6 lets the temperature pass a
        low-pass of 2^smooth readings, which takes its noise out of the pressure (about 165 Pa/K) while it
        does not jump by 0.02 °C. Raises ValueError for values the chip lacks.
        """
        self._ctrl_meas = (
            _setting(_OVERSAMPLING, temperature_oversampling) << 5
            | _setting(_OVERSAMPLING, pressure_oversampling) << 2
        )
        self._config = _setting(_STANDBY_MS, standby_ms) << 5 | _setting(_FILTER, iir) << 2
        if not 0 <= smooth <= 6 or not 1 <= stale_after <= 1000:
            raise ValueError("smooth is 0..6, stale_after 1..1000")
        # The longest time of a measurement: a formula that gives all of table 13.
        self.measurement_us = 1825 + 2300 * (temperature_oversampling + pressure_oversampling)
        self.results = array("i", (0, 0))
        self.chip_id = None
        self.trimming = None
        self.retries = 0
        self.bus_errors = 0
        self.stale = 0
        self._mode = mode
        self._stale_after = stale_after
        self._smooth = smooth
        self._transport = transport
        self._work = work_area()
        self._sample = sampler(self, transport.read_into, self._work, self.results)
        self.sample = self._skip  # until there are trimming values

    @property
    def pressure_q8_pa(self):
        """Pressure in 1/256 Pa."""
        return self.results[0]

    @property
    def temperature_q16_c(self):
        """Temperature in 1/65536 °C."""
        return self.results[1]

    def start(self):
        """Reset the chip, check that it is sound, set it up, and let it convert. Takes 4 ms, at most 60 ms.

        May be called again to take a chip back into service. In normal mode the first measurement is there
        `measurement_us` later; `sample` says SKIPPED until then. Raises a BMP280Error.
        """
        self.sample = self._skip
        self._ask(self._bring_up)
        self.sample = self._sample

    def probe(self):
        """Read chip id and trimming values once more, while the chip goes on measuring; return the latter.

        Raises a BMP280Error, also when they are not those that `start` has found.
        """
        return self._ask(self._look_again)

    def measure(self):
        """Take one measurement in forced mode: trigger, wait, `sample`. Blocks for `measurement_us`.

        That is 43 ms at x16/x2. Returns what `sample` returns, and BUS_ERROR for a chip that is not done
        after twice the time.
        """
        # The busy bit rises late on some parts: only after the maximum time its being low means "done".
        try:
            self._transport.write(_CTRL_MEAS, self._ctrl_meas | FORCED)
            time.sleep_ms(self.measurement_us // 1000 + 1)
            for _ in range(self.measurement_us // 1000):
                if not self._transport.read(_STATUS, 1)[0] & _MEASURING:
                    return self.sample()
                time.sleep_ms(1)
        except OSError:
            pass
        self.bus_errors += 1
        return BUS_ERROR

    def sleep(self):
        """Stop converting; `start` wakes the chip. Raises OSError."""
        self._transport.write(_CTRL_MEAS, self._ctrl_meas)

    def _ask(self, action):
        try:
            return action()
        except OSError as error:
            seen = "%s: no answer (%s)" % (self._transport, error)
        raise NoAnswerError(seen)

    def _bring_up(self):
        self._identify()
        self._reset()
        self.trimming = trimming = self._read_trimming()
        fold(self._work, trimming, self._transport.address, self._stale_after, self._smooth)
        self._set_up()

    def _look_again(self):
        self._identify()
        trimming = self._read_trimming()
        if self.trimming not in (None, trimming):
            raise TrimmingError("%s: trimming values are not those of the start" % self._transport)
        return trimming

    def _identify(self):
        self.chip_id = self._transport.read(_ID, 1)[0]
        if self.chip_id not in (CHIP_BMP280, CHIP_BME280):
            raise WrongChipError("%s: chip id 0x%02x, a BMP280 has 0x58" % (self._transport, self.chip_id))

    def _reset(self):
        """Reset, then wait until the chip has copied its trimming values (im_update, table 19)."""
        self._transport.write(_RESET, _RESET_WORD)
        time.sleep_ms(_RESET_MS)
        for _ in range(_UPDATE_POLLS):
            if not self._transport.read(_STATUS, 1)[0] & _IM_UPDATE:
                return
            time.sleep_ms(1)
        raise NotReadyError("%s: im_update still set %d ms after reset" % (self._transport, _UPDATE_POLLS))

    def _read_trimming(self):
        trimming = struct.unpack("<HhhHhhhhhhhh", self._transport.read(_TRIMMING, 24))
        check_trimming(trimming, self._transport)
        return trimming

    def _set_up(self):
        """Write the settings, config while asleep (else it may be ignored, 4.3.5), and read them back."""
        write = self._transport.write
        ctrl_meas = self._ctrl_meas | (NORMAL if self._mode == NORMAL else 0)
        write(_CTRL_MEAS, self._ctrl_meas)
        write(_CONFIG, self._config)
        write(_CTRL_MEAS, ctrl_meas)
        seen = bytes(self._transport.read(_CTRL_MEAS, 2))
        if seen != bytes((ctrl_meas, self._config)):
            raise SettingsError(
                "%s: wrote ctrl_meas 0x%02x, config 0x%02x, read 0x%02x, 0x%02x"
                % (self._transport, ctrl_meas, self._config, seen[0], seen[1])
            )

    def on_bus_error(self):
        """Called by `sample`: try once more, but not if the reading before failed already.

        So a bus that hangs costs one time-out per reading, not two.
        """
        if not self._work[MISSED_BYTE]:
            self._work[MISSED_BYTE] = 1
            self.retries += 1
            return self.sample()
        self.bus_errors += 1
        return BUS_ERROR

    def on_unchanged(self):
        """Called by `sample` for bytes that do not change."""
        self.stale += 1
        return STALE

    def _skip(self):
        return SKIPPED


def _setting(table, value):
    if value not in table:
        raise ValueError("the BMP280 has %s, not %s" % (sorted(table), value))
    return table[value]


def check_trimming(trimming, where):
    """Raise TrimmingError unless all twelve values are in the range where real sensors have them."""
    for value, (name, lowest, highest) in zip(trimming, TRIMMING_LIMITS):
        if not lowest <= value <= highest:
            seen = "%s: trimming %s is %d, real ones are %d..%d"
            raise TrimmingError(seen % (where, name, value, lowest, highest))
