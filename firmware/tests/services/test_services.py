"""Every service on the official image: two answers to each command, and a reason for each refusal."""

import pytest
from running_firmware import RunningFirmware

from fsw.link import numbers
from hatchwatch.link.commands import Command, command
from hatchwatch.link.packets import Echo, Event, Housekeeping, Identity, Pong, Readings


@pytest.fixture(scope="module")
def board():
    return RunningFirmware("pair")


GOOD = [
    ("ping", {}),
    ("identify", {}),
    ("echo", {"data": b""}),
    ("echo", {"data": bytes(200)}),
    ("report_once", {"structures": [{"sid": 1}, {"sid": 2}]}),
    ("report_once", {"structures": []}),
    ("set_interval", {"structures": [{"sid": 1, "interval_ms": 60000}, {"sid": 2, "interval_ms": 100}]}),
    ("set_interval", {"structures": [{"sid": 1, "interval_ms": 100}, {"sid": 2, "interval_ms": 1000}]}),
    ("readings_stop", {}),
    ("readings_start", {"interval_ms": 100}),
]


@pytest.mark.parametrize(("name", "fields"), GOOD)
def test_commands_are_accepted_and_completed(board, name, fields):
    assert [body.stage for body in board.command(name, **fields)] == ["accepted", "completed"]


REFUSED = [
    ("move_hatch", {"hatch": 1, "position": "open"}, "no_such_index", 1),
    ("move_hatch", {"hatch": 255, "position": "open"}, "no_such_index", 255),
    ("move_injector", {"injector": 2, "position": "open"}, "no_such_index", 2),
    ("move_hatch", {"hatch": 0, "position": "moving"}, "bad_value", 3),
    ("move_hatch", {"hatch": 0, "position": "unknown"}, "bad_value", 0),
    ("readings_start", {"interval_ms": 99}, "bad_value", 99),
    ("readings_start", {"interval_ms": 60001}, "bad_value", 60001),
    ("set_interval", {"structures": [{"sid": 1, "interval_ms": 0}]}, "bad_value", 0),
    ("set_interval", {"structures": [{"sid": 3, "interval_ms": 200}]}, "unknown_structure", 3),
    ("report_once", {"structures": [{"sid": 1}, {"sid": 77}]}, "unknown_structure", 77),
    ("echo", {"data": bytes(201)}, "wrong_length", 201),
]


@pytest.mark.parametrize(("name", "fields", "code", "detail"), REFUSED)
@pytest.mark.swe134("h")
def test_a_refusal_names_its_reason(board, name, fields, code, detail):
    (answer,) = board.command(name, **fields)
    assert (answer.stage, answer.code_name, answer.detail) == ("refused", code, detail)


RAW = [
    (8, 1, b"", "wrong_length", 0),
    (8, 1, b"\x63", "unknown_function", 99),
    (8, 1, b"\x03\x00", "wrong_length", 2),
    (8, 1, b"\x05\x00", "wrong_length", 2),
    (8, 2, b"", "unknown_type", 0x802),
    (99, 1, b"", "unknown_type", 0x6301),
    (17, 1, b"surplus", "wrong_length", 7),
    (3, 27, b"", "wrong_length", 0),
    (3, 27, b"\x02\x01", "wrong_length", 2),
    (3, 31, b"\x01\x01\x00", "wrong_length", 3),
]


@pytest.mark.parametrize(("service", "subtype", "data", "code", "detail"), RAW)
def test_commands_that_no_host_of_ours_would_build(board, service, subtype, data, code, detail):
    request = board.send_packet(Command("odd", service, subtype, data).pack(board.next_sequence()))
    board.pass_time(0.15)
    (answer,) = board.acknowledgements(request)
    assert (answer.stage, answer.code_name, answer.detail) == ("refused", code, detail)


def test_a_command_for_somebody_else_is_refused(board):
    from spacepackets.ecss.tc import PusTc

    request = board.send_packet(bytes(PusTc(apid=0x43, service=17, message_subtype=1, seq_count=9).pack()))
    board.pass_time(0.15)
    (answer,) = board.acknowledgements(request)
    assert (answer.stage, answer.code_name, answer.detail) == ("refused", "wrong_apid", 0x43)


@pytest.mark.parametrize("flags", [0b0000, 0b1000, 0b0001, 0b1001])
def test_good_news_comes_as_the_flags_ask(board, flags):
    request = board.send_packet(Command("ping", 17, 1, b"").pack(board.next_sequence(), ack_flags=flags))
    board.pass_time(0.15)
    wanted = [name for bit, name in ((0b1000, "accepted"), (0b0001, "completed")) if flags & bit]
    assert [body.stage for body in board.acknowledgements(request)] == wanted


def test_a_command_that_comes_twice_is_carried_out_once(board):
    packet = command("move_hatch", hatch=0, position="shut").pack(board.next_sequence())
    since = len(board.packets)
    request = board.send_packet(packet)
    board.pass_time(0.1)
    board.send_packet(packet)
    board.pass_time(3.0)
    board.send_packet(packet)
    board.pass_time(0.2)
    stages = [(body.stage, body.code_name) for body in board.acknowledgements(request)]
    refused = ("refused", "duplicate")
    assert [stage for stage, _ in stages] == ["accepted", "refused", "completed", "refused"]
    assert stages[1] == stages[3] == refused
    assert board.events(since).count("hatch_arrived") == 1
    again = command("move_hatch", hatch=0, position="shut").pack(board.next_sequence())
    board.send_packet(again)
    board.pass_time(3.0)
    assert board.events(since).count("hatch_arrived") == 2, "said anew, it is another command"


@pytest.mark.parametrize("name", ["ping", "identify", "safe"])
def test_what_is_fixed_forever_may_come_twice(board, name):
    packet = command(name).pack(board.next_sequence())
    for count in (1, 2):
        request = board.send_packet(packet)
        board.pass_time(5.0 if name == "safe" else 0.2)
        stages = [body.stage for body in board.acknowledgements(request)]
        assert stages == ["accepted", "completed"] * count


def test_another_host_may_count_as_the_one_before(board):
    packet = command("readings_start", interval_ms=100).pack(board.next_sequence())
    board.send_packet(packet)
    board.command("identify")
    request = board.send_packet(packet)
    board.pass_time(0.2)
    assert [body.stage for body in board.acknowledgements(request)] == ["accepted", "completed"] * 2


def test_damaged_commands_are_counted_and_not_answered(board):
    seen = len(board.packets)
    counted = board.housekeeping().frames_bad
    packet = bytearray(Command("ping", 17, 1, b"").pack(300))
    for place in range(2, len(packet)):
        damaged = bytearray(packet)
        damaged[place] ^= 0x10
        board.send_packet(bytes(damaged))
    board.pass_time(2.1)
    assert board.housekeeping().frames_bad - counted == len(packet) - 2
    assert board.bodies(Pong, seen) == []
    assert "frames_bad" in board.events(seen)


def test_answers_carry_what_was_asked(board):
    seen = len(board.packets)
    board.command("ping")
    board.command("echo", data=b"\x00\x03\r\x03\x00")
    board.command("identify")
    assert board.bodies(Pong, seen)
    assert board.bodies(Echo, seen) == [Echo(b"\x00\x03\r\x03\x00")]
    assert board.bodies(Identity, seen)[0].dictionary_hash == numbers.DICTIONARY_HASH


def test_readings_stop_and_start_and_come_on_request(board):
    board.command("readings_stop")
    seen = len(board.packets)
    board.pass_time(0.5)
    assert board.bodies(Readings, seen) == []
    board.command("report_once", structures=[{"sid": 1}])
    assert len(board.bodies(Readings, seen)) == 1
    board.command("readings_start", wait_s=0.01, interval_ms=250)
    seen = len(board.packets)
    board.pass_time(2.0)
    assert len(board.bodies(Readings, seen)) == 10, "250 ms is rounded down to 200"
    assert board.housekeeping().readings_interval_ms == 200
    board.command("readings_start", interval_ms=100)


def test_counters_of_packets_have_no_gaps(board):
    board.pass_time(1.0)
    sequences = [packet.sequence for packet in board.packets]
    assert sequences == [number % 16384 for number in range(len(sequences))]
    for kind in (3, 25), (17, 2), (1, 1):
        counters = [
            packet.message_counter for packet in board.packets if (packet.service, packet.subtype) == kind
        ]
        assert counters == list(range(len(counters)))
    assert board.splitter.bad_frames == 0


def test_housekeeping_counts_what_happened(board):
    before = board.bodies(Housekeeping)[-1]
    board.command("ping")
    board.command("readings_start", interval_ms=0)
    board.pass_time(1.1)
    after = board.housekeeping()
    assert after.commands_accepted - before.commands_accepted == 1
    assert after.commands_refused - before.commands_refused == 1
    assert after.ticks > before.ticks
    assert after.slips == 0
    assert after.heap_free > 40_000
    assert 0 < after.worst_loop_us < 20_000
    assert [sensor.errors for sensor in after.sensors] == [0, 0]
    assert [packet.body for packet in board.packets if isinstance(packet.body, Event)][0].name == "started"
