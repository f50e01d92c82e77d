"""Gas volumes with made-up sensors: white noise as the datasheet has it, and what a test does to them."""

import random
from array import array

from fsw.link import numbers as n
from fsw.services.parameters import default_values
from fsw.station.amounts import Amounts
from fsw.station.detection import Detector
from fsw.station.history import History

WHITE_PA, WHITE_K = 0.75, 0.004


class GasVolumes:
    """The detector on `group_of`, a gas volume for each module; pressures in Pa, temperatures in °C."""

    def __init__(self, group_of, seed=1, noise=1.0, volumes_ul=None, **parameters):
        count = len(group_of)
        self.values = default_values()
        self.values[n.PARAMETER_ALARM_HOURS] = 10
        for name, value in parameters.items():
            self.values[getattr(n, "PARAMETER_" + name.upper())] = value
        self.count = count
        self.noise = noise
        self.pressure = [105_000.0] * count
        self.temperature = [22.0] * count
        self.state = bytearray(count)
        self.health = bytearray(count)
        self.amounts = Amounts(count)
        self.detector = Detector(volumes_ul or [500_000] * count, self.values, History(count))
        self.regroup(group_of)
        self._random = random.Random(seed)
        self._p = array("i", [0] * count)
        self._t = array("i", [0] * count)

    def regroup(self, group_of):
        volumes = {volume for volume in group_of if volume != 255}
        self.detector.regroup(bytearray(group_of), len(volumes))

    def turn(self):
        gauss = self._random.gauss
        for i in range(self.count):
            pressure = self.pressure[i] + gauss(0, self.noise * WHITE_PA)
            self._p[i] = round(256 * pressure)
            self._t[i] = round(65536 * (self.temperature[i] + gauss(0, self.noise * WHITE_K)))
        second = self.amounts.take(self._p, self._t, self.state, self.health)
        return self.detector.take(self.amounts, second)

    def run(self, seconds, slope_pa_s=None, heat_k_s=0.0):
        """Let time pass while pressures change at `slope_pa_s`, one for each module.

        Return after how many seconds there was a new alarm, None if there was none.
        """
        before = self.detector.alarm
        for turn in range(round(10 * seconds)):
            for i in range(self.count):
                self.temperature[i] += heat_k_s / 10
                self.pressure[i] *= 1 + heat_k_s / 10 / (self.temperature[i] + 273.15)
                self.pressure[i] += slope_pa_s[i] / 10 if slope_pa_s else 0.0
            if self.turn() != before:
                return (turn + 1) / 10
        return None
