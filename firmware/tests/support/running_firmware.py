"""The whole firmware on the emulated board, with a bench around it, in this process and in board time."""

from pathlib import Path

from emulated_board import FIRMWARE

from hatchwatch.boards.files import load_bench_file
from hatchwatch.deploy.compiling import compile_all
from hatchwatch.deploy.files import board_files
from hatchwatch.deploy.folding import NUMBERS, fold, integers
from hatchwatch.emulator.chip import Chip
from hatchwatch.emulator.flash import build_filesystem
from hatchwatch.emulator.world import World
from hatchwatch.image import ensure_image
from hatchwatch.link.commands import command, request_id_of
from hatchwatch.link.frames import FrameSplitter, encode_frame
from hatchwatch.link.packets import (
    Event,
    Housekeeping,
    PacketError,
    Readings,
    Verification,
    parse_packet,
)

BOARDS = FIRMWARE.parent / "boards"
START_S = 0.9  # the first readings come 0.7 s after power-on
LOOK_S = 0.1  # between two looks for what is awaited


class RunningFirmware:
    """A powered board whose firmware runs; `packets` has all that it sent, `raw` the very bytes."""

    def __init__(
        self, bench="station6", *, with_file=True, extra_files=None, readable=(), seed=0, frequency_hz=None
    ):
        """`extra_files` replace or join the deployed ones; modules in `readable` keep their private names;
        without `with_file` the board has no bench.json.
        """
        self.bench = _load(bench, frequency_hz)
        sources = {path: (FIRMWARE / path).read_bytes() for path in readable}
        files = {
            **board_files(self.bench if with_file else None),
            **compile_all(_folded(sources)),
            **_folded(extra_files or {}),
        }
        self.chip = Chip(ensure_image(), build_filesystem(files), seed)
        self.world = World(self.chip, self.bench, "quiet", seed)
        self.raw = bytearray()
        self.packets = []
        self.splitter = FrameSplitter()
        self._sequence = 0
        self.chip.on_output = self._take
        self.pass_time(START_S)

    def pass_time(self, duration_s):
        self.chip.run_until(self.chip.board_ns + round(duration_s * 1e9))

    def pass_until(self, condition, give_up_s):
        """Let time pass until something is so, but not longer than that; the caller asserts that it is."""
        give_up_ns = self.chip.board_ns + round(give_up_s * 1e9)
        while not condition() and self.chip.board_ns < give_up_ns:
            self.pass_time(LOOK_S)

    def write(self, data):
        self.chip.write(data)

    def send(self, name, **fields):
        """Send a command; returns its request id."""
        return self.send_packet(command(name, **fields).pack(self.next_sequence()))

    def send_packet(self, packet):
        self.write(encode_frame(packet))
        return request_id_of(packet)

    def command(self, name, wait_s=0.15, **fields):
        """Send a command, let time pass, and return the acknowledgements of it alone."""
        request = self.send(name, **fields)
        self.pass_time(wait_s)
        return self.acknowledgements(request)

    def acknowledgements(self, request):
        return [body for body in self.bodies(Verification) if body.request_id == request]

    def bodies(self, kind, since=0):
        return [packet.body for packet in self.packets[since:] if isinstance(packet.body, kind)]

    def events(self, since=0):
        return [event.name for event in self.bodies(Event, since)]

    def housekeeping(self):
        return self.bodies(Housekeeping)[-1]

    def readings(self):
        return self.bodies(Readings)[-1]

    def heal(self):
        """End all faults, as far as the devices know."""
        for fault in self.world.devices.truth()["faults"]:
            self.world.devices.clear(fault["kind"], fault["target"])

    def busy_cycles(self, duration_s):
        """Cycles spent in the next `duration_s` of board time, asleep not counted."""
        before = self.chip.busy_cycles
        self.pass_time(duration_s)
        return self.chip.busy_cycles - before

    def next_sequence(self):
        self._sequence += 1
        return self._sequence

    def _take(self, data):
        self.raw += data
        for raw in self.splitter.feed(data):
            try:
                self.packets.append(parse_packet(raw))
            except PacketError:
                self.splitter.reject(raw)


def _folded(files):
    """Test code names the dictionary's numbers too, which the deployed module no longer has."""
    known = integers((FIRMWARE / NUMBERS).read_bytes())
    return {path: fold(code, known) if path.endswith(".py") else code for path, code in files.items()}


def _load(bench, frequency_hz):
    file = load_bench_file(BOARDS / f"{Path(bench).stem}.toml")
    if frequency_hz is None:
        return file
    buses = {
        name: getattr(file, name).model_copy(update={"frequency_hz": frequency_hz})
        for name in ("i2c0", "i2c1")
        if getattr(file, name) is not None
    }
    return file.model_copy(update=buses)
