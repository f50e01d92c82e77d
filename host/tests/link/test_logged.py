"""Records of the event log, whole and cut."""

from __future__ import annotations

from hatchwatch.link.logged import logged_event
from hatchwatch.link.packets import Report

NAMES = {"module": ["left", "right"], "hatch": ["door"], "injector": []}


def record(event, data: bytes):
    return logged_event(Report("logged_event", {"boot_count": 7, "time_s": 99, "event": event, "data": data}))


def test_an_event_as_it_was():
    found = record("hatch_failed", bytes((0, 1)) + (-250).to_bytes(4, "big", signed=True))
    assert (found.boot_count, found.time_s, found.event.severity) == (7, 99, 4)
    assert found.text(NAMES) == "hatch door did not move open (-250 Pa across it)"


def test_an_event_whose_text_was_too_long_to_keep():
    found = record("internal_error", b"\x05motio\x20Zero")
    assert found.text(NAMES) == "internal_error ('\\x05motio Zero' was kept of it)"


def test_an_event_of_another_firmware():
    found = record(200, b"\x01")
    assert found.event.number == 200
    assert "event_200" in found.text(NAMES)
