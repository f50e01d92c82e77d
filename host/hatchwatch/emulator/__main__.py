"""`python -m hatchwatch.emulator`: one emulated bench in this process.

Prints one line of JSON, `{"serial": URL, "side": "host:port", "pid": n}`, then runs until standard input
ends (so it never outlives the program that started it) or the side channel says stop.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from hatchwatch.boards.files import load_bench_file
from hatchwatch.emulator.chip import Chip
from hatchwatch.emulator.commands import Commands
from hatchwatch.emulator.runner import Runner
from hatchwatch.emulator.serial_port import PtyPort, SerialPort, TcpPort
from hatchwatch.emulator.side_server import SideServer
from hatchwatch.emulator.world import World
from hatchwatch.errors import HatchwatchError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one emulated bench; returns the exit code."""
    try:
        _run(_parse(arguments))
    except HatchwatchError as error:
        print(*filter(None, (error.seen, error.cure)), sep="\n", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


def _run(options: argparse.Namespace) -> None:
    bench = None if options.bench is None else load_bench_file(options.bench)
    filesystem = None if options.files is None else options.files.read_bytes()
    chip = Chip(options.image, filesystem, options.seed)
    world = World(chip, bench, options.plant, options.seed)
    serial = _open_serial(options.tcp)
    runner = Runner(chip, serial, options.pace, lockstep=options.lockstep)
    identity = {
        "bench": None if bench is None else bench.name,
        "image": options.image.name,
        "seed": options.seed,
        "plant": options.plant,
        "pace": options.pace,
        "engine": f"rp2040py {version('rp2040py')}",
    }
    side = SideServer(Commands(runner, world, identity).answer)
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    print(json.dumps({"serial": serial.url, "side": side.address, "pid": os.getpid()}), flush=True)
    runner.run(side)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m hatchwatch.emulator", description="one emulated bench")
    parser.add_argument("--bench", type=Path, help="bench file; without it nothing is on the pins")
    parser.add_argument("--image", type=Path, required=True, help="MicroPython image (UF2)")
    parser.add_argument("--files", type=Path, help="littlefs image with the board's files")
    parser.add_argument("--seed", type=int, default=0, help="decides everything that chance decides")
    parser.add_argument("--plant", choices=("quiet", "desk"), default="quiet", help="disturbances")
    parser.add_argument("--pace", choices=("real", "max"), default="max", help="board time against wall time")
    parser.add_argument(
        "--lockstep", action="store_true", help="board time moves only as the side channel says"
    )
    port = parser.add_mutually_exclusive_group()
    port.add_argument(
        "--pty", action="store_true", help="serial port as a pty (the default where there are any)"
    )
    port.add_argument("--tcp", type=int, metavar="PORT", help="serial port as a TCP port; 0 takes a free one")
    return parser.parse_args(arguments)


def _open_serial(tcp_port: int | None) -> SerialPort:
    if tcp_port is None and sys.platform == "win32":
        tcp_port = 0
    if tcp_port is None:
        return PtyPort()
    try:
        return TcpPort(tcp_port)
    except OSError as error:
        raise UsageError(
            f"TCP port {tcp_port} can't be used: {error}.", cure="Choose another; 0 takes a free one."
        ) from error


def _end_with_stdin() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os._exit(0)  # at once, whatever the emulator is busy with: it has nothing to save


if __name__ == "__main__":
    sys.exit(main())
