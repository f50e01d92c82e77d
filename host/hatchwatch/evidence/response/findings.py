"""What a board has told of a leak, as the parts of a document, and in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hatchwatch.evidence.response.document import (
    Alarm,
    Cut,
    EventEntry,
    Found,
    Interval,
    Repair,
    Rest,
    Undecided,
)
from hatchwatch.evidence.wording import interval_text, names_text
from hatchwatch.methods.isolation import Outcome
from hatchwatch.numbers import rate_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hatchwatch.bench.response import ResponseLog, Told

__all__ = ["alarm_of", "findings", "leak_text", "summary"]

_NANO, _MICRO = 1e-9, 1e-6
_TWO_SIDED = 1.96  # standard deviations at each side of a 95 % interval


def findings(log: ResponseLog, truth_pa_m3_s: Mapping[float, float] | None = None) -> dict[str, Any]:
    """The fields of a `ResponseDocument` that the board's words fill.

    `truth_pa_m3_s` is what each leak that was found truly lost, by the time of its event.
    """
    return {
        "alarm": None if log.alarm is None else alarm_of(log.alarm),
        "found": [_found(told, log, truth_pa_m3_s or {}) for told in log.all("leak_found")],
        "undecided": [
            Undecided(
                time_s=told.time_s,
                decider=told.fields["decider"],
                about=told.fields["index"],
                needed_s=told.fields["time_s"],
            )
            for told in log.all("leak_inconclusive")
        ],
        "cuts": [
            Cut(time_s=told.time_s, modules=told.fields["modules"], hatches=told.fields["hatches"])
            for told in log.all("leak_isolated")
        ],
        "failed_hatches": list(dict.fromkeys(told.fields["hatch"] for told in log.all("cut_failed"))),
        "rest": _rest(log),
        "repairs": [
            Repair(
                time_s=told.time_s,
                repair=told.fields["repair"],
                before_pa_m3_s=_NANO * told.fields["before_npa_m3_s"],
                after_pa_m3_s=_NANO * told.fields["after_npa_m3_s"],
            )
            for told in log.all("repair_verified")
        ],
        "events": [
            EventEntry(
                time_s=told.time_s,
                name=told.name,
                severity=told.severity,
                text=told.text,
                fields={key: _plain(value) for key, value in told.fields.items()},
            )
            for told in log.events
        ],
    }


def alarm_of(told: Mapping[str, Any]) -> Alarm:
    """The telemetry `alarm` in whole units."""
    return Alarm(
        modules=told["modules"],
        time_s=told["time_s"],
        onset_s=Interval(value=told["onset_s"], low=told["onset_low_s"], high=told["onset_high_s"]),
        slope_pa_s=_interval(told, "slope{}_upa_s", _MICRO),
        leak_pa_m3_s=_interval(told, "leak{}_npa_m3_s", _NANO),
        reserve_linear_s=told["reserve_linear_s"],
        reserve_s=told["reserve_s"],
        reserve_safe_s=told["reserve_safe_s"],
    )


def summary(outcome: Outcome, log: ResponseLog, truth_pa_m3_s: Mapping[float, float] | None = None) -> str:
    """The outcome in one sentence; `truth_pa_m3_s` as for `findings`."""
    clauses = [
        *_found_clauses(log, truth_pa_m3_s or {}),
        *_cut_clauses(log),
        _rest_clause(outcome, log),
        *_repair_clauses(log),
    ]
    text = "; ".join(clause for clause in clauses if clause) or f"The response ended: {outcome}"
    return f"{text[0].upper()}{text[1:]}."


def leak_text(found: Found) -> str:
    """The leak of a find, with what is known of its interval and of the truth."""
    if found.leak_low_pa_m3_s is None or found.leak_high_pa_m3_s is None:
        truth = "" if found.truth_pa_m3_s is None else f" (truth {rate_text(found.truth_pa_m3_s)})"
        return f"{rate_text(found.leak_pa_m3_s)}{truth}"
    return interval_text(
        found.leak_pa_m3_s, found.leak_low_pa_m3_s, found.leak_high_pa_m3_s, found.truth_pa_m3_s
    )


def _found(told: Told, log: ResponseLog, truth_pa_m3_s: Mapping[float, float]) -> Found:
    fields = told.fields
    leak, sd = fields["leak_npa_m3_s"], log.found_sd_npa_m3_s.get(told.time_s)
    low, high = (None if sd is None else _NANO * (leak + side * _TWO_SIDED * sd) for side in (-1.0, 1.0))
    return Found(
        time_s=told.time_s,
        kind=fields["kind"],
        parts=[fields[key] for key in ("first", "second") if fields[key] is not None],
        leak_pa_m3_s=_NANO * leak,
        leak_low_pa_m3_s=low,
        leak_high_pa_m3_s=high,
        truth_pa_m3_s=truth_pa_m3_s.get(told.time_s),
        doubt=_MICRO * fields["doubt_ppm"],
    )


def _found_clauses(log: ResponseLog, truth_pa_m3_s: Mapping[float, float]) -> list[str]:
    found = log.last("leak_found")
    if found is None:
        return []
    fields = found.fields
    leak = leak_text(_found(found, log, truth_pa_m3_s))
    match fields["kind"]:
        case "two_modules":
            return [f"{fields['first']} and {fields['second']} leak, the first one {leak}"]
        case "module_and_hatch":
            return [f"{fields['first']} leaks {leak}, and hatch {fields['second']} leaks into it"]
        case "hatch":
            return [f"hatch {fields['first']} leaks through, and no gas is lost"]
        case "sensor_drifts":
            return [f"the sensor of {fields['first']} drifts, and no gas is lost"]
        case _:
            return [f"{fields['first']} leaks {leak}"]


def _cut_clauses(log: ResponseLog) -> list[str]:
    cut = log.last("leak_isolated")
    if cut is None:
        return []
    modules, hatches = cut.fields["modules"], cut.fields["hatches"]
    are, word = ("is", "hatch") if len(modules) == 1 else ("are", "hatch")
    word = word if len(hatches) == 1 else "hatches"
    return [f"{names_text(modules)} {are} shut off by {word} {names_text(hatches)}"]


def _rest_clause(outcome: Outcome, log: ResponseLog) -> str:
    rest, none = log.last("rest_measured"), log.last("no_leak")
    match outcome:
        case Outcome.SOLID | Outcome.NOT_SOLID if rest is not None:
            bound = rate_text(_NANO * rest.fields["bound_npa_m3_s"])
            solid = "is solid" if rest.fields["solid"] else "is not proved solid"
            return f"the rest {solid}: it leaks less than {bound}"
        case Outcome.NO_LEAK if none is not None:
            return f"no module leaks more than {rate_text(_NANO * none.fields['limit_npa_m3_s'])}"
        case Outcome.QUIET:
            return "no alarm came, and nothing was moved"
        case Outcome.INCONCLUSIVE:
            return _undecided_clause(log)
        case Outcome.BLOCKED:
            blocked = log.last("response_blocked")
            return "the response did not end well" if blocked is None else blocked.text
        case _:
            return ""


def _undecided_clause(log: ResponseLog) -> str:
    told, step = log.last("leak_inconclusive"), log.last("response_step")
    verifying = step is not None and step.fields["purpose"] == "verify"
    what = "the measurement of the repair" if verifying else "the search"
    if told is None:
        return f"{what} did not decide"
    wanted = {
        "longer": "a longer measurement",
        "closure": "one more closure",
        "sensor": "a sensor that works",
        "pressure": "gas in a module that is as empty as if it leaked",
    }
    needed = f" of {told.fields['time_s']} s" if told.fields["time_s"] else ""
    about = f" ({told.fields['index']})" if told.fields["index"] else ""
    return f"{what} did not decide; {wanted.get(told.fields['decider'], '')}{needed}{about} would"


def _repair_clauses(log: ResponseLog) -> list[str]:
    words = {
        "tight": "made it tight",
        "better": "made it better",
        "same": "changed nothing that can be seen",
        "worse": "made it worse",
    }
    told = log.all("repair_verified")
    if not told:
        return []
    fields = told[-1].fields
    before, after = (rate_text(_NANO * fields[f"{when}_npa_m3_s"]) for when in ("before", "after"))
    done = words.get(fields["repair"], "was measured")
    return [f"the last repair {done}: {before} before, {after} after"]


def _rest(log: ResponseLog) -> Rest | None:
    told = log.last("rest_measured")
    if told is None:
        return None
    return Rest(
        time_s=told.time_s,
        solid=bool(told.fields["solid"]),
        modules=told.fields["modules"],
        bound_pa_m3_s=_NANO * told.fields["bound_npa_m3_s"],
    )


def _interval(told: Mapping[str, Any], name: str, unit: float) -> Interval:
    value, low, high = (unit * told[name.format(end)] for end in ("", "_low", "_high"))
    return Interval(value=value, low=low, high=high)


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value
