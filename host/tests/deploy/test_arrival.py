"""A running board is brought up to date over TCP, the transport that every system has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.deploy.arrival import await_firmware
from hatchwatch.deploy.boardfile import bench_digest
from hatchwatch.deploy.files import board_files
from hatchwatch.deploy.push import push
from hatchwatch.emulator.flash import build_filesystem
from hatchwatch.emulator.process import EmulatorProcess
from hatchwatch.errors import PortError
from hatchwatch.image import ensure_image

if TYPE_CHECKING:
    from pathlib import Path


def test_a_running_board_gets_another_bench(tmp_path: Path) -> None:
    single, pair = find_bench_file("single"), find_bench_file("pair")
    filesystem = tmp_path / "files.img"
    before = board_files(load_bench_file(single))
    filesystem.write_bytes(build_filesystem({**before, "fsw/loop.py": b"raise SystemExit\n"}))
    with EmulatorProcess(pair, ensure_image(), files=filesystem, transport="tcp") as board:
        assert await_firmware(board.serial_url).bench_name == "single"

        report = push(board.serial_url, board_files(load_bench_file(pair)))
        assert set(report.written) == {"bench.json", "manifest.json"}
        assert report.removed == ("fsw/loop.py",)

        identity = await_firmware(board.serial_url)
        assert (identity.bench_state, identity.bench_name) == ("valid", "pair")
        assert identity.bench_hash == int.from_bytes(bench_digest(load_bench_file(pair)), "big")


def test_a_port_that_does_not_come_back() -> None:
    with pytest.raises(PortError):
        await_firmware("/dev/hatchwatch-none", timeout_s=0.0)
