"""One running board for all commands that are tried with --port."""

from __future__ import annotations

import pytest

from hatchwatch.bench.emulated import emulated_board
from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.link.link import Link
from hatchwatch.link.ports import open_port

BOOT_WALL_S = 120.0  # a busy machine emulates slowly


@pytest.fixture(scope="session")
def running_board():
    """An emulated board of the bench `pair` that runs by itself, as `hatchwatch emulate` would start it."""
    path = find_bench_file("pair")
    file = load_bench_file(path)
    with emulated_board(file, path, seed=5, pace="real", lockstep=False, transport="tcp") as board:
        with Link(open_port(board.serial_url)) as link:
            link.silence_s = BOOT_WALL_S
            link.wait(lambda _: True, since=0, timeout_s=BOOT_WALL_S, waiting_for="the board to boot")
        yield board


@pytest.fixture
def port(running_board) -> str:
    return running_board.serial_url
