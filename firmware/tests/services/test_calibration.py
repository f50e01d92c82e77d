"""Calibration on the board: set, saved, used for its sensor alone, kept when it does not fit."""

import struct
import zlib
from binascii import crc_hqx

import pytest
from running_firmware import RunningFirmware

from hatchwatch.link.packets import Event, Report


def trimming_crc(board, module):
    """CRC-16/CCITT-FALSE, by the standard library, of the registers that the emulated chip has."""
    return crc_hqx(board.world.devices.sensors[module].part.trimming.to_bytes(), 0xFFFF)


def record(*rows, sequence=1):
    """A file of `kernel.storage` of kind 2, version 1, with (offset, CRC) for each module."""
    data = b"".join(struct.pack(">iH", *row) for row in rows)
    header = struct.pack(">HBBIH", 0x6877, 2, 1, sequence, len(data))
    return header + struct.pack(">I", zlib.crc32(header + data)) + data


def calibration(board):
    since = len(board.packets)
    assert board.command("report_once", structures=[{"sid": 3}])[-1].stage == "completed"
    (report,) = [report for report in board.bodies(Report, since) if report.name == "calibration"]
    rows = report.fields["modules"]
    return [(row["offset_q8_pa"], row["trimming_crc"], row["stored_crc"]) for row in rows]


@pytest.fixture(scope="module")
def board():
    """Has a calibration on it that was made with another sensor in the left module."""
    return RunningFirmware("pair", extra_files={"data/calib.a": record((2560, 0x1234), (-512, 0))})


def test_an_offset_for_another_sensor_is_told_of_and_not_used(board):
    crc = trimming_crc(board, "left")
    told = [event.fields for event in board.bodies(Event) if event.name == "calibration_mismatch"]
    assert told == [{"module": 0, "stored_crc": 0x1234, "trimming_crc": crc}]
    assert calibration(board) == [(0, crc, 0x1234), (0, trimming_crc(board, "right"), 0)]


def test_an_offset_is_used_at_once_and_stays_after_a_save(board):
    left, right = trimming_crc(board, "left"), trimming_crc(board, "right")
    assert board.command("set_calibration", module=1, offset_q8_pa=-25_600)[-1].stage == "completed"
    assert calibration(board)[1] == (-25_600, right, right)
    assert board.command("save_calibration", wait_s=2.2)[-1].stage == "completed"
    assert "calibration_saved" in board.events()
    board.send("reset")
    board.pass_time(2.5)
    assert calibration(board) == [(0, left, 0x1234), (-25_600, right, right)], "the other one is not lost"


def test_checks_use_the_offset_and_readings_do_not(board):
    """With 100 hPa taken from it the right module lies under a limit that it otherwise keeps."""
    measured_pa = board.readings().pressure_pa[1]
    limit = {"parameter": "pressure_low", "value": round(measured_pa) - 5000}
    board.command("set_parameters", parameters=[limit, {"parameter": "pressure_repetitions", "value": 1}])
    board.pass_time(2.0)
    since = len(board.packets)
    assert board.command("set_calibration", module=1, offset_q8_pa=2_560_000)[-1].stage == "completed"
    board.pass_time(2.0)
    found = [
        (entry["monitor"], entry["index"], entry["after"])
        for report in board.bodies(Report, since)
        if report.name == "check_transitions"
        for entry in report.fields["transitions"]
        if entry["monitor"] == "pressure"
    ]
    assert found == [("pressure", 1, "below")]
    assert board.readings().pressure_pa[1] == pytest.approx(measured_pa, abs=20)


@pytest.mark.parametrize(
    ("module", "offset_q8_pa", "code", "detail"),
    [
        (2, 0, "no_such_index", 2),
        (0, 2_560_001, "bad_value", 2_560_001),
        (0, -(2**31), "bad_value", -(2**31)),
    ],
)
def test_what_cannot_be_a_calibration_is_refused(board, module, offset_q8_pa, code, detail):
    (answer,) = board.command("set_calibration", module=module, offset_q8_pa=offset_q8_pa)
    assert (answer.stage, answer.code_name, answer.detail) == ("refused", code, detail)


def test_a_sensor_answers_a_test_while_it_goes_on_measuring(board):
    since = len(board.packets)
    assert board.command("test_sensor", module=0)[-1].stage == "completed"
    (test,) = [report.fields for report in board.bodies(Report, since) if report.name == "sensor_test"]
    crc = trimming_crc(board, "left")
    assert test == {"module": 0, "state": "fresh", "chip_id": 0x58, "trimming_crc": crc}
    board.pass_time(1.0)
    assert board.readings().state == ("fresh", "fresh")
    assert board.housekeeping().slips == 0


@pytest.mark.parametrize(
    ("fault", "state", "chip_id"),
    [
        ({"kind": "silence"}, "absent", 0),
        ({"kind": "chip_id", "value": 0x42}, "wrong_chip", 0x42),
        ({"kind": "trimming", "pattern": "zeros"}, "bad_trimming", 0x58),
    ],
)
def test_a_sensor_that_is_not_what_it_was_fails_its_test(board, fault, state, chip_id):
    since = len(board.packets)
    settings = {name: value for name, value in fault.items() if name != "kind"}
    board.world.devices.fault(fault["kind"], "left", **settings)
    answer = board.command("test_sensor", wait_s=0.08, module=0)[-1]
    board.world.devices.clear(fault["kind"], "left")
    assert (answer.stage, answer.code_name) == ("failed", "sensor_failed")
    (test,) = [report.fields for report in board.bodies(Report, since) if report.name == "sensor_test"]
    assert test == {"module": 0, "state": state, "chip_id": chip_id, "trimming_crc": 0}
    board.pass_time(2.0)


def test_a_calibration_for_another_number_of_modules_is_kept_and_not_used():
    stored = record((2560, 0x1234), (2560, 0x1234))
    board = RunningFirmware("single", extra_files={"data/calib.a": stored})
    told = [event.fields for event in board.bodies(Event) if event.name == "calibration_unused"]
    assert told == [{"stored_modules": 2, "modules": 1}]
    assert calibration(board)[0][0] == 0
    assert "storage_damaged" not in board.events()
