"""Studies of detection: all hatches stay open, and a leak begins after a quiet time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from hatchwatch.link.dictionary import Field, dictionary
from hatchwatch.studies.measures import Measure
from hatchwatch.studies.onboard import OnBoard

if TYPE_CHECKING:
    from hatchwatch.studies.onboard import Event
    from hatchwatch.studies.scenarios import Scenario

__all__ = ["MEASURES", "outcome"]

_WHITE_PA_S05: Final = 1.3 / math.sqrt(26.32)  # white noise of one sensor, Pa·√s: datasheet, x16/x2
_READINGS_PER_H: Final = 36_000  # chances of a false alarm
_NPA: Final = 1e-9

_OF_A_LEAK: Final = (
    "told",
    "delay_s",
    "bound_s",
    "delay_over_bound",
    "onset_error_s",
    "onset_held",
    "leak_told_pa_m3_s",
    "leak_low_pa_m3_s",
    "leak_high_pa_m3_s",
    "leak_over_truth",
    "leak_held",
    "reserve_s",
)

MEASURES = (
    Measure("told", "share", "told", "leaks that raised the alarm in time"),
    Measure("delay", "spread", "delay_s", "from the onset to the alarm", unit="s"),
    Measure(
        "over-bound",
        "spread",
        "delay_over_bound",
        "delay over the least mean delay there is: (6 σ² ln ARL/(f s²))^(1/3), white noise",
    ),
    Measure(
        "false-alarms",
        "rate",
        "false_alarms",
        "alarms without a leak, per hour of watching",
        unit="1/h",
        per="quiet_s",
        factor=3600.0,
    ),
    Measure("onset-held", "share", "onset_held", "the 95 % interval of the onset holds it"),
    Measure("leak-held", "share", "leak_held", "the 95 % interval of the leak holds it"),
    Measure("leak-told", "spread", "leak_over_truth", "leak as told over what it is"),
)


def outcome(scenario: Scenario) -> dict[str, Any]:
    """Watch until the alarm, or until time is up."""
    board = OnBoard(scenario, response_mode=0)
    onset_s = scenario.values["onset_s"]
    end_s = onset_s + scenario.values["duration_s"]
    false_alarms = quiet_s = 0
    while board.simulation.time_s < (onset_s if scenario.leaks_pa_m3_s else end_s) - 1e-9:
        quiet_s += board.is_watching
        false_alarms += _alarm_after_a_second(board) is not None
    row = {"false_alarms": false_alarms, "quiet_s": quiet_s} | dict.fromkeys(_OF_A_LEAK)
    return row | _detected(board, end_s) if scenario.leaks_pa_m3_s else row


def _detected(board: OnBoard, end_s: float) -> dict[str, Any]:
    """Let the leak begin and wait for the alarm; the columns of what it says, against the truth."""
    onset_s = board.simulation.time_s
    board.leak()
    gas = board.simulation.gas
    truth_pa_m3_s = abs(float(gas.hull_pa_m3_s(onset_s).sum()))
    bound_s = _bound_s(board, truth_pa_m3_s / float(gas.volume_m3.sum()))
    alarm = None
    while alarm is None and board.simulation.time_s < end_s - 1e-9:
        alarm = _alarm_after_a_second(board)
    row: dict[str, Any] = {"told": alarm is not None, "bound_s": bound_s}
    if alarm is None:
        return row
    delay_s = round(alarm.time_s - onset_s, 1)
    row |= {"delay_s": delay_s, "delay_over_bound": delay_s / bound_s}
    return row | _judged(board, onset_s, truth_pa_m3_s)


def _judged(board: OnBoard, onset_s: float, truth_pa_m3_s: float) -> dict[str, Any]:
    """What the alarm says of onset and leak, against the truth."""
    alarm = _report(board)
    side = -_NPA if alarm["leak_npa_m3_s"] < 0 else _NPA  # a leak into the station has a minus sign
    leak, low, high = (side * alarm[f"leak_{end}npa_m3_s"] for end in ("", "low_", "high_"))
    return {
        "onset_error_s": alarm["onset_s"] - onset_s,
        # times are whole seconds on the link
        "onset_held": alarm["onset_low_s"] - 1 <= onset_s <= alarm["onset_high_s"] + 1,
        "leak_told_pa_m3_s": leak,
        "leak_low_pa_m3_s": low,
        "leak_high_pa_m3_s": high,
        "leak_over_truth": leak / truth_pa_m3_s,
        "leak_held": min(low, high) <= truth_pa_m3_s <= max(low, high),
        "reserve_s": alarm["reserve_s"],
    }


def _alarm_after_a_second(board: OnBoard) -> Event | None:
    """Let a second pass; the alarm that came in it."""
    return next((event for event in board.second() if event.name == "leak_alarm"), None)


def _report(board: OnBoard) -> dict[str, int]:
    """The report of the last alarm."""
    layout = dictionary().telemetry["alarm"].layout
    names = [one.name for one in layout if isinstance(one, Field)]
    return dict(zip(names, board.service.alarm, strict=True))


def _bound_s(board: OnBoard, slope_pa_s: float) -> float:
    """Least mean delay at this false-alarm time, for a ramp in the white noise of all sensors together.

    Liang, Tartakovsky, Veeravalli 2021: g(n) = ln ARL, with g(T) = s² f T³/(6 σ²) for a ramp.
    """
    hours = board.values[dictionary().parameters["alarm_hours"].number]
    scenario = board.scenario
    noise_pa_s05 = scenario.values["noise"] * _WHITE_PA_S05 / math.sqrt(len(scenario.bench.chambers))
    return float((6.0 * noise_pa_s05**2 * math.log(_READINGS_PER_H * hours) / slope_pa_s**2) ** (1.0 / 3.0))
