"""The log of events: a ring in RAM that is emptied into a ring of files in flash, which outlives resets.

A record has 24 bytes, big endian: boot count (2), board time in s (4) and 1/65536 s (2), number of the event
(1), bytes of its data (1), the first 12 bytes of its data, CRC-16 over the rest (2). The log is nothing but
records: `data/events.N` holds those whose place in the log, counted from the first event ever, is N x 170 and
up. No file has a header that could be damaged, and a damaged record costs only itself.

Five files at most, one block of flash each, hold the newest 510 events at least.
"""

# ptr8 and the like are names of viper; ruff checks all others.
# pyright: reportUndefinedVariable=false

import os
from errno import ENOENT

import micropython
from micropython import const

from fsw.kernel.storage import FOLDER, write_file
from fsw.link.crc import crc16
from fsw.link.numbers import MEDIUM
from fsw.link.telemetry import copy_bytes

RECORD_BYTES = 24
RING_RECORDS = 64  # that wait in RAM at most
SEGMENT_RECORDS = 170  # 4080 bytes: with littlefs a file of one block of 4096
SEGMENTS = 4
_RECORD_BYTES = const(24)
_RING_RECORDS = const(64)
_PREFIX = "events."
_ENOSPC = const(28)  # the disk is full; the board's errno has no name for it


@micropython.viper
def _fill(record, boot_count: int, number: int, packet, at: int, end: int, stamp):
    """Make a record of the event whose data are packet[at:end]."""
    r = ptr8(record)
    p = ptr8(packet)
    time = ptr32(stamp)
    r[0] = boot_count >> 8
    r[1] = boot_count & 0xFF
    seconds = time[0]
    r[2] = (seconds >> 24) & 0xFF
    r[3] = (seconds >> 16) & 0xFF
    r[4] = (seconds >> 8) & 0xFF
    r[5] = seconds & 0xFF
    fraction = time[1]
    r[6] = fraction >> 8
    r[7] = fraction & 0xFF
    r[8] = number
    count = end - at
    if count > 12:
        count = 12
    r[9] = count
    i = 0
    while i < 12:
        r[10 + i] = p[at + i] if i < count else 0
        i += 1
    crc = int(crc16(record, 22))
    r[22] = crc >> 8
    r[23] = crc & 0xFF


def is_sound(record):
    """Whether the 24 bytes of a record are what was once written."""
    return crc16(record, _RECORD_BYTES) == 0


class EventLog:
    """Takes events at any time, without heap; `flush` writes them, in a turn that can spare the time."""

    def __init__(self, stamp):
        """`stamp` is the one of `BoardClock`."""
        self.boot_count = 0  # of this start
        self.waiting = 0  # records in RAM
        self.is_urgent = False  # a grave event is among them
        self.lost = 0  # records that the ring in RAM had no place for, modulo 65536
        self._stamp = stamp
        self._ring = bytearray(_RECORD_BYTES * _RING_RECORDS)
        self._first = 0  # the oldest record in RAM
        self._record = bytearray(_RECORD_BYTES)
        self._segments = []  # numbers of the files, the oldest first; empty before the first look
        self._count = 0  # records in the newest file

    def add(self, number, severity, packet, at, end):
        """Keep an event with data packet[at:end], now.

        It is lost if the ring is full, as happens when the flash takes nothing for long.
        """
        if self.waiting == _RING_RECORDS:
            self.lost = (self.lost + 1) & 0xFFFF
            return
        _fill(self._record, self.boot_count, number, packet, at, end, self._stamp)
        slot = (self._first + self.waiting) % _RING_RECORDS
        copy_bytes(self._ring, slot * _RECORD_BYTES, self._record, 0, _RECORD_BYTES)
        self.waiting += 1
        if severity >= MEDIUM:
            self.is_urgent = True

    def flush(self):
        """Change one file: write what waits, or remove the oldest if there are too many.

        Returns whether there is more to do. Raises OSError if the flash refuses; nothing is lost by that.
        A power cut leaves a file as it was before or as it is after.
        """
        segments = self._survey()
        if len(segments) > SEGMENTS:
            os.remove(_path(segments.pop(0)))
        elif self.waiting:
            self._write()
        return self.waiting > 0 or len(segments) > SEGMENTS

    def places(self):
        """Return (place of the oldest record, place of the next event)."""
        segments = self._survey()
        return segments[0] * SEGMENT_RECORDS, self._flushed() + self.waiting

    def read(self, place, target):
        """Copy records to `target`, from `place` on, as many as fit it and lie together; return how many.

        None there: the rest of this segment was lost, and `next_segment(place)` is the next to try.
        """
        limit = len(target) // _RECORD_BYTES
        in_ram = place - self._flushed()
        if in_ram >= 0:
            return self._read_ring(in_ram, min(limit, self.waiting - in_ram), target)
        number = place // SEGMENT_RECORDS
        start = place % SEGMENT_RECORDS
        limit = min(limit, SEGMENT_RECORDS - start)
        try:
            with open(_path(number), "rb") as file:
                file.seek(start * _RECORD_BYTES)
                return file.readinto(memoryview(target)[: limit * _RECORD_BYTES]) // _RECORD_BYTES
        except OSError:  # the file is gone or damaged: the others are still worth reading
            return 0

    def newest(self):
        """Return (number, board time in s) of the newest event, (0, 0) if none can be read; never raises."""
        record = bytearray(_RECORD_BYTES)
        try:
            first, end = self.places()
        except OSError:  # a damaged folder must not keep the board from starting
            return 0, 0
        if end == first or self.read(end - 1, record) != 1 or not is_sound(record):
            return 0, 0
        return record[8], int.from_bytes(record[2:6], "big")

    def _read_ring(self, start, count, target):
        for i in range(count):
            at = (self._first + start + i) % _RING_RECORDS * _RECORD_BYTES
            copy_bytes(target, i * _RECORD_BYTES, self._ring, at, at + _RECORD_BYTES)
        return count

    def _survey(self):
        """Return the numbers of the files in flash, the oldest first; the last one may not exist yet."""
        if not self._segments:
            segments = _numbers()
            if segments:
                self._count, odd_bytes = divmod(os.stat(_path(segments[-1]))[6], _RECORD_BYTES)
                if odd_bytes:  # somebody else's work; places are counted in whole records
                    self._count = SEGMENT_RECORDS
            self._segments = segments or [0]
        return self._segments

    def _flushed(self):
        """Return the place of the first record that is not in flash."""
        return self._survey()[-1] * SEGMENT_RECORDS + self._count

    def _write(self):
        """Append what waits, as far as it lies together in RAM and fits the file."""
        if self._count >= SEGMENT_RECORDS:
            self._segments.append(self._segments[-1] + 1)
            self._count = 0
        count = min(self.waiting, SEGMENT_RECORDS - self._count, _RING_RECORDS - self._first)
        start = self._first * _RECORD_BYTES
        try:
            write_file(
                _path(self._segments[-1]),
                "ab",
                memoryview(self._ring)[start : start + count * _RECORD_BYTES],
            )
        except OSError as error:
            if error.errno != _ENOSPC:
                self._count = SEGMENT_RECORDS  # the file is damaged: the next try begins another
            raise
        self._count += count
        self._first = (self._first + count) % _RING_RECORDS
        self.waiting -= count
        if not self.waiting:
            self.is_urgent = False


def next_segment(place):
    """Return the place at which the segment after that of `place` begins."""
    return (place // SEGMENT_RECORDS + 1) * SEGMENT_RECORDS


def _path(number):
    return FOLDER + "/" + _PREFIX + str(number)


def _numbers():
    """Return the sorted numbers of the log's files."""
    try:
        names = os.listdir(FOLDER)
    except OSError as error:
        if error.errno != ENOENT:
            raise
        return []  # a new board
    numbers = [name[len(_PREFIX) :] for name in names if name.startswith(_PREFIX)]
    return sorted(int(number) for number in numbers if number.isdigit() and str(int(number)) == number)
