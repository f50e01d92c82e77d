"""A board with the drivers on it and a bench around it: the official image on the emulated chip.

It runs in this process. Code goes in through the raw REPL and everything happens in board time, so a test or
a benchmark gets the same cycles and the same bytes every time. This is where drivers meet `machine`.
"""

import ast
import textwrap
from pathlib import Path

from hatchwatch.boards.model import BenchFile
from hatchwatch.deploy.compiling import compile_all
from hatchwatch.emulator.chip import Chip
from hatchwatch.emulator.flash import build_filesystem
from hatchwatch.emulator.world import World
from hatchwatch.image import ensure_image

FIRMWARE = Path(__file__).resolve().parents[2]
BOOT_NS = 500_000_000
LOOK_NS = 200_000  # how far board time runs between two looks at the console
MARKER_PIN = 28

INTERRUPT, RAW, RUN = b"\r\x03", b"\x01", b"\x04"
RAW_READY = b"raw REPL; CTRL-B to exit\r\n>"


class BoardError(AssertionError):
    """The code on the board raised; the text is its traceback."""


class EmulatedBoard:
    """A powered board; `world` has the devices, their faults and the plant."""

    def __init__(self, bench=None, files=None, seed=0):
        """`bench` is a dict as in a bench file, `files` go to the board beside the compiled drivers."""
        content = {**compiled_drivers(), **(files or {})}
        self.chip = Chip(ensure_image(), build_filesystem(content), seed)
        bench_file = None if bench is None else BenchFile.model_validate(bench)
        self.world = World(self.chip, bench_file, "quiet", seed)
        self.marks = []
        self._heard = bytearray()
        self.chip.on_output = self._heard.extend
        self.chip.mcu.gpio[MARKER_PIN].add_listener(lambda *_: self.marks.append(self.chip.busy_cycles))
        self._reach_prompt()

    @property
    def devices(self):
        return self.world.devices

    @property
    def time_s(self):
        return self.chip.board_ns / 1e9

    def heal(self):
        """End all faults, as far as the devices know."""
        for fault in self.devices.truth()["faults"]:
            self.devices.clear(fault["kind"], fault["target"])

    def restart(self, filesystem=None):
        """Switch the power off and on, with another littlefs image in flash if one is given."""
        self.chip.set_power(on=False)
        if filesystem is not None:
            self.chip.write_filesystem(filesystem)
        self.chip.set_power(on=True)
        self._reach_prompt()

    def pass_time(self, duration_s):
        self.chip.run_until(self.chip.board_ns + round(duration_s * 1e9))

    def run(self, code, timeout_s=30.0):
        """Run code on the board and return its output, None if the power goes; BoardError if it raises."""
        self._heard.clear()
        self.chip.write(textwrap.dedent(code).encode() + RUN)
        self._wait_for(lambda: self._heard.count(RUN) == 2 or not self.chip.powered, timeout_s)
        if not self.chip.powered:
            return None
        printed, traceback, _ = bytes(self._heard).removeprefix(b"OK").split(RUN)
        if traceback:
            raise BoardError(traceback.decode())
        return printed.decode().replace("\r\n", "\n").strip()

    def value(self, expression):
        """The value of an expression on the board that prints as a Python literal."""
        return ast.literal_eval(self.run(f"print(repr(({expression})))"))

    def _reach_prompt(self):
        self._heard.clear()
        self.pass_time(BOOT_NS / 1e9)
        self.chip.write(INTERRUPT + RAW)
        self._wait_for(lambda: self._heard.endswith(RAW_READY), 1.0)

    def _wait_for(self, condition, timeout_s):
        give_up_ns = self.chip.board_ns + round(timeout_s * 1e9)
        while not condition():
            if self.chip.board_ns >= give_up_ns:
                raise TimeoutError(f"no end after {timeout_s} s on the board, only {bytes(self._heard)!r}")
            self.chip.run_until(self.chip.board_ns + LOOK_NS)


def compiled_drivers():
    """All drivers as bytecode, by path on the board."""
    paths = sorted((FIRMWARE / "fsw" / "drivers").glob("*.py"))
    return compiled(path.relative_to(FIRMWARE).as_posix() for path in paths)


def compiled(paths):
    """Modules of the firmware, given by their source's path in it, as bytecode by path on the board."""
    return compile_all({path: (FIRMWARE / path).read_bytes() for path in paths})
