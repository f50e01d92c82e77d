"""What a person does at a real bench before a test: vent, wait for the zero, fill."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from hatchwatch.errors import BlockedError, SensorError, WaitTimeoutError
from hatchwatch.link.dictionary import dictionary

if TYPE_CHECKING:
    from hatchwatch.boards.model import BenchFile
    from hatchwatch.methods.phases import Conductor
    from hatchwatch.methods.protocols import Operator, ReadingsBlock
    from hatchwatch.methods.results import FloatArray

__all__ = [
    "ZERO_STANDARD_PA",
    "common_pressure_pa",
    "fill_by_hand",
    "fill_target_pa",
    "mean_pressures",
    "vent_and_zero",
]

ZERO_STANDARD_PA: Final = 10.0  # of the pressure outside until the end of the test: 100 Pa/h of weather
_ZERO_S: Final = 10.0
_ZERO_TRIES: Final = 6
_ZERO_STEADY_PA_S: Final = 1.0
_CEILING_MARGIN_PA: Final = 200.0  # the target stays this far under the alarm
_ENOUGH_SHARE: Final = 0.97  # of the target
_AT_REST_PA_S: Final = 5.0  # gas that was pumped in cools for half a minute, and its pressure falls
_AT_REST_STEPS: Final = 5
_ALARM_AGAIN_STEPS: Final = 10
_MOST_BLIND_STEPS: Final = 10  # without any usable reading
_MOST_FILL_STEPS: Final = 900  # a quarter of an hour


def mean_pressures(block: ReadingsBlock, columns: tuple[int, ...]) -> FloatArray:
    """Mean pressure of each chamber in Pa, NaN without usable readings; (chambers,)."""
    chosen = list(columns)
    usable = block.usable[:, chosen]
    total = np.where(usable, block.pressure_pa[:, chosen], 0.0).sum(axis=0)
    count = usable.sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def common_pressure_pa(block: ReadingsBlock, columns: tuple[int, ...]) -> float:
    """Mean over the chambers that gave usable readings, in Pa; NaN when none did."""
    pressures_pa = mean_pressures(block, columns)
    known_pa = pressures_pa[np.isfinite(pressures_pa)]
    return float(known_pa.mean()) if known_pa.size else math.nan


def fill_target_pa(bench: BenchFile, ambient_pa: float) -> float:
    """Pressure over ambient to fill to: what the bench file wants, as far as the ceiling allows."""
    room_pa = bench.ambient.ceiling_pa - _CEILING_MARGIN_PA - ambient_pa
    target_pa = min(bench.ambient.fill_gauge_pa, room_pa)
    if target_pa <= 0.0:
        raise BlockedError(
            f"The pressure outside is {ambient_pa:.0f} Pa, which leaves no room under the ceiling of "
            f"{bench.ambient.ceiling_pa:.0f} Pa.",
            cure="Raise `ceiling_pa` in the bench file, up to the sensors' 110 kPa.",
        )
    return target_pa


def vent_and_zero(operator: Operator, conductor: Conductor, columns: tuple[int, ...]) -> float:
    """Let the person open the bench to the room; gives the pressure outside (Pa), mean of all sensors.

    Raises SensorError without usable readings, BlockedError when the pressure doesn't come to rest.
    """
    with conductor.phase("vent"):
        operator.confirm("Open the fill port to the room and leave it open: all modules vent through it.")
        conductor.discard()
    with conductor.phase("zero"):
        for _ in range(_ZERO_TRIES):
            block = conductor.collect(_ZERO_S, lambda _elapsed_s: "readings of the room's pressure")
            halves = np.array_split(np.arange(len(block)), 2)
            first_pa, second_pa = (
                common_pressure_pa(block.between(block.time_s[h[0]], block.time_s[h[-1]]), columns)
                for h in halves
            )
            moves_pa_s = (second_pa - first_pa) / (_ZERO_S / 2.0)
            if math.isnan(moves_pa_s):
                raise _all_blind("while the bench was vented")
            if abs(moves_pa_s) < _ZERO_STEADY_PA_S:
                return common_pressure_pa(block, columns)
    raise BlockedError(
        f"The vented bench doesn't come to rest: it still moves by {moves_pa_s:.1f} Pa/s.",
        cure="Make sure that the port is open and nothing blocks the tubes between the modules.",
    )


def fill_by_hand(
    operator: Operator,
    conductor: Conductor,
    bench: BenchFile,
    columns: tuple[int, ...],
    ambient_pa: float,
) -> None:
    """Let the person fill through one port with all hatches open, with a live value and an alarm.

    Ends when the pressure is on target and at rest. Raises WaitTimeoutError after a quarter of an hour,
    SensorError when no sensor gives usable readings any more.
    """
    target_pa = fill_target_pa(bench, ambient_pa)
    ceiling_pa = bench.ambient.ceiling_pa
    operator.tell(
        f"Fill through the port to {target_pa:.0f} Pa over the room, slowly, then shut the port. "
        f"Never over {ceiling_pa - ambient_pa:.0f} Pa."
    )
    guard = _Guard(operator, bench, columns)
    at_rest, before_pa = 0, math.nan
    with conductor.phase("fill"):
        for step in range(1, _MOST_FILL_STEPS + 1):
            block = conductor.step()
            gauge_pa = common_pressure_pa(block, columns) - ambient_pa
            share = None if math.isnan(gauge_pa) else min(max(gauge_pa / target_pa, 0.0), 1.0)
            conductor.show(step * conductor.STEP_S, _fill_note(gauge_pa, target_pa), block, share)
            safe = guard.look(block)
            resting = abs(gauge_pa - before_pa) / conductor.STEP_S < _AT_REST_PA_S
            enough = gauge_pa >= _ENOUGH_SHARE * target_pa and safe
            at_rest = at_rest + 1 if resting and enough else 0
            before_pa = gauge_pa
            if at_rest >= _AT_REST_STEPS:
                return
    raise WaitTimeoutError(
        f"After {_MOST_FILL_STEPS * conductor.STEP_S / 60:.0f} minutes the bench holds "
        f"{gauge_pa:.0f} Pa over the room instead of {target_pa:.0f} Pa.",
        fault="the filling, or a gross leak",
        cure="Look at `hatchwatch watch` while you fill; shut the port before the pump stops.",
    )


def _fill_note(gauge_pa: float, target_pa: float) -> str:
    if math.isnan(gauge_pa):
        return "no usable reading: stop pumping"
    return f"{gauge_pa:.0f} of {target_pa:.0f} Pa over the room, {gauge_pa / target_pa:.0%}"


class _Guard:
    """Warns the person who fills of too much pressure, and of pressure that nobody measures."""

    def __init__(self, operator: Operator, bench: BenchFile, columns: tuple[int, ...]) -> None:
        states = {name: number for number, name in dictionary().enums["sensor_state"].items()}
        self._above_range = states["out_of_range"]
        self._operator = operator
        self._ceiling_pa = bench.ambient.ceiling_pa
        self._columns = columns
        self._names = [bench.modules[column].name for column in columns]
        self._since_alarm = _ALARM_AGAIN_STEPS
        self._silent: frozenset[str] = frozenset()
        self._blind_steps = 0

    def look(self, block: ReadingsBlock) -> bool:
        """Look at the readings of one step; False while some chamber has too much.

        Raises SensorError when all sensors have been without usable readings for ten steps.
        """
        pressures_pa = mean_pressures(block, self._columns)
        known = np.isfinite(pressures_pa)
        above = (block.state[:, list(self._columns)] == self._above_range).any(axis=0)
        highest_pa = float(pressures_pa[known].max()) if known.any() else math.nan
        self._tell_of_silence(self._named(~known & ~above))
        excess = ""
        if above.any():
            excess = f"the pressure in {', '.join(self._named(above))} is above its sensor's range"
        elif highest_pa > self._ceiling_pa:
            excess = f"{highest_pa:.0f} Pa"
        self._tell_of_excess(excess)
        self._blind_steps = 0 if known.any() else self._blind_steps + 1
        if self._blind_steps >= _MOST_BLIND_STEPS:
            raise _all_blind("while the bench was filled")
        return not excess

    def _tell_of_excess(self, excess: str) -> None:
        """Again and again, while there is too much."""
        self._since_alarm += 1
        if excess and self._since_alarm >= _ALARM_AGAIN_STEPS:
            self._since_alarm = 0
            self._operator.alarm(
                f"Stop pumping, too much: {excess}, the ceiling is {self._ceiling_pa:.0f} Pa. "
                "Let gas out at the port."
            )

    def _tell_of_silence(self, silent: list[str]) -> None:
        """Once for each sensor that falls silent: one dead from the start must not drown the others."""
        fresh = [name for name in silent if name not in self._silent]
        self._silent = frozenset(silent)
        if fresh:
            self._operator.alarm(
                f"Stop pumping: no usable reading from {', '.join(fresh)}. Nobody sees the pressure there; "
                "go on only if its hatches are open and its neighbours read well."
            )

    def _named(self, chosen: np.typing.NDArray[np.bool_]) -> list[str]:
        return [name for name, yes in zip(self._names, chosen, strict=True) if yes]


def _all_blind(when: str) -> SensorError:
    return SensorError(
        f"No sensor gave a usable reading {when}.",
        cure="Open the port. Then check the wiring with `hatchwatch boards show` and `hatchwatch watch`.",
    )
