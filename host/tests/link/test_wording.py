"""Packets in words: names in place of indexes, lists in rows."""

from __future__ import annotations

import json

from spacepackets.ecss.tm import PusTm

from hatchwatch.link.packets import parse_packet
from hatchwatch.link.wording import packet_data, packet_lines

NAMES = {"module": ["left", "right"], "hatch": ["door"], "injector": ["left"]}


def packet(service: int, subtype: int, data: bytes):
    made = PusTm(
        apid=0x42,
        service=service,
        message_subtype=subtype,
        timestamp=bytes((0, 0, 0, 2, 0x80, 0)),
        source_data=data,
    )
    return parse_packet(bytes(made.pack()))


def test_a_sensor_test_names_its_module():
    tested = packet(17, 4, bytes((1, 4, 0, 0, 0)))
    assert packet_data(tested, NAMES) == {
        "kind": "sensor_test",
        "board_time_s": 2.5,
        "module": "right",
        "state": "absent",
        "chip_id": 0,
        "trimming_crc": 0,
    }
    assert "module right" in " ".join(packet_lines(tested, NAMES))


def test_a_list_has_a_row_for_each_group():
    lines = packet_lines(packet(20, 2, bytes((2, 0, 0, 0, 0, 1, 1, 0, 0, 0, 10))), NAMES)
    assert [line.strip() for line in lines[2:]] == [
        "parameter hatch_retries  value 1",
        "parameter arm_time_s  value 10",
    ]


def test_a_response_names_sets_and_suspects():
    head = bytes((2, 1, 4, 5)) + bytes((0, 9)) + bytes((0, 1)) + bytes((0, 0)) + bytes((0, 3))
    gas = bytes((1, 0, 2, 1, 0, 50))
    guesses = bytes((2, 1, 1, 255, *(4 * (0,)), *(4 * (0,)), *(4 * (0,))))
    guesses += bytes((3, 0, 255, *(4 * (0,)), *(4 * (0,)), *(4 * (0,))))
    told = packet(3, 25, b"\x04" + head + gas + guesses)
    data = packet_data(told, NAMES)
    assert (data["shut"], data["occupied"], data["isolated"]) == (["door"], [], ["left", "right"])
    assert data["gas"] == [{"modules": ["right"], "gas_state": "watched", "statistic": 50}]
    assert [(one["kind"], one["first"], one["second"]) for one in data["hypotheses"]] == [
        ("module", "right", None),
        ("hatch", "door", None),
    ]
    lines = [line.strip() for line in packet_lines(told, NAMES)]
    assert "isolated left, right" in lines
    assert "occupied none" in lines
    assert "modules right  gas_state watched  statistic 50" in lines


def test_what_json_can_not_hold_is_left_out():
    readings = packet(3, 25, bytes((1, 1)) + bytes(8) + b"\x04")
    assert json.loads(json.dumps(packet_data(readings, NAMES)))["pressure_pa"] == [None]


def test_events_refusals_and_strangers():
    assert packet_lines(packet(5, 3, bytes((14, 0, 3, 0, 0, 0, 7))), NAMES)[0].endswith(
        "medium  sensor of left has failed: bus_error (7)"
    )
    assert packet_lines(packet(1, 2, bytes((0, 0, 0, 0, 6, 0, 0, 0, 9))), NAMES)[0].endswith(
        "refused: the bench has nothing with index 9"
    )
    assert "unknown [99,1]" in packet_lines(packet(99, 1, b"ab"), NAMES)[0]
