"""The pressure-decay test as it is run on a bench, phase by phase.

    open        injectors shut, all hatches open
    warm-up     until the chips' own warming no longer shows
    vent, zero  with a person beside a real bench, unless an ambient module tells the pressure outside
    fill        with a person; emulated benches start filled
    level       all sensors at one pressure: relative offsets
    seal        all hatches shut
    settle      until nothing but leaks can be seen, not for a fixed time
    measure     all modules at once
    safe        whatever happened before

All times are board time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from hatchwatch.boards.names import pick_all
from hatchwatch.errors import Aborted, BlockedError, HatchwatchError, SensorError, UsageError
from hatchwatch.methods.decay import DecayRecord, analyse_decay, without_numbers
from hatchwatch.methods.filling import ZERO_STANDARD_PA, common_pressure_pa, fill_by_hand, vent_and_zero
from hatchwatch.methods.flow import DEFAULT_AT_PA
from hatchwatch.methods.network import Network
from hatchwatch.methods.phases import Conductor
from hatchwatch.methods.planning import DecayPlan, plan_decay
from hatchwatch.methods.protocols import NoProgress, ReadingsBlock
from hatchwatch.methods.results import DecayResult, SettlingOutcome, Verdict
from hatchwatch.methods.signals import relative_offsets
from hatchwatch.methods.steadying import Steadying, wait_until_steady

if TYPE_CHECKING:
    from hatchwatch.methods.protocols import BenchLike, Operator, Progress
    from hatchwatch.methods.results import FloatArray

__all__ = ["DecaySettings", "DecayTest"]

_SHORTEST_WARM_UP_S: Final = 12.0
_SHORTEST_SETTLE_S: Final = 16.0  # enough for the lag of the chips and the first look
_LONGEST_WAIT_S: Final = 300.0  # for warmth and for steadiness
_LEVEL_S: Final = 8.0
_LEAST_GAUGE_PA: Final = 1_000.0  # to begin with
_MOST_OFFSET_PA: Final = 400.0  # of a sensor over the mean: 1 hPa from the factory, 2 hPa from soldering
_MOVE_MARGIN_S: Final = 0.5  # per hatch, beyond its travel time
_AGAIN: Final = "Run it again when you are ready."


@dataclass(frozen=True, slots=True)
class DecaySettings:
    """What the person wants."""

    limit_pa_m3_s: float | None = None  # None: the smallest that can be decided
    duration_s: float = 60.0
    at_pa: float = DEFAULT_AT_PA  # pressure over ambient at which leaks are stated
    tested: tuple[str, ...] | None = None  # modules; None: all
    crew_clear: bool = False  # nobody is behind a hatch: they may shut
    open_injectors: tuple[str, ...] = ()  # modules whose injector is the leak to be measured
    longest_wait_s: float = _LONGEST_WAIT_S


class DecayTest:
    """One pressure-decay test on one bench.

    `run` does it all and leaves the bench in its safe state, however it ends. A test that can't decide its
    limit raises UsageError here, before anything moves.
    """

    def __init__(self, bench: BenchLike, settings: DecaySettings, progress: Progress | None = None) -> None:
        self.plan: DecayPlan = plan_decay(
            bench.file, settings.limit_pa_m3_s, settings.duration_s, settings.at_pa, settings.tested
        )
        self._bench = bench
        self._settings = settings
        self._network = Network.of(bench.file)
        self._conductor = Conductor(bench, progress or NoProgress())
        self._warnings: list[str] = []
        self._ambient = (math.nan, math.nan)
        self._outside = tuple(i for i, module in enumerate(bench.file.modules) if module.ambient)[:1]
        self._zeroed = False
        self._check_crew()
        self._check_injectors()

    def run(self) -> DecayResult:
        """Run all phases; the result has verdicts for all tested modules.

        Raises Aborted after Ctrl-C (`unfinished` then gives a result that says so), BlockedError kinds when
        the bench fails. The bench is in its safe state in every case, unless it can't be reached any more:
        then the error says that, too.
        """
        try:
            result = self._measure_all()
        except KeyboardInterrupt:
            stopped = Aborted(
                f"The test was stopped during the phase {self._conductor.current!r}.", cure=_AGAIN
            )
            self._make_safe(stopped)
            raise stopped from None
        except BaseException as error:
            self._make_safe(error)
            raise
        ending = self._make_safe()
        if ending is not None:
            raise ending
        return replace(result, phases=self._conductor.phases)

    def unfinished(self, verdict: Verdict, reason: str) -> DecayResult:
        """A result for a run that ended early: every tested module has this verdict and no numbers."""
        bench, plan = self._bench.file, self.plan
        now_s = self._bench.board_time_s
        return DecayResult(
            bench_name=bench.name,
            limit_pa_m3_s=plan.limit_pa_m3_s,
            at_pa=plan.at_pa,
            duration_s=plan.duration_s,
            window_start_s=now_s,
            window_end_s=now_s,
            ambient_pa=self._ambient[0],
            ambient_standard_pa=self._ambient[1],
            modules=tuple(
                without_numbers(module, verdict, plan.limit_pa_m3_s, reason)
                for module in bench.chambers
                if module.name in plan.standard_pa_m3_s
            ),
            phases=self._conductor.phases,
            warnings=tuple(self._warnings),
        )

    # --- the phases ------------------------------------------------------------------------------------

    def _measure_all(self) -> DecayResult:
        self._open()
        operator = self._bench.operator
        if operator is None:
            self._read_outside()
        self._warm_up()
        if operator is not None:
            self._fill(operator)
        offsets_pa = self._level()
        self._seal()
        settled, outcome = self._settle(offsets_pa)
        record = self._measure(settled, offsets_pa)
        result = analyse_decay(
            self._bench.file, record, self.plan.limit_pa_m3_s, self.plan.at_pa, self._settings.tested
        )
        result = _doubting_restless(result, outcome)
        return replace(result, settling=outcome, warnings=(*self._warnings, *result.warnings))

    def _open(self) -> None:
        with self._conductor.phase("open"):
            for module in self._bench.file.modules:
                if module.injector is not None:
                    self._bench.move_injector(module.name, "shut")
            for hatch in self._bench.file.hatches:
                self._bench.move_hatch(hatch.name, "open")

    def _warm_up(self) -> None:
        with self._conductor.phase("warm-up"):
            ambient_pa = self._ambient[0]
            if np.isnan(ambient_pa):  # not zeroed yet: no gas leaves that would need a better number
                ambient_pa = 0.0
            lead_s = _LEVEL_S + self._seal_s() + _SHORTEST_SETTLE_S
            _, outcome = self._wait(
                np.zeros(len(self._network.names)), ambient_pa, lead_s, _SHORTEST_WARM_UP_S
            )
        if not outcome.steady:
            self._warnings.append(
                f"the sensor of {outcome.slowest_module} was still warming up after {outcome.waited_s:.0f} s"
            )

    def _read_outside(self) -> None:
        ambient_pa, standard_pa = self._bench.ambient()
        if not math.isfinite(ambient_pa):
            raise SensorError(
                "The ambient sensor gives no usable reading, so the pressure outside is not known.",
                cure="Check its wiring with `hatchwatch boards show`, then `hatchwatch watch`.",
            )
        self._ambient = (ambient_pa, standard_pa)

    def _fill(self, operator: Operator) -> None:
        columns = self._network.columns
        if self._outside:
            self._read_outside()
        else:
            self._ambient = (vent_and_zero(operator, self._conductor, columns), ZERO_STANDARD_PA)
            self._zeroed = True
        fill_by_hand(operator, self._conductor, self._bench.file, columns, self._ambient[0])

    def _level(self) -> FloatArray:
        """Relative offsets of the sensors, from readings with all hatches open."""
        with self._conductor.phase("level", _LEVEL_S):
            block = self._conductor.collect(_LEVEL_S, lambda _elapsed_s: "offsets between the sensors")
        offsets_pa = relative_offsets(block, self._network.columns)
        self._check_sensors(offsets_pa)
        gauge_pa = common_pressure_pa(block, self._network.columns) - self._ambient[0]
        if abs(gauge_pa) < _LEAST_GAUGE_PA:
            raise BlockedError(
                f"The bench holds only {gauge_pa:.0f} Pa over the pressure outside.",
                fault="the filling, or a gross leak",
                cure=f"Fill it to {self._bench.file.ambient.fill_gauge_pa:.0f} Pa over ambient.",
            )
        return offsets_pa

    def _seal(self) -> None:
        with self._conductor.phase("seal", self._seal_s()):
            for hatch in self._bench.file.hatches:
                self._bench.move_hatch(hatch.name, "shut")
            for module in self._settings.open_injectors:
                self._bench.move_injector(module, "open")

    def _settle(self, offsets_pa: FloatArray) -> tuple[ReadingsBlock, SettlingOutcome]:
        with self._conductor.phase("settle"):
            sealed_s = self._bench.board_time_s
            block, outcome = self._wait(offsets_pa, self._ambient[0], 0.0, _SHORTEST_SETTLE_S)
        if not outcome.steady:
            self._warnings.append(
                f"{', '.join(outcome.restless_modules)} did not settle within {outcome.waited_s:.0f} s"
            )
        return block.between(sealed_s, np.inf), outcome

    def _measure(self, settled: ReadingsBlock, offsets_pa: FloatArray) -> DecayRecord:
        duration_s = self.plan.duration_s
        with self._conductor.phase("measure", duration_s):
            before = self._bench.truth()
            start_s = self._bench.board_time_s
            block = self._conductor.collect(
                duration_s, lambda elapsed_s: f"{elapsed_s:.0f} of {duration_s:.0f} s"
            )
            end_s = self._bench.board_time_s
            after = self._bench.truth()
        self._follow_weather(block.between(start_s, np.inf))
        return DecayRecord(
            block=ReadingsBlock.joined([settled.between(-np.inf, start_s), block.between(start_s, np.inf)]),
            window_start_s=start_s,
            window_end_s=end_s,
            ambient_pa=self._ambient[0],
            ambient_standard_pa=self._ambient[1],
            offsets_pa=offsets_pa,
            # Zeroed with the sensors themselves, their common offset is gone.
            offset_standard_pa=0.0 if self._zeroed else None,
            truths=None if before is None or after is None else (before, after),
        )

    def _follow_weather(self, window: ReadingsBlock) -> None:
        """Take the pressure outside anew as the ambient module saw it during the window."""
        if not self._outside:
            return
        ambient_pa, standard_pa = common_pressure_pa(window, self._outside), self._ambient[1]
        if math.isnan(ambient_pa):
            self._ambient = (self._ambient[0], math.hypot(standard_pa, ZERO_STANDARD_PA))
            self._warnings.append("the ambient sensor fell silent: the pressure outside is from before")
        else:
            self._ambient = (ambient_pa, standard_pa)

    def _wait(
        self, offsets_pa: FloatArray, ambient_pa: float, lead_s: float, shortest_s: float
    ) -> tuple[ReadingsBlock, SettlingOutcome]:
        names = self._network.names
        return wait_until_steady(
            self._conductor,
            Steadying(
                network=self._network,
                watched=tuple(i for i, name in enumerate(names) if name in self.plan.standard_pa_m3_s),
                sensors=self._bench.file.sensors,
                offsets_pa=offsets_pa,
                ambient_pa=ambient_pa,
                lead_s=lead_s,
                duration_s=self.plan.duration_s,
                shortest_s=shortest_s,
                longest_s=self._settings.longest_wait_s,
            ),
        )

    # --- the safe end ----------------------------------------------------------------------------------

    def _make_safe(self, ending: BaseException | None = None) -> BaseException | None:
        """Put the bench into its safe state; another Ctrl-C waits until it is there, one more gives up.

        Gives the error that the test ends with: `ending` if there is one. It says what became of the bench.
        """
        trouble: BaseException | None = None
        try:
            with self._conductor.phase("safe"):
                try:
                    self._bench.safe()
                except KeyboardInterrupt:
                    ending = ending or Aborted("The test was stopped while it ended.", cure=_AGAIN)
                    self._bench.safe()
        except KeyboardInterrupt:
            trouble = Aborted("Ctrl-C came again.", cure=_AGAIN)
        except Exception as error:  # noqa: BLE001 - whatever it is, the error that ends the test tells it
            trouble = error
        if trouble is not None:
            ending = ending or trouble
            why = "." if trouble is ending else f": {_told(trouble)}"
            _add(ending, f"The bench could not be put into its safe state{why} Hatch positions are UNKNOWN.")
        elif isinstance(ending, Aborted):
            _add(ending, "The bench is in its safe state.")
        return ending

    # --- checks ----------------------------------------------------------------------------------------

    def _check_crew(self) -> None:
        aboard = [module.name for module in self._bench.file.modules if module.occupied]
        someone = self._bench.operator is not None  # nobody lives on an emulated station
        if aboard and someone and self._bench.file.hatches and not self._settings.crew_clear:
            raise UsageError(
                f"The test shuts all hatches, and crew is aboard in {', '.join(aboard)}.",
                fault="the command line",
                cure="Make sure that nobody is cut off from the lifeboat, then add --crew-clear.",
            )

    def _check_injectors(self) -> None:
        fitted = [module.name for module in self._bench.file.injectors]
        pick_all("module with an injector", self._settings.open_injectors, fitted)

    def _check_sensors(self, offsets_pa: FloatArray) -> None:
        """A dead sensor only takes its module out of the test, unless there is nothing left to test."""
        names = self._network.names
        dead = [name for name, offset in zip(names, offsets_pa, strict=True) if np.isnan(offset)]
        if not set(self.plan.standard_pa_m3_s) - set(dead):
            raise SensorError(
                f"There is no usable reading from {', '.join(dead)}.",
                cure="Check the wiring with `hatchwatch boards show`, then `hatchwatch watch`.",
            )
        for name, offset in zip(names, offsets_pa, strict=True):
            if abs(offset) > _MOST_OFFSET_PA:
                self._warnings.append(
                    f"with all hatches open {name} shows {offset:+.0f} Pa against the others: "
                    "a hatch beside it may be stuck, or its sensor is wrong"
                )

    def _seal_s(self) -> float:
        return sum(h.servo.travel_ms / 1000.0 + _MOVE_MARGIN_S for h in self._bench.file.hatches)


def _told(error: BaseException) -> str:
    """An error as a sentence."""
    return error.seen if isinstance(error, HatchwatchError) else f"{error!r}."


def _add(error: BaseException, sentence: str) -> None:
    """Let an error say one thing more."""
    if isinstance(error, HatchwatchError):
        error.seen = f"{error.seen.rstrip('.')}. {sentence}"
        error.args = (error.seen,)
    else:  # a defect, which ends in a traceback: that shows notes
        error.add_note(sentence)


def _doubting_restless(result: DecayResult, outcome: SettlingOutcome) -> DecayResult:
    """No PASS or FAIL for a module that was measured before it had settled."""
    decided = (Verdict.PASS, Verdict.FAIL)
    reason = "it did not settle: wait longer after filling, or keep its temperature steadier"
    return replace(
        result,
        modules=tuple(
            replace(module, verdict=Verdict.INCONCLUSIVE, reason=reason)
            if module.name in outcome.restless_modules and module.verdict in decided
            else module
            for module in result.modules
        ),
    )
