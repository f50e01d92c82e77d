"""Our XTCE is valid, and an independent reader decodes with it what our codec packs."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
import space_packet_parser
from hypothesis import given, settings
from hypothesis import strategies as st
from space_packet_parser.exceptions import UnrecognizedPacketTypeError
from space_packet_parser.xtce.validation import validate_xtce
from spacepackets.ecss.tc import PusTc
from spacepackets.ecss.tm import PusTm

from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.link.codec import pack_fields
from hatchwatch.link.dictionary import Field, FieldGroup, dictionary
from hatchwatch.link.export.xtce import BenchShape, dictionary_xtce
from hatchwatch.link.export.xtce_names import (
    HEADER_BYTES,
    bench_list,
    field_bytes,
    flattened,
    group_bytes,
    longest_list,
)

SHAPE = BenchShape()
RANGES = {"u8": (0, 255), "u16": (0, 65535), "u32": (0, 2**32 - 1), "i32": (-(2**31), 2**31 - 1)}
RANGES |= {"u64": (0, 2**64 - 1), "module": (0, 15), "hatch": (0, 14), "injector": (0, 15)}
RANGES |= {"modules": (0, 2**16 - 1), "hatches": (0, 2**15 - 1)}


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    path = tmp_path_factory.mktemp("xtce") / "hatchwatch.xml"
    path.write_text(dictionary_xtce(dictionary()), "utf-8")
    return path


@pytest.fixture(scope="module")
def reader(document):
    return space_packet_parser.load_xtce(document)


def telemetry(service: int, subtype: int, data: bytes, time: int = 0) -> bytes:
    stamp = time.to_bytes(6, "big")
    packet = PusTm(apid=0x42, service=service, message_subtype=subtype, timestamp=stamp, source_data=data)
    return bytes(packet.pack())


def scalar(field: Field) -> st.SearchStrategy[Any]:
    if field.type in dictionary().enums:
        return st.sampled_from(list(dictionary().enums[field.type].values()))
    if field.type == "str":
        return st.text(max_size=20)
    if field.type == "bytes":
        return st.binary(max_size=100)
    return st.integers(*RANGES[field.type])


def layout_values(layout, bytes_before: int) -> st.SearchStrategy[dict[str, Any]]:
    parts: dict[str, st.SearchStrategy[Any]] = {}
    for item in layout:
        if isinstance(item, Field):
            parts[item.name] = scalar(item)
            bytes_before += 0 if item.type == "bytes" else field_bytes(dictionary(), item)
            continue
        kind = bench_list(item)
        few = kind and SHAPE.count(kind)
        most = longest_list(dictionary(), SHAPE, item, bytes_before + 1)
        bytes_before += 1 + (few or most) * group_bytes(dictionary(), item)
        group = st.fixed_dictionaries({field.name: scalar(field) for field in item.fields})
        parts[item.name] = st.lists(group, min_size=few or 0, max_size=few or most)
    return st.fixed_dictionaries(parts)


TELEMETRY = [
    (entry.name, entry.service, entry.subtype, entry.structure, entry.layout)
    for entry in dictionary().telemetry.values()
] + [
    (f"event_{event.name}", 5, event.severity, event.number, event.layout)
    for event in dictionary().events.values()
]


@pytest.mark.parametrize(
    "shape", [None, BenchShape.of(load_bench_file(find_bench_file("pair")).part_names)], ids=["any", "pair"]
)
def test_it_is_valid_against_the_official_schema_and_its_references_hold(shape, tmp_path):
    path = tmp_path / "hatchwatch.xml"
    path.write_text(dictionary_xtce(dictionary(), shape), "utf-8")
    result = validate_xtce(path, level="all", raise_on_error=False)
    assert result.valid, str(result)
    assert result.schema_version == "1.2"


def test_the_validation_can_fail(document, tmp_path):
    wrong = tmp_path / "wrong.xml"
    wrong.write_text(document.read_text("utf-8").replace("<EntryList>", "<Entries>", 1), "utf-8")
    wrong.write_text(wrong.read_text("utf-8").replace("</EntryList>", "</Entries>", 1), "utf-8")
    assert not validate_xtce(wrong, level="schema", raise_on_error=False).valid


@pytest.mark.parametrize(
    ("name", "service", "subtype", "number", "layout"), TELEMETRY, ids=[entry[0] for entry in TELEMETRY]
)
@settings(max_examples=20)
@given(data=st.data())
def test_every_packet_reads_as_it_was_packed(reader, name, service, subtype, number, layout, data):
    head = b"" if number is None else bytes((number,))
    values = data.draw(layout_values(layout, HEADER_BYTES + len(head)))
    packed = telemetry(service, subtype, head + pack_fields(layout, values), time=3 * 65536 + 0x8000)
    seen = reader.parse_bytes(packed)
    assert seen["BOARD_TIME"] == 3.5
    expected = dict(flattened(name, layout, values))
    assert set(expected) <= set(seen)
    for parameter, value in expected.items():
        shown = seen[parameter]
        is_label = isinstance(shown, str)
        assert (str(shown) if is_label else shown.raw_value) == value, parameter


def test_scaled_integers_are_shown_in_their_unit(reader):
    one = {"pressure_q8_pa": 101325 * 256 + 64, "temperature_q16_c": -3 * 65536 // 2, "state": "stale"}
    packed = pack_fields(dictionary().telemetry["readings"].layout, {"modules": [one] * 6})
    seen = reader.parse_bytes(telemetry(3, 25, b"\x01" + packed))
    assert seen["readings_modules_5_pressure_pa"] == 101325.25
    assert seen["readings_modules_5_temperature_c"] == -1.5
    assert seen["readings_modules_5_state"] == "stale"


@pytest.mark.parametrize(
    ("service", "subtype", "data"),
    [(3, 25, bytes((1, 2)) + bytes(18)), (3, 25, b"\x63"), (5, 1, b"\xf0"), (99, 1, b""), (5, 99, b"")],
    ids=["two modules", "no such structure", "no such event", "no such service", "no such subtype"],
)
def test_what_does_not_fit_is_no_packet_of_this_bench(reader, service, subtype, data):
    with pytest.raises(UnrecognizedPacketTypeError):
        reader.parse_bytes(telemetry(service, subtype, data))


def test_lists_that_follow_each_other_may_have_any_length(reader):
    """A list of gas volumes, and behind it one of hypotheses: every pair of lengths has its container."""
    gas = {"modules": 0b101, "gas_state": "watched", "statistic": 250}
    guess = {"kind": "module", "first": 1, "second": 255, "probability_ppm": 900000}
    guess |= {"leak_npa_m3_s": -5, "uncertainty_npa_m3_s": 7}
    head = {"response_mode": 2, "purpose": "locate", "phase": "measure", "reason": "alarm", "seconds": 3}
    head |= {"shut": 0b10, "occupied": 0b100, "isolated": 0}
    layout = dictionary().telemetry["response"].layout
    for volumes in range(SHAPE.modules + 1):
        for guesses in range(6):
            values = head | {"gas": [gas] * volumes, "hypotheses": [guess] * guesses}
            seen = reader.parse_bytes(telemetry(3, 25, b"\x04" + pack_fields(layout, values)))
            assert (seen["response_gas_count"], seen["response_hypotheses_count"]) == (volumes, guesses)
            found = [name for name in seen if name.endswith("_leak_npa_m3_s")]
            assert len(found) == guesses


def test_names_of_a_bench_are_labels(tmp_path):
    shape = BenchShape.of(load_bench_file(find_bench_file("station6")).part_names)
    path = tmp_path / "station6.xml"
    path.write_text(dictionary_xtce(dictionary(), shape), "utf-8")
    moved = telemetry(5, 1, bytes((22, 1, 2)))
    seen = space_packet_parser.load_xtce(path).parse_bytes(moved)
    assert seen["event_hatch_moving_hatch"] == "PrK-Zvezda"
    assert seen["event_hatch_moving_position"] == "shut"


def test_commands_are_the_bytes_that_spacepackets_would_send(document):
    """The fixed entries of a MetaCommand are the start of the packet; the arguments follow in order."""
    space = {"x": "http://www.omg.org/spec/XTCE/20180204"}
    tree = ElementTree.parse(document)
    for name, entry in dictionary().commands.items():
        (command,) = tree.findall(f".//x:MetaCommand[@name='{name}']", space)
        fixed = [item.get("binaryValue") for item in command.iterfind(".//x:FixedValueEntry", space)]
        arguments = [item.get("argumentRef") for item in command.iterfind(".//x:ArgumentRefEntry", space)]
        head = PusTc(
            apid=0x42, service=entry.service, message_subtype=entry.subtype, ack_flags=0b1001
        ).pack()[:11]
        expected = bytearray(head)
        expected[4:6] = b"\0\0"  # the length is the sender's to fill in
        expected += b"" if entry.function is None else bytes((entry.function,))
        groups = [item for item in entry.layout if isinstance(item, FieldGroup)]
        expected += bytes((1,)) * len(groups)
        assert bytes.fromhex("".join(fixed)) == expected, name
        fields = [
            field.name
            for item in entry.layout
            for field in (item.fields if isinstance(item, FieldGroup) else [item])
        ]
        assert arguments == fields, name


def test_all_can_be_asked_for_where_an_empty_list_means_it(document):
    assert 'MetaCommand name="report_parameters_all"' in document.read_text("utf-8")
    assert 'MetaCommand name="set_parameters_all"' not in document.read_text("utf-8")
