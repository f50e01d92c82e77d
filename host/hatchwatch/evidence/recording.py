"""Read a recording back, finished or not."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from mcap.records import Attachment, Channel, Message, Metadata

from hatchwatch.evidence import channels as topic
from hatchwatch.evidence.records import RecordFile
from hatchwatch.methods.results import FitCurves, FloatArray, Phase

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Packet", "ReadingsTable", "Recording", "read_recording"]

_FIT_ARRAYS = ("time_s", "pressure_pa", "temperature_k", "amount_pa", "fitted_pa", "residual_pa")


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet as it was on the wire."""

    log_ns: int  # the board's clock on the calendar, ns since 1970
    wall_ns: int  # when the host saw it
    data: bytes
    to_board: bool


@dataclass(frozen=True, slots=True, eq=False)
class ReadingsTable:
    """All readings of a recording; a reading that was worth nothing is NaN."""

    modules: tuple[str, ...]
    time_s: FloatArray  # (n,) board time
    pressure_pa: FloatArray  # (n, modules) absolute
    temperature_k: FloatArray  # (n, modules) of the chip


@dataclass(slots=True)
class Recording:
    """What a recording holds, decoded; message lists are in the order of recording."""

    path: Path
    complete: bool = False  # the file was finished properly
    lost_bytes: int = 0  # behind the last complete record
    metadata: dict[str, dict[str, str]] = field(default_factory=dict)
    attachments: dict[str, bytes] = field(default_factory=dict)
    packets: list[Packet] = field(default_factory=list)
    readings: list[dict[str, Any]] = field(default_factory=list)
    housekeeping: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    responses: list[dict[str, Any]] = field(default_factory=list)
    alarms: list[dict[str, Any]] = field(default_factory=list)
    acknowledgements: list[dict[str, Any]] = field(default_factory=list)
    phase_marks: list[dict[str, Any]] = field(default_factory=list)
    fits: dict[str, FitCurves] = field(default_factory=dict)

    @property
    def last_time_s(self) -> float:
        """Board time of the last message that carries one; 0 in an empty recording."""
        lists = (self.readings, self.housekeeping, self.events)
        return max((rows[-1]["board_time_s"] for rows in lists if rows), default=0.0)

    def phases(self) -> tuple[Phase, ...]:
        """Phases with their ends: each lasts until the next begins, the last until the recording ends."""
        starts = [float(mark["board_time_s"]) for mark in self.phase_marks]
        ends = [*starts[1:], max(self.last_time_s, starts[-1])] if starts else []
        return tuple(
            Phase(mark["name"], start, end)
            for mark, start, end in zip(self.phase_marks, starts, ends, strict=True)
        )

    def table(self) -> ReadingsTable:
        """The readings as arrays."""
        modules = tuple(self.readings[0]["modules"]) if self.readings else ()
        shape = (len(self.readings), len(modules))
        time_s, pressure, temperature = np.empty(shape[0]), np.full(shape, np.nan), np.full(shape, np.nan)
        for row, reading in enumerate(self.readings):
            time_s[row] = reading["board_time_s"]
            for column, module in enumerate(modules):
                value = reading["modules"][module]
                if "pressure_pa" in value:
                    pressure[row, column] = value["pressure_pa"]
                    temperature[row, column] = value["temperature_c"] + 273.15
        return ReadingsTable(modules, time_s, pressure, temperature)


def read_recording(path: Path) -> Recording:
    """Read all complete records of a recording; raises OutputError when `path` is none."""
    recording = Recording(path)
    source = RecordFile(path)
    topics: dict[int, str] = {}
    for record in source.records():
        match record:
            case Channel():
                topics[record.id] = record.topic
            case Message():
                _take(recording, topics[record.channel_id], record)
            case Attachment():
                recording.attachments[record.name] = record.data
            case Metadata():
                recording.metadata[record.name] = record.metadata
            case _:
                pass
    recording.complete, recording.lost_bytes = source.complete, source.lost_bytes
    return recording


def _take(recording: Recording, name: str, message: Message) -> None:
    if name in {topic.RAW, topic.SENT}:
        packet = Packet(message.log_time, message.publish_time, message.data, to_board=name == topic.SENT)
        recording.packets.append(packet)
        return
    fields = json.loads(message.data)
    if name == topic.FIT:
        arrays = {key: np.asarray(fields[key], dtype=np.float64) for key in _FIT_ARRAYS}
        recording.fits[fields["module"]] = FitCurves(**arrays)
        return
    lists = {
        topic.READINGS: recording.readings,
        topic.HOUSEKEEPING: recording.housekeeping,
        topic.EVENT: recording.events,
        topic.RESPONSE: recording.responses,
        topic.ALARM: recording.alarms,
        topic.ACK: recording.acknowledgements,
        topic.PHASE: recording.phase_marks,
    }
    if name in lists:  # a later version may record more
        lists[name].append(fields)
