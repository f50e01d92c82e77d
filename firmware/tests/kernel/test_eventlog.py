"""The log of events as data: what it keeps, in how much flash, and what damage costs.

Power cuts are in test_power_cuts, the log within the firmware in tests/services/test_logbook.
"""

import os
from array import array
from pathlib import Path

import pytest
from emulated_board import EmulatedBoard, compiled
from hypothesis import given, settings
from hypothesis import strategies as st
from own_disk import own_disk

from fsw.kernel.eventlog import (
    RECORD_BYTES,
    RING_RECORDS,
    SEGMENT_RECORDS,
    SEGMENTS,
    EventLog,
    is_sound,
    next_segment,
)

INFO, MEDIUM = 1, 3
BOOT = 7


@pytest.fixture
def disk():
    with own_disk():
        yield


def new_log(boot_count=BOOT, stamp=(1000, 2000)):
    log = EventLog(array("i", stamp))
    log.boot_count = boot_count
    return log


def add(log, number, data=b"", severity=INFO):
    log.add(number, severity, b"head" + data + b"tail", 4, 4 + len(data))


def add_numbers(log, start, stop):
    """Events told apart by their data: their count, in four bytes."""
    for i in range(start, stop):
        add(log, 1 + i % 200, i.to_bytes(4, "big"))


def write_all(log):
    while log.flush():
        pass


def read_all(log, at_once=5):
    """All sound records by their place, read as the service does it."""
    place, end = log.places()
    target = bytearray(at_once * RECORD_BYTES)
    found = {}
    while place < end:
        count = log.read(place, target)
        for i in range(count):
            record = bytes(target[i * RECORD_BYTES : (i + 1) * RECORD_BYTES])
            if is_sound(record):
                found[place + i] = record
        place = place + count if count else next_segment(place)
    return found


def counts(found):
    """What `add_numbers` put into the records."""
    return [int.from_bytes(record[10:14], "big") for record in found.values()]


def files():
    return {path.name: path.stat().st_size for path in Path("data").iterdir()}


def test_the_layout_of_a_record(disk):
    """Read by other firmware and other tools; the CRC is CRC-16/CCITT-FALSE (0x29B1 for "123456789")."""
    log = new_log(boot_count=0x0102, stamp=(0x03040506, 0x0708))
    add(log, 9, b"0123456789abcdef")
    write_all(log)
    content = Path("data/events.0").read_bytes()
    assert content[:22] == bytes.fromhex("0102 03040506 0708 09 0c") + b"0123456789ab"
    crc = 0xFFFF
    for bit in "".join(f"{byte:08b}" for byte in content[:22]):
        crc = (crc << 1 & 0xFFFF) ^ (0x1021 if (crc >> 15) ^ int(bit) else 0)
    assert content[22:] == crc.to_bytes(2, "big")


def test_short_data_are_filled_up_and_nothing_around_them_is_kept(disk):
    log = new_log()
    add(log, 9, b"xy")
    (record,) = read_all(log).values()
    assert record[9:22] == b"\x02xy" + bytes(10)


@given(
    st.lists(st.one_of(st.integers(1, 40), st.sampled_from(["flush", "write all", "restart"])), max_size=60)
)
def test_what_was_added_is_read_in_order_wherever_it_lies(steps):
    """Before and after flushes and restarts; a restart costs what was not written."""
    with own_disk():
        log, added, expected = new_log(), 0, []
        for step in steps:
            if step == "flush":
                log.flush()
            elif step == "write all":
                write_all(log)
            elif step == "restart":
                del expected[len(expected) - log.waiting :]
                log = new_log()
            else:
                room = RING_RECORDS - log.waiting
                add_numbers(log, added, added + step)
                expected += range(added, added + min(step, room))
                added += step
        found = read_all(log)
        kept = len(found)
        assert kept >= min(len(expected), (SEGMENTS - 1) * SEGMENT_RECORDS)
        assert counts(found) == expected[len(expected) - kept :]
        assert list(found) == list(range(len(expected) - kept, len(expected))), "their places"


def test_the_log_stays_within_its_part_of_the_flash_for_ever(disk):
    log = new_log()
    total = 12 * SEGMENT_RECORDS
    for start in range(0, total, 20):
        add_numbers(log, start, start + 20)
        write_all(log)
        assert len(files()) <= SEGMENTS
        assert max(files().values()) <= 4096
    found = read_all(new_log())
    assert counts(found) == list(range(total))[-len(found) :]
    assert list(found)[-1] == total - 1
    assert len(found) > (SEGMENTS - 1) * SEGMENT_RECORDS


def test_a_flush_changes_one_file(disk):
    log = new_log()
    changes = 0
    for start in range(0, 6 * SEGMENT_RECORDS, 50):
        add_numbers(log, start, start + 50)
        more = True
        while more:
            before = files() if Path("data").exists() else {}
            more = log.flush()
            after = files()
            changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
            assert len(changed) == 1
            changes += 1
    assert changes > 6 * SEGMENT_RECORDS / 50


def test_events_without_a_place_are_counted_and_the_first_ones_kept(disk):
    log = new_log()
    add_numbers(log, 0, RING_RECORDS + 6)
    assert log.lost == 6
    assert counts(read_all(log)) == list(range(RING_RECORDS))


def test_grave_events_make_the_log_urgent_until_they_are_written(disk):
    log = new_log()
    add(log, 1)
    assert not log.is_urgent
    add(log, 14, severity=MEDIUM)
    assert log.is_urgent
    write_all(log)
    assert not log.is_urgent


@settings(max_examples=30)
@given(st.data())
@pytest.mark.swe134("f")
def test_damage_costs_the_damaged_records_and_no_others(data):
    with own_disk():
        log = new_log()
        for start in range(0, 2 * SEGMENT_RECORDS, 20):
            add_numbers(log, start, start + 20)
            write_all(log)
        path = Path(data.draw(st.sampled_from(["data/events.0", "data/events.1"])))
        content = bytearray(path.read_bytes())
        first = SEGMENT_RECORDS * int(path.suffix[1:])
        hit = set()
        for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=5, unique=True)):
            content[at] ^= data.draw(st.integers(1, 255))
            hit.add(first + at // RECORD_BYTES)
        path.write_bytes(content)
        found = read_all(new_log())
        assert set(found) == set(range(2 * SEGMENT_RECORDS)) - hit
        assert all(counts({place: record}) == [place] for place, record in found.items())


def test_a_lost_file_costs_its_own_records(disk):
    log = new_log()
    for start in range(0, 3 * SEGMENT_RECORDS, 30):
        add_numbers(log, start, start + 30)
        write_all(log)
    os.remove("data/events.1")
    found = read_all(new_log())
    assert set(found) == {*range(SEGMENT_RECORDS), *range(2 * SEGMENT_RECORDS, 3 * SEGMENT_RECORDS)}


@pytest.mark.parametrize("odd_bytes", [1, 23])
def test_a_file_that_ends_within_a_record_is_not_gone_on_with(disk, odd_bytes):
    log = new_log()
    add_numbers(log, 0, 10)
    write_all(log)
    path = Path("data/events.0")
    path.write_bytes(path.read_bytes()[: 9 * RECORD_BYTES + odd_bytes])
    log = new_log()
    add_numbers(log, 100, 103)
    write_all(log)
    assert counts(read_all(new_log())) == [*range(9), 100, 101, 102]


def test_files_of_others_are_left_alone(disk):
    Path("data").mkdir()
    for name in ("events.old", "events.", "events.007", "params.a"):
        Path("data", name).write_bytes(b"mine")
    log = new_log()
    for start in range(0, 6 * SEGMENT_RECORDS, 50):
        add_numbers(log, start, start + 50)
        write_all(log)
    assert {name for name, size in files().items() if size == 4} == {
        "events.old",
        "events.",
        "events.007",
        "params.a",
    }


MODULES = (
    "fsw/__init__.py",
    "fsw/kernel/__init__.py",
    "fsw/kernel/storage.py",
    "fsw/kernel/eventlog.py",
    "fsw/link/__init__.py",
    "fsw/link/cobs.py",
    "fsw/link/crc.py",
    "fsw/link/numbers.py",
    "fsw/link/telemetry.py",
)
ON_BOARD = """
import micropython, os
from array import array
from fsw.kernel.eventlog import EventLog
log = EventLog(array("i", (1000, 2000)))
log.boot_count = 7
packet = b"head0123tail"
"""


@pytest.fixture
def board():
    board = EmulatedBoard(None, {**compiled(MODULES), "filler": bytes(185 * 4096)})
    board.run(ON_BOARD)
    return board


def test_on_the_board_an_event_takes_no_heap_and_gives_the_same_bytes(board, disk):
    board.run("""
def add_seventy():
    for _ in range(70):
        log.add(14, 3, packet, 4, 8)
micropython.heap_lock()
add_seventy()
micropython.heap_unlock()
""")
    assert board.value("log.lost") == 6
    board.run("while log.flush(): pass")
    here = new_log()
    for _ in range(64):
        add(here, 14, b"0123", MEDIUM)
    write_all(here)
    assert board.value("open('data/events.0', 'rb').read()") == Path("data/events.0").read_bytes()


def test_on_a_full_disk_events_wait_until_there_is_room(board):
    """Files of up to 512 bytes lie within their folder, which has room; a longer one needs a block."""
    board.run("""
def fill(name):
    file = open(name, "wb")
    try:
        while True:
            file.write(bytes(512))
    except OSError:
        return file
more = fill("more")
def flush():
    try:
        while log.flush(): pass
    except OSError as error:
        return error.errno
for _ in range(60):
    log.add(14, 3, packet, 4, 8)
""")
    assert board.value("flush()") == 28
    assert board.value("log.waiting") == 60
    board.run("more.close(); os.remove('filler')")
    assert board.value("flush()") is None
    assert board.value("os.stat('data/events.0')[6]") == 60 * 24
