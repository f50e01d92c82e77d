from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hatchwatch.emulator.flash import FILESYSTEM_BYTES, build_filesystem, read_filesystem

names = st.text("abcdefgh_", min_size=1, max_size=12).map(lambda stem: stem + ".py")
paths = st.one_of(names, st.tuples(st.sampled_from(["lib", "lib/deep", "fsw"]), names).map("/".join))


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(paths, st.binary(max_size=9000), max_size=12))
def test_what_is_built_can_be_read(files):
    assert read_filesystem(build_filesystem(files)) == files


def test_same_files_give_the_same_bytes_in_any_order():
    files = {"b.py": b"2", "a.py": b"1", "lib/c.py": b"3"}
    reversed_files = dict(reversed(files.items()))
    assert build_filesystem(files) == build_filesystem(reversed_files)


def test_image_has_the_size_of_the_boards_partition():
    assert len(build_filesystem({})) == FILESYSTEM_BYTES == 848 * 1024  # the W image's file system


def test_too_much_is_refused_by_name():
    with pytest.raises(ValueError, match=r"big\.bin \(1000000 bytes\) does not fit"):
        build_filesystem({"big.bin": bytes(1_000_000)})


def test_image_of_another_size_is_refused():
    with pytest.raises(ValueError, match="868352 bytes, this one 100"):
        read_filesystem(bytes(100))


def test_board_and_host_read_each_others_files(new_board):
    board = new_board(build_filesystem({"lib/a.txt": b"from the host"}))
    assert board.ask("print(open('lib/a.txt').read())") == "from the host"
    board.ask("f = open('lib/b.txt', 'w'); f.write('from the board'); f.close()")
    assert read_filesystem(board.chip.read_filesystem())["lib/b.txt"] == b"from the board"
