"""What is common to all that a board does about a leak and that is led from here: set-up, following, ends.

The decisions are the board's. In the end the bench is left as it should be: what was isolated stays shut, and
the parameters are as before.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal, Protocol

from hatchwatch.bench.parameters import read_parameters, set_parameters
from hatchwatch.bench.response import ResponseLog
from hatchwatch.errors import Aborted, BoardError, HatchwatchError, SensorError
from hatchwatch.link.commands import command

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hatchwatch.bench import Bench
    from hatchwatch.bench.response import Told

__all__ = ["LONGEST_S", "MODES", "Mode", "Outcome", "Response", "Watcher", "outcome_of"]

Mode = Literal["advise", "active"]

MODES: Final[dict[Mode, int]] = {"advise": 1, "active": 2}
LONGEST_S: Final = 4 * 3600.0  # of board time, from the first step to the proof

_STEP_S = 0.5
_STOP_S = 60.0  # the safe state may need all servos one after the other


class Outcome(StrEnum):
    """How a response ended."""

    SOLID = "solid"  # the leak is shut off, and the rest is proved tight
    NO_LEAK = "no leak"  # every module is tight
    NOT_SOLID = "not solid"  # something is shut off, but the rest is not proved tight
    INCONCLUSIVE = "inconclusive"  # the search could not decide
    QUIET = "quiet"  # nothing was told, and nothing done
    BLOCKED = "blocked"  # no allowed or possible step was left, or the response did not run its course
    REPAIRED = "repaired"  # what was shut off is tight, or leaks less than before
    NOT_REPAIRED = "not repaired"  # it leaks as before, or more
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
    Outcome.REPAIRED: 0,
    Outcome.NOT_REPAIRED: 1,
    Outcome.ABORTED: 130,
}


class Watcher(Protocol):
    """Whoever looks on, and in mode ADVISE decides about each step."""

    def show(self, log: ResponseLog) -> None:
        """Some board time has passed."""

    def approve(self, step: Told) -> bool:
        """Whether the proposed step (event `step_proposed`) is to be made."""


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


class Response:
    """One response of a board, from its start to its end; what is special to a kind are its hooks."""

    def __init__(
        self, bench: Bench, parameters: Mapping[str, int], watcher: Watcher, *, longest_s: float = LONGEST_S
    ) -> None:
        """`parameters` are the board's while it is led; `longest_s` is board time, once it has begun."""
        self.log = ResponseLog(bench.names)
        self.warnings: list[str] = []
        self._bench = bench
        self._parameters = parameters
        self._watcher = watcher
        self._longest_s = longest_s
        self._under_way = True  # so that whatever goes wrong ends in the safe state
        self._place = 0  # first packet that was not looked at yet
        self._answered = 0  # proposals that were answered
        self._before: dict[str, int] = {}  # parameters
        self._on_step: Callable[[ResponseLog], None] | None = None

    def run(
        self,
        on_ready: Callable[[], None] | None = None,
        on_step: Callable[[ResponseLog], None] | None = None,
    ) -> Outcome:
        """Set the board up, start it or wait for its alarm, follow it to its end.

        `on_ready` is called when the board is about to begin, `on_step` after every step of board time.

        Raises Aborted after Ctrl-C or a step that was
        not approved, BlockedError kinds when the bench fails, UsageError for what is wrong with the wish.
        After an end that decides nothing the board is told to stop, and is in its safe state; its parameters
        are as before.
        """
        self._on_step = on_step
        self._check()
        try:
            self._catch_up()
            self._prepare()
            self._use_parameters()
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

    # --- what is special to a kind ---------------------------------------------------------------------

    def _check(self) -> None:
        """Raise what speaks against it before anything is changed."""

    def _prepare(self) -> None:
        """Bring the bench into the state in which it can begin."""

    def _begin(self, on_ready: Callable[[], None]) -> None:
        """Start the board, or wait until it starts by itself."""
        raise NotImplementedError

    def _outcome(self) -> Outcome:
        """What the board's words amount to in the end."""
        return outcome_of(self.log)

    # --- course ----------------------------------------------------------------------------------------

    def _use_parameters(self) -> None:
        values = {**self._parameters, **self._ambient()}
        self._before = read_parameters(self._bench, tuple(values))
        set_parameters(self._bench, values)

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

    def _follow(self) -> Outcome:
        end_s = self._bench.board_time_s + self._longest_s
        while not (self.log.ended and self.log.last("response_step") is not None):
            self._step()
            self._answer()
            if self.log.last("response_stopped") is not None:
                raise BoardError(self.log.events[-1].text.capitalize() + ".", cure="Look into the report.")
            if self._bench.board_time_s > end_s:
                raise BoardError(
                    f"The response did not end within {self._longest_s:g} s.",
                    cure="Shorten measure_most_s or prove_s; see `hatchwatch parameters`.",
                )
        return self._outcome()

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
        if self._on_step is not None:
            self._on_step(self.log)
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
            if self._under_way:
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
