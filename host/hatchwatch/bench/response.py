"""What a board says about a leak and its response to it, kept in order and with the names of the bench."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hatchwatch.link.dictionary import SEVERITIES, dictionary
from hatchwatch.link.naming import named_fields
from hatchwatch.link.packets import Event, Housekeeping, Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hatchwatch.link.packets import Packet

__all__ = ["ENDED", "ResponseLog", "Told", "suspect_text"]

ENDED = ("done", "inconclusive", "blocked")  # phases in which nothing more will happen by itself


_SAME_IN_BOTH = ("kind", "first", "second", "leak_npa_m3_s")  # of a find and of its hypothesis


def suspect_text(fields: Mapping[str, Any]) -> str:
    """What a hypothesis, or a finding, is about, in few words; `fields` are named."""
    first, second = fields["first"], fields.get("second")
    texts = {
        "none": "no leak",
        "two_modules": f"{first} and {second}",
        "hatch": f"hatch {first}",
        "module_and_hatch": f"{first}, fed through hatch {second}",
        "sensor_drifts": f"sensor of {first}",
    }
    return texts.get(fields["kind"], str(first))


@dataclass(frozen=True, slots=True)
class Told:
    """One event, with names in place of indexes and sets."""

    time_s: float  # board time
    name: str
    severity: str
    fields: Mapping[str, Any]
    text: str


@dataclass(slots=True)
class ResponseLog:
    """Packets of one board as a story: events, the last alarm, and how the response stands.

    `names` holds the names of each "module", "hatch" and "injector".
    """

    names: Mapping[str, Sequence[str]]
    events: list[Told] = field(default_factory=list)
    alarm: Mapping[str, Any] | None = None  # the telemetry of that name
    status: Mapping[str, Any] | None = None  # the telemetry `response`
    positions: Mapping[str, str] = field(default_factory=dict)  # of each hatch
    purpose: str = "none"
    phase: str = "watch"
    reason: str = ""
    shut: Sequence[str] = ()  # hatches that are to be shut
    found_sd_npa_m3_s: dict[float, int] = field(default_factory=dict)
    """Standard deviation of each leak that was found, by the time of its event."""

    def take(self, packets: Iterable[Packet]) -> list[Told]:
        """Take in packets in their order; returns the events among them."""
        before = len(self.events)
        for packet in packets:
            match packet.body:
                case Event() as event:
                    self._take_event(packet.board_time_s, event)
                case Report(name="response", fields=fields):
                    self.status = self._named("response", fields)
                    self._follow(self.status)
                    self._rate_found(self.status)
                case Report(name="alarm", fields=fields):
                    self.alarm = self._named("alarm", fields)
                case Housekeeping(hatches=hatches):
                    self.positions = dict(zip(self.names["hatch"], hatches, strict=False))
                case _:
                    pass
        return self.events[before:]

    def last(self, name: str) -> Told | None:
        """The newest event of that name."""
        return next((told for told in reversed(self.events) if told.name == name), None)

    def all(self, name: str) -> list[Told]:
        """All events of that name, oldest first."""
        return [told for told in self.events if told.name == name]

    @property
    def ended(self) -> bool:
        """Whether the response has come to an end, good or bad."""
        return self.phase in ENDED

    @property
    def hypotheses(self) -> Sequence[Mapping[str, Any]]:
        """The most probable causes, as the board told last."""
        return () if self.status is None else self.status["hypotheses"]

    def _take_event(self, time_s: float, event: Event) -> None:
        entry = dictionary().events.get(event.number)
        fields = event.fields if entry is None else named_fields(entry.layout, event.fields, self.names)
        severity = SEVERITIES.get(event.severity, "?")
        self.events.append(Told(time_s, event.name, severity, fields, event.text(self.names)))
        if event.name == "response_step":
            self._follow(fields)
        elif event.name == "response_stopped":
            self.purpose, self.phase = "none", "watch"

    def _rate_found(self, status: Mapping[str, Any]) -> None:
        """The event of a find has no room for its deviation; the report behind it has the same figures."""
        found = self.last("leak_found")
        if found is None or found.time_s in self.found_sd_npa_m3_s:
            return
        for guess in status["hypotheses"]:
            if all(guess[key] == found.fields[key] for key in _SAME_IN_BOTH):
                self.found_sd_npa_m3_s[found.time_s] = guess["uncertainty_npa_m3_s"]

    def _follow(self, told: Mapping[str, Any]) -> None:
        self.purpose, self.phase = told["purpose"], told["phase"]
        self.reason, self.shut = told["reason"], told["shut"]

    def _named(self, name: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        return named_fields(dictionary().telemetry[name].layout, fields, self.names)
