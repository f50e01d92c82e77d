"""How fast the emulated Pico is: wall time and executed cycles per second of board time.

    python host/benchmarks/emulator_speed.py [--json FILE]

Cycles are exact and the same on every machine; wall times are of this machine, now.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from hatchwatch.emulator.chip import Chip
from hatchwatch.emulator.process import EmulatorProcess
from hatchwatch.image import ensure_image
from hatchwatch.payload import boards_root

if TYPE_CHECKING:
    from collections.abc import Callable

NS = 1e-9
PASTE, RUN, INTERRUPT = b"\x05", b"\x04", b"\x03"
POLLING = b"""
import select, sys
poll = select.poll()
poll.register(sys.stdin, select.POLLIN)
while True:
    for _ in poll.ipoll(100):
        sys.stdin.read(1)
"""
BUSY = b"while True: pass"


@dataclass(frozen=True)
class Figure:
    """One row of the table."""

    what: str
    board_s: float
    wall_s: float
    cycles: int

    @property
    def row(self) -> str:
        wall_per_board = self.wall_s / self.board_s
        cycles_per_board_s = self.cycles / self.board_s
        speed = self.cycles / self.wall_s / 1e6
        figures = f"{self.board_s:9.3f} {wall_per_board:13.6f} {cycles_per_board_s:14.0f} {speed:10.1f}"
        return f"{self.what:38} {figures}"


def measure(what: str, run: Callable[[], None], clock: Callable[[], tuple[float, int]]) -> Figure:
    """Time `run`; `clock` gives board time in s and busy cycles."""
    board_s, cycles = clock()
    wall_s = time.perf_counter()
    run()
    wall_s = time.perf_counter() - wall_s
    board_end_s, cycles_end = clock()
    return Figure(what, board_end_s - board_s, wall_s, cycles_end - cycles)


def chip_figures(image: Path) -> list[Figure]:
    """The chip alone, in this process."""
    chip = Chip(image)

    def clock() -> tuple[float, int]:
        return chip.board_ns * NS, chip.busy_cycles

    def run(board_s: float) -> Callable[[], None]:
        return lambda: chip.run_until(chip.board_ns + round(board_s / NS))

    figures = [measure("power-on to prompt", run(0.2), clock), measure("idle prompt", run(1000.0), clock)]
    chip.write(PASTE + POLLING + RUN)
    run(0.2)()
    figures.append(measure("loop around poll.ipoll(100)", run(100.0), clock))
    chip.write(INTERRUPT)
    run(0.2)()
    chip.write(PASTE + BUSY + RUN)
    run(0.2)()
    figures.append(measure("busy loop", run(0.2), clock))
    return figures


def process_figures(image: Path) -> list[Figure]:
    """A whole station in its own process, driven in lockstep as a test does it."""
    bench = boards_root() / "station6.toml"
    with EmulatorProcess(bench, image, lockstep=True) as process:
        side = process.side

        def clock() -> tuple[float, int]:
            moment = side.time()
            return moment.board_ns * NS, moment.cycles

        def advance(count: int, step_ns: int) -> Callable[[], None]:
            def run() -> None:
                board_ns = side.time().board_ns
                for number in range(1, count + 1):
                    side.advance(board_ns + number * step_ns, 0)

            return run

        advance(1, 1_000_000_000)()
        return [
            measure("station6, idle prompt, steps of 10 s", advance(10, 10_000_000_000), clock),
            measure("station6, idle prompt, steps of 10 ms", advance(1000, 10_000_000), clock),
        ]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
    options = parser.parse_args()
    image = ensure_image()
    print(f"rp2040py {version('rp2040py')}, {image.name}")
    print(f"{'':38} {'board s':>9} {'wall/board s':>13} {'cycles/board s':>14} {'Mcycles/s':>10}")
    figures = [*chip_figures(image), *process_figures(image)]
    for figure in figures:
        print(figure.row)
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(figure) for figure in figures], indent=2))


if __name__ == "__main__":
    main()
