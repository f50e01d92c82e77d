"""A recording cut into turns of the board's loop: what was measured, and what the board said of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hatchwatch.link.codec import unpack_fields
from hatchwatch.link.dictionary import dictionary
from hatchwatch.link.packets import DATA_AT, Event, Housekeeping, PacketError, Readings, Report, parse_packet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hatchwatch.evidence.recording import Recording
    from hatchwatch.link.packets import Packet

__all__ = ["Turn", "first_offsets", "first_parameters", "turns"]

_RESET_S = 1.0  # board time falls by more than this only when the chip was reset


@dataclass(slots=True)
class Turn:
    """One sweep over all sensors, as the board sent it, and the packets from it to the next one."""

    time_s: float
    pressure_q8_pa: list[int]
    temperature_q16_c: list[int]
    state: list[int]  # numbers of sensor_state
    follows_reset: bool = False
    started_s: float | None = None  # of a first turn: when the firmware started, if the recording tells
    events: list[tuple[float, Event]] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    housekeeping: Housekeeping | None = None


def turns(recording: Recording) -> Iterator[Turn]:
    """The turns of a recording in order of board time; what came before the first sweep is left out."""
    for number, start in enumerate(_starts(_packets(recording))):
        current: Turn | None = None
        started_s: float | None = None
        for packet in sorted(start, key=_place):
            if isinstance(packet.body, Readings):
                if current is not None:
                    yield current
                is_first = current is None
                current = _turn(packet, follows_reset=number > 0 and is_first)
                current.started_s = started_s if is_first else None
            elif current is not None:
                _add(current, packet)
            elif isinstance(packet.body, Event) and packet.body.name == "started":
                started_s = packet.board_time_s
        if current is not None:
            yield current


def first_parameters(recording: Recording) -> dict[str, int]:
    """The values of the parameters that the board reported first; empty if it never did."""
    values: dict[str, int] = {}
    for packet in _packets(recording):
        if isinstance(packet.body, Report) and packet.body.name == "parameter_values":
            for one in packet.body.fields["parameters"]:
                values.setdefault(str(one["parameter"]), one["value"])
    return values


def first_offsets(recording: Recording) -> list[int]:
    """The stored offsets of the modules in 1/256 Pa that the board reported first; empty if it never did."""
    for packet in _packets(recording):
        if isinstance(packet.body, Report) and packet.body.name == "calibration":
            return [module["offset_q8_pa"] for module in packet.body.fields["modules"]]
    return []


def _place(packet: Packet) -> tuple[float, bool]:
    """Order by time, the sweep first: what is decided on it goes out before it, with the same time."""
    return packet.board_time_s, not isinstance(packet.body, Readings)


def _packets(recording: Recording) -> Iterator[Packet]:
    for packet in recording.packets:
        if packet.to_board:
            continue
        try:
            yield parse_packet(packet.data)
        except PacketError:
            continue  # the recorder keeps what came, whatever it was


def _starts(packets: Iterable[Packet]) -> Iterator[list[Packet]]:
    """The packets of each start of the board: its clock begins again with a reset."""
    start: list[Packet] = []
    for packet in packets:
        if start and packet.board_time_s < start[-1].board_time_s - _RESET_S:
            yield start
            start = []
        start.append(packet)
    if start:
        yield start


def _turn(packet: Packet, *, follows_reset: bool) -> Turn:
    known = dictionary()
    modules = unpack_fields(known.telemetry["readings"].layout, packet.raw[DATA_AT + 1 : -2])["modules"]
    return Turn(
        packet.board_time_s,
        [module["pressure_q8_pa"] for module in modules],
        [module["temperature_q16_c"] for module in modules],
        [_number(module["state"]) for module in modules],
        follows_reset,
    )


def _number(state: str | int) -> int:
    return dictionary().enum_value("sensor_state", state) if isinstance(state, str) else state


def _add(turn: Turn, packet: Packet) -> None:
    match packet.body:
        case Event() as event:
            turn.events.append((packet.board_time_s, event))
        case Housekeeping() as housekeeping:
            turn.housekeeping = housekeeping
        case Report() as report:
            turn.reports.append(report)
        case _:
            pass
