"""All sensors of the bench: read in one sweep, each failing alone."""

# ptr8 and the like are names of viper; ruff checks all others.
# pyright: reportUndefinedVariable=false

import struct
from array import array

import micropython
from micropython import const

from fsw.link import numbers
from fsw.link.crc import crc16
from fsw.station.bus_recovery import BusRecovery
from fsw.station.sensor_health import SensorHealth

# The way to each sensor, in bytes.
_STARTED = const(0)
_BUS = const(1)
_CHANNEL = const(2)
_WAY_BYTES = const(3)
_NO_CHANNEL = const(255)
_STALE = const(1)  # what is better has data; states and the driver's codes agree up to here
_BUS_ERROR = const(3)
_MUX_ERROR = const(8)

# Status codes of `BMP280.sample`: fresh, stale, skipped, bus error, out of range.
_STATE_OF_SAMPLE = bytes(
    (
        numbers.SENSOR_FRESH,
        numbers.SENSOR_STALE,
        numbers.SENSOR_SKIPPED,
        numbers.SENSOR_BUS_ERROR,
        numbers.SENSOR_OUT_OF_RANGE,
    )
)


# Codes of the driver's errors at start; any other error is the bus's own.
_STATE_OF_START = {
    1: numbers.SENSOR_ABSENT,
    2: numbers.SENSOR_WRONG_CHIP,
    3: numbers.SENSOR_NOT_READY,
    4: numbers.SENSOR_BAD_TRIMMING,
    5: numbers.SENSOR_BAD_SETTINGS,
}


# What a new start may cure. A sensor that does not answer is asked first; one that jumps needs none.
_CURED_BY_START = (
    numbers.SENSOR_SKIPPED,  # it was without power, and knows no settings
    numbers.SENSOR_FROZEN,
    numbers.SENSOR_OUT_OF_RANGE,
)


def trimming_crc(trimming):
    """Return what tells a sensor from others: the CRC-16 of its 24 bytes of trimming, 1 instead of 0."""
    return crc16(struct.pack("<HhhHhhhhhhhh", *trimming), 24) or 1


def _state_of(error):
    """Return the state of a sensor that an error of its driver, or of its bus, tells of."""
    return _STATE_OF_START.get(getattr(error, "code", 0), numbers.SENSOR_ABSENT)


class SensorBank:
    """Reads sensors into `pressure_q8_pa`, `temperature_q16_c` and `state`, in the order of the bench file.

    `places` holds (driver, bus, mux, channel) for each sensor; mux is None where there is none. `buses` are
    those that `BusRecovery` wants. A sensor that does not start, or falls out, never disturbs the others;
    `mend` brings it back. `health` says which sensors are to be trusted.
    """

    def __init__(self, places, buses):
        self.count = len(places)
        self.pressure_q8_pa = array("i", [0] * self.count)
        self.temperature_q16_c = array("i", [0] * self.count)
        self.state = bytearray([numbers.SENSOR_ABSENT] * self.count)
        no_values = array("i")  # before `start`
        self._judge = SensorHealth(self.state, self.pressure_q8_pa, self.temperature_q16_c, no_values)
        self.health = self._judge.health
        self._look = self._judge.look
        self._recovery = BusRecovery(buses)
        self._resting = self._recovery.resting
        self._drivers = [driver for driver, _, _, _ in places]
        self._samples = [driver.sample for driver in self._drivers]
        self._results = [driver.results for driver in self._drivers]
        self._muxes = [mux for _, _, mux, _ in places]
        self._selects = [mux and mux.select for mux in self._muxes]
        self._ways = bytearray(_WAY_BYTES * self.count)
        for i, (_, bus, mux, channel) in enumerate(places):
            self._ways[_WAY_BYTES * i + _BUS] = bus
            self._ways[_WAY_BYTES * i + _CHANNEL] = _NO_CHANNEL if mux is None else channel
        self._errors = array("i", [0] * self.count)
        self._from_end = bytearray(1)  # where the next sweep begins
        self._next_to_mend = 0
        self._all_ok = bytes([numbers.HEALTH_OK] * self.count)

    def start(self, events, values):
        """Free the buses and start all sensors; `events` hears what is wrong, now and from now on. `values`
        are those of the parameters.
        """
        self._judge.values = values
        self._judge.tell = events.u8_u8_i32
        self._recovery.tell_recovered = events.u8_u8
        self._recovery.tell_stuck = events.u8_u8_u8
        self._recovery.free_now()
        for i in range(self.count):
            self._start_one(i)

    @micropython.viper
    def sweep(self):
        """Read every sensor once; a dead bus costs its time-outs, nothing else.

        Called ten times a second for up to 16 sensors: everything that is looked up costs a tenth of a
        reading. Sweeps go there and back in turn, for the mux then has the first channel already.
        """
        samples = self._samples
        results = self._results
        selects = self._selects
        way = ptr8(self._ways)
        resting = ptr8(self._resting)
        states = ptr8(self.state)
        pressures = ptr32(self.pressure_q8_pa)
        temperatures = ptr32(self.temperature_q16_c)
        from_end = ptr8(self._from_end)
        left = int(self.count)
        trouble = 0
        i = 0
        step = 1
        if from_end[0]:
            i = left - 1
            step = -1
        from_end[0] ^= 1
        at = _WAY_BYTES * i
        while left:
            if way[at + _STARTED]:
                state = 0
                if resting[way[at + _BUS]]:
                    state = _BUS_ERROR
                elif way[at + _CHANNEL] != _NO_CHANNEL and not selects[i](way[at + _CHANNEL]):
                    state = _MUX_ERROR
                if state == 0:
                    state = int(samples[i]())
                    if state <= _STALE:
                        result = ptr32(results[i])
                        pressures[i] = result[0]
                        temperatures[i] = result[1]
                    else:
                        state = int(_STATE_OF_SAMPLE[state])
                states[i] = state
                if state > _STALE:
                    trouble = 1
                    self._take_error(i)
            else:
                trouble = 1
            i += step
            at += _WAY_BYTES * step
            left -= 1
        if trouble:
            self._recovery.tick()
        self._look()

    def mend(self):
        """Try to start one sensor that has failed and may be cured so; may take 60 ms."""
        if self.health == self._all_ok:
            return
        for _ in range(self.count):
            i = self._next_to_mend
            self._next_to_mend = (i + 1) % self.count
            if self.health[i] == numbers.HEALTH_FAILED and (
                not self._ways[_WAY_BYTES * i + _STARTED] or self.state[i] in _CURED_BY_START
            ):
                self._start_one(i)
                return

    @micropython.viper
    def fill_counters(self, packet, at: int) -> int:
        """Write errors, retries, stale readings and health of every sensor, preceded by their number;
        return the end.
        """
        p = ptr8(packet)
        errors = ptr32(self._errors)
        health = ptr8(self.health)
        drivers = self._drivers
        count = int(self.count)
        p[at] = count
        at += 1
        i = 0
        while i < count:
            driver = drivers[i]
            retries = int(driver.retries)
            stale = int(driver.stale)
            p[at] = (errors[i] >> 8) & 0xFF
            p[at + 1] = errors[i] & 0xFF
            p[at + 2] = (retries >> 8) & 0xFF
            p[at + 3] = retries & 0xFF
            p[at + 4] = (stale >> 8) & 0xFF
            p[at + 5] = stale & 0xFF
            p[at + 6] = health[i]
            at += 7
            i += 1
        return at

    def reset_counters(self):
        """Begin to count errors, retries and stale readings anew."""
        for i in range(self.count):
            self._errors[i] = 0
            self._drivers[i].retries = 0
            self._drivers[i].stale = 0

    def trimming(self, i):
        """Return the trimming values of a sensor, the same tuple until it starts again; None before."""
        return self._drivers[i].trimming

    def probe(self, i):
        """Talk to one sensor, which goes on measuring; return (state, chip id, CRC of its trimming values).

        The state is SENSOR_FRESH if all is as it was at the start. Allocates; a dead bus costs its time-outs.
        """
        state = self._reach(i)
        if state != numbers.SENSOR_FRESH:
            return state, 0, 0
        driver = self._drivers[i]
        driver.chip_id = 0
        try:
            crc = trimming_crc(driver.probe())
            return numbers.SENSOR_FRESH, driver.chip_id, crc
        except Exception as error:  # of the driver or of the bus
            return _state_of(error), driver.chip_id, 0

    def _start_one(self, i):
        """Start a sensor; what is wrong with one that does not is its state until it does."""
        self._ways[_WAY_BYTES * i + _STARTED] = 0
        self.state[i] = self._state_of_start(i)
        if self.state[i] == numbers.SENSOR_FRESH:
            self._samples[i] = self._drivers[i].sample  # which `start` has made
            self._ways[_WAY_BYTES * i + _STARTED] = 1

    def _state_of_start(self, i):
        state = self._reach(i)
        if state != numbers.SENSOR_FRESH:
            return state
        try:
            self._drivers[i].start()
        except Exception as error:  # of the driver or of the bus: one sensor must not stop the others
            return _state_of(error)
        return numbers.SENSOR_FRESH

    def _reach(self, i):
        """Open the way to a sensor; return SENSOR_FRESH, or the state of one that can't be reached."""
        if self._recovery.resting[self._ways[_WAY_BYTES * i + _BUS]]:
            return numbers.SENSOR_BUS_ERROR
        mux = self._muxes[i]
        if mux is not None and not mux.select(self._ways[_WAY_BYTES * i + _CHANNEL]):
            return numbers.SENSOR_MUX_ERROR
        return numbers.SENSOR_FRESH

    def _take_error(self, i):
        """Count a reading without data, and find out whether it is the bus's fault."""
        self._errors[i] += 1
        if self._muxes[i] is not None:
            self._muxes[i].forget()  # it may have lost its channel, or its power
        self._recovery.suspect(self._ways[_WAY_BYTES * i + _BUS])
