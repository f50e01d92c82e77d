"""The gas over time: integrated ahead as far as someone asks, rolled back where an event comes in.

A trajectory is a chain of segments. Inside a segment the solver's steps depend on the segment's start only,
never on who asked for what: an event is cut in by interpolation. That makes every answer independent of when,
in what order and how often questions were put.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from hatchwatch.emulator.plant.dynamics import RELATIVE_TOLERANCE, Dynamics
from hatchwatch.emulator.plant.gas import KAPPA
from hatchwatch.emulator.plant.network import GasState, Network, Settings
from hatchwatch.emulator.plant.rodas import Problem, Rodas, Step
from hatchwatch.errors import EmulatorError

__all__ = ["Event", "Trajectory"]

_FAR_S = 1e9  # the latest time that makes sense to ask for
_LONGEST_STEP_S = 60.0  # keeps the solver from stepping over the weather
_HISTORY_S = 3600.0  # the past that is kept

Change = Callable[[float, GasState, Settings], tuple[GasState, Settings]]


@dataclass(frozen=True)
class Event:
    """Something that changes gas or settings at one moment; `apply` gets the time and what was before it."""

    time_s: float
    apply: Change


class _Segment:
    """From one event or arrival to the next."""

    def __init__(self, network: Network, settings: Settings, start_s: float, state: GasState) -> None:
        self.start_s = start_s
        self.settings = settings
        self.arrival_s = settings.next_arrival_s(start_s)
        self.dynamics = Dynamics(network, settings, start_s, state)
        self._start_state = state
        self._step_ends_s: list[float] = []
        self._steps: list[Step] = []
        problem = Problem(
            self.dynamics,
            self.dynamics.jacobian,
            relative_tolerance=RELATIVE_TOLERANCE,
            absolute_tolerance=self.dynamics.tolerance,
            longest_step_s=_LONGEST_STEP_S,
        )
        self._solver = Rodas(problem, start_s, self.dynamics.start, self.arrival_s)

    def advance(self, time_s: float) -> None:
        """Step until `time_s`, or until the next arrival, is covered."""
        while self._solver.time_s < time_s and not self._solver.arrived:
            try:
                step = self._solver.step()
            except (ArithmeticError, ValueError) as trouble:
                raise EmulatorError(
                    f"the gas model stopped at {self._solver.time_s:.6f} s of board time: {trouble}",
                    fault="the emulated plant",
                    cure="report this with the bench file, the seed and the commands that led to it",
                ) from trouble
            self._step_ends_s.append(step.end_s)
            self._steps.append(step)

    def values(self, time_s: float) -> list[float]:
        """Vector of the dynamics at a time that `advance` has covered."""
        if time_s <= self.start_s:
            values: list[float] = self.dynamics.start.tolist()
        else:
            values = self._steps[bisect_left(self._step_ends_s, time_s)].at(time_s).tolist()
        return values

    def state(self, time_s: float) -> GasState:
        """Gas at a time that `advance` has covered."""
        return self.dynamics.state(self.values(time_s)) if time_s > self.start_s else self._start_state

    def forget(self, before_s: float) -> None:
        """Drop the steps that ended before a time."""
        count = bisect_left(self._step_ends_s, before_s)
        del self._step_ends_s[:count], self._steps[:count]


class Trajectory:
    """Gas of a network as a function of time, with events."""

    def __init__(self, network: Network, settings: Settings, state: GasState, start_s: float = 0.0) -> None:
        self.network = network
        self._events: list[Event] = []
        self._applied = 0  # how many of the events the segments already contain
        self._segments = [_Segment(network, settings, start_s, state)]
        self._first_s = start_s
        self._latest_s = start_s

    def add(self, event: Event) -> None:
        """Put an event in at its time, past or future; what was computed after it is dropped."""
        self._segment(event.time_s)
        index = bisect_right(self._events, event.time_s, key=lambda other: other.time_s)
        self._events.insert(index, event)
        while self._segments[-1].start_s > event.time_s:
            self._segments.pop()
        self._apply(event)
        self._applied = index + 1

    def gas(self, time_s: float, chamber: int) -> tuple[float, float]:
        """Pressure in Pa and temperature in K of one chamber; at the moment of an event, after it."""
        segment = self._segment(time_s)
        return segment.dynamics.pressure_and_temperature(time_s, segment.values(time_s), chamber)

    def moment(self, time_s: float) -> tuple[GasState, Settings]:
        """Gas of all chambers, and the settings; at the moment of an event, after it."""
        segment = self._segment(time_s)
        return segment.state(time_s), segment.settings

    def _segment(self, time_s: float) -> _Segment:
        """Return the segment that covers a time, integrating ahead where needed."""
        if not self._first_s <= time_s < _FAR_S:
            raise EmulatorError(
                f"the plant was asked for {time_s} s of board time; it knows {self._first_s:.3f} s onwards",
                fault="the caller",
                cure=f"ask for times of the last {_HISTORY_S:.0f} s",
            )
        self._advance(time_s)
        return self._segments[bisect_right(self._segments, time_s, key=lambda segment: segment.start_s) - 1]

    def _advance(self, time_s: float) -> None:
        while True:
            segment = self._segments[-1]
            event_s = self._events[self._applied].time_s if self._applied < len(self._events) else math.inf
            segment.advance(min(time_s, event_s, segment.arrival_s))
            if event_s <= min(time_s, segment.arrival_s):
                self._apply(self._events[self._applied])
                self._applied += 1
            elif segment.arrival_s <= time_s:
                state = segment.state(segment.arrival_s)
                self._segments.append(_Segment(self.network, segment.settings, segment.arrival_s, state))
            else:
                break
        if time_s > self._latest_s:
            self._latest_s = time_s
            self._forget()

    def _apply(self, event: Event) -> None:
        """Begin a new segment with an event; one that began at the very same moment is replaced."""
        last = self._segments[-1]
        before = last.state(event.time_s)
        state, settings = event.apply(event.time_s, before, last.settings)
        state = self._squeeze(event.time_s, state, last.settings, settings)
        if last.start_s == event.time_s:
            self._segments.pop()
        self._segments.append(_Segment(self.network, settings, event.time_s, state))

    def _squeeze(self, time_s: float, state: GasState, before: Settings, after: Settings) -> GasState:
        """Compress without loss of heat where a valve jumped and took volume away: T V^(kappa - 1) stays."""
        old_m3 = self.network.volumes_m3(before, time_s)
        new_m3 = self.network.volumes_m3(after, time_s)
        temperature_k = tuple(
            warm_k * (old / new) ** (KAPPA - 1.0)
            for warm_k, old, new in zip(state.temperature_k, old_m3, new_m3, strict=True)
        )
        return GasState(state.amount_mol, temperature_k, state.hull_mol, state.hatch_mol, state.supply_mol)

    def _forget(self) -> None:
        """Drop what is older than the history that is kept, so that a soak test does not fill the memory."""
        horizon_s = self._latest_s - _HISTORY_S
        if horizon_s <= self._first_s:
            return
        while len(self._segments) > 1 and self._segments[1].start_s <= horizon_s:
            del self._segments[0]
        self._segments[0].forget(horizon_s)
        old_events = bisect_left(self._events, horizon_s, key=lambda event: event.time_s)
        del self._events[:old_events]
        self._applied -= old_events
        self._first_s = horizon_s
