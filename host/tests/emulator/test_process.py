from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import serial

from hatchwatch.emulator.flash import build_filesystem
from hatchwatch.emulator.process import EmulatorProcess
from hatchwatch.errors import EmulatorError

if TYPE_CHECKING:
    from pathlib import Path

TRANSPORTS = ["tcp"] if sys.platform == "win32" else ["pty", "tcp"]
MPREMOTE = [sys.executable, "-m", "mpremote", "connect"]

# Starts an emulator, tells where its side channel is, and dies without a word to it.
ORPHAN_MAKER = """
import os, sys
from pathlib import Path
from hatchwatch.emulator.process import EmulatorProcess
process = EmulatorProcess(None, Path(sys.argv[1]), lockstep=True)
print(process.side.address, flush=True)
sys.stdin.readline()
os._exit(1)
"""


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_boots_to_a_prompt_that_prints(start, transport):
    process = start(transport=transport)
    with serial.serial_for_url(process.serial_url, timeout=20) as port:
        port.write(b"\rprint(6*7)\r")
        assert port.read_until(b"\r\n42\r\n").endswith(b"42\r\n")


@pytest.mark.parametrize("pace", ["real", "max"])
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_stock_mpremote_runs_code(start, transport, pace):
    process = start(transport=transport, pace=pace)
    for _ in range(2):  # it comes back after a client has gone
        command = [*MPREMOTE, process.serial_url, "exec", "print('hello', 1 + 1)"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "hello 2", "")


def test_stock_mpremote_copies_and_resets(start, tmp_path: Path):
    process = start()
    source = tmp_path / "settings.txt"
    source.write_bytes(bytes(range(256)) * 4)
    target = [*MPREMOTE, process.serial_url]
    subprocess.run([*target, "fs", "cp", str(source), ":settings.txt"], check=True, timeout=60, stdout=-3)
    subprocess.run([*target, "reset"], check=True, timeout=60)
    listing = [*target, "fs", "sha256sum", ":settings.txt"]
    done = subprocess.run(listing, capture_output=True, text=True, timeout=60, check=True)
    # sha256 of 4 x 00..ff, by coreutils
    assert "785b0751fc2c53dc14a4ce3d800e69ef9ce1009eb327ccf458afe09c242c26c9" in done.stdout


def test_files_seed_and_identity_arrive(start, tmp_path: Path):
    files = tmp_path / "files.img"
    files.write_bytes(build_filesystem({"main.py": b"print('from main')"}))
    process = start(files=files, seed=5, lockstep=True, plant="desk", pace="real")
    hello = process.side.hello()
    expected = {"bench": None, "seed": 5, "plant": "desk", "pace": "real", "lockstep": True, "powered": True}
    assert hello.items() >= expected.items()
    with serial.serial_for_url(process.serial_url, timeout=5) as port:
        process.side.advance(1_000_000_000, 0)
        port.write(b"\r")
        total = process.side.advance(1_100_000_000, 1).serial_out_total
        assert b"from main" in port.read(total)


def test_real_pace_keeps_up_with_the_wall_clock_but_does_not_run_ahead(start):
    process = start(pace="real")
    with serial.serial_for_url(process.serial_url, timeout=20) as port:
        port.write(b"\rimport time; time.sleep(1); print('do' + 'ne')\r")
        began_ns = process.side.time().board_ns
        port.read_until(b"done")
        assert 0.9e9 < process.side.time().board_ns - began_ns < 2e9


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_crash_is_told_with_what_the_emulator_said_last(start):
    process = start()
    os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(EmulatorError, match="The emulator ended with code -9"):
        process.side.time()
    assert not process.running
    process.stop()


def test_an_image_that_is_none_is_told_at_the_start(tmp_path: Path):
    path = tmp_path / "image.uf2"
    path.write_text("no image")
    with pytest.raises(EmulatorError, match=r"image\.uf2 can't be flashed"):
        EmulatorProcess(None, path)


def test_a_taken_tcp_port_is_told_at_the_start(image: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(EmulatorError, match="can't be used"):
        EmulatorProcess(None, image, transport="tcp", tcp_port=taken.getsockname()[1])


def test_stop_ends_the_process_and_its_ports(start):
    process = start(transport="tcp")
    process.stop()
    assert not process.running
    with pytest.raises(serial.SerialException):
        serial.serial_for_url(process.serial_url)
    with pytest.raises(EmulatorError):
        process.side.time()
    process.stop()


def test_ends_when_the_side_channel_says_so(start):
    process = start()
    process.side.stop()
    with pytest.raises(EmulatorError, match="ended with code 0"):
        process.side.time()


def test_does_not_outlive_its_parent(image: Path):
    command = [sys.executable, "-c", ORPHAN_MAKER, str(image)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        host, _, port = parent.stdout.readline().strip().rpartition(":")
        with socket.create_connection((host, int(port)), timeout=20) as connection:
            parent.stdin.write("die\n")
            parent.stdin.flush()
            with contextlib.suppress(ConnectionResetError):
                assert connection.recv(1) == b""
