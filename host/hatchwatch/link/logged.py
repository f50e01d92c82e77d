"""Records of the board's event log: an event as it was, as far as its fields were kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hatchwatch.link.codec import LayoutError, unpack_fields
from hatchwatch.link.dictionary import dictionary
from hatchwatch.link.packets import Event, Report

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["LoggedEvent", "logged_event"]


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event with the key of its moment: the start of the firmware, and board time in that start."""

    boot_count: int
    time_s: int
    event: Event

    def text(self, names: Mapping[str, Sequence[str]] | None = None) -> str:
        """What happened; of an event whose fields were too long to be kept, its name and the bytes kept."""
        kept = self.event.fields.get("data")
        if isinstance(kept, bytes):
            return f"{self.event.name} ({kept.decode('utf-8', 'replace')!r} was kept of it)"
        return self.event.text(names)


def logged_event(report: Report) -> LoggedEvent:
    """Decode a `logged_event` packet."""
    fields = report.fields
    number, data = fields["event"], fields["data"]
    entry = next((one for one in dictionary().events.values() if one.name == number), None)
    if entry is None:
        event = Event(int(number), f"event_{number}", 0, {"data": data})
    else:
        try:
            values = unpack_fields(entry.layout, data)
        except LayoutError:
            values = {"data": data}
        event = Event(entry.number, entry.name, entry.severity, values)
    return LoggedEvent(fields["boot_count"], fields["time_s"], event)
