"""The console is shared: stock mpremote gets in while the firmware runs, and the firmware comes back."""

import subprocess
import sys

import pytest

from hatchwatch.bench import open_bench
from hatchwatch.bench.emulated import emulated_board
from hatchwatch.boards import find_bench_file, load_bench_file

PAIR = find_bench_file("pair")


@pytest.fixture(scope="module")
def board():
    """A board whose time runs by itself, as a real one's does."""
    with emulated_board(load_bench_file(PAIR), PAIR, seed=1, pace="real", lockstep=False) as running:
        with open_bench(PAIR, running.serial_url):
            pass  # the firmware has started
        yield running


def mpremote(board, *arguments):
    command = [sys.executable, "-m", "mpremote", "connect", board.serial_url, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("resume", [[], ["resume"]], ids=["with soft reset", "resume"])
def test_mpremote_gets_in_and_the_firmware_comes_back(board, resume):
    said = mpremote(board, *resume, "exec", "print(1)")
    assert said.returncode == 0, said.stderr
    assert said.stdout.strip() == "1"
    with open_bench(PAIR, board.serial_url) as bench:
        assert bench.identity.bench_name == "pair"
        bench.wait(0.5)
        bench.check_sensors()


def test_mpremote_reads_the_files_of_the_deployment(board):
    said = mpremote(board, "fs", "ls")
    assert said.returncode == 0, said.stderr
    assert {"main.py", "bench.json", "fsw/"} <= set(said.stdout.split())
