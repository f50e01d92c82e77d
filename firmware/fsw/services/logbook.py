"""Service 5, the part with a memory: keeps the log of events in flash, and reads it back for a host."""

import gc
import struct

from micropython import const

from fsw.kernel.eventlog import RECORD_BYTES, RING_RECORDS, is_sound, next_segment
from fsw.link import numbers, telecommand
from fsw.link.telemetry import DATA_AT, copy_bytes
from fsw.services.commands import PENDING, refusal

_AT_ONCE_PER_MINUTE = const(8)  # an event that comes again and again must not wear out the flash
_RECORDS_PER_TURN = const(8)
_COUNT_AT = const(9)  # in a record: count of data bytes, which follow; boot, time and number come before
_DATA_AT = const(10)
_FLUSHES_TO_CLOSE = const(4)  # the ring in two parts, each across two files


class Logbook:
    """Decides when the log is written, and sends it on request.

    Grave events are written within a second, the others once a minute; never more than one file in a turn.
    """

    def __init__(self, log, writer, verification, slot, events, saving):
        """`slot` of `verification` keeps the command that reads the log, `saving` finds turns to write in."""
        self._log = log
        self._writer = writer
        self._verification = verification
        self._slot = slot
        self._events = events
        self._saving = saving
        self._flush_later = self._flush  # looked up once, for that takes heap
        self._at_once = _AT_ONCE_PER_MINUTE  # left of this minute
        self._under_way = False  # a flush that takes more than one turn
        self._has_failed = False  # since the last one that went well
        self._told_lost = 0
        self._place = self._end = 0
        self._records = bytearray(RECORD_BYTES * _RECORDS_PER_TURN)
        self._record = bytearray(RECORD_BYTES)
        self.reporting = False

    def handlers(self):
        """Return the handlers of this service."""
        return {5 << 8 | 128: (2, self._check_report, self._report)}

    def keep(self, minute):
        """Have written what is due; called once a second, with `minute` set once a minute."""
        if minute:
            self._at_once = _AT_ONCE_PER_MINUTE
        if self._is_due(minute):
            self._saving.want(self._flush_later)

    def _is_due(self, minute):
        log = self._log
        if self._under_way:
            return True
        if not log.waiting:
            return False
        if minute:
            return True
        if self._has_failed or not self._at_once:
            return False
        if log.is_urgent or log.waiting >= RING_RECORDS // 2:
            self._at_once -= 1
            return True
        return False

    def close(self):
        """Write all that waits, before a reset or the prompt."""
        for _ in range(_FLUSHES_TO_CLOSE):
            self._flush()
            if not self._under_way:
                break

    def send_some(self):
        """Send the next records of the log; called once a turn while `reporting`. Allocates."""
        count = self._log.read(self._place, self._records) if self._place < self._end else 0
        for i in range(min(count, self._end - self._place)):
            self._send(self._place + i, i * RECORD_BYTES)
        self._place = self._place + count if count else next_segment(self._place)
        if self._place >= self._end:
            self.reporting = False
            self._verification.complete(self._slot)

    def _flush(self):
        """Write one file. Allocates."""
        try:
            self._under_way = self._log.flush()
        except OSError as error:
            self._under_way = False
            if not self._has_failed:
                self._has_failed = True
                self._events.u8_text(numbers.EVENT_STORAGE_FAILED, (error.errno or 0) & 0xFF, "events")
            return
        self._has_failed = False
        if self._log.lost != self._told_lost:
            self._told_lost = self._log.lost
            self._events.u16(numbers.EVENT_EVENTS_NOT_LOGGED, self._told_lost)
        gc.collect()  # what the file system took goes back at once: the free heap stays comparable

    def _check_report(self, packet, end):
        return refusal(numbers.REFUSED_BUSY) if self.reporting else 0

    def _report(self, packet, end):
        newest = packet[telecommand.DATA_AT] << 8 | packet[telecommand.DATA_AT + 1]
        try:
            oldest, self._end = self._log.places()
        except OSError as error:
            return refusal(numbers.FAILED_STORAGE, error.errno or 0)
        self._place = max(oldest, self._end - newest) if newest else oldest
        self._verification.keep(self._slot)
        self.reporting = True
        return PENDING

    def _send(self, place, at):
        """Send the record that begins at `at` of those read, unless it is damaged."""
        record = self._record
        copy_bytes(record, 0, self._records, at, at + RECORD_BYTES)
        if not is_sound(record):
            return
        packet = self._writer.packet
        struct.pack_into(">I", packet, DATA_AT, place)
        end = copy_bytes(packet, DATA_AT + 4, record, 0, _COUNT_AT)
        end = copy_bytes(packet, end, record, _DATA_AT, _DATA_AT + record[_COUNT_AT])
        self._writer.send(5, 129, end)
