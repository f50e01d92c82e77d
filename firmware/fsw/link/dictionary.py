"""Everything that crosses the link, declared once: commands, telemetry, events, refusal codes, types, units.

Plain tuples, imported by MicroPython and by CPython. The host derives its codecs and texts from these tables;
the board packs by hand for speed and is tested against them. `dictionary_hash()` is compared when they meet.
The numbers that the running firmware needs stand in `numbers`, which is all of this that the board loads.

Rules of the numbers: what was given once is never given again with another meaning. Ping [17,1], `safe` [8,1]
with function 5, and `dictionary_hash` as the first field of the identity keep their bytes in every future
dictionary, so that a host with another dictionary can still ask who is there and bring the bench to safety.

A field is (name, type, unit, meaning). A type is one of TYPES, an enumeration of ENUMS (one byte), an index
of INDEXES (one byte, counting from 0 in the order of the bench file), or a tuple of fields: a list of such
groups, preceded by its length in one byte. All numbers are big endian.
"""

import binascii

from fsw.link import numbers as n
from fsw.link.tables.codes import CODES
from fsw.link.tables.commands import COMMANDS
from fsw.link.tables.enumerations import ENUMS as _ENUMS
from fsw.link.tables.events import EVENTS
from fsw.link.tables.parameters import PARAMETERS
from fsw.link.tables.telemetry import TELEMETRY

# type, struct code. "str" is one length byte and UTF-8; "bytes" is the rest of the packet; "modules" and
# "hatches" are sets.
TYPES = (
    ("u8", "B"),
    ("u16", "H"),
    ("u32", "I"),
    ("i32", "i"),
    ("u64", "Q"),
    ("str", ""),
    ("bytes", ""),
    ("modules", "H"),  # bit 0 for the first module of the bench file, and so on
    ("hatches", "H"),  # likewise for hatches
)
INDEXES = ("module", "hatch", "injector")

_NAMES = (
    ("parameter", tuple((row[0], row[1], row[7]) for row in PARAMETERS)),
    ("event", ((0, "none", "no event"),) + tuple((row[0], row[1], row[3]) for row in EVENTS)),
)
ENUMS = _ENUMS + _NAMES

# What a host of any version can say to a board of any version, and the answer: never changed, so not in the
# hash.
FIXED = ("ping", "identify", "safe", "pong", "accepted", "completed")


def dictionary_hash() -> int:
    """CRC-32 over all that changes the meaning of bytes on the link, texts included; as in `numbers`."""
    severities = tuple(n.SEVERITY[row[0]] for row in EVENTS)
    sizes = (n.APID, n.MAX_PACKET_BYTES, n.MAX_MODULES, n.MAX_HATCHES)
    times = (n.TICK_MS, n.READINGS_MIN_MS, n.READINGS_MAX_MS)
    telemetry = tuple(row for row in TELEMETRY if row[0] not in FIXED)
    commands = tuple(row for row in COMMANDS if row[0] not in FIXED)
    tables = (sizes, times, severities, TYPES, INDEXES, ENUMS, CODES, telemetry, commands, EVENTS, PARAMETERS)
    return binascii.crc32(repr(tables).encode())
