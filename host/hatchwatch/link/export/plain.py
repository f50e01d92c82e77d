"""The dictionary as plain data, for programs that read JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from hatchwatch.link.dictionary import FieldGroup

if TYPE_CHECKING:
    from hatchwatch.link.dictionary import Dictionary, Field, Layout

__all__ = ["dictionary_data"]


def dictionary_data(known: Dictionary) -> dict[str, Any]:
    """All declarations as JSON can hold them; a list of groups has `fields` in place of a type."""
    return {
        "hash": f"{known.hash:08x}",
        "firmware_version": known.firmware_version,
        "apid": known.apid,
        "max_packet_bytes": known.max_packet_bytes,
        "fixed": list(known.fixed),
        "types": known.scalars,
        "indexes": list(known.indexes),
        "enumerations": {
            enum: [
                {"number": number, "name": name, "meaning": known.enum_texts[enum][number]}
                for number, name in values.items()
            ]
            for enum, values in known.enums.items()
        },
        "codes": [asdict(entry) for entry in known.codes.values()],
        "commands": [_entry(entry) for entry in known.commands.values()],
        "telemetry": [_entry(entry) for entry in known.telemetry.values()],
        "events": [_entry(entry) for entry in known.events.values()],
        "parameters": [asdict(entry) for entry in known.parameters.values()],
    }


def _entry(entry: Any) -> dict[str, Any]:
    data = {name: getattr(entry, name) for name in entry.__slots__ if name != "layout"}
    return data | {"fields": _fields(entry.layout)}


def _fields(layout: Layout) -> list[dict[str, Any]]:
    return [_group(item) if isinstance(item, FieldGroup) else _field(item) for item in layout]


def _group(group: FieldGroup) -> dict[str, Any]:
    fields = [_field(field) for field in group.fields]
    return {"name": group.name, "fields": fields, "meaning": group.meaning}


def _field(field: Field) -> dict[str, Any]:
    return asdict(field)
