"""Let the board find a leak, shut it off and prove that the rest is tight.

The decisions are the board's. From here it is set up, started, followed, asked and answered, and in the end
left as it should be: what was isolated stays shut, everything else is in the declared safe state.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal, Protocol

from hatchwatch.bench.parameters import read_parameters, set_parameters
from hatchwatch.bench.response import ResponseLog
from hatchwatch.errors import Aborted, BoardError, HatchwatchError, SensorError
from hatchwatch.link.commands import command

if TYPE_CHECKING:
    from collections.abc import Callable

    from hatchwatch.bench import Bench
    from hatchwatch.bench.response import Told

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

Mode = Literal["advise", "active"]
Strategy = Literal["close-all", "outwards"]

MODES: Final[dict[Mode, int]] = {"advise": 1, "active": 2}
STRATEGIES: Final[dict[Strategy, int]] = {"close-all": 0, "outwards": 1}

_STEP_S = 0.5
_STOP_S = 60.0  # the safe state may need all servos one after the other
_LONGEST_S = 4 * 3600.0  # of board time, from the first step to the proof


class Outcome(StrEnum):
    """How a response ended."""

    SOLID = "solid"  # the leak is shut off, and the rest is proved tight
    NO_LEAK = "no leak"  # every module is tight
    NOT_SOLID = "not solid"  # something is shut off, but the rest is not proved tight
    INCONCLUSIVE = "inconclusive"  # the search could not decide
    QUIET = "quiet"  # nothing was told, and nothing done
    BLOCKED = "blocked"  # no allowed or possible step was left, or the response did not run its course
    ABORTED = "aborted"  # by the operator

    @property
    def exit_code(self) -> int:
        """Of the program."""
        return _EXIT_CODES[self]


_EXIT_CODES = {
    Outcome.SOLID: 0,
    Outcome.NO_LEAK: 0,
    Outcome.NOT_SOLID: 1,
    Outcome.QUIET: 0,
    Outcome.INCONCLUSIVE: 2,
    Outcome.BLOCKED: 3,
    Outcome.ABORTED: 130,
}


class Watcher(Protocol):
    """Whoever looks on, and in mode ADVISE decides about each step."""

    def show(self, log: ResponseLog) -> None:
        """Some board time has passed."""

    def approve(self, step: Told) -> bool:
        """Whether the proposed step (event `step_proposed`) is to be made."""


@dataclass(frozen=True, slots=True)
class IsolationSettings:
    """What the person wants."""

    mode: Mode = "active"
    strategy: Strategy = "close-all"
    wait: bool = False  # for an alarm, instead of searching at once
    crew_clear: bool = False  # nobody is behind a hatch of a real bench: they may shut
    longest_s: float = _LONGEST_S  # of board time, once it has begun


def outcome_of(log: ResponseLog) -> Outcome:
    """What the board's words amount to, once the response has ended, or never began."""
    if log.last("leak_alarm") is None and log.last("response_step") is None:
        return Outcome.QUIET
    if log.phase == "inconclusive":
        return Outcome.INCONCLUSIVE
    if log.phase != "done":
        return Outcome.BLOCKED
    rest, tight = log.last("rest_measured"), log.last("no_leak") is not None
    if rest is not None and not rest.fields["solid"]:
        return Outcome.NOT_SOLID
    if log.last("leak_found") is None and tight:
        return Outcome.NO_LEAK
    return Outcome.NOT_SOLID if rest is None else Outcome.SOLID


class Isolation:
    """One response of a board, from its start to its end."""

    def __init__(self, bench: Bench, settings: IsolationSettings, watcher: Watcher) -> None:
        self.log = ResponseLog(bench.names)
        self.warnings: list[str] = []
        self._bench = bench
        self._settings = settings
        self._watcher = watcher
        self._place = 0  # first packet that was not looked at yet
        self._answered = 0  # proposals that were answered
        self._before: dict[str, int] = {}  # parameters

    def run(self, on_ready: Callable[[], None] | None = None) -> Outcome:
        """Set the board up, start it or wait for its alarm, follow it to its end.

        `on_ready` is called when the board is about to search or watches every gas volume: the moment to
        plant a leak. Raises Aborted after Ctrl-C or a step that was not approved, BlockedError kinds when the
        bench fails, UsageError when crew is aboard a real bench and nobody said that it is clear. Unless the
        rest was measured, the board is told to stop, and is in its safe state; its parameters are as before.
        """
        self._bench.require_crew_clear(crew_clear=self._settings.crew_clear)
        self._bench.check_sensors()
        try:
            self._set_up()
            self._begin(on_ready or _nothing)
            outcome = self._follow()
            if outcome in {Outcome.INCONCLUSIVE, Outcome.BLOCKED}:
                self._stop()
            self._restore()
        except KeyboardInterrupt:
            stopped = Aborted("The response was stopped by Ctrl-C.", cure="Run it again when you are ready.")
            self._stop_after(stopped)
            raise stopped from None
        except BaseException as error:
            self._stop_after(error)
            raise
        return outcome

    # --- course ----------------------------------------------------------------------------------------

    def _set_up(self) -> None:
        """Use the parameters of this run, and know where the hatches are."""
        bench, settings = self._bench, self._settings
        self._catch_up()
        if "unknown" in bench.housekeeping().hatches:
            bench.safe()
        values = {"response_mode": MODES[settings.mode], "strategy": STRATEGIES[settings.strategy]}
        values |= self._ambient()
        self._before = read_parameters(bench, tuple(values))
        set_parameters(bench, values)

    def _restore(self) -> None:
        """Use the parameters that were in use before."""
        if self._before:
            set_parameters(self._bench, self._before)

    def _ambient(self) -> dict[str, int]:
        try:
            ambient_pa, _ = self._bench.ambient()
        except SensorError:
            self.warnings.append(
                "Nothing here knows the pressure outside: the board's own parameter ambient_pa is used."
            )
            return {}
        return {"ambient_pa": round(ambient_pa)}

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

    def _follow(self) -> Outcome:
        end_s = self._bench.board_time_s + self._settings.longest_s
        while not (self.log.ended and self.log.last("response_step") is not None):
            self._step()
            self._answer()
            if self.log.last("response_stopped") is not None:
                raise BoardError(self.log.events[-1].text.capitalize() + ".", cure="Look into the report.")
            if self._bench.board_time_s > end_s:
                raise BoardError(
                    f"The response did not end within {self._settings.longest_s:g} s.",
                    cure="Shorten measure_most_s or prove_s; see `hatchwatch parameters`.",
                )
        return outcome_of(self.log)

    def _answer(self) -> None:
        """Have the newest proposal decided about, unless it was already."""
        proposals = self.log.all("step_proposed")
        if len(proposals) == self._answered or self.log.phase != "ask":
            return
        self._answered = len(proposals)
        if not self._watcher.approve(proposals[-1]):
            raise Aborted("A step was not approved.", cure="Run it again when you are ready.")
        self._bench.link.execute(command("approve_step"))

    def _step(self) -> None:
        self._bench.wait(_STEP_S)
        self._catch_up()
        self._watcher.show(self.log)

    def _catch_up(self) -> None:
        packets = self._bench.link.history.since(self._place)
        self._place += len(packets)
        self.log.take(packets)

    # --- ends ------------------------------------------------------------------------------------------

    def _stop(self) -> None:
        """End the response and wait for the safe state; hatches to isolated modules stay shut."""
        self._bench.link.execute(command("stop_response"), timeout_s=_STOP_S)
        self._bench.safe()
        self._catch_up()

    def _stop_after(self, error: BaseException) -> None:
        """Stop because of an error, which is told of a board that can't be stopped, too."""
        try:
            self._stop()
            self._restore()
        except HatchwatchError as trouble:
            if isinstance(error, HatchwatchError):
                error.seen = (
                    f"{error.seen} The bench could not be put into its safe state: {trouble.seen} "
                    "Hatch positions are UNKNOWN."
                )


def _nothing() -> None:
    pass
