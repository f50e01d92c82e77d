"""Feeds samples to the detector and says all that it has made of them: on the board and under CPython.

The same source runs on both, and both must print the same lines.
"""

import struct
from array import array
from binascii import crc32

from fsw.link import numbers
from fsw.services.parameters import default_values
from fsw.station.alarm import Alarm
from fsw.station.amounts import Amounts
from fsw.station.detection import Detector
from fsw.station.history import History

MODULES = 6
SAMPLE = "<6h6h6s"  # pressures in 1/16 Pa over BASE_PA, temperatures in 1/4096 K over BASE_C, states
BASE_PA, BASE_C = 108_000, 22
AMBIENT_PA = 101325
FLOOR_PERMILLE = 200


class Volumes:
    """What an alarm asks of a station."""

    volume_ul = [500_000] * MODULES
    volume_sd_ul = [5_000] * MODULES


def lines(path, whole, halves):
    """Yield what comes of the samples in the file `path`; a second's sums, an alarm, a sensor left out.

    `whole` and `halves` are the gas volume of each module, before and after the middle of the file.
    """
    values = default_values()
    values[numbers.PARAMETER_ALARM_HOURS] = 1
    values[numbers.PARAMETER_LEARN_S] = 20
    values[numbers.PARAMETER_SETTLE_S] = 5
    amounts = Amounts(MODULES)
    detector = Detector(Volumes.volume_ul, values, History(MODULES))
    detector.regroup(bytearray(whole), max(whole) + 1)
    pressures, temperatures = array("i", [0] * MODULES), array("i", [0] * MODULES)
    health = bytearray(MODULES)
    drifting = 0
    size = struct.calcsize(SAMPLE)
    with open(path, "rb") as file:
        middle = file.seek(0, 2) // size // 2
        file.seek(0)
        sample = file.read(size)
        n = 0
        while len(sample) == size:
            found = struct.unpack(SAMPLE, sample)
            for module in range(MODULES):
                pressures[module] = (BASE_PA << 8) + (found[module] << 4)
                temperatures[module] = (BASE_C << 16) + (found[MODULES + module] << 4)
            if n == middle:
                detector.regroup(bytearray(halves), max(halves) + 1)
            second = amounts.take(pressures, temperatures, found[-1], health)
            alarm = detector.take(amounts, second)
            n += 1
            if second:
                yield "%d %08x" % (n, digest(amounts, detector))
            if detector.drifting != drifting:
                drifting = detector.drifting
                yield "%d drifting %d" % (n, drifting)
            if alarm >= 0:
                yield "%d alarm %d %r" % (n, alarm, alarm_fields(detector, alarm, pressures, n))
                detector.rearm(alarm)
            sample = file.read(size)


def digest(amounts, detector):
    """Return a checksum of every integer that detection keeps."""
    found = crc32(amounts.words)
    for words in [amounts.mean_q12_pa, detector.history.ring, detector._sensors] + detector._words:
        found = crc32(words, found)
    return found


def alarm_fields(detector, volume, pressures, n):
    """Return the fields of the report of an alarm."""
    modules = sum([1 << module for module in detector.modules(volume)])
    pressure_pa = [pressure_q8 >> 8 for pressure_q8 in pressures]
    return Alarm(Volumes, detector, volume, modules, pressure_pa, n // 10, AMBIENT_PA, FLOOR_PERMILLE).fields
