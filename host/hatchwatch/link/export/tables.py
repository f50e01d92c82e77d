"""The dictionary as tables, which the terminal and the documentation show alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hatchwatch.link.dictionary import SEVERITIES, Dictionary, Field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hatchwatch.link.dictionary import CommandEntry, Layout, TelemetryEntry

__all__ = ["TABLES", "Table", "dictionary_tables"]

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what it lists, and its cells as text.

    A `nested` table has things in its first column, and below each thing its fields in the second one.
    """

    name: str
    intro: str
    columns: Row
    rows: tuple[Row, ...]
    nested: bool = False


def dictionary_tables(known: Dictionary, names: tuple[str, ...] | None = None) -> list[Table]:
    """The tables with these names (`TABLES`), or all of them."""
    return [table(known) for name, table in TABLES.items() if names is None or name in names]


def _commands(known: Dictionary) -> Table:
    rows = (row for entry in known.commands.values() for row in _packet_rows(entry, entry.function))
    return Table(
        "commands",
        "From the host to the board. The type is [service,subtype], with the function number of service 8 "
        "behind it, which is the first byte of the data. The command line takes hyphens for underscores.",
        ("command", "field", "type", "meaning"),
        tuple(rows),
        nested=True,
    )


def _telemetry(known: Dictionary) -> Table:
    rows = (row for entry in known.telemetry.values() for row in _packet_rows(entry, entry.structure))
    return Table(
        "telemetry",
        "From the board to the host. The type is [service,subtype], with the structure id of service 3 "
        "behind it, which is the first byte of the data.",
        ("packet", "field", "type", "meaning"),
        tuple(rows),
        nested=True,
    )


def _events(known: Dictionary) -> Table:
    rows: list[Row] = []
    for entry in sorted(known.events.values(), key=lambda entry: entry.number):
        rows.append((entry.name, "", f"{entry.number} {SEVERITIES[entry.severity]}", entry.text))
        rows += _field_rows(entry.layout)
    return Table(
        "events",
        "Told when they happen, in packets [5,severity]: the number in one byte, then the fields. The "
        "severities are 1 info, 2 low, 3 medium, 4 high.",
        ("event", "field", "type", "text"),
        tuple(rows),
        nested=True,
    )


def _parameters(known: Dictionary) -> Table:
    rows: list[Row] = []
    for entry in known.parameters.values():
        unit = f" {entry.unit}" if entry.unit else ""
        span = f"{entry.minimum} to {entry.maximum}{unit}, default {entry.default}"
        rows += [(entry.name, "", str(entry.number), entry.meaning), ("", span, "", "")]
    return Table(
        "parameters",
        "What can be set on the board. A value acts as soon as it is set and outlives a reset once it is "
        "saved.",
        ("parameter", "values", "number", "meaning"),
        tuple(rows),
        nested=True,
    )


def _codes(known: Dictionary) -> Table:
    return Table(
        "codes",
        "Why a command was refused [1, 2] or failed [1, 8].",
        ("code", "number", "meaning"),
        tuple((entry.name, str(entry.code), entry.text) for entry in known.codes.values()),
    )


def _enumerations(known: Dictionary) -> Table:
    return Table(
        "enumerations",
        "Names of the values of one byte. `parameter` and `event` have the numbers of those tables.",
        ("type", "name", "number", "meaning"),
        tuple(
            (enum, name, str(number), known.enum_texts[enum][number])
            for enum, values in known.enums.items()
            if enum not in {"parameter", "event"}
            for number, name in values.items()
        ),
    )


TABLES: dict[str, Callable[[Dictionary], Table]] = {
    "commands": _commands,
    "telemetry": _telemetry,
    "events": _events,
    "parameters": _parameters,
    "codes": _codes,
    "enumerations": _enumerations,
}


def _packet_rows(entry: CommandEntry | TelemetryEntry, number: int | None) -> Iterator[Row]:
    kind = f"[{entry.service},{entry.subtype}]" + ("" if number is None else f" {number}")
    yield entry.name, "", kind, entry.meaning
    yield from _field_rows(entry.layout)


def _field_rows(layout: Layout) -> Iterator[Row]:
    for item in layout:
        if isinstance(item, Field):
            yield _field_row(item.name, item)
        else:
            yield "", item.name, "list", item.meaning
            yield from (_field_row(f"{item.name}[].{field.name}", field) for field in item.fields)


def _field_row(path: str, field: Field) -> Row:
    return "", path, f"{field.type}, {field.unit}" if field.unit else field.type, field.meaning
