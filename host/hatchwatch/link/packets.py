"""Packets from the board, checked and decoded into typed objects."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spacepackets import BytesTooShortError
from spacepackets.ccsds.spacepacket import PacketType
from spacepackets.ecss.tm import InvalidTmCrc16Error, PusTm

from hatchwatch.link.codec import LayoutError, unpack_fields
from hatchwatch.link.dictionary import dictionary
from hatchwatch.link.naming import members, named_fields, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "ACCEPTED",
    "COMPLETED",
    "DATA_AT",
    "FAILED",
    "REFUSED",
    "Body",
    "Echo",
    "Event",
    "Housekeeping",
    "Identity",
    "Packet",
    "PacketError",
    "Pong",
    "Readings",
    "Report",
    "SensorCounters",
    "Unknown",
    "Verification",
    "parse_packet",
]

ACCEPTED, REFUSED, COMPLETED, FAILED = 1, 2, 7, 8  # the subtypes of service 1
DATA_AT = 19  # where the data of telemetry begins: CCSDS header, PUS-C header, time
TIME_BYTES = 6  # CUC, four bytes of seconds and two of fraction, no preamble
PRESSURE_SCALE = 256.0
TEMPERATURE_SCALE = 65536.0
EVENT_SUBTYPES = range(1, 5)  # of service 5: the four severities
USABLE_STATES = ("fresh", "stale")


class PacketError(ValueError):
    """The bytes are no telemetry packet of ours."""


@dataclass(frozen=True, slots=True)
class Readings:
    """One sweep over all sensors, in the order of the bench file.

    A sensor without data has NaN for both numbers; `stale` means the same measurement as in the sweep before.
    """

    pressure_pa: tuple[float, ...]
    temperature_c: tuple[float, ...]  # of the sensor chip
    state: tuple[str, ...]  # names of the enumeration sensor_state


@dataclass(frozen=True, slots=True)
class SensorCounters:
    """How one sensor has done since the firmware started; all modulo 65536."""

    errors: int
    retries: int
    stale: int
    health: str  # a name of the enumeration sensor_health


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """How the firmware does; the meaning of each field is in the dictionary."""

    uptime_s: int
    reset_cause: str
    bench_state: str
    readings_interval_ms: int
    ticks: int
    slips: int
    worst_loop_us: int
    heap_free: int
    commands_accepted: int
    commands_refused: int
    frames_bad: int
    packets_dropped: int
    boot_count: int
    unhealthy_boots: int
    mode: str
    link_losses: int
    events_suppressed: int
    unsaved_parameters: int
    sensors: tuple[SensorCounters, ...]
    hatches: tuple[str, ...]  # names of the enumeration position
    injectors: tuple[str, ...]
    isolated: tuple[int, ...]  # indexes of the modules that are marked isolated


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on the board. `severity` is 1 (info) to 4 (high)."""

    number: int
    name: str
    severity: int
    fields: dict[str, Any]

    def text(self, names: Mapping[str, Sequence[str]] | None = None) -> str:
        """Say what happened; `names` may hold the names of each "module", "hatch" and "injector"."""
        entry = dictionary().events.get(self.number)
        if entry is None:
            return f"event {self.number}, which this version does not know ({self.fields['data'].hex(' ')})"
        named = named_fields(entry.layout, self.fields, names or {})
        return sentence(entry.text, entry.layout, named)


@dataclass(frozen=True, slots=True)
class Verification:
    """An acknowledgement: `stage` is accepted, refused, completed or failed."""

    stage: str
    request_id: int
    code: int = 0
    detail: int = 0

    @property
    def ok(self) -> bool:
        """Whether this stage went well."""
        return self.stage in {"accepted", "completed"}

    @property
    def last(self) -> bool:
        """Whether no further acknowledgement of the command will come."""
        return self.stage != "accepted"

    @property
    def code_name(self) -> str:
        """Name of the code, empty when all is well."""
        entry = dictionary().codes.get(self.code)
        return "" if self.ok else entry.name if entry else f"code_{self.code}"

    @property
    def reason(self) -> str:
        """Why the command was refused or failed, without a full stop; empty when all is well."""
        if self.ok:
            return ""
        entry = dictionary().codes.get(self.code)
        if entry is None:
            return f"code {self.code} ({self.detail}), which this version does not know"
        return entry.text.format(detail=self.detail)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is there. Of a board with another dictionary only `dictionary_hash` is known; the rest is empty."""

    dictionary_hash: int
    firmware_version: str = ""
    micropython_version: str = ""
    unit_id: int = 0
    reset_cause: str = ""
    bench_state: str = ""
    bench_hash: int = 0
    bench_name: str = ""
    modules: int = 0
    hatches: int = 0
    injectors: int = 0


@dataclass(frozen=True, slots=True)
class Pong:
    """Answer to a ping."""


@dataclass(frozen=True, slots=True)
class Echo:
    """Answer to an echo."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Report:
    """Any other packet of the dictionary: its name, and its fields as they were declared."""

    name: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A valid packet that the dictionary does not declare, or whose data does not fit its declaration."""

    data: bytes


Body = Readings | Housekeeping | Event | Verification | Identity | Pong | Echo | Report | Unknown


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet from the board: the exact bytes, the headers, and the decoded data.

    `board_time_s` counts from the last reset of the chip, in steps of 1/65536 s; it falls only then.
    """

    raw: bytes
    board_time_s: float
    sequence: int
    service: int
    subtype: int
    message_counter: int
    body: Body

    def acknowledges(self, request_id: int) -> int:
        """Which acknowledgement of this command it is (ACCEPTED ... FAILED), 0 if it is none.

        Read from bytes that mean the same in every version, whatever the dictionary says.
        """
        ours = self.service == 1 and self.raw[DATA_AT : DATA_AT + 4] == request_id.to_bytes(4, "big")
        return self.subtype if ours else 0


def parse_packet(raw: bytes) -> Packet:
    """Check and decode one space packet.

    Raises:
        PacketError: too short or too long, wrong CRC, not telemetry, not PUS-C, or not of our APID.
    """
    try:
        telemetry = PusTm.unpack(raw, timestamp_len=TIME_BYTES)
    except InvalidTmCrc16Error as error:
        raise PacketError("the CRC is wrong") from error
    except (BytesTooShortError, ValueError) as error:
        raise PacketError(str(error)) from error
    header = telemetry.space_packet_header
    if header.packet_type != PacketType.TM or header.apid != dictionary().apid:
        raise PacketError(f"not telemetry of APID {dictionary().apid}")
    if len(raw) != header.packet_len or len(telemetry.timestamp) != TIME_BYTES:
        raise PacketError(f"{len(raw)} bytes where the header says {header.packet_len}")
    return Packet(
        raw=bytes(raw),
        board_time_s=int.from_bytes(telemetry.timestamp, "big") / 65536.0,
        sequence=header.seq_count,
        service=telemetry.service,
        subtype=telemetry.message_subtype,
        message_counter=telemetry.pus_tm_sec_header.message_counter,
        body=_decode_body(telemetry.service, telemetry.message_subtype, bytes(telemetry.source_data)),
    )


def _decode_body(service: int, subtype: int, data: bytes) -> Body:
    try:
        if service == 5 and subtype in EVENT_SUBTYPES:
            return _decode_event(subtype, data)
        structure = data[0] if service == 3 and data else None
        entry = dictionary().telemetry_by_type.get((service, subtype, structure))
        if entry is None:
            return Unknown(data)
        if entry.name == "identity":
            return _decode_identity(data)
        return _build_body(entry.name, unpack_fields(entry.layout, data if structure is None else data[1:]))
    except LayoutError:
        return Unknown(data)


def _build_body(name: str, values: dict[str, Any]) -> Body:
    match name:
        case "readings":
            return _build_readings(values["modules"])
        case "housekeeping":
            values["sensors"] = tuple(SensorCounters(**counters) for counters in values["sensors"])
            values["hatches"] = tuple(str(group["position"]) for group in values["hatches"])
            values["injectors"] = tuple(str(group["position"]) for group in values["injectors"])
            values["isolated"] = members(values["isolated"])
            return Housekeeping(**values)
        case "pong":
            return Pong()
        case "echo":
            return Echo(values["data"])
        case "accepted" | "refused" | "completed" | "failed":
            return Verification(name, **values)
        case _:
            return Report(name, values)


def _build_readings(modules: list[dict[str, Any]]) -> Readings:
    usable = [module["state"] in USABLE_STATES for module in modules]
    return Readings(
        pressure_pa=tuple(
            module["pressure_q8_pa"] / PRESSURE_SCALE if good else math.nan
            for module, good in zip(modules, usable, strict=True)
        ),
        temperature_c=tuple(
            module["temperature_q16_c"] / TEMPERATURE_SCALE if good else math.nan
            for module, good in zip(modules, usable, strict=True)
        ),
        state=tuple(str(module["state"]) for module in modules),
    )


def _decode_event(severity: int, data: bytes) -> Event:
    if not data:
        raise LayoutError("an event without a number")
    entry = dictionary().events.get(data[0])
    if entry is None:
        return Event(data[0], f"event_{data[0]}", severity, {"data": data[1:]})
    return Event(entry.number, entry.name, severity, unpack_fields(entry.layout, data[1:]))


def _decode_identity(data: bytes) -> Identity:
    if len(data) < 4:
        raise LayoutError("an identity without a hash")
    dictionary_hash = int.from_bytes(data[:4], "big")
    if dictionary_hash != dictionary().hash:
        return Identity(dictionary_hash)  # the other fields may lie anywhere
    return Identity(**unpack_fields(dictionary().telemetry["identity"].layout, data))
