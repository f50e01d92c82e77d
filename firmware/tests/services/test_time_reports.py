"""Time reports: eight bytes without heap, and the truth about the board's clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsw.services.time_reports import put_time_us
from hatchwatch.link.packets import Report


@given(st.integers(0, 2**31 - 1), st.integers(0, 999_999))
def test_seconds_and_microseconds_become_one_number(seconds, us):
    packet = bytearray(12)
    assert put_time_us(packet, 2, seconds, us) == 10
    assert int.from_bytes(packet[2:10], "big") == seconds * 1_000_000 + us
    assert packet[:2] + packet[10:] == bytes(4)


def reports(board, since):
    return [packet for packet in board.packets[since:] if getattr(packet.body, "name", "") == "time"]


def test_a_report_says_when_it_was_made(pair):
    """The chip knows when it was; the report is as old as its way to the host."""
    since = len(pair.packets)
    pair.command("report_time", wait_s=0.0)
    while not reports(pair, since):
        pair.pass_time(0.0001)
    (packet,) = reports(pair, since)
    assert isinstance(packet.body, Report)
    age_s = pair.chip.board_ns / 1e9 - packet.body.fields["time_us"] / 1e6
    assert 0.0 < age_s < 0.001
    assert packet.body.fields["boot_count"] == 1
    assert abs(packet.board_time_s - packet.body.fields["time_us"] / 1e6) < 2 / 65536


def test_reports_come_as_often_as_commanded(pair):
    assert pair.command("set_time_interval", interval_s=2)[-1].stage == "completed"
    since = len(pair.packets)
    pair.pass_time(6.5)
    times_us = [packet.body.fields["time_us"] for packet in reports(pair, since)]
    gaps_s = [(after - before) / 1e6 for before, after in zip(times_us, times_us[1:])]
    assert len(times_us) >= 3
    assert gaps_s == pytest.approx([2.0] * len(gaps_s), abs=0.005)
    assert pair.command("set_time_interval", interval_s=0)[-1].stage == "completed"
    since = len(pair.packets)
    pair.pass_time(2.5)
    assert reports(pair, since) == []
    assert pair.command("set_time_interval", interval_s=10)[-1].stage == "completed"


def test_an_interval_over_an_hour_is_refused(pair):
    (answer,) = pair.command("set_time_interval", interval_s=3601)
    assert (answer.stage, answer.code_name, answer.detail) == ("refused", "bad_value", 3601)
