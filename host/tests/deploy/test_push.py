"""Deployments to the emulated board, looked at with the stock mpremote."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from typing import TYPE_CHECKING, cast

import pytest

from hatchwatch.deploy.push import _identify, _verify, push
from hatchwatch.emulator.process import EmulatorProcess
from hatchwatch.errors import BoardError, PortError
from hatchwatch.image import ensure_image
from hatchwatch.link.ports import open_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hatchwatch.deploy.session import BoardSession

SAVE_SOMETHING = """
import os; os.mkdir('data')
for name in ('params.a', 'params.b', 'calib.a', 'events.7', 'params.bad'):
    with open('data/' + name, 'w') as f: f.write(name * 60)
"""
WHAT_IS_SAVED = """
import os
for name in sorted(os.listdir('data')): print(name, open('data/' + name).read())
"""
EVERY_BYTE = bytes(range(256))
FILES = {
    "fsw/__init__.mpy": b"",
    "fsw/kernel/loop.mpy": EVERY_BYTE * 20,  # more than one chunk
    "fsw/link/crc.mpy": EVERY_BYTE,
    "main.py": b"answer = 42\n",
    "bench.json": b"{}",
    "manifest.json": b'{"files": 1}',
}


@pytest.fixture(scope="module")
def board() -> Iterator[EmulatorProcess]:
    """An emulated board with an empty file system; the tests use it one after the other."""
    with EmulatorProcess(None, ensure_image()) as process:
        yield process


def mpremote(port: str, *arguments: str) -> str:
    command = [sys.executable, "-m", "mpremote", "connect", port, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


def test_a_deployment_writes_what_changed_and_nothing_else(board: EmulatorProcess) -> None:
    port = board.serial_url
    steps: list[tuple[str, int, int | None]] = []
    first = push(port, FILES, lambda *step: steps.append(step))
    assert set(first.written) == set(FILES)
    assert first.written[-1] == "manifest.json"
    assert "RP2040" in first.machine
    total = sum(map(len, FILES.values()))
    assert ("writing", total, total) in steps

    again = push(port, FILES)
    assert (again.written, again.removed, again.unchanged) == ((), (), len(FILES))

    mpremote(
        port, "exec", "open('mine.txt','w').close(); import os; os.mkdir('fsw/old'); open('fsw/old/x.py','w')"
    )
    mpremote(port, "exec", SAVE_SOMETHING)
    saved = mpremote(port, "exec", WHAT_IS_SAVED)
    changed = {**FILES, "main.py": b"answer = 43\n"}
    del changed["fsw/link/crc.mpy"], changed["bench.json"]
    report = push(port, changed)
    assert set(report.written) == {"main.py", "manifest.json"}
    assert set(report.removed) == {"fsw/link/crc.mpy", "fsw/old/x.py"}
    assert report.has_bench

    listing = "import os; print(sorted(os.listdir()), sorted(os.listdir('fsw')), open('main.py').read())"
    assert mpremote(port, "exec", listing).split("] ") == [
        "['bench.json', 'data', 'fsw', 'main.py', 'manifest.json', 'mine.txt'",
        "['__init__.mpy', 'kernel'",
        "answer = 43\n\n",
    ]
    assert mpremote(port, "exec", WHAT_IS_SAVED) == saved, "what the firmware saved is the user's"


def test_too_much_for_the_board_is_refused_before_anything_is_written(board: EmulatorProcess) -> None:
    with pytest.raises(BoardError, match="KiB of storage left"):
        push(board.serial_url, {**FILES, "fsw/big.mpy": bytes(2_000_000)})
    assert "big.mpy" not in mpremote(board.serial_url, "exec", "import os; print(os.listdir('fsw'))")


class OtherBoard:
    """A prompt that is not the one we deploy to, as `BoardSession` would show it."""

    port = "COM7"

    def __init__(self, *identity: object) -> None:
        self.identity = list(identity)

    def run(self, script: str) -> list[object]:
        return [self.identity]


@pytest.mark.parametrize(
    ("identity", "seen"),
    [
        (("micropython", [1, 24, 1], 0x1306, "Raspberry Pi Pico with RP2040", 10**6), "micropython 1.24 on"),
        (("micropython", [1, 27, 0], 0x2B06, "Raspberry Pi Pico2 with RP2350", 10**6), "RP2350"),
        (("circuitpython", [9, 0, 0], 0x1306, "Raspberry Pi Pico with RP2040", 10**6), "circuitpython 9.0"),
    ],
)
def test_a_board_that_would_not_run_our_bytecode(identity: tuple[object, ...], seen: str) -> None:
    with pytest.raises(BoardError, match=seen) as caught:
        _identify(cast("BoardSession", OtherBoard(*identity)))
    assert caught.value.cure is not None
    assert "BOOTSEL" in caught.value.cure


def test_damage_is_told_by_name() -> None:
    there = {path: hashlib.sha256(content).hexdigest() for path, content in FILES.items()}
    _verify("COM7", FILES, there)
    with pytest.raises(BoardError, match=r"main\.py"):
        _verify("COM7", FILES, {**there, "main.py": "0" * 64})


def test_no_such_port() -> None:
    with pytest.raises(PortError, match="can't be opened"):
        push("/dev/hatchwatch-none", FILES)


@pytest.mark.skipif(sys.platform == "win32", reason="locks of ptys are POSIX")
def test_a_port_in_use(board: EmulatorProcess) -> None:
    holder = open_port(board.serial_url)
    try:
        with pytest.raises(PortError, match="in use"):
            push(board.serial_url, FILES)
    finally:
        holder.close()
