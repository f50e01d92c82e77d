"""Property tests are the same on every run, and no machine is too slow for them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import settings
from spacepackets.ecss.tm import PusTm

from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.emulator.plant import Plant
from hatchwatch.link.codec import pack_fields
from hatchwatch.link.dictionary import dictionary
from hatchwatch.link.history import History
from hatchwatch.link.link import SentCommand
from hatchwatch.link.packets import Identity, parse_packet

settings.register_profile("steady", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def spi_bench_text() -> str:
    """A bench file with two sensors on SPI, one of them open to the room."""
    return """
name = "spi"
[spi0]
sck = 18
mosi = 19
miso = 16
[[modules]]
name = "jar"
volume_ml = 500.0
volume_uncertainty_ml = 5.0
sensor = { bus = "spi0", cs = 17 }
[[modules]]
name = "room"
ambient = true
sensor = { bus = "spi0", cs = 13 }
"""


def _packet(time_s: float, service: int, subtype: int, data: bytes):
    stamp = round(time_s * 65536).to_bytes(6, "big")
    made = PusTm(apid=0x42, service=service, message_subtype=subtype, timestamp=stamp, source_data=data)
    return parse_packet(bytes(made.pack()))


def _say(time_s: float, name: str, /, **fields):
    """The packet of an event or a report of the dictionary, with numbers for modules, hatches and sets."""
    events = {entry.name: entry for entry in dictionary().events.values()}
    if name in events:
        entry = events[name]
        return _packet(time_s, 5, entry.severity, bytes((entry.number,)) + pack_fields(entry.layout, fields))
    entry = dictionary().telemetry[name]
    head = b"" if entry.structure is None else bytes((entry.structure,))
    return _packet(time_s, entry.service, entry.subtype, head + pack_fields(entry.layout, fields))


class ScriptedBench:
    """A bench whose board says what it is told to, as board time passes; it takes down all commands.

    `answers[command]` are functions of the present time that make the packets which follow a command.
    """

    def __init__(self, answers=None) -> None:
        self.file = load_bench_file(find_bench_file("station6"))
        self.names = self.file.part_names
        self.emulated = None
        self.operator = None
        self.board_time_s = 10.0
        self.commands: list[tuple[str, bytes]] = []
        self.parameters = {"response_mode": 0, "strategy": 0, "ambient_pa": 101325}
        self.answers = dict(answers or {})
        self.coming: list = []
        self.hatches = ("open",) * len(self.file.hatches)
        self.link = SimpleNamespace(history=History(), execute=self.execute)
        self.interrupt_at_s: float | None = None
        self.on_packet = lambda _time_s, _raw, _body: None
        self.plant = Plant(self.file)
        self.identity = Identity(1, "0.1.0", "1.27.0", bench_name="station6")
        self.manifest = b"files"

    def later(self, *packets) -> None:
        self.coming = sorted([*self.coming, *packets], key=lambda packet: packet.board_time_s)

    def wait(self, duration_s: float) -> None:
        self.board_time_s += duration_s
        while self.coming and self.coming[0].board_time_s <= self.board_time_s:
            packet = self.coming.pop(0)
            self.link.history.append(packet)
            self.on_packet(packet.board_time_s, packet.raw, packet.body)
        if self.interrupt_at_s is not None and self.board_time_s >= self.interrupt_at_s:
            self.interrupt_at_s = None
            raise KeyboardInterrupt

    def execute(self, command, *, timeout_s: float = 5.0, pump=None):
        since = len(self.link.history)
        self.commands.append((command.name, command.data))
        if command.name == "report_parameters":
            rows = [{"parameter": name, "value": value} for name, value in self.parameters.items()]
            self.link.history.append(_say(self.board_time_s, "parameter_values", parameters=rows))
        for packet in self.answers.get(command.name, lambda _now_s: ())(self.board_time_s):
            self.later(packet)
        return SentCommand(command, 0, since)

    def housekeeping(self):
        return SimpleNamespace(hatches=self.hatches)

    def check_sensors(self, modules=None) -> None:
        self.commands.append(("check_sensors", b""))

    def require_crew_clear(self, *, crew_clear: bool) -> None:
        pass

    def safe(self) -> None:
        self.commands.append(("safe", b""))

    def ambient(self) -> tuple[float, float]:
        return 101_300.4, 60.0

    def truth(self):
        return self.plant.truth(self.board_time_s)

    def emulate(self, image) -> None:
        """Be an emulated bench, with a plant behind its side channel."""
        self.emulated = SimpleNamespace(side=PlantSide(self), seed=1, plant="quiet", image=image)


class PlantSide:
    """The side channel of a scripted bench, as far as its plant answers it."""

    def __init__(self, bench: ScriptedBench) -> None:
        self._bench = bench

    def set_leak(self, module, leak_pa_m3_s, kind="laminar"):
        self._bench.plant.set_leak(module, leak_pa_m3_s, self._bench.board_time_s, kind)

    def set_seal(self, hatch, leak_pa_m3_s):
        self._bench.plant.set_seal(hatch, leak_pa_m3_s, self._bench.board_time_s)

    def heat(self, kelvin, *, over_s, modules):
        self._bench.plant.heat(self._bench.board_time_s, kelvin=kelvin, over_s=over_s, modules=modules)

    def front(self, pressure_pa, *, over_s):
        self._bench.plant.front(self._bench.board_time_s, pressure_pa=pressure_pa, over_s=over_s)

    def fill(self, *, gauge_pa, modules):
        self._bench.plant.fill(self._bench.board_time_s, gauge_pa=gauge_pa, modules=modules)


@pytest.fixture(scope="session")
def say():
    """`say(time_s, name, **fields)`: a packet of the board, see `_say`."""
    return _say


@pytest.fixture
def scripted_bench():
    """`scripted_bench(answers)`: see `ScriptedBench`."""
    return ScriptedBench
