"""Cost of the whole firmware on the emulated board: cycles per board second, slips, speed against real time.

Cycles and slips are exact and repeat; wall times depend on this machine and on the build of rp2040py.
Run with --minutes 10 for the long form (about as many minutes of wall time per row).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from hatchwatch.bench import open_bench
from hatchwatch.boards import find_bench_file

WARM_UP_S = 10.0  # the events of the start are in flash by then


def bench_at(name: str, frequency_hz: int | None, folder: Path) -> Path:
    """A copy of a shipped bench file with all I2C buses at another speed."""
    source = find_bench_file(name)
    if frequency_hz is None:
        return source
    lines = source.read_text("utf-8").splitlines()
    changed = [
        f"frequency_hz = {frequency_hz}" if line.startswith("frequency_hz") else line for line in lines
    ]
    copy = folder / f"{name}-{frequency_hz}.toml"
    copy.write_text("\n".join(changed), "utf-8")
    return copy


def measure(path: Path, duration_s: float) -> dict[str, float]:
    """Run a bench with readings at 10 Hz and say what it cost."""
    with open_bench(path) as bench:
        assert bench.emulated is not None
        side = bench.emulated.side
        bench.safe()
        bench.wait(WARM_UP_S)
        slips = bench.housekeeping().slips
        before, wall_s = side.time(), time.perf_counter()
        bench.wait(duration_s)
        wall_s = time.perf_counter() - wall_s
        after = side.time()
        board_s = (after.board_ns - before.board_ns) / 1e9
        report = bench.housekeeping()
    return {
        "board_s": board_s,
        "mcycles_per_board_s": (after.cycles - before.cycles) / board_s / 1e6,
        "slips": report.slips - slips,
        "worst_loop_us": report.worst_loop_us,
        "heap_free": report.heap_free,
        "times_real": board_s / wall_s,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=0.5, help="board minutes per row (0.5)")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    arguments = parser.parse_args()
    rows = {}
    with TemporaryDirectory() as folder:
        for name, frequency_hz in (
            ("station6", None),
            ("station6", 100_000),
            ("pair", None),
            ("single", None),
            ("chain16", None),
        ):
            label = f"{name}{'' if frequency_hz is None else f' at {frequency_hz // 1000} kHz'}"
            rows[label] = measure(bench_at(name, frequency_hz, Path(folder)), 60.0 * arguments.minutes)
            if len(rows) == 1:
                sys.stdout.write(
                    "bench                Mcycles/board s  slips  worst turn  heap free  x real time\n"
                )
            row = rows[label]
            sys.stdout.write(
                f"{label:<20} {row['mcycles_per_board_s']:15.2f}  {row['slips']:5.0f}  "
                f"{row['worst_loop_us']:7.0f} us  {row['heap_free']:7.0f} B  {row['times_real']:11.2f}\n"
            )
            sys.stdout.flush()
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
