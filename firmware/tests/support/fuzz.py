"""Frames that no well-behaved program sends, from a seed, each with what must become of it.

What a frame is gets judged here without a line of ours: by the `cobs` package, `binascii.crc_hqx` and the
header fields of CCSDS 133.0-B-2 and ECSS-E-ST-70-41C. So frames that were damaged at random are judged too,
and none that could move something, reset the board or ask for its prompt is ever given out.
"""

import binascii
import struct
from collections import Counter
from dataclasses import dataclass

from cobs import cobs

from hatchwatch.link.dictionary import FieldGroup, dictionary

NOTHING, BAD, REFUSED, ACCEPTED = "nothing", "bad", "refused", "accepted"
LONGEST_FRAME = 258  # a packet of 256 bytes in COBS, without the delimiter
CTRL_C, CR = 3, 13
TC_HEADER, TM_HEADER = 13, 21  # shortest packets: headers and CRC


@dataclass(frozen=True)
class Case:
    """One frame, delimiter included, and what must become of it."""

    line: bytes
    becomes: str


def seal(body):
    """Append the CRC (CCITT-FALSE) to a packet without one."""
    return bytes(body) + struct.pack(">H", binascii.crc_hqx(bytes(body), 0xFFFF))


def frame(packet):
    return cobs.encode(bytes(packet)) + b"\0"


def is_packet(content, first_bits, shortest):
    """Whether what lay between two delimiters is an undamaged PUS-C packet of ours by its headers."""
    if len(content) > LONGEST_FRAME:
        return False
    try:
        packet = cobs.decode(content)
    except cobs.DecodeError:
        return False
    return (
        len(packet) >= shortest
        and binascii.crc_hqx(packet, 0xFFFF) == 0
        and packet[0] >> 3 == first_bits
        and packet[2] >> 6 == 0b11
        and packet[6] >> 4 == 2
        and int.from_bytes(packet[4:6], "big") + 7 == len(packet)
    )


def is_telecommand(content):
    return is_packet(content, 0b00011, TC_HEADER)


def is_telemetry(content):
    return is_packet(content, 0b00001, TM_HEADER) and cobs.decode(content)[:2] == b"\x08\x42"


def asks_for_prompt(content):
    """Whether the board may take this for a Ctrl-C that is meant; see fsw/link/parser.py."""
    begins = content[:1] == bytes((CTRL_C,)) and content[1:2] in (b"", bytes((CTRL_C,)), bytes((CR,)))
    return begins or bytes((CR, CTRL_C)) in content


class Commands:
    """Frames towards the board. `random` is a `random.Random`, or what hypothesis gives in its place."""

    def __init__(self, random):
        self._random = random
        self._sequence = 0
        self._sent = [self._telecommand(17, 1)]  # packets, for repetition
        self._recipes = (
            (self._accepted, 4),
            (self._refused, 6),
            (self._damaged, 8),
            (self._spliced, 2),
            (self._lying, 4),
            (self._oversized, 1),
            (self._noise, 6),
            (self._text, 1),
            (self._nothing, 1),
        )

    def __iter__(self):
        recipes, weights = zip(*self._recipes)
        while True:
            (recipe,) = self._random.choices(recipes, weights)
            case = recipe()
            if case is not None:
                yield case

    def _bytes(self, least, most):
        """Random bytes, mostly few."""
        most = max(least, min(most, self._random.choice((8, 20, most))))
        return bytes(self._random.randint(0, 255) for _ in range(self._random.randint(least, most)))

    def _telecommand(self, service, subtype, data=b"", apid=0x42):
        self._sequence = (self._sequence + 1) % 16384
        head = struct.pack(">HHH", 0x1800 | apid, 0xC000 | self._sequence, len(data) + 6)
        return seal(head + bytes((0x29, service, subtype, 0, 0)) + data)

    def _good(self):
        choice = self._random.randint(0, 6)
        if choice == 0:
            return self._telecommand(17, 128)
        if choice == 1:
            return self._telecommand(17, 130, self._bytes(0, 200))
        if choice == 2:
            return self._telecommand(3, 27, b"\x01" + self._random.choice((b"\x01", b"\x02")))
        if choice == 3:
            return self._telecommand(8, 1, b"\x01\x00\x64")  # readings every 100 ms, as they come anyway
        return self._telecommand(17, 1)

    def _accepted(self):
        """A good command; one of those that may come twice does so at times."""
        if self._random.randint(0, 3) == 0:
            again = self._random.choice(self._sent)
            return Case(frame(again), ACCEPTED)
        packet = self._good()
        if packet[7] == 17:
            self._sent = [*self._sent[-20:], packet]
        return Case(frame(packet), ACCEPTED)

    def _refused(self):
        """Undamaged, but nothing the board knows: service, function, length, index, value, address."""
        random = self._random
        choice = random.randint(0, 5)
        if choice == 0:
            packet = self._telecommand(random.choice((0, 2, 4, 6, 7, 10, 99, 255)), random.randint(0, 255))
        elif choice == 1:
            packet = self._telecommand(8, 1, bytes((random.randint(100, 255),)) + self._bytes(0, 20))
        elif choice == 2:
            packet = self._telecommand(17, 1, self._bytes(1, 200))
        elif choice == 3:
            move = bytes((random.choice((3, 4)), random.randint(16, 255), random.randint(1, 2)))
            packet = self._telecommand(8, 1, move)
        elif choice == 4:
            packet = self._telecommand(8, 1, b"\x03\x00" + random.choice((b"\x00", b"\x03", b"\x77", b"")))
        else:
            packet = self._telecommand(17, 1, apid=random.choice((0, 0x41, 0x43, 0x7FF)))
        return Case(frame(packet), REFUSED)

    def _damaged(self):
        """A frame with bits turned, bytes lost, doubled or exchanged, or the end missing."""
        random = self._random
        line = bytearray(frame(self._good())[:-1])
        for _ in range(random.randint(1, 4)):
            at = random.randrange(len(line))
            change = random.randint(0, 5)
            if change == 0:
                line[at] ^= 1 << random.randint(0, 7)
            elif change == 1:
                line[at] = random.randint(0, 255)
            elif change == 2 and len(line) > 1:
                del line[at]
            elif change == 3:
                line.insert(at, line[at])
            elif change == 4:
                line[at], line[-1 - at] = line[-1 - at], line[at]
            elif at:
                del line[at:]
        return self._judged(bytes(line).replace(b"\0", b"\1"))

    def _spliced(self):
        """Two frames in one: a lost delimiter, or a beginning that goes on with another's end."""
        first, second = frame(self._good())[:-1], frame(self._good())[:-1]
        if self._random.randint(0, 1):
            return self._judged(first + second)
        cut = self._random.randrange(len(first))
        return self._judged(first[:cut] + second[self._random.randrange(len(second)) :])

    def _lying(self):
        """A right CRC over wrong headers: length, version, type, flags, PUS version."""
        packet = bytearray(self._good()[:-2])
        at, value = self._random.choice(((0, 0xF8), (2, 0xC0), (4, 0xFF), (5, 0xFF), (6, 0xF0)))
        packet[at] ^= self._random.randint(1, 255) & value or 0x80 & value
        return self._judged(cobs.encode(seal(packet)))

    def _oversized(self):
        return self._judged(cobs.encode(self._bytes(259, 900)))

    def _noise(self):
        return self._judged(self._bytes(1, 80).replace(b"\0", b"\xff"))

    def _text(self):
        return self._judged(
            self._random.choice((b"help()\r\n", b"import machine\r", b"AT\r", b"\r\r\r", b">>> "))
        )

    def _nothing(self):
        return Case(b"\0" * self._random.randint(1, 3), NOTHING)

    def _judged(self, content):
        """What was made without a plan: bad, or not given out."""
        if not content or asks_for_prompt(content) or is_telecommand(content):
            return None
        return Case(content + b"\0", BAD)


def some(cases, count):
    """The next `count` cases, and how many of each kind they are."""
    chosen = [case for case, _ in zip(cases, range(count))]
    return chosen, Counter(case.becomes for case in chosen)


SIZES = {"u8": 1, "u16": 2, "u32": 4, "i32": 4, "u64": 8}  # bytes; enumerations and indexes take one


def fitting(random, layout):
    """Random data that a layout of the dictionary can be read from."""
    parts = []
    for item in layout:
        if isinstance(item, FieldGroup):
            count = random.randint(0, 6)
            parts.append(bytes((count,)) + b"".join(fitting(random, item.fields) for _ in range(count)))
        elif item.type in ("str", "bytes"):
            text = bytes(random.randint(32, 126) for _ in range(random.randint(0, 20)))
            parts.append(text if item.type == "bytes" else bytes((len(text),)) + text)
        else:
            parts += [bytes((random.randint(0, 255),)) for _ in range(SIZES.get(item.type, 1))]
    return b"".join(parts)


def telemetry(random):
    """Yield what may lie between two delimiters on the way to the host: telemetry, lies and noise."""
    known = [
        (service, subtype, b"" if structure is None else bytes((structure,)), entry.layout)
        for (service, subtype, structure), entry in dictionary().telemetry_by_type.items()
    ]
    known += [(5, 1, bytes((event.number,)), event.layout) for event in dictionary().events.values()]
    while True:
        service, subtype, first, layout = random.choice(known)
        data = first + fitting(random, layout)
        strange = random.randint(0, 9)
        if strange == 0:
            service, subtype = random.randint(0, 255), random.randint(0, 255)
        elif strange <= 2:
            data = first + bytes(random.randint(0, 255) for _ in range(random.randint(0, 200)))
        yield _damaged(random, cobs.encode(_telemetry(random, service, subtype, data[:235])))


def _telemetry(random, service, subtype, data):
    head = struct.pack(">HHH", 0x0842, 0xC000 | random.randint(0, 16383), len(data) + 14)
    stamp = struct.pack(">IH", random.randint(0, 1 << 31), random.randint(0, 65535))
    return seal(head + bytes((0x20, service, subtype, 0, 0, 0, 0)) + stamp + data)


def _damaged(random, content):
    content = bytearray(content)
    for _ in range(random.choice((0, 0, 1, 3))):
        at = random.randrange(len(content))
        if random.randint(0, 1):
            content[at] = random.randint(1, 255)
        elif len(content) > 10:
            del content[at : at + random.randint(1, 9)]
    return bytes(content)
