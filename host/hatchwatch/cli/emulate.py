"""`hatchwatch emulate`: a board on a port of this computer, for your own tools."""

from __future__ import annotations

import json
import sys
import time
from typing import Annotated, Literal

from cyclopts import Parameter
from rich.console import Console

from hatchwatch.bench.emulated import EmulatedBoard, emulated_board
from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.cli.options import BenchName, Json, PlantName, Seed
from hatchwatch.cli.progress import obtain_image

__all__ = ["emulate"]

WATCH_S = 0.2


def emulate(
    bench: BenchName,
    *,
    tcp: Annotated[int | None, Parameter(help="Serve socket://127.0.0.1:TCP instead of a pty.")] = None,
    pace: Annotated[
        Literal["real", "max"], Parameter(help="Board time as the clock on the wall, or as fast as it goes.")
    ] = "real",
    plant: PlantName = "quiet",
    seed: Seed = 1,
    json_: Json = False,
) -> int:
    """Run an emulated bench until Ctrl-C and print where its serial port is.

    The board runs the official MicroPython image with our firmware and this bench file. Anything that
    speaks to a serial port can open it, `mpremote` included; hatchwatch itself takes it with --port. The
    side channel tells the truth about the gas and sets faults.
    """
    path = find_bench_file(bench)
    file = load_bench_file(path)
    obtain_image()
    transport: Literal["pty", "tcp"] = "tcp" if tcp is not None or sys.platform == "win32" else "pty"
    with emulated_board(
        file, path, seed=seed, plant=plant, pace=pace, lockstep=False, transport=transport, tcp_port=tcp or 0
    ) as board:
        places = {"serial": board.serial_url, "side": board.side.address, "bench": file.name, "seed": seed}
        if json_:
            sys.stdout.write(json.dumps(places) + "\n")
            sys.stdout.flush()
        else:
            console = Console(highlight=False, soft_wrap=True)
            console.print(f"serial port   [bold]{board.serial_url}[/bold]")
            console.print(f"side channel  {board.side.address}")
            console.print(f"try           hatchwatch watch {bench} --port {board.serial_url}")
            console.print("Ctrl-C ends it.")
        try:
            _watch(board)
        except KeyboardInterrupt:
            return 0
        board.side.time()  # raises what the emulator said last
    return 0


def _watch(board: EmulatedBoard) -> None:
    """Return when the emulator has ended; warn once if it can't keep up with the wall clock."""
    warned = False
    while board.process.running:
        time.sleep(WATCH_S)
        pace = board.side.time().slow_pace
        if pace is not None and not warned:
            warned = True
            Console(stderr=True, highlight=False, soft_wrap=True).print(_slow_warning(pace), style="yellow")


def _slow_warning(pace: float) -> str:
    return (
        f"This computer is too slow for this board: its time runs at {pace:.0%} of the clock on the wall. "
        "Rates stay right, since they are in board time, but a program on the port that goes by the wall "
        "clock may give up early. Commands without --port are not affected: they wait in board time."
    )
