"""What packets say, in words and as plain data, with the bench's names in place of indexes."""

from __future__ import annotations

import math
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any

from hatchwatch.link.dictionary import SEVERITIES, dictionary
from hatchwatch.link.naming import named_fields, text_of
from hatchwatch.link.packets import Event, Report, Verification

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hatchwatch.link.packets import Body, Packet

    Names = Mapping[str, Sequence[str]]

__all__ = ["packet_data", "packet_lines"]


def packet_data(packet: Packet, names: Names) -> dict[str, Any]:
    """A packet as JSON can hold it: `kind`, `board_time_s`, and what it says."""
    return {
        "kind": _kind(packet),
        "board_time_s": packet.board_time_s,
        **_plain(_fields(packet.body, names)),
    }


def packet_lines(packet: Packet, names: Names) -> list[str]:
    """A packet in a few lines for people."""
    time = f"{packet.board_time_s:10.3f} s  "
    body = packet.body
    if isinstance(body, Event):
        return [f"{time}{SEVERITIES.get(body.severity, '?'):<6}  {body.text(names)}"]
    if isinstance(body, Verification):
        return [f"{time}{body.stage}" + (f": {body.reason}" if body.reason else "")]
    return [f"{time}{_kind(packet)}", *_lines(_plain(_fields(body, names)), " " * len(time))]


def _kind(packet: Packet) -> str:
    body = packet.body
    if isinstance(body, Report):
        return body.name
    if type(body).__name__ == "Unknown":
        return f"unknown [{packet.service},{packet.subtype}]"
    return type(body).__name__.lower()


def _fields(body: Body, names: Names) -> dict[str, Any]:
    if isinstance(body, Report):
        return named_fields(dictionary().telemetry[body.name].layout, body.fields, names)
    if isinstance(body, Event):
        return {"name": body.name, "severity": SEVERITIES.get(body.severity), "text": body.text(names)}
    assert is_dataclass(body)
    return asdict(body)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, bytes):
        return value.hex(" ")
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _lines(fields: Mapping[str, Any], margin: str) -> Iterator[str]:
    for name, value in fields.items():
        if not (isinstance(value, list) and value and isinstance(value[0], dict)):
            yield f"{margin}{name} {text_of(value)}"
            continue
        yield f"{margin}{name}"
        yield from (
            f"{margin}  " + "  ".join(f"{key} {text_of(one)}" for key, one in group.items())
            for group in value
        )
