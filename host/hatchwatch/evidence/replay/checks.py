"""What the board checks once a second: `fsw.station.checks` run again, as far as sweeps tell it.

That is pressure, its change, temperature and health of each module. Heap, slips and damaged frames are no
part of a sweep, so those checks are left out.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from hatchwatch.evidence.replay.decisions import Decision
from hatchwatch.link.dictionary import dictionary
from hatchwatch.link.flight import flight_module

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hatchwatch.evidence.replay.sensors import SensorReplay
    from hatchwatch.evidence.replay.turns import Turn
    from hatchwatch.link.packets import Report

__all__ = ["CheckReplay", "phase_of"]

TURNS_PER_CHECK = 10
PER_MODULE = ("pressure", "pressure_rate", "temperature", "sensor_health")
FIRST_CHECKS_S = 3.0  # beyond the repetitions: the board's own first checks may still be under way


class CheckReplay:
    """The checks of all modules; they begin with what holds at the first turn.

    `phase` says in which of ten turns the board makes its checks (`phase_of`). If the board had been running
    before the recording began, nothing is compared until the checks have come to rest.
    """

    def __init__(
        self,
        first: Turn,
        sensors: SensorReplay,
        values: array[int],
        offsets_q8_pa: list[int],
        names: list[str],
        phase: int,
    ) -> None:
        self._logic = flight_module("fsw.station.checks").Checks(len(names), values)
        self._sensors = sensors
        self._offsets_q8_pa = array("i", offsets_q8_pa or [0] * len(names))
        self._names = names
        self._phase = phase
        self._decisions: list[Decision] = []
        self._from_s = first.time_s
        for _ in range(self._missed(first, values)):
            self._evaluate()

    def _missed(self, first: Turn, values: array[int]) -> int:
        """How many checks the board had made before the first turn; enough to come to rest if unknown."""
        if first.started_s is not None:
            numbers = range(round(first.started_s * TURNS_PER_CHECK), _number(first))
            return sum(number % TURNS_PER_CHECK == self._phase for number in numbers)
        known = dictionary().parameters
        longest = max(values[known[f"{check}_repetitions"].number] for check in PER_MODULE)
        self._from_s += FIRST_CHECKS_S + longest
        return longest + 1

    def take(self, turn: Turn) -> None:
        """Make the checks, if it is their turn."""
        if _number(turn) % TURNS_PER_CHECK != self._phase:
            return
        self._evaluate()
        if turn.time_s < self._from_s:
            return
        checks = self._logic
        for place in range(len(PER_MODULE) * len(self._names)):
            if checks.changed(place):
                self._decisions.append(self._decision(turn.time_s, place))

    def decisions(self) -> list[Decision]:
        """What was decided so far."""
        return self._decisions

    def said(self, turn: Turn) -> Iterator[Decision]:
        """What the board decided in one turn."""
        if turn.time_s < self._from_s:
            return
        for one in (one for report in turn.reports for one in _transitions(report)):
            if one["monitor"] in PER_MODULE:
                grounds = f"{one['before']} to {one['after']}: {one['value']} (limit {one['limit']})"
                yield Decision(turn.time_s, f"check {one['monitor']}", self._names[one["index"]], grounds)

    def _evaluate(self) -> None:
        sensors = self._sensors
        swept = (sensors.pressure_q8_pa, sensors.temperature_q16_c, sensors.state, sensors.health)
        self._logic.evaluate(swept, self._offsets_q8_pa, 0, 0, 0)

    def _decision(self, time_s: float, place: int) -> Decision:
        checks, findings = self._logic, dictionary().enums["finding"]
        before, after = findings[checks.before(place)], findings[checks.found(place)]
        return Decision(
            time_s,
            f"check {dictionary().enums['monitor'][checks.monitor(place)]}",
            self._names[checks.index(place)],
            f"{before} to {after}: {checks.value(place)} (limit {checks.limit(place)})",
        )


def phase_of(turns: list[Turn]) -> int:
    """In which of ten turns the board makes its checks, by the first one that it reported."""
    told = (turn for turn in turns if any(_transitions(report) for report in turn.reports))
    first = next(told, None)
    return 0 if first is None else _number(first) % TURNS_PER_CHECK


def _number(turn: Turn) -> int:
    """Turns are 0.1 s apart, and the loop keeps to that."""
    return round(turn.time_s * TURNS_PER_CHECK)


def _transitions(report: Report) -> list[dict[str, Any]]:
    return list(report.fields["transitions"]) if report.name == "check_transitions" else []
