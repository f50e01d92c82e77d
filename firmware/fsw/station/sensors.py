"""All sensors of the bench: read in one sweep, each failing alone."""

# ptr8 and the like are names of viper; ruff checks all others.
# pyright: reportUndefinedVariable=false

from array import array

import micropython
from micropython import const

from fsw.link import numbers

_LOST_AFTER = const(3)  # readings without data in a row: single faults of a bus pass unreported, but counted
_FINE = const(0)  # how closely a sensor is watched
_SUSPECT = const(1)
_NOT_STARTED = const(2)
_NO_CHANNEL = const(255)
_STALE = const(1)  # what is better has data; states and the driver's codes agree up to here
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


def _nobody(number, index, state):
    """Hear events before `start`."""


class SensorBank:
    """Reads sensors into `pressure_q8_pa`, `temperature_q16_c` and `state`, in the order of the bench file.

    `places` holds (driver, mux, channel) for each sensor; mux is None where there is none. A sensor that does
    not start, or falls out, never disturbs the others; `mend` brings it back.
    """

    def __init__(self, places):
        self.count = len(places)
        self.pressure_q8_pa = array("i", [0] * self.count)
        self.temperature_q16_c = array("i", [0] * self.count)
        self.state = bytearray([numbers.SENSOR_ABSENT] * self.count)
        self.health = bytearray(self.count)  # values of sensor_health
        self._drivers = [driver for driver, _, _ in places]
        self._samples = [driver.sample for driver in self._drivers]
        self._results = [driver.results for driver in self._drivers]
        self._muxes = [mux for _, mux, _ in places]
        self._selects = [mux and mux.select for mux in self._muxes]
        self._channels = bytes([_NO_CHANNEL if mux is None else channel for _, mux, channel in places])
        self._tell = _nobody
        self._watched = bytearray([_NOT_STARTED] * self.count)
        self._lost = bytearray(self.count)  # reported as lost
        self._bad_in_a_row = bytearray(self.count)
        self._errors = array("i", [0] * self.count)
        self._next_to_mend = 0

    def start(self, tell):
        """Start all sensors; `tell(number, index, state)` sends an event, now and from now on."""
        self._tell = tell
        for i in range(self.count):
            if not self._start_one(i):
                self._lost[i] = 1
                self._tell(numbers.EVENT_SENSOR_ABSENT, i, self.state[i])

    @micropython.viper
    def sweep(self):
        """Read every sensor once; a dead bus costs its time-outs, nothing else.

        Called ten times a second for up to 16 sensors: everything that is looked up costs a tenth of a
        reading.
        """
        samples = self._samples
        results = self._results
        selects = self._selects
        channels = ptr8(self._channels)
        watched = ptr8(self._watched)
        states = ptr8(self.state)
        pressures = ptr32(self.pressure_q8_pa)
        temperatures = ptr32(self.temperature_q16_c)
        count = int(self.count)
        i = 0
        while i < count:
            if watched[i] != _NOT_STARTED:
                state = 0
                if channels[i] != _NO_CHANNEL and not selects[i](channels[i]):
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
                if state or watched[i]:
                    self._judge(i, state)
            i += 1

    def mend(self):
        """Try to start one sensor that has fallen out and answers again, or never started; may take 20 ms."""
        for _ in range(self.count):
            i = self._next_to_mend
            self._next_to_mend = (i + 1) % self.count
            if self._lost[i] and (
                self._watched[i] == _NOT_STARTED or self.state[i] == numbers.SENSOR_SKIPPED
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

    def _start_one(self, i):
        mux = self._muxes[i]
        if mux is not None and not mux.select(self._channels[i]):
            self.state[i] = numbers.SENSOR_MUX_ERROR
            return False
        try:
            self._drivers[i].start()
        except Exception as error:  # of the driver or of the bus: one sensor must not stop the others
            self.state[i] = _STATE_OF_START.get(getattr(error, "code", 0), numbers.SENSOR_ABSENT)
            return False
        self._samples[i] = self._drivers[i].sample  # which `start` has made
        self._watched[i] = _SUSPECT
        return True

    def _judge(self, i, state):
        """Count what went wrong, and tell when a sensor is lost and when it is back."""
        if state == numbers.SENSOR_FRESH:
            self._watched[i] = _FINE
            self._bad_in_a_row[i] = 0
            if self._lost[i]:
                self._lost[i] = 0
                self._tell(numbers.EVENT_SENSOR_BACK, i, state)
            return
        self._watched[i] = _SUSPECT
        if state > _STALE:
            self._errors[i] += 1
            if self._muxes[i] is not None:
                self._muxes[i].forget()  # it may have lost its channel, or its power
        bad = self._bad_in_a_row[i]
        if bad < 255:
            bad += 1
            self._bad_in_a_row[i] = bad
        if not self._lost[i] and bad >= _LOST_AFTER:
            self._lost[i] = 1
            self._tell(numbers.EVENT_SENSOR_LOST, i, state)
