"""Let the board find a leak, shut it off and prove that the rest is tight.

The decisions are the board's. From here it is set up, started, followed, asked and answered, and in the end
left as it should be: what was isolated stays shut, everything else is in the declared safe state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from hatchwatch.link.commands import command
from hatchwatch.methods.response import LONGEST_S, MODES, Mode, Outcome, Response, Watcher, outcome_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from hatchwatch.bench import Bench

__all__ = [
    "MODES",
    "STRATEGIES",
    "Isolation",
    "IsolationSettings",
    "Mode",
    "Outcome",
    "Strategy",
    "Watcher",
    "outcome_of",
]

Strategy = Literal["close-all", "outwards"]

STRATEGIES: Final[dict[Strategy, int]] = {"close-all": 0, "outwards": 1}


@dataclass(frozen=True, slots=True)
class IsolationSettings:
    """What the person wants."""

    mode: Mode = "active"
    strategy: Strategy = "close-all"
    wait: bool = False  # for an alarm, instead of searching at once
    crew_clear: bool = False  # nobody is behind a hatch of a real bench: they may shut
    longest_s: float = LONGEST_S  # of board time, once it has begun


class Isolation(Response):
    """A search for the leak, its cut, and the proof of the rest.

    The board begins by command, or by its alarm; `on_ready` of `run` is called when it is about to search, or
    watches every gas volume: the moment to plant a leak. UsageError when crew is aboard a real bench and
    nobody said that it is clear.
    """

    def __init__(self, bench: Bench, settings: IsolationSettings, watcher: Watcher) -> None:
        values = {"response_mode": MODES[settings.mode], "strategy": STRATEGIES[settings.strategy]}
        super().__init__(bench, values, watcher, longest_s=settings.longest_s)
        self._settings = settings

    def _check(self) -> None:
        self._bench.require_crew_clear(crew_clear=self._settings.crew_clear)
        self._bench.check_sensors()

    def _prepare(self) -> None:
        """Know where the hatches are."""
        if "unknown" in self._bench.housekeeping().hatches:
            self._bench.safe()

    def _begin(self, on_ready: Callable[[], None]) -> None:
        self._catch_up()
        self.log.events.clear()  # an earlier response is another story
        if not self._settings.wait:
            on_ready()
            self._bench.link.execute(command("locate"))
            return
        while not self._watched():
            self._step()
        on_ready()
        while self.log.purpose == "none" and self.log.last("leak_alarm") is None:
            self._step()

    def _watched(self) -> bool:
        """Whether the board would tell a leak in any gas volume."""
        gas = [] if self.log.status is None else self.log.status["gas"]
        return bool(gas) and all(volume["gas_state"] in {"watched", "alarm"} for volume in gas)
