"""Which sensors can be trusted: `fsw.station.sensor_health` run again."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from hatchwatch.evidence.replay.decisions import Decision
from hatchwatch.link.dictionary import dictionary
from hatchwatch.link.flight import flight_module

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hatchwatch.evidence.replay.turns import Turn

__all__ = ["SensorReplay"]

EVENTS = {"sensor_suspect", "sensor_failed", "sensor_recovering", "sensor_ok"}


class SensorReplay:
    """The sensors as the flight logic sees them; it begins with their state at the first turn."""

    def __init__(self, first: Turn, values: array[int], names: list[str]) -> None:
        count = len(first.state)
        self.state = bytearray(count)
        self.pressure_q8_pa = array("i", [0] * count)
        self.temperature_q16_c = array("i", [0] * count)
        self._names = names
        self._time_s = 0.0
        self._decisions: list[Decision] = []
        self._logic = flight_module("fsw.station.sensor_health").SensorHealth(
            self.state, self.pressure_q8_pa, self.temperature_q16_c, values
        )
        self._logic.tell = self._tell
        self.health: bytearray = self._logic.health
        self._first_s = first.time_s
        self._settle(first)

    def _settle(self, first: Turn) -> None:
        """A sensor that was already found bad before the recording began is no news."""
        self._judge(first)
        self._decisions.clear()
        if first.housekeeping is not None:
            for place, sensor in enumerate(first.housekeeping.sensors):
                self.health[place] = dictionary().enum_value("sensor_health", sensor.health)

    def take(self, turn: Turn) -> None:
        """Judge one sweep; the first one was judged when the replay began."""
        if turn.time_s > self._first_s:
            self._judge(turn)

    def _judge(self, turn: Turn) -> None:
        self._time_s = turn.time_s
        self.state[:] = bytes(turn.state)
        self.pressure_q8_pa[:] = array("i", turn.pressure_q8_pa)
        self.temperature_q16_c[:] = array("i", turn.temperature_q16_c)
        self._logic.look()

    def decisions(self) -> list[Decision]:
        """What was decided so far."""
        return self._decisions

    def said(self, turn: Turn) -> Iterator[Decision]:
        """What the board decided in one turn."""
        for time_s, event in turn.events:
            if event.name in EVENTS and turn.time_s > self._first_s:
                fields = event.fields
                grounds = f"{fields['state']} ({fields['seen']})"
                yield Decision(time_s, event.name, self._names[fields["module"]], grounds)

    def _tell(self, number: int, index: int, state: int, seen: int) -> None:
        name = dictionary().enums["sensor_state"][state]
        what = dictionary().events[number].name
        self._decisions.append(Decision(self._time_s, what, self._names[index], f"{name} ({seen})"))
