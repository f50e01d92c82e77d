"""Records in flash: layout, damage, full disks. Power cuts are in test_power_cuts."""

import errno
import zlib
from pathlib import Path

import pytest
from emulated_board import BoardError, EmulatedBoard, compiled
from hypothesis import given
from hypothesis import strategies as st
from own_disk import own_disk

from fsw.kernel import storage
from fsw.kernel.storage import MAX_DATA_BYTES, Record

KIND, VERSION = 1, 2
COPY_A, COPY_B, BAD = Path("data/params.a"), Path("data/params.b"), Path("data/params.bad")


@pytest.fixture
def disk():
    with own_disk():
        yield


def record(kind=KIND, version=VERSION):
    return Record("params", kind, version)


def newer_copy():
    """The copy with the higher sequence number, which is at bytes 4 to 8."""
    return max((COPY_A, COPY_B), key=lambda path: path.read_bytes()[4:8])


def test_a_new_board_has_nothing_and_no_damage(disk):
    assert record().load() is None
    assert storage.damaged == []


def test_the_layout_never_changes_unnoticed(disk):
    """What one firmware saved the next must read: the bytes as documented, the CRC by zlib."""
    record().save(b"hatch")
    header = bytes.fromhex("6877 01 02 00000001 0005")
    assert COPY_A.read_bytes() == header + zlib.crc32(header + b"hatch").to_bytes(4, "big") + b"hatch"
    assert not COPY_B.exists()


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=6))
def test_what_was_saved_last_is_loaded(contents):
    with own_disk():
        for content in contents:
            record().save(content)
        assert record().load() == contents[-1]
        assert storage.damaged == []


def test_equal_content_is_not_written_again(disk):
    for content in (b"one", b"two", b"two"):
        record().save(content)
    before = COPY_A.read_bytes(), COPY_B.read_bytes()
    record().save(b"two")
    assert (COPY_A.read_bytes(), COPY_B.read_bytes()) == before


def test_equal_content_is_written_again_if_a_copy_is_missing(disk):
    record().save(b"one")
    record().save(b"one")
    assert COPY_B.exists()


@given(st.data(), st.binary(min_size=1, max_size=100))
@pytest.mark.swe134("f")
def test_damage_to_the_newer_copy_leaves_the_older(data, content):
    with own_disk():
        record().save(b"old")
        record().save(b"new" + content)
        path = newer_copy()
        damaged = bytearray(path.read_bytes())
        place = data.draw(st.integers(0, len(damaged) - 1))
        damage = data.draw(st.sampled_from(["flip", "cut", "lengthen"]))
        if damage == "flip":
            damaged[place] ^= 1 << data.draw(st.integers(0, 7))
        elif damage == "cut":
            del damaged[max(place, 1) :]
        else:
            damaged += bytes(place + 1)
        path.write_bytes(damaged)
        assert record().load() == b"old"
        assert storage.damaged == [path.as_posix()]
        assert BAD.read_bytes() == damaged, "kept for inspection"
        record().save(b"newest")
        assert record().load() == b"newest"


@given(st.binary(min_size=1, max_size=60), st.binary(min_size=1, max_size=60))
def test_whatever_lies_there_is_no_reason_to_fail(first, second):
    with own_disk():
        Path("data").mkdir()
        COPY_A.write_bytes(first)
        COPY_B.write_bytes(b"hw\x01\x02" + second)
        assert record().load() is None
        assert storage.damaged == [COPY_A.as_posix(), COPY_B.as_posix()]
        assert [path.name for path in Path("data").iterdir()] == ["params.bad"]


def test_a_folder_in_the_place_of_a_copy(disk):
    COPY_A.mkdir(parents=True)
    assert record().load() is None
    assert storage.damaged == [COPY_A.as_posix()]


@pytest.mark.parametrize(("kind", "version"), [(KIND + 1, VERSION), (KIND, VERSION + 1)])
def test_a_record_of_another_kind_or_version_is_kept_and_not_used(disk, kind, version):
    record(kind, version).save(b"of another firmware")
    kept = COPY_A.read_bytes()
    assert record().load() is None
    assert BAD.read_bytes() == kept


def test_a_copy_that_was_created_and_never_written_is_no_damage(disk):
    record().save(b"old")
    COPY_B.touch()
    assert record().load() == b"old"
    assert storage.damaged == []


def test_too_much_is_refused_before_anything_is_written(disk):
    record().save(bytes(MAX_DATA_BYTES))
    with pytest.raises(ValueError, match="too many"):
        record().save(bytes(MAX_DATA_BYTES + 1))
    assert record().load() == bytes(MAX_DATA_BYTES)


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="needs a file that keeps nothing")
def test_flash_that_does_not_keep_what_was_written_is_told(disk):
    record().save(b"old")
    COPY_B.symlink_to("/dev/null")
    with pytest.raises(OSError, match=f"^{errno.EIO}$"):
        record().save(b"new")
    COPY_B.unlink()
    assert record().load() == b"old"


MODULES = ("fsw/__init__.py", "fsw/kernel/__init__.py", "fsw/kernel/storage.py")
NEARLY_FULL = {"filler": bytes(190 * 4096)}  # of 212 blocks
FILL_THE_REST = """
more = open("more", "wb")
try:
    while True:
        more.write(bytes(512))
except OSError as error:
    assert error.errno == 28
"""


@pytest.fixture(scope="module")
def board():
    board = EmulatedBoard(None, {**compiled(MODULES), **NEARLY_FULL})
    board.run("import os; from fsw.kernel import storage")
    return board


@pytest.mark.swe134("k")
def test_on_a_full_disk_a_save_fails_and_the_old_content_stays(board):
    board.run("r = storage.Record('calib', 2, 1); r.save(b'old' * 300); r.save(b'older' * 150)")
    board.run("r.save(b'old' * 300)")
    board.run(FILL_THE_REST)
    with pytest.raises(BoardError, match="OSError: 28"):
        board.run("r.save(b'new' * 300)")
    assert board.value("r.load()") == b"old" * 300
    board.run("more.close(); os.remove('filler'); r.save(b'new' * 300)")
    assert board.value("r.load()") == b"new" * 300
    assert board.value("storage.damaged") == []


def test_on_the_board_damage_is_put_aside(board):
    board.run("r = storage.Record('params', 1, 1); r.save(b'one'); r.save(b'two')")
    board.run("f = open('data/params.b', 'r+b'); f.seek(12); f.write(b'?'); f.close()")
    assert board.value("r.load()") == b"one"
    assert board.value("storage.damaged.pop()") == "data/params.b"
    assert board.value("sorted(os.listdir('data'))") == ["calib.a", "calib.b", "params.a", "params.bad"]
