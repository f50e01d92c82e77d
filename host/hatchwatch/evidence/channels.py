"""The channels of a recording: topics, and the JSON schemas of their messages.

A recording is an MCAP file that Foxglove, PlotJuggler and the `mcap` tools open. Its `log_time` is the
board's clock, placed at the wall time when the recording began, so that slopes are right whatever the pace of
an emulated board; `publish_time` is the wall time at which the host saw the message.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

__all__ = [
    "ACK",
    "ALARM",
    "EVENT",
    "FIT",
    "HOUSEKEEPING",
    "PHASE",
    "RAW",
    "READINGS",
    "RESPONSE",
    "SENT",
    "Channel",
    "channels",
]

RAW = "/raw"
SENT = "/sent"
READINGS = "/readings"
HOUSEKEEPING = "/housekeeping"
EVENT = "/event"
RESPONSE = "/response"
ALARM = "/alarm"
ACK = "/ack"
PHASE = "/phase"
FIT = "/fit"

_NUMBER: dict[str, Any] = {"type": "number"}
_TEXT: dict[str, Any] = {"type": "string"}
_NUMBERS: dict[str, Any] = {"type": "array", "items": _NUMBER}
_TIME: dict[str, Any] = {"type": "number", "description": "board time in s"}


@dataclass(frozen=True, slots=True)
class Channel:
    """One topic of a recording; `schema` is None for packets as they were on the wire."""

    topic: str
    schema_name: str
    schema: Mapping[str, Any] | None
    meaning: str

    @property
    def message_encoding(self) -> str:
        """MCAP's name of the encoding."""
        return "json" if self.schema is not None else "ccsds"

    @property
    def schema_encoding(self) -> str:
        """MCAP's name of the schema's encoding; empty where there is none."""
        return "jsonschema" if self.schema is not None else ""

    @property
    def schema_bytes(self) -> bytes:
        """The schema as it is stored."""
        return b"" if self.schema is None else json.dumps(self.schema).encode()


def channels(modules: Iterable[str]) -> tuple[Channel, ...]:
    """All channels of a recording of a bench with these modules."""
    reading = _table(
        optional=("pressure_pa", "temperature_c"),  # a dead sensor has none
        pressure_pa=_NUMBER | {"description": "absolute pressure"},
        temperature_c=_NUMBER | {"description": "temperature of the sensor chip"},
        state=_TEXT | {"description": "fresh, or why the two numbers are worth nothing"},
    )
    return (
        Channel(RAW, "ccsds.SpacePacket", None, "packets from the board, byte for byte, without framing"),
        Channel(SENT, "ccsds.SpacePacket", None, "packets to the board, byte for byte, without framing"),
        Channel(
            READINGS,
            "hatchwatch.Readings",
            _table(board_time_s=_TIME, modules=_table(**dict.fromkeys(modules, reading))),
            "one sweep over all sensors",
        ),
        Channel(HOUSEKEEPING, "hatchwatch.Housekeeping", _open_table(), "how the firmware does"),
        Channel(
            EVENT,
            "hatchwatch.Event",
            _open_table(severity=_TEXT, source=_TEXT | {"description": "board or host"}, text=_TEXT),
            "what happened",
        ),
        Channel(RESPONSE, "hatchwatch.Response", _open_table(), "how the response to a leak stands"),
        Channel(ALARM, "hatchwatch.Alarm", _open_table(), "the alarm of a leak, with its intervals"),
        Channel(
            ACK,
            "hatchwatch.Acknowledgement",
            _open_table(optional=("board_time_s",), stage=_TEXT),
            "what became of the commands",
        ),
        Channel(
            PHASE, "hatchwatch.Phase", _table(board_time_s=_TIME, name=_TEXT), "a phase of the test begins"
        ),
        Channel(
            FIT,
            "hatchwatch.Fit",
            _table(
                board_time_s=_TIME,
                module=_TEXT,
                time_s=_NUMBERS,
                pressure_pa=_NUMBERS,
                temperature_k=_NUMBERS,
                amount_pa=_NUMBERS,
                fitted_pa=_NUMBERS,
                residual_pa=_NUMBERS,
            ),
            "one module's fitted window: block means, model, residuals",
        ),
    )


def _table(optional: Collection[str] = (), **properties: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of an object. Viewers know plain types only: what may be missing is left out, never null."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


def _open_table(optional: Collection[str] = (), **properties: Mapping[str, Any]) -> dict[str, Any]:
    """A message that has more fields than these: they follow the link's dictionary."""
    return _table(optional, board_time_s=_TIME, **properties)
