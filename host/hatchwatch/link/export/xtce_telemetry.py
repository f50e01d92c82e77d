"""Telemetry in XTCE: parameters, and containers that inherit from one another.

XTCE tools choose a container by the values at the start of a packet: service, subtype, then structure id or
number of the event. Lists are told by inheritance as well, since not every tool knows arrays: behind the
count of a list that has one group per part of the bench stands a container for just that count; behind any
other list stands a chain, in which each container adds one group and is taken when the count is that high.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from hatchwatch.link.dictionary import Dictionary, Field, FieldGroup
from hatchwatch.link.export.xtce_names import (
    HEADER_BYTES,
    BenchShape,
    bench_list,
    count_name,
    field_bytes,
    field_name,
    group_bytes,
    longest_list,
)
from hatchwatch.link.export.xtce_types import TypeSet

if TYPE_CHECKING:
    from hatchwatch.link.dictionary import Layout

__all__ = ["telemetry_meta_data"]

Restriction = tuple[str, str, int]  # parameter, operator, value

_CCSDS_HEADER = (
    ("PKT_VERSION", 3, "CCSDS version"),
    ("PKT_TYPE", 1, "0 from the board, 1 to it"),
    ("PKT_SHF", 1, "whether a secondary header follows"),
    ("PKT_APID", 11, "application process"),
    ("PKT_SEQ_FLAGS", 2, "3: unsegmented"),
    ("PKT_SEQ_COUNT", 14, "counts all packets of the APID"),
    ("PKT_LENGTH", 16, "bytes behind this header, minus one"),
)
_PUS_HEADER = (
    ("PUS_VERSION", 4, "2 for PUS-C"),
    ("PUS_TIME_STATUS", 4, "0: board time is not tied to any other clock"),
    ("PUS_SERVICE", 8, "service"),
    ("PUS_SUBTYPE", 8, "message subtype"),
    ("PUS_MESSAGE_COUNT", 16, "counts the packets of this service and subtype"),
    ("PUS_DESTINATION", 16, "0"),
)


def telemetry_meta_data(known: Dictionary, shape: BenchShape) -> Element:
    """The element `TelemetryMetaData` for all packets of the dictionary."""
    return _Telemetry(known, shape).build()


class _Telemetry:
    """The three sets of `TelemetryMetaData` while they are filled."""

    def __init__(self, known: Dictionary, shape: BenchShape) -> None:
        self._known = known
        self._shape = shape
        self._types = TypeSet(known, shape, "Parameter")
        self._parameters = Element("ParameterSet")
        self._declared: set[str] = set()
        self._containers = Element("ContainerSet")

    def build(self) -> Element:
        self._headers()
        self._add_parameter("PUS_CRC", "u16", "CRC-16/CCITT-FALSE over all before it")
        for entry in self._known.telemetry.values():
            if entry.structure is None:
                restrictions = [("PUS_SERVICE", "==", entry.service), ("PUS_SUBTYPE", "==", entry.subtype)]
                base, before = "pus_telemetry", HEADER_BYTES
            else:
                restrictions = [("structure_id", "==", entry.structure)]
                base, before = "structure_report", HEADER_BYTES + 1
            self._packet(entry.name, entry.meaning, base, restrictions, entry.layout, before)
        for event in self._known.events.values():
            restrictions = [("event_number", "==", event.number)]
            name = f"event_{event.name}"
            self._packet(name, event.text, "event_report", restrictions, event.layout, HEADER_BYTES + 1)
        root = Element("TelemetryMetaData")
        root.extend([self._types.element, self._parameters, self._containers])
        return root

    def _headers(self) -> None:
        """What all packets begin with, all reports of structures, and all events."""
        ccsds = self._container("CCSDSPacket", "any space packet", abstract=True)
        for name, bits, meaning in _CCSDS_HEADER:
            self._entry(ccsds, self._add_parameter(name, self._bits(bits), meaning))
        restrictions = [("PKT_TYPE", "==", 0), ("PKT_APID", "==", self._known.apid)]
        pus = self._container("pus_telemetry", "any packet of the board", abstract=True)
        for name, bits, meaning in _PUS_HEADER:
            self._entry(pus, self._add_parameter(name, self._bits(bits), meaning))
        time = self._types.integer("u48", "1/65536 s")
        self._entry(pus, self._add_parameter("BOARD_TIME", time, "since the chip's reset"))
        _inherit(pus, "CCSDSPacket", restrictions)
        u8 = self._types.integer("u8", "")
        structure = self._container("structure_report", "any report of service 3", abstract=True)
        self._entry(structure, self._add_parameter("structure_id", u8, "which structure"))
        _inherit(structure, "pus_telemetry", [("PUS_SERVICE", "==", 3), ("PUS_SUBTYPE", "==", 25)])
        event = self._container("event_report", "any event; the subtype is its severity", abstract=True)
        self._entry(event, self._add_parameter("event_number", u8, "which event"))
        _inherit(event, "pus_telemetry", [("PUS_SERVICE", "==", 5), ("PUS_SUBTYPE", "<=", 4)])

    def _packet(
        self,
        name: str,
        meaning: str,
        base: str,
        restrictions: list[Restriction],
        layout: Layout,
        bytes_before: int,
    ) -> None:
        container = self._container(name, meaning)
        _inherit(container, base, restrictions)
        self._fill(container, name, layout, bytes_before)

    def _fill(self, container: Element, packet: str, layout: Layout, bytes_before: int) -> None:
        """Add what a layout holds; what stands behind the count of a list goes into further containers."""
        for place, item in enumerate(layout):
            if isinstance(item, Field):
                bytes_before += self._field(container, packet, item, bytes_before)
                continue
            self._entry(
                container,
                self._add_parameter(count_name(packet, item), self._types.integer("u8", ""), "how many"),
            )
            container.set("abstract", "true")
            kind = bench_list(item)
            follow = self._chain if kind is None else self._whole_list
            follow(container, packet, item, layout[place + 1 :], bytes_before + 1)
            return
        self._entry(container, "PUS_CRC")

    def _whole_list(
        self, container: Element, packet: str, group: FieldGroup, rest: Layout, bytes_before: int
    ) -> None:
        """One container that holds a group for each such part of the bench, and what follows the list."""
        count = self._shape.count(str(bench_list(group)))
        following = self._container(f"{packet}_{group.name}", f"{packet}: {group.name} of this bench")
        _inherit(following, str(container.get("name")), [(count_name(packet, group), "==", count)])
        for place in range(count):
            self._group(following, packet, group, place)
        self._fill(following, packet, rest, bytes_before + count * group_bytes(self._known, group))

    def _chain(
        self, container: Element, packet: str, group: FieldGroup, rest: Layout, bytes_before: int
    ) -> None:
        """Containers for every length of a list: `PACKET_3` goes on with the rest after three groups."""
        count, stem = count_name(packet, group), str(container.get("name"))
        for length in range(longest_list(self._known, self._shape, group, bytes_before) + 1):
            if length:
                longer = self._container(f"{stem}_from_{length}", f"at least {length}", abstract=True)
                self._group(longer, packet, group, length - 1)
                _inherit(longer, str(container.get("name")), [(count, ">=", length)])
                container = longer
            end = self._container(f"{stem}_{length}", f"with {length} of {group.name}")
            _inherit(end, str(container.get("name")), [(count, "==", length)])
            self._fill(end, packet, rest, bytes_before + length * group_bytes(self._known, group))

    def _group(self, container: Element, packet: str, group: FieldGroup, place: int) -> None:
        kind = bench_list(group)
        names = self._shape.named(kind) if kind else ()
        whose = f"{names[place]}: " if names else ""
        for field in group.fields:
            name = field_name(packet, field, group, place)
            self._add_parameter(name, self._types.of(field), whose + field.meaning)
            self._entry(container, name)

    def _field(self, container: Element, packet: str, field: Field, bytes_before: int) -> int:
        """Add one field; returns how many bytes it takes at least."""
        name = field_name(packet, field)
        if field.type == "bytes":
            self._entry(
                container, self._add_parameter(name, self._types.rest(name, bytes_before), field.meaning)
            )
            return 0
        if field.type == "str":
            length = self._add_parameter(
                f"{name}_length", self._types.integer("u8", "B"), "length of the text"
            )
            self._entry(container, length)
            self._entry(container, self._add_parameter(name, self._types.text(name, length), field.meaning))
            return 1
        self._entry(container, self._add_parameter(name, self._types.of(field), field.meaning))
        return field_bytes(self._known, field)

    def _bits(self, bits: int) -> str:
        return self._types.integer(f"u{bits}", "")

    def _add_parameter(self, name: str, type_name: str, meaning: str) -> str:
        if name in self._declared:  # a list that follows another stands in several containers
            return name
        self._declared.add(name)
        parameter = SubElement(self._parameters, "Parameter", name=name, parameterTypeRef=type_name)
        if meaning:
            parameter.set("shortDescription", meaning)
        return name

    def _container(self, name: str, meaning: str, *, abstract: bool = False) -> Element:
        container = SubElement(self._containers, "SequenceContainer", name=name, shortDescription=meaning)
        if abstract:
            container.set("abstract", "true")
        SubElement(container, "EntryList")
        return container

    @staticmethod
    def _entry(container: Element, parameter: str) -> None:
        SubElement(container[0], "ParameterRefEntry", parameterRef=parameter)


def _inherit(container: Element, base: str, restrictions: list[Restriction]) -> None:
    """Make a container the one that follows `base` when all comparisons hold."""
    criteria = SubElement(SubElement(container, "BaseContainer", containerRef=base), "RestrictionCriteria")
    parent = criteria if len(restrictions) == 1 else SubElement(criteria, "ComparisonList")
    for parameter, operator, value in restrictions:
        comparison = SubElement(parent, "Comparison", parameterRef=parameter, value=str(value))
        if operator != "==":
            comparison.set("comparisonOperator", operator)
