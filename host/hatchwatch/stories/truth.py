"""What the plant of an emulated bench knows, beside what the board has told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hatchwatch.evidence.response.document import Check
from hatchwatch.evidence.response.findings import alarm_of
from hatchwatch.numbers import rate_text

if TYPE_CHECKING:
    from hatchwatch.bench.response import ResponseLog

__all__ = ["check_leak", "check_onset", "check_rest"]


def check_rest(log: ResponseLog, loss_pa_m3_s: float) -> Check:
    """The bound of the rest holds the truth."""
    told = log.last("rest_measured")
    bound = 0.0 if told is None else 1e-9 * told.fields["bound_npa_m3_s"]
    return Check(
        expected=f"the rest loses at most what was proved ({rate_text(bound)})",
        came=f"it loses {rate_text(loss_pa_m3_s)}",
        time_s=None if told is None else told.time_s,
        ok=told is not None and loss_pa_m3_s <= bound,
    )


def check_onset(log: ResponseLog, began_s: float) -> Check:
    """The alarm's interval of the onset holds the moment when the leak was opened, to a second."""
    if log.alarm is None:
        return Check(expected="the onset", came="no alarm", time_s=None, ok=False)
    onset = alarm_of(log.alarm).onset_s
    return Check(
        expected=f"the onset at {began_s:.0f} s lies in the interval of the alarm",
        came=f"{onset.value:.0f} s ({onset.low:.0f} … {onset.high:.0f})",
        time_s=float(log.alarm["time_s"]),
        ok=onset.low - 1.0 <= began_s <= onset.high + 1.0,
    )


def check_leak(log: ResponseLog, loss_pa_m3_s: float) -> Check:
    """The alarm's interval of the leak holds what the gas volume lost then."""
    if log.alarm is None:
        return Check(expected="the leak", came="no alarm", time_s=None, ok=False)
    leak = alarm_of(log.alarm).leak_pa_m3_s
    return Check(
        expected=f"the leak of {rate_text(loss_pa_m3_s)} lies in the interval of the alarm",
        came=f"{rate_text(leak.value)} ({rate_text(leak.low)} … {rate_text(leak.high)})",
        time_s=float(log.alarm["time_s"]),
        ok=leak.low <= loss_pa_m3_s <= leak.high,
    )
