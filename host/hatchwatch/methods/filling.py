"""What a person does at a real bench before a test: vent, wait for the zero, fill."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hatchwatch.errors import BlockedError, WaitTimeoutError

if TYPE_CHECKING:
    from hatchwatch.boards.model import BenchFile
    from hatchwatch.methods.phases import Conductor
    from hatchwatch.methods.protocols import Operator, ReadingsBlock
    from hatchwatch.methods.results import FloatArray

__all__ = ["ZERO_STANDARD_PA", "fill_by_hand", "fill_target_pa", "mean_pressures", "vent_and_zero"]

ZERO_STANDARD_PA: Final = 10.0  # of the pressure outside until the end of the test: 100 Pa/h of weather
_ZERO_S: Final = 10.0
_ZERO_TRIES: Final = 6
_ZERO_STEADY_PA_S: Final = 1.0
_CEILING_MARGIN_PA: Final = 200.0  # the target stays this far under the alarm
_ENOUGH_SHARE: Final = 0.97  # of the target
_AT_REST_PA_S: Final = 5.0  # gas that was pumped in cools for half a minute, and its pressure falls
_AT_REST_STEPS: Final = 5
_ALARM_AGAIN_STEPS: Final = 10
_MOST_FILL_STEPS: Final = 900  # a quarter of an hour


def mean_pressures(block: ReadingsBlock, columns: tuple[int, ...]) -> FloatArray:
    """Mean pressure of each chamber in Pa, NaN without usable readings; (chambers,)."""
    chosen = list(columns)
    usable = block.usable[:, chosen]
    total = np.where(usable, block.pressure_pa[:, chosen], 0.0).sum(axis=0)
    count = usable.sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def fill_target_pa(bench: BenchFile, ambient_pa: float) -> float:
    """Pressure over ambient to fill to: what the bench file wants, as far as the ceiling allows."""
    room_pa = bench.ambient.ceiling_pa - _CEILING_MARGIN_PA - ambient_pa
    target_pa = min(bench.ambient.fill_gauge_pa, room_pa)
    if target_pa <= 0.0:
        raise BlockedError(
            f"the pressure outside is {ambient_pa:.0f} Pa, which leaves no room under the ceiling of "
            f"{bench.ambient.ceiling_pa:.0f} Pa",
            cure="raise `ceiling_pa` in the bench file, up to the sensors' 110 kPa",
        )
    return target_pa


def vent_and_zero(operator: Operator, conductor: Conductor, columns: tuple[int, ...]) -> float:
    """Let the person open the bench to the room; gives the pressure outside (Pa), mean of all sensors."""
    with conductor.phase("vent"):
        operator.confirm("Open the fill port to the room and leave it open: all modules vent through it.")
    with conductor.phase("zero"):
        for _ in range(_ZERO_TRIES):
            block = conductor.collect(_ZERO_S, lambda _elapsed_s: "readings of the room's pressure")
            halves = np.array_split(np.arange(len(block)), 2)
            first, second = (
                np.nanmean(mean_pressures(block.between(block.time_s[h[0]], block.time_s[h[-1]]), columns))
                for h in halves
            )
            if abs(second - first) / (_ZERO_S / 2.0) < _ZERO_STEADY_PA_S:
                return float(np.nanmean(mean_pressures(block, columns)))
    raise BlockedError(
        f"the vented bench doesn't come to rest: it still moves by {(second - first) / 5.0:.1f} Pa/s",
        cure="make sure that the port is open and nothing blocks the tubes between the modules",
    )


def fill_by_hand(
    operator: Operator,
    conductor: Conductor,
    bench: BenchFile,
    columns: tuple[int, ...],
    ambient_pa: float,
) -> None:
    """Let the person fill through one port with all hatches open, with a live value and an alarm.

    Ends when the pressure is on target and at rest. Raises WaitTimeoutError after a quarter of an hour.
    """
    target_pa = fill_target_pa(bench, ambient_pa)
    ceiling_pa = bench.ambient.ceiling_pa
    operator.tell(
        f"Fill through the port to {target_pa:.0f} Pa over the room, slowly, then shut the port. "
        f"Never over {ceiling_pa - ambient_pa:.0f} Pa."
    )
    at_rest, since_alarm, before_pa = 0, _ALARM_AGAIN_STEPS, float("nan")
    with conductor.phase("fill"):
        for step in range(1, _MOST_FILL_STEPS + 1):
            block = conductor.step()
            pressures_pa = mean_pressures(block, columns)
            highest_pa = float(np.nanmax(pressures_pa))
            gauge_pa = float(np.nanmean(pressures_pa)) - ambient_pa
            conductor.show(step * conductor.STEP_S, f"{gauge_pa:.0f} of {target_pa:.0f} Pa", block)
            over, since_alarm = highest_pa > ceiling_pa, since_alarm + 1
            if over and since_alarm >= _ALARM_AGAIN_STEPS:
                since_alarm = 0
                operator.alarm(
                    f"Too much: {highest_pa:.0f} Pa, the ceiling is {ceiling_pa:.0f} Pa. "
                    "Let gas out at the port."
                )
            resting = abs(gauge_pa - before_pa) / conductor.STEP_S < _AT_REST_PA_S
            enough = gauge_pa >= _ENOUGH_SHARE * target_pa and not over
            at_rest = at_rest + 1 if resting and enough else 0
            before_pa = gauge_pa
            if at_rest >= _AT_REST_STEPS:
                return
    raise WaitTimeoutError(
        f"after {_MOST_FILL_STEPS * conductor.STEP_S / 60:.0f} minutes the bench holds "
        f"{gauge_pa:.0f} Pa over the room instead of {target_pa:.0f} Pa",
        fault="the filling, or a gross leak",
        cure="look at `hatchwatch watch` while you fill; shut the port before the pump stops",
    )
