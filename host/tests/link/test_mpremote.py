"""Stock mpremote and the link take turns on one port, the firmware running before and after."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from hatchwatch.boards.files import load_bench_file
from hatchwatch.deploy.files import board_files
from hatchwatch.emulator.flash import build_filesystem
from hatchwatch.emulator.process import EmulatorProcess
from hatchwatch.image import ensure_image
from hatchwatch.link.commands import command
from hatchwatch.link.handshake import wake_firmware
from hatchwatch.link.link import Link
from hatchwatch.link.ports import open_port
from hatchwatch.payload import boards_root

BOOT_NS = 2_000_000_000


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    bench = boards_root() / "single.toml"
    files = tmp_path_factory.mktemp("board") / "files.img"
    files.write_bytes(build_filesystem(board_files(load_bench_file(bench))))
    with EmulatorProcess(bench, ensure_image(), files=files, pace="real") as process:
        yield process


def mpremote(url: str, *arguments: str) -> str:
    line = [sys.executable, "-m", "mpremote", "connect", url, *arguments]
    return subprocess.run(line, capture_output=True, text=True, timeout=60, check=True).stdout.strip()


def running(url: str) -> bool:
    """Meet the board as every command of ours does; whether the firmware had been running."""
    with Link(open_port(url)) as link:
        woken = wake_firmware(link)
        link.execute(command("echo", data=bytes(range(200))))
        return not woken


@pytest.mark.parametrize("before", [(), ("resume",), ("soft-reset",)])
def test_mpremote_gets_in_while_the_firmware_runs_and_it_comes_back(board, before):
    running(board.serial_url)
    assert mpremote(board.serial_url, *before, "exec", "print(6*7)").splitlines()[-1] == "42"
    assert running(board.serial_url) is False, "mpremote leaves the board at its prompt"
    assert running(board.serial_url) is True


def test_after_a_reset_by_mpremote_the_firmware_runs_by_itself(board):
    running(board.serial_url)
    mpremote(board.serial_url, "reset")
    let_pass(board, BOOT_NS)
    assert running(board.serial_url) is True


def let_pass(board: EmulatorProcess, duration_ns: int) -> None:
    """Wait for board time: on a busy machine the emulated board boots slower than a real one."""
    until_ns = board.side.time().board_ns + duration_ns
    while board.side.time().board_ns < until_ns:
        time.sleep(0.05)
