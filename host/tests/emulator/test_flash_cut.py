from __future__ import annotations

import pytest

from hatchwatch.emulator.flash import build_filesystem, read_filesystem

OLD, NEW = b"old" * 1000, b"new" * 1100
REPLACE = "import os; f = open('tmp', 'w'); f.write('new' * 1100); f.close(); os.rename('tmp', 'data')"


def _operations_of_a_replacement(new_board) -> int:
    board = new_board(build_filesystem({"data": OLD}))
    before = board.chip.flash_cut.operations
    board.ask(REPLACE)
    return board.chip.flash_cut.operations - before


@pytest.mark.parametrize("torn", [False, True])
def test_write_then_rename_leaves_the_old_or_the_new_file_whenever_the_power_goes(new_board, torn):
    count = _operations_of_a_replacement(new_board)
    assert count > 5
    found = set()
    for operation in range(1, count + 1):
        board = new_board(build_filesystem({"data": OLD}))
        board.chip.flash_cut.arm(board.chip.flash_cut.operations + operation, torn=torn)
        board.type(REPLACE.encode() + b"\r", 0.3)
        assert not board.chip.powered
        board.chip.set_power(on=True)
        board.boot()
        assert board.ask("print(len(open('data').read()))") in {"3000", "3300"}
        found.add(read_filesystem(board.chip.read_filesystem())["data"])
    assert found <= {OLD, NEW}
    assert OLD in found


def test_torn_page_keeps_its_first_half(board):
    board.ask("import rp2; flash = rp2.Flash(start=0x90000, len=4096); flash.ioctl(6, 0)")
    board.chip.flash_cut.arm(board.chip.flash_cut.operations + 1, torn=True)
    board.type(b"flash.writeblocks(0, b'\\x55' * 256, 0)\r", 0.1)
    start = 0x12C000 + 0x90000
    assert bytes(board.chip.mcu.flash[start : start + 256]) == b"\x55" * 128 + b"\xff" * 128


def test_operation_that_has_gone_by_is_refused(board):
    board.ask("f = open('x', 'w'); f.write('1'); f.close()")
    with pytest.raises(ValueError, match="has gone by"):
        board.chip.flash_cut.arm(1, torn=False)
