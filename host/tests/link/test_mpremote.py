"""Stock mpremote and the link take turns on one port, the firmware running before and after."""

from __future__ import annotations

import hashlib
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
from hatchwatch.link.packets import Housekeeping
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


@pytest.fixture(scope="module")
def hasty_board(tmp_path_factory):
    """A board whose time flies while it waits for bytes, so that a copy takes it minutes."""
    bench = boards_root() / "single.toml"
    files = tmp_path_factory.mktemp("hasty") / "files.img"
    files.write_bytes(build_filesystem(board_files(load_bench_file(bench))))
    with EmulatorProcess(bench, ensure_image(), files=files, pace="max") as process:
        yield process


def test_a_copy_of_more_than_a_minute_outlives_the_watchdog(hasty_board, tmp_path):
    """The watchdog resets after 8 s; at the prompt it does not run, and afterwards all is as before."""
    content = bytes(range(256)) * 16
    (tmp_path / "data.bin").write_bytes(content)
    running(hasty_board.serial_url)
    before_ns = hasty_board.side.time().board_ns
    source = str(tmp_path / "data.bin")
    slowly = "import time; time.sleep(60)"  # as over a slow hub: how fast the copy is must not matter here
    mpremote(
        hasty_board.serial_url, "cp", source, ":one.bin", "+", "exec", slowly, "+", "cp", source, ":data.bin"
    )
    assert hasty_board.side.time().board_ns - before_ns > 60_000_000_000
    assert (
        mpremote(hasty_board.serial_url, "resume", "sha256sum", ":data.bin")
        .splitlines()[-1]
        .startswith(hashlib.sha256(content).hexdigest())
    )
    with Link(open_port(hasty_board.serial_url)) as link:
        assert wake_firmware(link) is True, "mpremote leaves the board at its prompt"
        housekeeping = link.wait(
            lambda packet: isinstance(packet.body, Housekeeping), since=0, timeout_s=5.0
        ).body
    assert isinstance(housekeeping, Housekeeping)
    assert (housekeeping.mode, housekeeping.unhealthy_boots) == ("normal", 0)
    assert housekeeping.reset_cause == "soft"
