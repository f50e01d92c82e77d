"""Service 12 on the board: transitions, status, events, and the actions of service 19 that follow."""

import pytest
from running_firmware import RunningFirmware

from fsw.link import numbers
from hatchwatch.link.commands import Command
from hatchwatch.link.packets import Event, Report


@pytest.fixture(scope="module")
def board():
    board = RunningFirmware("pair")
    board.pass_time(5.0)  # each check has had its first value, whichever test comes first
    return board


def reports(board, name, since=0):
    return [report.fields for report in board.bodies(Report, since) if report.name == name]


def set_values(board, **values):
    pairs = [{"parameter": name, "value": value} for name, value in values.items()]
    assert board.command("set_parameters", parameters=pairs)[-1].stage == "completed"


def status(board):
    since = len(board.packets)
    assert board.command("report_monitoring")[-1].stage == "completed"
    return [check for fields in reports(board, "monitoring_status", since) for check in fields["checks"]]


def test_every_check_finds_a_healthy_bench_within_its_limits(board):
    checks = status(board)
    assert len(checks) == 4 * 2 + 3
    assert {(check["state"], check["finding"]) for check in checks} == {("passive", "within")}
    told = [entry for fields in reports(board, "check_transitions") for entry in fields["transitions"]]
    assert len(told) == len(checks), "each was reported once, when it had its first value"
    assert "out_of_limits" not in board.events()


def test_a_passive_check_reports_and_an_active_one_tells_and_acts_once(board):
    """The limit is put below the pressure of both modules; the sequence goes to the safe state."""
    since = len(board.packets)
    set_values(board, pressure_high=50_000, pressure_repetitions=2)
    board.pass_time(3.0)
    (transitions,) = reports(board, "check_transitions", since)
    assert [(entry["monitor"], entry["index"], entry["before"], entry["after"], entry["limit"])
            for entry in transitions["transitions"]] == [
        ("pressure", 0, "within", "above", 50_000),
        ("pressure", 1, "within", "above", 50_000),
    ]  # fmt: skip
    assert transitions["transitions"][0]["value"] == pytest.approx(board.readings().pressure_pa[0], abs=20)
    assert board.events(since) == []

    assert board.command("enable_actions", actions=[{"action": "out_of_limits"}])[-1].stage == "completed"
    since = len(board.packets)
    assert board.command("enable_monitoring", monitors=[{"monitor": "pressure"}])[-1].stage == "completed"
    board.pass_time(4.0)
    events = board.bodies(Event, since)
    assert [event.name for event in events[:4]] == [
        "out_of_limits",
        "out_of_limits",
        "action_started",
        "safe_ordered",
    ]
    assert events[0].fields["finding"] == "above"
    assert events[3].fields == {"cause": "event_action"}
    assert board.housekeeping().hatches == (board.bench.safe.hatches,)
    _more_of_its_event_start_no_sequence_that_runs(board)


def _more_of_its_event_start_no_sequence_that_runs(board):
    """A sequence takes 10 s."""
    since = len(board.packets)
    set_values(board, pressure_high=109_500)
    board.pass_time(3.0)
    set_values(board, pressure_high=50_000)
    board.pass_time(3.0)
    assert board.events(since).count("within_limits") == 2
    assert board.events(since).count("out_of_limits") == 2
    assert "action_started" not in board.events(since)
    board.pass_time(5.0)  # its end
    set_values(board, pressure_high=109_500)
    board.pass_time(3.0)
    since = len(board.packets)
    assert board.command("report_actions")[-1].stage == "completed"
    (table,) = reports(board, "action_status", since)
    assert [(row["action"], row["event"], row["enabled"], row["runs"]) for row in table["actions"]] == [
        ("hatch_failed", "hatch_failed", 0, 0),
        ("out_of_limits", "out_of_limits", 1, 1),
        ("sensor_failed", "sensor_failed", 0, 0),
    ]
    assert board.command("disable_actions", actions=[{"action": "out_of_limits"}])[-1].stage == "completed"
    assert board.command("disable_monitoring", monitors=[{"monitor": "pressure"}])[-1].stage == "completed"
    board.pass_time(1.0)
    assert {check["finding"] for check in status(board) if check["monitor"] == "pressure"} == {"unchecked"}
    board.command("restore_defaults")


def test_a_failed_sensor_is_tested_by_the_board_itself(board):
    board.command("enable_actions", actions=[{"action": "sensor_failed"}])
    since = len(board.packets)
    board.world.devices.fault("silence", "right")
    board.pass_time(2.0)
    board.world.devices.clear("silence", "right")
    board.pass_time(5.5)
    tests = reports(board, "sensor_test", since)
    assert [(test["module"], test["state"]) for test in tests] == [(1, "absent"), (1, "fresh")]
    assert reports(board, "check_transitions", since)
    board.command("restore_defaults")


def test_counters_start_anew_on_command_and_no_check_is_misled(board):
    board.write(b"\x05\x19odd\0")
    board.pass_time(1.5)
    board.command("move_hatch", hatch=9, position="open")
    before = board.housekeeping()
    assert before.frames_bad
    since = len(board.packets)
    assert board.command("reset_counters", wait_s=0.05)[-1].stage == "completed"
    board.pass_time(2.0)
    after = board.housekeeping()
    counters = (after.frames_bad, after.slips, after.packets_dropped, after.commands_refused)
    assert counters == (0, 0, 0, 0)
    assert [sensor.errors for sensor in after.sensors] == [0, 0]
    assert after.ticks > before.ticks
    assert after.boot_count == before.boot_count
    assert reports(board, "check_transitions", since) == []


@pytest.mark.parametrize(
    ("service", "subtype", "data", "code", "detail"),
    [
        (12, 1, b"", "wrong_length", 0),
        (12, 2, b"\x01\x07", "bad_value", numbers.MONITORS),
        (19, 4, b"\x02\x00", "wrong_length", 2),
        (19, 5, b"\x01\x03", "bad_value", numbers.ACTIONS),
    ],
)
def test_lists_that_name_nothing_of_the_kind(board, service, subtype, data, code, detail):
    request = board.send_packet(Command("odd", service, subtype, data).pack(board.next_sequence()))
    board.pass_time(0.15)
    (answer,) = board.acknowledgements(request)
    assert (answer.stage, answer.code_name, answer.detail) == ("refused", code, detail)
