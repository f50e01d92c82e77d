"""One running board for all commands that are tried with --port."""

from __future__ import annotations

import pytest

from hatchwatch.bench.emulated import emulated_board
from hatchwatch.boards import find_bench_file, load_bench_file


@pytest.fixture(scope="session")
def running_board():
    """An emulated board of the bench `pair` that runs by itself, as `hatchwatch emulate` would start it."""
    path = find_bench_file("pair")
    with emulated_board(
        load_bench_file(path), path, seed=5, pace="real", lockstep=False, transport="tcp"
    ) as board:
        yield board


@pytest.fixture
def port(running_board) -> str:
    return running_board.serial_url
