"""Service 17: who is there, and does every byte arrive."""

import struct

from micropython import const

from fsw.link import numbers, telecommand
from fsw.link.telemetry import DATA_AT, copy_bytes
from fsw.services.commands import always, refusal

_ECHO_BYTES = const(200)


class Connection:
    """Answers ping, identify and echo. The answer comes between acceptance and completion."""

    def __init__(self, writer, identity, sensors):
        """`identity` is the data of the identity packet, made once by `identity_data`."""
        self._sensors = sensors
        self._writer = writer
        self._identity = identity

    def handlers(self):
        """Return the handlers of this service."""
        return {
            17 << 8 | 1: (0, always, self._ping),
            17 << 8 | 3: (1, self._check_module, self._test_sensor),
            17 << 8 | 128: (0, always, self._identify),
            17 << 8 | 130: (-1, self._check_echo, self._echo),
        }

    def _ping(self, packet, end):
        self._writer.send(17, 2, DATA_AT)
        return 0

    def _check_module(self, packet, end):
        module = packet[telecommand.DATA_AT]
        return 0 if module < self._sensors.count else refusal(numbers.REFUSED_INDEX, module)

    def _test_sensor(self, packet, end):
        state = self.tell_test(packet[telecommand.DATA_AT])
        return 0 if state == numbers.SENSOR_FRESH else refusal(numbers.FAILED_SENSOR, state)

    def tell_test(self, module):
        """Talk to one sensor and send what it says; return its state. Allocates."""
        state, chip_id, crc = self._sensors.probe(module)
        struct.pack_into(">BBBH", self._writer.packet, DATA_AT, module, state, chip_id, crc)
        self._writer.send(17, 4, DATA_AT + 5)
        return state

    def _identify(self, packet, end):
        identity = self._identity
        data_end = copy_bytes(self._writer.packet, DATA_AT, identity, 0, len(identity))
        self._writer.send(17, 129, data_end)
        return 0

    def _check_echo(self, packet, end):
        length = end - telecommand.DATA_AT
        return refusal(numbers.REFUSED_LENGTH, length) if length > _ECHO_BYTES else 0

    def _echo(self, packet, end):
        data_end = copy_bytes(self._writer.packet, DATA_AT, packet, telecommand.DATA_AT, end)
        self._writer.send(17, 131, data_end)
        return 0


def identity_data(micropython_version, unit_id, reset_cause, bench):
    """Return the data of the identity packet; `bench` is a `station.config.Bench`, `unit_id` has 8 bytes."""
    return b"".join(
        (
            struct.pack(">I", numbers.DICTIONARY_HASH),
            _text(numbers.FIRMWARE_VERSION),
            _text(micropython_version),
            unit_id,
            bytes((reset_cause, bench.state)),
            bench.file_hash,
            _text(bench.name),
            bytes((len(bench.sensors), len(bench.hatches), len(bench.injectors))),
        )
    )


def _text(text):
    data = text.encode()
    return bytes((len(data),)) + data
