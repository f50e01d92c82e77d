"""The service `fsw.services.leak_response` on a `GasStation` under CPython, with resets and commands.

What stands for hardware, flash and the link remembers what it was told, and no more.
"""

import struct
from array import array

from fsw.link import numbers as n
from fsw.services.leak_response import LeakResponse
from fsw.station.leak_watch import LeakWatch


class Sensors:
    def __init__(self, count):
        self.pressure_q8_pa = array("i", [0] * count)
        self.temperature_q16_c = array("i", [20 << 16] * count)
        self.state = bytearray(count)
        self.health = bytearray(count)


class Overlay:
    """Takes a turn for each of its modules, as on the board."""

    def __init__(self, name, modules):
        self.name = name
        self.modules = modules
        self.loaded = 0

    @property
    def is_loaded(self):
        return self.loaded >= self.modules

    def load(self):
        self.loaded += 1
        if self.loaded < self.modules:
            return None
        return __import__("fsw.station." + self.name, None, None, ("*",))

    def drop(self):
        self.loaded = 0


class Motion:
    def __init__(self, bench):
        self.bench = bench
        self.commanded = False
        self.orders = []

    def order(self, hatch, position):
        self.orders.append((hatch, position))
        self.bench.order(hatch, position)

    def go_safe(self):
        self.commanded = True
        return False


class Isolation:
    marks = 0

    def add(self, modules):
        self.marks |= modules

    def keep(self):
        pass


class Health:
    mode = n.MODE_NORMAL


class Saving:
    held = False

    def want(self, save):
        save()


class Record:
    data = None

    def load(self):
        return self.data

    def save(self, data):
        self.data = data


class Writer:
    def __init__(self):
        self.packet = bytearray(1024)
        self.stamp = [0, 0]

    def send(self, *_):
        pass


class Events:
    def __init__(self, told):
        self.told = told

    def packed(self, number, layout, *fields):
        struct.pack(layout, *fields)
        self.told.append((number, fields))

    def u8(self, number, *fields):
        self.told.append((number, fields))

    u8_u8 = u16 = u8_text = u8


class Board:
    """A bench with the service on it; `reset()` starts the firmware again."""

    def __init__(self, bench):
        self.bench = bench
        self.record = Record()
        self.isolation = Isolation()
        self.start()

    def start(self):
        bench = self.bench
        self.sensors = Sensors(bench.station.count)
        self.motion = Motion(bench)
        self.health = Health()
        self.writer = Writer()
        self.watch = LeakWatch(bench.station, self.sensors, bench.values)
        servos = type("Servos", (), {"positions": bench.positions})()
        self.service = LeakResponse(
            self.watch,
            Overlay("detection", 6),
            Overlay("alarm", 3),
            Overlay("response", 8),
            Overlay("searching", 2),
            Overlay("containing", 3),
            servos,
            self.motion,
            self.isolation,
            self.health,
            Saving(),
            self.record,
            Events(bench.told),
            self.writer,
            bench.values,
        )
        self.service.tell_start()
        self.functions = self.service.functions()

    def reset(self):
        self.bench._moving.clear()
        for hatch in range(self.bench.station.hatches):
            self.bench.positions[hatch] = n.POSITION_UNKNOWN
        self.start()

    @property
    def response(self):
        return self.service.response

    def command(self, number, data=()):
        _, check, run = self.functions[number]
        packet = bytes(12) + bytes(data)
        refused = check(packet)
        if not refused:
            run(packet)
        return refused & 0xFF if refused else 0

    def second(self):
        bench = self.bench
        bench._move()
        bench._flow()
        bench.time_s += 1
        self.writer.stamp[0] = bench.time_s
        for _ in range(10):
            for module in range(bench.station.count):
                shown = bench.pressures_pa[module] + bench._random.gauss(0.0, 0.8)
                self.sensors.pressure_q8_pa[module] = round(256 * shown)
            self.service.turn()

    def run(self, seconds, until=None):
        for _ in range(seconds):
            self.second()
            if until and until():
                return True
        return False
