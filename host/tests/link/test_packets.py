"""Telemetry built by spacepackets and struct, decoded by us."""

from __future__ import annotations

import binascii
import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacepackets.ecss.tm import PusTm

from hatchwatch.link.dictionary import dictionary
from hatchwatch.link.packets import (
    Echo,
    Event,
    Housekeeping,
    Identity,
    PacketError,
    Readings,
    Unknown,
    Verification,
    parse_packet,
)


def telemetry(service: int, subtype: int, data: bytes, *, time: bytes = bytes(6), apid: int = 0x42) -> bytes:
    return bytes(
        PusTm(
            apid=apid, service=service, message_subtype=subtype, timestamp=time, source_data=data, seq_count=7
        ).pack()
    )


sensor = st.tuples(st.integers(0, 2**32 - 1), st.integers(-(2**31), 2**31 - 1), st.integers(0, 9))


@given(st.lists(sensor, max_size=16))
def test_readings(sensors: list[tuple[int, int, int]]):
    data = bytes((1, len(sensors))) + b"".join(struct.pack(">IiB", *one) for one in sensors)
    body = parse_packet(telemetry(3, 25, data)).body
    assert isinstance(body, Readings)
    assert len(body.state) == len(sensors)
    for place, (pressure, temperature, state) in enumerate(sensors):
        if state <= 1:
            assert body.pressure_pa[place] * 256 == pressure
            assert body.temperature_c[place] * 65536 == temperature
        else:
            assert math.isnan(body.pressure_pa[place])
            assert math.isnan(body.temperature_c[place])


def test_board_time_is_cuc_four_and_two():
    packet = parse_packet(telemetry(17, 2, b"", time=bytes((0, 0, 1, 0, 0x80, 0))))
    assert packet.board_time_s == 256.5
    assert packet.sequence == 7


def test_refusal_says_why():
    packet = parse_packet(telemetry(1, 2, struct.pack(">IBi", 0x1842C005, 6, 9)))
    assert packet.body == Verification("refused", 0x1842C005, 6, 9)
    assert isinstance(packet.body, Verification)
    assert packet.body.code_name == "no_such_index"
    assert packet.body.reason == "the bench has nothing with index 9"
    assert packet.body.last
    assert not packet.body.ok


def test_every_code_has_a_text_that_takes_its_detail():
    for code in dictionary().codes:
        assert Verification("failed", 0, code, -5).reason
    assert "does not know" in Verification("failed", 0, 250, 1).reason


def test_event_names_its_module():
    body = parse_packet(telemetry(5, 3, bytes((14, 2, 3, 0, 0, 0, 4)))).body
    assert isinstance(body, Event)
    assert (body.name, body.severity) == ("sensor_failed", 3)
    assert body.fields == {"module": 2, "state": "bus_error", "seen": 4}
    assert body.text() == "sensor of number 2 has failed: bus_error (4)"
    assert body.text({"module": ["a", "b", "Zvezda"]}) == "sensor of Zvezda has failed: bus_error (4)"


def test_sets_and_what_a_leak_is_about_have_names():
    names = {"module": ["Progress", "PrK", "Zvezda"], "hatch": ["aft", "fore"]}
    isolated = parse_packet(telemetry(5, 4, bytes((66, 0, 0b101, 0, 0b10)))).body
    assert isinstance(isolated, Event)
    assert isolated.fields == {"modules": 5, "hatches": 2}
    assert "modules Progress, Zvezda behind hatches fore," in isolated.text(names)
    assert "modules number 0, number 2 behind hatches number 1," in isolated.text()
    crew = parse_packet(telemetry(5, 1, bytes((74, 0, 0)))).body
    assert isinstance(crew, Event)
    assert crew.text(names) == "crew is aboard modules none"


@pytest.mark.parametrize(
    ("kind", "first", "second", "words"),
    [
        (1, 1, 255, "module PrK, 20.0 µPa·m³/s; doubt 10 ppm"),
        (2, 0, 2, "two_modules Progress (Zvezda)"),
        (3, 1, 255, "hatch fore, 20.0 µPa"),
        (4, 1, 0, "module_and_hatch PrK (aft)"),
        (5, 2, 255, "sensor_drifts Zvezda, 20.0"),
        (77, 2, 255, "77 2 (255)"),
    ],
)
def test_what_was_found_is_named_by_its_kind(kind, first, second, words):
    names = {"module": ["Progress", "PrK", "Zvezda"], "hatch": ["aft", "fore"]}
    data = struct.pack(">BBBBIi", 63, kind, first, second, 10, 20000)
    found = parse_packet(telemetry(5, 4, data)).body
    assert isinstance(found, Event)
    assert words in found.text(names)


def test_event_of_another_firmware_is_kept():
    body = parse_packet(telemetry(5, 1, bytes((200, 1, 2)))).body
    assert isinstance(body, Event)
    assert "200" in body.text()


def test_housekeeping():
    fixed = struct.pack(
        ">IBBHIIIIHHHHHBBHHB", 60, 1, 0, 100, 600, 2, 9000, 150000, 3, 1, 0, 4, 5, 2, 1, 6, 7, 8
    )
    lists = bytes((1, 0, 7, 0, 8, 0, 9, 2)) + bytes((2, 1, 3)) + bytes((1, 0)) + bytes((0x80, 0x05))
    body = parse_packet(telemetry(3, 25, b"\x02" + fixed + lists)).body
    assert isinstance(body, Housekeeping)
    assert (body.uptime_s, body.slips, body.worst_loop_us, body.heap_free) == (60, 2, 9000, 150000)
    assert (body.sensors[0].errors, body.sensors[0].retries, body.sensors[0].stale) == (7, 8, 9)
    assert body.sensors[0].health == "failed"
    assert (body.boot_count, body.unhealthy_boots, body.mode, body.link_losses) == (5, 2, "safe_mode", 6)
    assert (body.events_suppressed, body.unsaved_parameters) == (7, 8)
    assert body.hatches == ("open", "moving")
    assert body.injectors == ("unknown",)
    assert body.isolated == (0, 2, 15)


def test_identity_of_our_dictionary():
    data = struct.pack(">I", dictionary().hash) + b"\x050.1.0" + b"\x061.27.0" + bytes(range(8))
    data += bytes((1, 0)) + bytes(8) + b"\x04pair" + bytes((2, 1, 2))
    body = parse_packet(telemetry(17, 129, data)).body
    assert isinstance(body, Identity)
    assert (body.bench_name, body.modules, body.hatches, body.injectors) == ("pair", 2, 1, 2)
    assert body.micropython_version == "1.27.0"


@given(
    st.binary(min_size=4, max_size=60).filter(
        lambda data: int.from_bytes(data[:4], "big") != dictionary().hash
    )
)
def test_identity_of_another_dictionary_is_just_its_hash(data: bytes):
    assert parse_packet(telemetry(17, 129, data)).body == Identity(int.from_bytes(data[:4], "big"))


@given(st.integers(0, 255), st.integers(0, 255), st.binary(max_size=120))
def test_no_valid_packet_makes_the_decoder_fail(service: int, subtype: int, data: bytes):
    packet = parse_packet(telemetry(service, subtype, data))
    assert (packet.service, packet.subtype) == (service, subtype)
    if (service, subtype) == (17, 131):
        assert packet.body == Echo(data)


def test_undeclared_data_is_unknown():
    assert parse_packet(telemetry(17, 2, b"surplus")).body == Unknown(b"surplus")


def _with_crc(data: bytes) -> bytes:
    return data + struct.pack(">H", binascii.crc_hqx(data, 0xFFFF))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x08\x42",
        telemetry(17, 2, b"", apid=0x43),
        telemetry(17, 2, b"")[:-1],
        telemetry(17, 2, b"") + b"\x00",
        telemetry(17, 2, b"", time=b""),
        _with_crc(bytes.fromhex("1842c000000f2011020000000000000000000000")[:20]),
        _with_crc(bytes.fromhex("0842c00000081f11020000000000")[:13]),
        bytes((telemetry(17, 2, b"")[0] ^ 1, *telemetry(17, 2, b"")[1:])),
    ],
)
def test_what_is_no_telemetry_of_ours(raw: bytes):
    with pytest.raises(PacketError):
        parse_packet(raw)


@given(st.binary(max_size=300))
def test_noise_is_never_taken_for_a_packet_nor_fails_otherwise(raw: bytes):
    with pytest.raises(PacketError):
        parse_packet(raw)


@given(st.integers(0, 8 * 21 - 1))
def test_one_flipped_bit_is_always_seen(bit: int):
    raw = bytearray(telemetry(17, 2, b""))
    assert len(raw) == 21
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(PacketError):
        parse_packet(bytes(raw))
