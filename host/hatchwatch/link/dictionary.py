"""The firmware's dictionary, loaded from its one file and made easy to look things up in."""

from __future__ import annotations

import importlib
import re
import sys
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from hatchwatch.payload import firmware_root

if TYPE_CHECKING:
    from types import ModuleType

__all__ = [
    "SEVERITIES",
    "CodeEntry",
    "CommandEntry",
    "Dictionary",
    "EventEntry",
    "Field",
    "FieldGroup",
    "Layout",
    "ParameterEntry",
    "TelemetryEntry",
    "dictionary",
]

SEVERITIES = {1: "info", 2: "low", 3: "medium", 4: "high"}  # the subtypes of service 5


_LISTED = re.compile(r"(?:: |, )(\d+) ([^,;:]+)")  # values with their names, in a text


@dataclass(frozen=True, slots=True)
class Field:
    """One scalar field of a packet; `type` is a name of TYPES, ENUMS or INDEXES."""

    name: str
    type: str
    unit: str
    meaning: str


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """A list of equal groups of fields, preceded on the link by its length in one byte."""

    name: str
    fields: tuple[Field, ...]
    meaning: str


Layout = tuple[Field | FieldGroup, ...]


@dataclass(frozen=True, slots=True)
class TelemetryEntry:
    """One kind of packet from the board; `structure` is the structure id of service 3."""

    name: str
    service: int
    subtype: int
    structure: int | None
    layout: Layout
    meaning: str


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """One kind of packet to the board; `function` is the function number of service 8."""

    name: str
    service: int
    subtype: int
    function: int | None
    layout: Layout
    meaning: str


@dataclass(frozen=True, slots=True)
class EventEntry:
    """One event of the board."""

    number: int
    name: str
    severity: int  # 1 info, 2 low, 3 medium, 4 high; the subtype of service 5
    layout: Layout
    text: str


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """One reason for refusing or failing a command."""

    code: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ParameterEntry:
    """One number that can be set on the board; minimum, maximum and default are in `unit`."""

    number: int
    name: str
    type: str
    unit: str
    minimum: int
    maximum: int
    default: int
    meaning: str

    @property
    def value_names(self) -> dict[int, str]:
        """What each value is called, if the meaning lists them all: `0 one way, 1 the other`."""
        listed = {int(number): name.strip() for number, name in _LISTED.findall(self.meaning)}
        return listed if listed.keys() == set(range(self.minimum, self.maximum + 1)) else {}


@dataclass(frozen=True, slots=True)
class Dictionary:
    """All declarations of one firmware, indexed."""

    hash: int
    firmware_version: str
    apid: int
    max_packet_bytes: int
    max_modules: int
    max_hatches: int
    tick_ms: int
    readings_min_ms: int
    readings_max_ms: int
    scalars: dict[str, str]  # type name -> struct code, "" for str and bytes
    indexes: tuple[str, ...]
    enums: dict[str, dict[int, str]]
    enum_texts: dict[str, dict[int, str]]
    codes: dict[int, CodeEntry]
    telemetry: dict[str, TelemetryEntry]
    telemetry_by_type: dict[tuple[int, int, int | None], TelemetryEntry]
    commands: dict[str, CommandEntry]
    events: dict[int, EventEntry]
    parameters: dict[str, ParameterEntry]
    fixed: tuple[str, ...]  # commands and answers that mean the same in every dictionary

    def enum_value(self, enum: str, name: str) -> int:
        """Return the number of a named value of an enumeration.

        Raises:
            KeyError: the enumeration has no such name.
        """
        for number, known in self.enums[enum].items():
            if known == name:
                return number
        raise KeyError(f"{enum} has no value {name!r}; it has {', '.join(self.enums[enum].values())}")


@cache
def dictionary() -> Dictionary:
    """Return the dictionary of the firmware that this installation deploys."""
    source = _load("dictionary")
    numbers = _load("numbers")
    enums = {name: {number: value for number, value, _ in values} for name, values in source.ENUMS}
    texts = {name: {number: text for number, _, text in values} for name, values in source.ENUMS}
    telemetry = tuple(
        TelemetryEntry(name, service, subtype, structure, _layout(rows), meaning)
        for name, service, subtype, structure, rows, meaning in source.TELEMETRY
    )
    commands = tuple(
        CommandEntry(name, service, subtype, function, _layout(rows), meaning)
        for name, service, subtype, function, rows, meaning in source.COMMANDS
    )
    return Dictionary(
        hash=source.dictionary_hash(),
        firmware_version=numbers.FIRMWARE_VERSION,
        apid=numbers.APID,
        max_packet_bytes=numbers.MAX_PACKET_BYTES,
        max_modules=numbers.MAX_MODULES,
        max_hatches=numbers.MAX_HATCHES,
        tick_ms=numbers.TICK_MS,
        readings_min_ms=numbers.READINGS_MIN_MS,
        readings_max_ms=numbers.READINGS_MAX_MS,
        scalars=dict(source.TYPES),
        indexes=source.INDEXES,
        enums=enums,
        enum_texts=texts,
        codes={code: CodeEntry(code, name, text) for code, name, text in source.CODES},
        telemetry={entry.name: entry for entry in telemetry},
        telemetry_by_type={(entry.service, entry.subtype, entry.structure): entry for entry in telemetry},
        commands={entry.name: entry for entry in commands},
        events={
            number: EventEntry(number, name, numbers.SEVERITY[number], _layout(rows), text)
            for number, name, rows, text in source.EVENTS
        },
        parameters={row[1]: ParameterEntry(*row) for row in source.PARAMETERS},
        fixed=source.FIXED,
    )


def _load(name: str) -> ModuleType:
    """Import one of the firmware's link modules as the firmware itself does, by way of its package."""
    root = str(firmware_root())
    sys.path.insert(0, root)
    try:
        return importlib.import_module(f"fsw.link.{name}")
    finally:
        sys.path.remove(root)


def _layout(rows: tuple[tuple[Any, ...], ...]) -> Layout:
    return tuple(
        FieldGroup(name, tuple(Field(*field) for field in kind), meaning)
        if isinstance(kind, tuple)
        else Field(name, kind, unit, meaning)
        for name, kind, unit, meaning in rows
    )
