"""Did the hatches do what they were told: `fsw.station.hatches` run again.

When a servo begins to move is taken from the recording, for that is what the board did; when it has arrived,
is to be tried again or has failed is decided anew.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hatchwatch.evidence.replay.decisions import Decision
from hatchwatch.link.dictionary import dictionary
from hatchwatch.link.flight import flight_module

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterator

    from hatchwatch.boards import BenchFile
    from hatchwatch.evidence.replay.sensors import SensorReplay
    from hatchwatch.evidence.replay.turns import Turn

__all__ = ["HatchReplay"]

EVENTS = {"hatch_arrived", "hatch_retry", "hatch_failed"}


class HatchReplay:
    """The hatches of a bench as the flight logic sees them."""

    def __init__(self, file: BenchFile, sensors: SensorReplay, values: array[int]) -> None:
        modules = [module.name for module in file.modules]
        sides = bytes(modules.index(name) for hatch in file.hatches for name in hatch.between)
        self._logic = flight_module("fsw.station.hatches")
        self._watch = self._logic.HatchWatch(sides, sensors, values)
        self._names = [hatch.name for hatch in file.hatches]
        self._travel_ms = [hatch.servo.travel_ms for hatch in file.hatches]
        self._arrives_ms: dict[int, int] = {}
        self._tries_again: set[int] = set()
        self._decisions: list[Decision] = []

    def take(self, turn: Turn) -> None:
        """Follow all hatches through one turn, after the sweep."""
        now_ms = math.floor(turn.time_s * 1000)  # as `BoardClock.ms`
        for hatch in range(len(self._names)):
            if self._arrives_ms.get(hatch, now_ms + 1) <= now_ms:
                del self._arrives_ms[hatch]
                self._act(hatch, self._watch.travel_over(hatch, now_ms), turn.time_s)
            else:
                self._act(hatch, self._watch.look(hatch, now_ms), turn.time_s)
        for _, event in turn.events:
            if event.name == "hatch_moving":
                self._start(now_ms, event.fields["hatch"], event.fields["position"])

    def decisions(self) -> list[Decision]:
        """What was decided so far."""
        return self._decisions

    def said(self, turn: Turn) -> Iterator[Decision]:
        """What the board decided in one turn."""
        for time_s, event in turn.events:
            if event.name in EVENTS:
                fields = event.fields
                grounds = f"by {fields['proof']}" if "proof" in fields else "difference stays"
                yield Decision(
                    time_s,
                    event.name,
                    self._names[fields["hatch"]],
                    f"{fields['position']}, {grounds}",
                    fields.get("difference_pa"),
                )

    def _start(self, now_ms: int, hatch: int, position: str) -> None:
        if hatch in self._tries_again:
            self._tries_again.remove(hatch)
        else:
            self._watch.command(hatch, dictionary().enum_value("position", position))
        self._watch.start(hatch)
        self._arrives_ms[hatch] = now_ms + self._travel_ms[hatch]

    def _act(self, hatch: int, action: int, time_s: float) -> None:
        logic = self._logic
        if action == logic.RETRY:
            self._tries_again.add(hatch)
            self._decide(time_s, "hatch_retry", hatch, "difference stays")
        elif action == logic.FAIL:
            self._decide(time_s, "hatch_failed", hatch, "difference stays")
        elif action == logic.ARRIVED_BY_PRESSURE:
            self._decide(time_s, "hatch_arrived", hatch, "by pressures")
        elif action == logic.ARRIVED_BY_TIME:
            self._decide(time_s, "hatch_arrived", hatch, "by time")

    def _decide(self, time_s: float, what: str, hatch: int, grounds: str) -> None:
        target = dictionary().enums["position"][self._watch.targets[hatch]]
        difference_pa = None if what == "hatch_arrived" else self._watch.difference_pa[hatch]
        self._decisions.append(
            Decision(time_s, what, self._names[hatch], f"{target}, {grounds}", difference_pa)
        )
