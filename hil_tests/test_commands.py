"""Commands are acknowledged twice, refusals name their reason, and every byte arrives unharmed."""

import pytest

from hatchwatch.errors import BoardError
from hatchwatch.link.commands import Command, command
from hatchwatch.link.packets import Echo, Verification

BYTES = bytes(range(256))
PAYLOAD_BYTES = 64
AT_ONCE = 8


def stages(bench, sent):
    """Names of the acknowledgements of one command, in order."""
    return [
        packet.body.stage
        for packet in bench.link.history.since(sent.since)
        if isinstance(packet.body, Verification) and packet.body.request_id == sent.request_id
    ]


@pytest.mark.parametrize("name", ["ping", "identify", "safe"])
def test_accepted_then_completed(bench, name):
    sent = bench.link.execute(command(name), timeout_s=20.0)
    assert stages(bench, sent) == ["accepted", "completed"]


def test_a_move_completes_when_the_servo_has_arrived(bench):
    hatch = bench.file.hatches[0]
    sent = bench.link.send(command("move_hatch", hatch=0, position="shut"))
    bench.link.wait_accepted(sent)
    accepted_s = bench.board_time_s
    bench.link.wait_completed(sent, timeout_s=5.0)
    assert bench.board_time_s - accepted_s >= hatch.servo.travel_ms / 1000 - 0.2
    bench.move_hatch(hatch.name, "open")


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (command("move_hatch", hatch=99, position="open"), "no_such_index"),
        (command("move_hatch", hatch=0, position="moving"), "bad_value"),
        (command("readings_start", interval_ms=1), "bad_value"),
        (Command("no such function", 8, 1, b"\xee"), "unknown_function"),
        (Command("no such service", 200, 1, b""), "unknown_type"),
        (Command("ping with data", 17, 1, b"\x00"), "wrong_length"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_a_refusal_names_its_reason(bench, wrong, reason):
    with pytest.raises(BoardError) as refused:
        bench.link.execute(wrong)
    assert reason in refused.value.seen


@pytest.mark.parametrize("first", range(0, 256, AT_ONCE))
def test_every_byte_value_at_every_position_arrives_unharmed(bench, first):
    """Each payload is turned by one byte against the one before, so each position sees all 256 values."""
    payloads = [(BYTES[shift:] + BYTES[:shift])[:PAYLOAD_BYTES] for shift in range(first, first + AT_ONCE)]
    since = len(bench.link.history)
    for payload in payloads:
        bench.link.send(command("echo", data=payload))
    for payload in payloads:
        bench.link.wait(
            lambda packet, wanted=payload: packet.body == Echo(wanted),
            since=since,
            timeout_s=2.0,
            waiting_for=f"the echo of {payload[:4].hex(' ')} ...",
        )
