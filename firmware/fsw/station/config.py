"""The bench as deployment wrote it: `bench.json` in the root of the board's file system.

Format 3 is one JSON object. Lists keep the order of the bench file; an index on the link is a place in them.

    {"format": 3,
     "bench": "station6",                  name of the bench file
     "led": 25,                            pin, or -1 without an LED
     "max_moving": 1,                      servos that may move at the same time
     "buses": [                            "i2c0", "i2c1", "spi0", "spi1"; pins; frequency
        ["i2c0", sda, scl, frequency_hz],
        ["spi0", sck, mosi, miso, frequency_hz]],
     "muxes": [[bus, address]],            TCA9548A; `bus` is a place in "buses"
     "sensors": [                          one per module
        [bus, address, mux, channel],      on I2C; `mux` is a place in "muxes" or -1, then channel is -1 too
        [bus, -1, -1, -1, cs]],            on SPI; `cs` is the pin of the chip select
     "modules": [                          likewise
        [volume_ul, volume_sd_ul, owner],  stated and standard deviation; modules of one owner share a number
     "occupied": 4,                        modules with crew: bit 0 for the first one, and so on
     "lifeboat": 4,                        from which the crew can leave
     "ambient": 0,                         that are open sensors, without a volume
     "hatches": [                          one per hatch
        [pin, open_us, shut_us, min_us, max_us, travel_ms, hold, a, b]], hold is 0 or 1; joins modules a, b
     "injectors": [                        one per module that has an injector, in the order of the modules
        [module, pin, open_us, shut_us, min_us, max_us, travel_ms, hold]],
     "safe": [1, 1]}                       per hatch: 1 open, 2 shut (as `position` in the dictionary)

The board reports the first eight bytes of the file's SHA-256, so the file needs no hash inside; the host
compares them with those of the bytes it would write itself. The host's `boards` package checks what a bench
may be (pins, PWM slices, bus speeds, graph); here only the shape is checked, so a damaged file can't harm.
"""

import hashlib
import json

from fsw.link import numbers

FORMAT = 3
_LARGEST_UL = 100000000  # 100 L; sixteen of them still are no small integer, which is seldom needed
_BUS_NAMES = {"i2c0": 4, "i2c1": 4, "spi0": 5, "spi1": 5}  # name: entries in the row


class Bench:
    """What the board knows of its bench. Without a valid file all lists are empty and `why` says what is
    wrong.
    """

    def __init__(self, state, why, file_hash=bytes(8), content=None):
        content = content or {}
        self.state = state  # a value of bench_state
        self.why = why
        self.file_hash = file_hash  # first 8 bytes of its SHA-256
        self.name = content.get("bench", "")
        self.led = content.get("led", -1)
        self.max_moving = content.get("max_moving", 1)
        self.buses = content.get("buses", [])
        self.muxes = content.get("muxes", [])
        self.sensors = content.get("sensors", [])
        self.modules = content.get("modules", [])
        self.occupied = content.get("occupied", 0)
        self.lifeboat = content.get("lifeboat", 0)
        self.ambient = content.get("ambient", 0)
        self.hatches = content.get("hatches", [])
        self.injectors = content.get("injectors", [])
        self.safe = content.get("safe", [])

    def refused(self, why):
        """Return this bench as one that the board could not set up."""
        return Bench(numbers.BENCH_REFUSED, why, self.file_hash)


def load_bench(path):
    """Read the bench file; never raises."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return Bench(numbers.BENCH_MISSING, "no " + path)
    return parse_bench(data)


def parse_bench(data):
    """Make a Bench of the file's bytes; never raises for whatever they are."""
    file_hash = hashlib.sha256(data).digest()[:8]
    try:
        content = json.loads(data)
    except Exception as error:  # MicroPython raises more than ValueError for damaged text
        return Bench(numbers.BENCH_UNREADABLE, repr(error), file_hash)
    try:
        _check(content)
    except (ValueError, KeyError, TypeError) as error:
        return Bench(numbers.BENCH_WRONG_FORMAT, repr(error), file_hash)
    return Bench(numbers.BENCH_VALID, "", file_hash, content)


def _check(content):
    _require(isinstance(content, dict) and content.get("format") == FORMAT, "format is not %d" % FORMAT)
    _require(isinstance(content["bench"], str) and len(content["bench"]) <= 24, "bench")
    _require_int("led", content["led"], -1, 28)
    _require_int("max_moving", content["max_moving"], 1, 16)
    buses = _rows(content, "buses", len(_BUS_NAMES))
    for row in buses:
        _require(row[0] in _BUS_NAMES and len(row) == _BUS_NAMES[row[0]], "buses")
        _require_ints("buses", row[1:])
    muxes = _rows(content, "muxes", len(buses))
    for row in muxes:
        _require(len(row) == 2, "muxes")
        _require_ints("muxes", row)
        _require_int("muxes", row[0], 0, len(buses) - 1)
    for row in _rows(content, "sensors", numbers.MAX_MODULES):
        _check_sensor(row, buses, muxes)
    _check_modules(content)
    hatches = _rows(content, "hatches", numbers.MAX_HATCHES)
    _check_servos("hatches", hatches, 9)
    for row in hatches:
        for module in row[7:]:
            _require_int("hatches", module, 0, len(content["sensors"]) - 1)
    _check_servos("injectors", _rows(content, "injectors", numbers.MAX_MODULES), 8)
    safe = content["safe"]
    _require(isinstance(safe, list) and len(safe) == len(hatches), "safe")
    for position in safe:
        _require_int("safe", position, numbers.POSITION_OPEN, numbers.POSITION_SHUT)


def _rows(content, key, most):
    rows = content[key]
    _require(isinstance(rows, list), key)
    _require(len(rows) <= most, "too many " + key)
    for row in rows:
        _require(isinstance(row, list) and len(row) > 0, key)
    return rows


def _check_sensor(row, buses, muxes):
    _require_ints("sensors", row)
    _require_int("sensors", row[0], 0, len(buses) - 1)
    _require(len(row) == (4 if buses[row[0]][0] < "s" else 5), "sensors")
    _require_int("sensors", row[2], -1, len(muxes) - 1)
    _require_int("sensors", row[3], -1, 7)


def _check_modules(content):
    rows = _rows(content, "modules", numbers.MAX_MODULES)
    _require(len(rows) == len(content["sensors"]), "modules")
    for row in rows:
        _require(len(row) == 3, "modules")
        _require_ints("modules", row)
        _require_int("modules", row[0], 0, _LARGEST_UL)
        _require_int("modules", row[1], 0, _LARGEST_UL)
        _require_int("modules", row[2], 0, numbers.MAX_MODULES - 1)
    for key in ("occupied", "lifeboat", "ambient"):
        _require_int(key, content[key], 0, (1 << len(rows)) - 1)


def _check_servos(where, rows, length):
    for row in rows:
        _require(len(row) == length, where)
        _require_ints(where, row)


def _require_ints(where, row):
    for value in row:
        _require(isinstance(value, int), where)


def _require_int(where, value, low, high):
    _require(isinstance(value, int) and low <= value <= high, where)


def _require(ok, what):
    if not ok:
        raise ValueError(what)
