"""Parameters: values, ranges, what is saved and what comes back, on CPython and on the board."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from running_firmware import RunningFirmware

from fsw.link import dictionary, numbers
from fsw.services.parameters import Parameters, default_values
from hatchwatch.link.commands import Command
from hatchwatch.link.packets import Event, Report

ROWS = dictionary.PARAMETERS
NAMES = [row[1] for row in ROWS]
DEFAULTS = {row[1]: row[6] for row in ROWS}


class Flash:
    """A record that keeps what it is given, or fails as a full disk does."""

    def __init__(self, data=None):
        self.data = data
        self.full = False

    def load(self):
        return self.data

    def save(self, data):
        if self.full:
            raise OSError(28)
        self.data = data


def stored(*values):
    """The layout in flash, by struct: big endian, in the order of the numbers."""
    return struct.pack(">%di" % len(values), *values)


def record_file(data):
    """A file of `kernel.storage`: magic, kind 1, version 1, sequence number 1, length, CRC-32."""
    header = struct.pack(">HBBIH", 0x6877, 1, 1, 1, len(data))
    return header + struct.pack(">I", zlib.crc32(header + data)) + data


legal_values = st.tuples(*(st.integers(row[4], row[5]) for row in ROWS))


def test_nothing_saved_gives_the_defaults():
    parameters = Parameters(Flash())
    assert list(parameters.values) == [row[6] for row in ROWS] == list(default_values())
    assert (parameters.unsaved, parameters.refused) == (0, 0)


@given(legal_values)
def test_all_legal_values_come_back_from_flash(values):
    flash = Flash()
    parameters = Parameters(flash)
    for number, value in enumerate(values):
        assert parameters.allows(number, value)
        parameters.set(number, value)
    differing = sum(value != row[6] for value, row in zip(values, ROWS))
    assert parameters.unsaved == differing
    assert parameters.save() == differing
    assert parameters.unsaved == 0
    assert flash.data == stored(*values)
    assert list(Parameters(flash).values) == list(values)


@given(legal_values, st.integers(0, len(ROWS)))
def test_a_record_of_a_firmware_with_fewer_parameters_is_read(values, count):
    parameters = Parameters(Flash(stored(*values[:count])))
    assert list(parameters.values) == [*values[:count], *(row[6] for row in ROWS[count:])]
    assert parameters.refused == 0


@given(st.data())
def test_a_value_out_of_range_costs_only_itself(data):
    row = data.draw(st.sampled_from(ROWS))
    bad = data.draw(
        st.integers(-(2**31), row[4] - 1) | st.integers(row[5] + 1, 2**31 - 1), label=f"for {row[1]}"
    )
    values = [known[5] for known in ROWS]
    values[row[0]] = bad
    parameters = Parameters(Flash(stored(*values)))
    values[row[0]] = row[6]
    assert list(parameters.values) == values
    assert (parameters.refused, parameters.first_refused) == (1, row[0])


def test_parameters_of_a_later_firmware_are_left_out():
    values = [row[6] for row in ROWS]
    parameters = Parameters(Flash(stored(*values, 7, 8)))
    assert list(parameters.values) == values
    assert (parameters.refused, parameters.first_refused) == (2, len(ROWS))


@given(st.binary(max_size=300))
def test_no_bytes_are_a_reason_to_fail(data):
    parameters = Parameters(Flash(data))
    for number, value in enumerate(parameters.values):
        assert ROWS[number][4] <= value <= ROWS[number][5]


def test_a_failed_save_leaves_everything_unsaved():
    flash = Flash()
    parameters = Parameters(flash)
    parameters.set(numbers.PARAMETER_ARM_TIME_S, 20)
    flash.full = True
    with pytest.raises(OSError, match="28"):
        parameters.save()
    assert (parameters.unsaved, flash.data) == (1, None)


def test_defaults_come_back_into_the_same_array():
    parameters = Parameters(Flash())
    shared = parameters.values
    parameters.set(numbers.PARAMETER_ARM_TIME_S, 20)
    parameters.restore_defaults()
    assert shared[numbers.PARAMETER_ARM_TIME_S] == DEFAULTS["arm_time_s"]
    assert parameters.unsaved == 0


@pytest.fixture(scope="module")
def board():
    return RunningFirmware("single")


def values_of(board, *names):
    seen = len(board.packets)
    board.command("report_parameters", parameters=[{"parameter": name} for name in names])
    reports = [report for report in board.bodies(Report, seen) if report.name == "parameter_values"]
    pairs = [pair for report in reports for pair in report.fields["parameters"]]
    return {pair["parameter"]: pair["value"] for pair in pairs}


def set_values(board, **values):
    """Returns the last acknowledgement."""
    pairs = [{"parameter": name, "value": value} for name, value in values.items()]
    return board.command("set_parameters", parameters=pairs)[-1]


def test_all_parameters_are_reported(board):
    assert values_of(board) == DEFAULTS
    assert list(values_of(board)) == NAMES


def test_some_parameters_are_reported_in_the_order_asked_for(board):
    assert list(values_of(board, "event_rate", "arm_time_s")) == ["event_rate", "arm_time_s"]


def test_a_set_is_used_and_counted_until_it_is_saved(board):
    assert set_values(board, arm_time_s=20, pressure_low=-(2**29)).stage == "completed"
    assert values_of(board, "arm_time_s", "pressure_low") == {"arm_time_s": 20, "pressure_low": -(2**29)}
    board.pass_time(1.0)
    assert board.housekeeping().unsaved_parameters == 2
    seen = len(board.packets)
    assert [body.stage for body in board.command("save_parameters", wait_s=1.2)] == ["accepted", "completed"]
    (saved,) = [event for event in board.bodies(Event, seen) if event.name == "parameters_saved"]
    assert saved.fields == {"parameters": 2}
    board.pass_time(1.0)
    assert board.housekeeping().unsaved_parameters == 0
    assert board.command("restore_defaults")[-1].stage == "completed"
    assert values_of(board) == DEFAULTS
    board.pass_time(1.0)
    assert board.housekeeping().unsaved_parameters == 2


BAD_SETS = [
    ([("arm_time_s", 30), ("event_rate", 0)], "out_of_range", NAMES.index("event_rate")),
    ([("arm_time_s", 30), ("event_rate", 101)], "out_of_range", NAMES.index("event_rate")),
    ([("arm_time_s", 30), ("event_rate", 2**31 - 1)], "out_of_range", NAMES.index("event_rate")),
    ([("arm_time_s", 30), ("event_rate", -(2**31))], "out_of_range", NAMES.index("event_rate")),
    ([("arm_time_s", 30), (len(ROWS), 1)], "no_such_parameter", len(ROWS)),
    ([("arm_time_s", 30), (255, 1)], "no_such_parameter", 255),
]


@pytest.mark.parametrize(("pairs", "code", "detail"), BAD_SETS)
@pytest.mark.swe134("h")
def test_one_bad_value_refuses_the_whole_set(board, pairs, code, detail):
    before = values_of(board)
    (answer,) = board.command(
        "set_parameters", parameters=[{"parameter": number, "value": value} for number, value in pairs]
    )
    assert (answer.stage, answer.code_name, answer.detail) == ("refused", code, detail)
    assert values_of(board) == before


BAD_BYTES = [
    (1, b"", "wrong_length", 0),
    (1, b"\x02\x01", "wrong_length", 2),
    (1, b"\x01\xff", "no_such_parameter", 255),
    (3, b"\x01\x01\x00\x00\x00", "wrong_length", 5),
    (3, b"\x01\x01" + bytes(5), "wrong_length", 7),
]


@pytest.mark.parametrize(("subtype", "data", "code", "detail"), BAD_BYTES)
def test_bytes_that_are_no_list_of_parameters(board, subtype, data, code, detail):
    request = board.send_packet(Command("odd", 20, subtype, data).pack(board.next_sequence()))
    board.pass_time(0.15)
    (answer,) = board.acknowledgements(request)
    assert (answer.stage, answer.code_name, answer.detail) == ("refused", code, detail)


def test_a_second_save_waits_for_the_first(board):
    first = board.send("save_parameters")
    second = board.send("save_parameters")
    board.pass_time(1.2)
    assert [body.stage for body in board.acknowledgements(first)] == ["accepted", "completed"]
    assert [body.code_name for body in board.acknowledgements(second)] == ["busy"]


def test_saved_values_outlive_a_restart_of_the_chip(board):
    set_values(board, arm_time_s=41)
    board.command("save_parameters", wait_s=1.2)
    set_values(board, arm_time_s=42)
    board.send("reset")
    board.pass_time(2.0)
    assert values_of(board, "arm_time_s") == {"arm_time_s": 41}


FULL_DISK = b"""
from fsw.kernel import storage
def full(path, mode, content):
    raise OSError(28)
storage._write = full
from fsw.kernel.boot import run
from micropython import kbd_intr
kbd_intr(-1)
run()
"""


@pytest.mark.swe134("f")
def test_what_flash_holds_and_this_firmware_refuses_is_told_and_not_used():
    """Also that a disk without room is told of and costs nothing else."""
    data = stored(*(row[5] for row in ROWS[:-1]), ROWS[-1][5] + 1)
    files = {"data/params.a": record_file(data), "main.py": FULL_DISK}
    board = RunningFirmware("single", extra_files=files, readable=["fsw/kernel/storage.py"])
    told = [event for event in board.bodies(Event) if event.name == "parameters_refused"]
    assert [event.fields for event in told] == [{"parameters": 1, "first": NAMES[-1]}]
    assert values_of(board)["arm_time_s"] == 60
    assert values_of(board)[NAMES[-1]] == DEFAULTS[NAMES[-1]]
    set_values(board, arm_time_s=5)
    seen = len(board.packets)
    failed = board.command("save_parameters", wait_s=1.2)[-1]
    assert (failed.stage, failed.code_name, failed.detail) == ("failed", "storage_failed", 28)
    assert "storage_failed" in board.events(seen)
    board.pass_time(1.0)
    assert board.housekeeping().unsaved_parameters == 1
