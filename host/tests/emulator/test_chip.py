from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from zlib import crc32

import pytest

from hatchwatch.emulator.chip import Chip
from hatchwatch.emulator.flash import FILESYSTEM_BYTES, build_filesystem
from hatchwatch.errors import ImageError

if TYPE_CHECKING:
    from pathlib import Path

POWER_ON, WATCHDOG = "1", "3"  # machine.PWRON_RESET, machine.WDT_RESET
CYCLE_NS = 8  # 125 MHz


def test_boots_to_the_prompt_and_computes(board):
    assert board.ask("print(6*7)") == "42"


def test_names_the_pinned_release(board):
    assert "v1.27.0" in board.ask("import os; print(os.uname().version)")


def test_files_are_mounted_and_main_runs(new_board):
    board = new_board(build_filesystem({"main.py": b"import lib.answer", "lib/answer.py": b"VALUE = 42"}))
    assert board.ask("print(lib.answer.VALUE)") == "42"


def test_sleeping_costs_no_cycles(board):
    before = board.chip.busy_cycles
    board.ask("import time; time.sleep(100)", timeout_s=101)
    assert board.chip.board_ns > 100_000_000_000
    assert board.chip.busy_cycles - before < 2_000_000  # typing the line and starting the sleep


def test_idle_prompt_executes_nothing(board):
    board.type(b"", 0.01)
    before = board.chip.busy_cycles
    board.type(b"", 10)
    assert board.chip.busy_cycles == before


def test_busy_cycles_fill_all_of_the_time_of_a_busy_board(board):
    board.type(b"while True: pass\r\r\r", 0.1)
    cycles, began_ns = board.chip.busy_cycles, board.chip.board_ns
    board.chip.run_until(began_ns + 10_000_000)
    elapsed_ns = board.chip.board_ns - began_ns
    assert (board.chip.busy_cycles - cycles) * CYCLE_NS == elapsed_ns


def test_step_ends_just_in_time(board):
    until_ns = board.chip.board_ns + 12_345_678
    board.chip.run_until(until_ns)
    assert board.chip.board_ns == until_ns
    board.type(b"while True: pass\r\r\r", 0.1)
    until_ns = board.chip.board_ns + 1_234_567
    board.chip.run_until(until_ns)
    assert until_ns <= board.chip.board_ns < until_ns + 200


def test_boards_clock_is_board_time(board):
    began_ns = board.chip.board_ns
    first = int(board.ask("import time; print(time.ticks_us())"))
    board.type(b"", 2.0)
    second = int(board.ask("print(time.ticks_us())"))
    assert abs((second - first) - (board.chip.board_ns - began_ns) / 1000) < 50_000


def test_every_byte_value_reaches_a_program_and_comes_back(board):
    board.ask("import sys, micropython")
    board.type(b"micropython.kbd_intr(-1); got = sys.stdin.buffer.read(256); micropython.kbd_intr(3)\r", 0.1)
    every_byte = bytes(range(256))
    board.type(every_byte, 0.1)
    assert every_byte in board.type(b"n = sys.stdout.buffer.write(got)\r", 0.1)


def test_nothing_is_lost_when_much_is_sent_at_once(board):
    board.ask("import sys, micropython, binascii")
    board.type(b"micropython.kbd_intr(-1); print(hex(binascii.crc32(sys.stdin.buffer.read(20000))))\r", 0.1)
    data = sha256(b"seed").digest() * 625
    assert hex(crc32(data)).encode() in board.type(data, 1.0)


def test_reset_causes(board):
    board.ask("import machine")
    assert board.ask("print(machine.reset_cause())") == POWER_ON
    board.type(b"machine.reset()\r", 0.01)
    board.boot()
    assert board.ask("import machine; print(machine.reset_cause())") == WATCHDOG
    board.chip.reset()
    board.boot()
    assert board.ask("import machine; print(machine.reset_cause())") == POWER_ON


def test_watchdog_bites_once_and_comes_back_disabled(board):
    board.type(b"import machine; w = machine.WDT(timeout=1000)\r", 0.9)
    assert board.ask("print(w)").startswith("<WDT")
    board.type(b"", 0.1)
    board.boot()
    assert "NameError" in board.ask("print(w)")
    board.ask("import machine")
    assert board.ask("print(machine.reset_cause())") == WATCHDOG
    assert board.ask("print(machine.mem32[0x40058000] >> 30 & 1)") == "0"


def test_watchdog_is_stopped_by_clearing_its_enable_bit(board):
    board.ask("import machine; w = machine.WDT(timeout=1000); machine.mem32[0x40058000 + 0x3000] = 1 << 30")
    board.type(b"", 10.0)
    assert board.ask("print(w)").startswith("<WDT")


def test_power_cycle_keeps_the_flash_and_nothing_else(board):
    board.ask("kept = open('kept.txt', 'w'); kept.write('here'); kept.close()")
    off_ns, cycles = board.chip.board_ns, board.chip.busy_cycles
    board.chip.set_power(on=False)
    assert board.type(b"print(1)\r", 1.0) == b""
    assert board.chip.busy_cycles == cycles
    assert board.chip.board_ns == off_ns + 1_000_000_000
    board.chip.set_power(on=True)
    board.boot()
    assert board.ask("print(open('kept.txt').read())") == "here"
    assert "NameError" in board.ask("print(kept)")


def test_power_is_announced(board):
    announced = []
    board.chip.on_power = announced.append
    for on in (False, False, True):
        board.chip.set_power(on=on)
    assert announced == [False, True]


def test_cycles_keep_counting_over_resets(board):
    before = board.chip.busy_cycles
    board.chip.reset()
    board.chip.run_until(board.chip.board_ns + 1_000_000)
    assert board.chip.busy_cycles > before


def test_same_seed_same_run(new_board):
    def run(seed: int) -> tuple[bytes, int, int]:
        board = new_board(seed=seed)
        said = board.type(b"import os; print(os.urandom(8), [x * 0.1 for x in range(50)])\r", 0.2)
        return said, board.chip.busy_cycles, board.chip.board_ns

    assert run(7) == run(7)


def test_filesystem_can_be_read_and_replaced(board):
    board.ask("f = open('new.txt', 'w'); f.write('x'); f.close()")
    board.chip.write_filesystem(build_filesystem({"other.txt": b"y"}))
    board.chip.reset()
    board.boot()
    assert board.ask("import os; print(os.listdir())") == "['other.txt']"
    with pytest.raises(ValueError, match=str(FILESYSTEM_BYTES)):
        board.chip.write_filesystem(b"short")


@pytest.mark.parametrize("content", [b"", b"no image at all", b"\0" * 512])
def test_what_is_no_image_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "image.uf2"
    path.write_bytes(content)
    with pytest.raises(ImageError, match=r"image\.uf2"):
        Chip(path)


def test_absent_image_is_refused(tmp_path: Path):
    with pytest.raises(ImageError, match=r"none\.uf2"):
        Chip(tmp_path / "none.uf2")
