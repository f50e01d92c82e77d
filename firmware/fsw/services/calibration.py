"""What each sensor reads too high: set and saved by command, used for the sensor it was measured with.

A record holds six bytes for each module: the offset in 1/256 Pa (signed) and the CRC-16 of the sensor's
trimming values, which tell one sensor from another. Where another sensor is found the offset is not used, and
neither is a record for another number of modules; both stay in flash until the next save.

Readings are sent as measured. The checks on board take the offset from them.
"""

import struct
from array import array

from micropython import const

from fsw.link import numbers
from fsw.services.commands import refusal
from fsw.services.parameters import put_i32, read_i32
from fsw.station.sensors import trimming_crc

_ARGUMENTS_AT = const(12)
_ROW = ">iH"
_ROW_BYTES = const(6)
_LARGEST_Q8_PA = const(2560000)  # 100 hPa; the datasheet allows a sensor 1 hPa to 2 hPa


class Calibration:
    """The offsets in use, `offset_q8_pa`, and those stored with the sensor they are for."""

    def __init__(self, sensors, record, events):
        """`record` is a `kernel.storage.Record`."""
        count = sensors.count
        self.offset_q8_pa = array("i", [0] * count)
        self._sensors = sensors
        self._record = record
        self._events = events
        self._stored_q8_pa = array("i", [0] * count)
        self._stored_crc = array("H", [0] * count)
        self._crc = array("H", [0] * count)
        self._trimming = [None] * count  # that `_crc` is of
        self._next = 0

    def functions(self):
        """Return the functions of service 8 that belong to it."""
        return {numbers.FUNCTION_SET_CALIBRATION: (5, self._check_set, self._set)}

    def load(self):
        """Load what is stored, and tell if that is for another bench."""
        data = self._record.load()
        if data is None:
            return
        count = self._sensors.count
        if len(data) != _ROW_BYTES * count:
            self._events.u8_u8(numbers.EVENT_CALIBRATION_UNUSED, len(data) // _ROW_BYTES & 0xFF, count)
            return
        for module in range(count):
            offset_q8_pa, crc = struct.unpack_from(_ROW, data, _ROW_BYTES * module)
            self._stored_q8_pa[module] = offset_q8_pa
            self._stored_crc[module] = crc

    def meet_all(self):
        """See which sensors are there."""
        for module in range(self._sensors.count):
            self._look(module)

    def tick(self):
        """See whether one more sensor has started that was not there before; once a second."""
        count = self._sensors.count
        if count:
            self._next = (self._next + 1) % count
            self._look(self._next)

    def fill(self, packet, at):
        """Write the calibration to a packet; return where it ends."""
        count = self._sensors.count
        packet[at] = count
        at += 1
        for module in range(count):
            at = put_i32(packet, at, self.offset_q8_pa[module])
            for crc in (self._crc[module], self._stored_crc[module]):
                packet[at] = crc >> 8
                packet[at + 1] = crc & 0xFF
                at += 2
        return at

    def save(self):
        """Store the calibration. Raises OSError."""
        rows = [
            struct.pack(_ROW, offset_q8_pa, crc)
            for offset_q8_pa, crc in zip(self._stored_q8_pa, self._stored_crc)
        ]
        self._record.save(b"".join(rows))
        self._events.plain(numbers.EVENT_CALIBRATION_SAVED)

    def _look(self, module):
        trimming = self._sensors.trimming(module)
        if trimming is not self._trimming[module]:
            self._trimming[module] = trimming
            self._meet(module, trimming)

    def _meet(self, module, trimming):
        """Use the stored offset if it is for this sensor, and tell if it is for another."""
        crc = trimming_crc(trimming)
        if crc == self._crc[module]:
            return
        self._crc[module] = crc
        stored_crc = self._stored_crc[module]
        self.offset_q8_pa[module] = self._stored_q8_pa[module] if crc == stored_crc else 0
        if stored_crc and crc != stored_crc:
            self._events.u8_u16_u16(numbers.EVENT_CALIBRATION_MISMATCH, module, stored_crc, crc)

    def _check_set(self, packet):
        module = packet[_ARGUMENTS_AT]
        if module >= self._sensors.count:
            return refusal(numbers.REFUSED_INDEX, module)
        offset_q8_pa = read_i32(packet, _ARGUMENTS_AT + 1)
        if not -_LARGEST_Q8_PA <= offset_q8_pa <= _LARGEST_Q8_PA:
            return refusal(numbers.REFUSED_VALUE, offset_q8_pa)
        return 0

    def _set(self, packet):
        module = packet[_ARGUMENTS_AT]
        self._look(module)
        if not self._crc[module]:
            return refusal(numbers.FAILED_SENSOR, self._sensors.state[module])
        offset_q8_pa = read_i32(packet, _ARGUMENTS_AT + 1)
        self.offset_q8_pa[module] = self._stored_q8_pa[module] = offset_q8_pa
        self._stored_crc[module] = self._crc[module]
        return 0
