"""What the gas model costs: processor time per second of board time, on the six-module station, sensors read.

    python host/benchmarks/plant_cost.py [--json FILE]

Each module is asked 26.3 times a second, as often as its sensor converts. Times are indicative.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from hatchwatch.boards.files import load_bench_file
from hatchwatch.emulator.plant import PRESETS, Plant
from hatchwatch.payload import boards_root

CONVERSIONS_HZ = 26.3
MOVE_S = 0.5
PAUSE_S = 0.1


@dataclass(frozen=True)
class Phase:
    """One stretch of board time."""

    preset: str
    name: str
    board_s: float
    cpu_s: float

    @property
    def cpu_ms_per_board_s(self) -> float:
        """The figure that counts: 1000 is real time."""
        return 1e3 * self.cpu_s / self.board_s


def read_sensors(plant: Plant, names: list[str], begin_s: float, end_s: float) -> None:
    for number in range(int((end_s - begin_s) * CONVERSIONS_HZ)):
        for place, name in enumerate(names):  # each sensor has its own phase
            plant.state(name, begin_s + (number + place / len(names)) / CONVERSIONS_HZ)


def run(preset: str) -> list[Phase]:
    bench = load_bench_file(boards_root() / "station6.toml")
    plant = Plant(bench, preset, seed=1)
    names = [module.name for module in bench.modules]
    phases = []
    now_s = 0.0

    def phase(name: str, board_s: float) -> None:
        nonlocal now_s
        begun = time.process_time()
        read_sensors(plant, names, now_s, now_s + board_s)
        phases.append(Phase(preset, name, board_s, time.process_time() - begun))
        now_s += board_s

    phase("hatches open", 60.0)
    for place, hatch in enumerate(bench.hatches):
        plant.set_opening("hatch", hatch.name, now_s + place * (MOVE_S + PAUSE_S), 1.0, 0.0, MOVE_S)
    plant.set_leak("PrK", 1e-4, now_s)
    phase("five hatches shut one after the other", len(bench.hatches) * (MOVE_S + PAUSE_S))
    phase("hatches shut, one leak", 300.0)
    plant.fill(now_s, gauge_pa=4_000.0, modules=["Unity"], adiabatic=True)
    plant.set_opening("hatch", "Zarya-Unity", now_s, 0.0, 1.0, MOVE_S)
    phase("quick fill, one hatch opened", 10.0)
    return phases


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table there too")
    options = parser.parse_args()
    phases = [phase for preset in PRESETS for phase in run(preset)]
    print(f"{'preset':8}{'phase':40}{'board s':>9}{'cpu ms per board s':>22}")
    for phase in phases:
        print(f"{phase.preset:8}{phase.name:40}{phase.board_s:9.1f}{phase.cpu_ms_per_board_s:22.2f}")
    if options.json is not None:
        rows = [{**asdict(phase), "cpu_ms_per_board_s": phase.cpu_ms_per_board_s} for phase in phases]
        options.json.write_text(json.dumps(rows, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
