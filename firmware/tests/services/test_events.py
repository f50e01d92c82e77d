"""Events: on and off, their rate, and who hears of them."""

from array import array

import pytest
from cobs import cobs
from running_firmware import RunningFirmware

from fsw.link import numbers
from fsw.link.telemetry import DATA_AT, TelemetryWriter
from fsw.services.events import Events
from fsw.services.parameters import default_values
from hatchwatch.link.commands import Command
from hatchwatch.link.packets import Event, Report

RATE = default_values()[numbers.PARAMETER_EVENT_RATE]
FLOODED = numbers.EVENT_SENSOR_FAILED
GRAVE = numbers.EVENT_HATCH_FAILED


class Outbox:
    """Takes packets; `sent` has (subtype, number, fields)."""

    def __init__(self):
        self.packet = bytearray(256)
        self.stamp = (77, 0)
        self.sent = []

    def send(self, service, subtype, end):
        assert service == 5
        self.sent.append((subtype, self.packet[19], bytes(self.packet[20:end])))

    def numbers(self):
        return [number for _, number, _ in self.sent]


@pytest.fixture
def outbox():
    return Outbox()


class Log:
    """Keeps events as the log in flash does."""

    def __init__(self):
        self.kept = []

    def add(self, number, severity, packet, start, end):
        self.kept.append((number, severity, bytes(packet[start:end])))


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def events(outbox, log):
    return Events(outbox, default_values(), log, lambda number, time_s: None)


def pass_window(events):
    for _ in range(10):
        events.tick()


def test_an_event_has_its_severity_and_its_fields(events, outbox):
    events.u8_u8_i32(numbers.EVENT_SENSOR_FAILED, 3, 4, -2)
    events.u8_u8_u8(numbers.EVENT_BUS_STUCK, 1, 0, 1)
    events.u8_u16(numbers.EVENT_LINK_LOST, 1, 500)
    events.text(numbers.EVENT_STORAGE_DAMAGED, "data/x")
    assert outbox.sent == [
        (3, numbers.EVENT_SENSOR_FAILED, b"\x03\x04\xff\xff\xff\xfe"),
        (3, numbers.EVENT_BUS_STUCK, b"\x01\x00\x01"),
        (3, numbers.EVENT_LINK_LOST, b"\x01\x01\xf4"),
        (3, numbers.EVENT_STORAGE_DAMAGED, b"\x06data/x"),
    ]


def test_a_flood_of_one_event_leaves_the_others_alone(events, outbox):
    for _ in range(RATE + 7):
        events.u8_u8(FLOODED, 0, 3)
    events.plain(numbers.EVENT_SAG_SUSPECTED)
    assert outbox.numbers() == [FLOODED] * RATE + [numbers.EVENT_SAG_SUSPECTED]
    assert events.suppressed == 7


def test_what_was_suppressed_is_told_once_at_the_end_of_the_window(events, outbox):
    for _ in range(RATE + 7):
        events.u8_u8(FLOODED, 0, 3)
    pass_window(events)
    assert outbox.sent[RATE:] == [(2, numbers.EVENT_EVENTS_SUPPRESSED, bytes((FLOODED, 0, 7)))]
    pass_window(events)
    events.u8_u8(FLOODED, 0, 3)
    assert outbox.numbers()[RATE + 1 :] == [FLOODED], "the next window begins with nothing sent"


def test_many_floods_at_once_are_all_told_of(events, outbox):
    flooded = [number for number in numbers.SEVERITY if numbers.SEVERITY[number] < numbers.HIGH][:20]
    for number in flooded:
        for _ in range(RATE + 1):
            events.plain(number)
    outbox.sent.clear()
    pass_window(events)
    assert [fields[0] for _, number, fields in outbox.sent] == flooded


def test_high_severity_always_goes(events, outbox):
    for _ in range(50):
        events.plain(GRAVE)
    pass_window(events)
    assert outbox.numbers() == [GRAVE] * 50
    assert events.suppressed == 0


def test_a_new_rate_acts_at_once(outbox, log):
    values = default_values()
    events = Events(outbox, values, log, lambda number, time_s: None)
    for _ in range(RATE + 1):
        events.plain(FLOODED)
    values[numbers.PARAMETER_EVENT_RATE] = RATE + 5
    events.plain(FLOODED)
    assert outbox.numbers() == [FLOODED] * (RATE + 1)


def test_actions_hear_of_what_is_not_sent_and_the_log_keeps_what_comes_within_the_rate(events, log):
    acted = []
    events.act = lambda number, *_: acted.append(number)
    for module in range(RATE + 3):
        events.u8_u8(FLOODED, module, 3)
    assert log.kept == [(FLOODED, 3, bytes((module, 3))) for module in range(RATE)]
    assert acted == [FLOODED] * (RATE + 3)


def test_actions_see_the_fields_that_are_sent(log):
    frames, acted = [], []

    class Clock:
        stamp = array("i", (77, 0, 0))

    writer = TelemetryWriter(Clock(), lambda frame, count, kind: frames.append(bytes(frame[:count])))
    events = Events(writer, default_values(), log, lambda number, time_s: None)
    events.act = lambda number, packet, start, end: acted.append(bytes(packet[start:end]))
    events.u8_u8(GRAVE, 0, 3)
    assert acted == [bytes((0, 3))]
    (frame,) = frames
    assert cobs.decode(frame[:-1])[DATA_AT + 1 :][:2] == acted[0]


def test_a_flood_of_years_does_not_overflow(events):
    for _ in range(65_540):
        events.plain(FLOODED)
    pass_window(events)
    assert events.suppressed == (65_540 - RATE) % 65_536


MAIN = b"""
from fsw.kernel.boot import start
from fsw.link import numbers
from micropython import heap_lock, heap_unlock, kbd_intr
from time import sleep_ms
kbd_intr(-1)
system = start()
def flood():
    for _ in range(27):
        sleep_ms(5)  # USB takes so many packets at once
        system.events.u8_u8_i32(numbers.EVENT_SENSOR_FAILED, 0, 3, 3)
    sleep_ms(20)
    for _ in range(10):
        system.events.tick()
heap_lock()
try:
    flood()
finally:
    heap_unlock()
system.loop.run(system)
"""


@pytest.fixture(scope="module")
def board():
    """Has a flood of one event and the report of it behind it, with the heap locked."""
    board = RunningFirmware("single", extra_files={"main.py": MAIN})
    board.pass_time(0.5)
    return board


def test_on_the_board_a_flood_is_cut_and_counted(board):
    events = [event for event in board.bodies(Event) if event.name in {"sensor_failed", "events_suppressed"}]
    assert [event.name for event in events] == ["sensor_failed"] * RATE + ["events_suppressed"]
    assert events[-1].fields == {"event": "sensor_failed", "times": 27 - RATE}
    board.pass_time(0.5)
    assert board.housekeeping().events_suppressed == 27 - RATE
    assert "internal_error" not in board.events()


def disabled(board):
    seen = len(board.packets)
    board.command("report_disabled_events")
    (report,) = [report for report in board.bodies(Report, seen) if report.name == "disabled_events"]
    return [group["event"] for group in report.fields["events"]]


def test_an_event_is_off_until_it_is_switched_on(board):
    assert disabled(board) == []
    off = [{"event": "frames_bad"}, {"event": "hatch_arrived"}]
    assert board.command("disable_events", events=off)[-1].stage == "completed"
    assert disabled(board) == ["hatch_arrived", "frames_bad"]
    seen = len(board.packets)
    board.write(b"\x05\x19odd\0")
    board.pass_time(1.2)
    assert "frames_bad" not in board.events(seen)
    assert board.command("enable_events", events=off)[-1].stage == "completed"
    assert disabled(board) == []
    board.write(b"\x05\x19odd\0")
    board.pass_time(1.2)
    assert "frames_bad" in board.events(seen)


@pytest.mark.parametrize(
    ("data", "code", "detail"),
    [(b"", "wrong_length", 0), (b"\x02\x01", "wrong_length", 2), (b"\x02\x01\x4f", "bad_value", 79)],
)
def test_lists_that_name_no_events(board, data, code, detail):
    request = board.send_packet(Command("odd", 5, 6, data).pack(board.next_sequence()))
    board.pass_time(0.15)
    (answer,) = board.acknowledgements(request)
    assert (answer.stage, answer.code_name, answer.detail) == ("refused", code, detail)
    assert disabled(board) == []
