"""Studies of the whole response: from the onset of a leak to the proof that the rest is tight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hatchwatch.link.dictionary import dictionary
from hatchwatch.studies.measures import Measure
from hatchwatch.studies.onboard import OnBoard
from hatchwatch.studies.searching import MEASURES as SEARCH_MEASURES
from hatchwatch.studies.searching import Search

if TYPE_CHECKING:
    from hatchwatch.studies.scenarios import Scenario

__all__ = ["MEASURES", "outcome"]

_NPA: Final = 1e-9
_ACTIVE: Final = 2
_ENDS: Final = ("done", "inconclusive", "blocked")

MEASURES = (
    Measure("told", "share", "told", "leaks that raised the alarm in time"),
    Measure("isolated", "share", "isolated_right", "all that leaks was shut off and nothing else"),
    Measure("wrongly-isolated", "share", "isolated_wrong", "modules were shut off, but not all that leak"),
    Measure("given-up", "mean", "given_up", "healthy modules that were shut off together with the leak"),
    Measure("solid", "share", "solid", "the rest was proved to be tight"),
    Measure("bound-holds", "share", "bound_holds", "the bound of the rest's leak is not below what it is"),
    Measure("delay", "spread", "delay_s", "from the onset to the alarm", unit="s"),
    Measure(
        "isolated-after", "spread", "isolated_after_s", "from the onset until the leak is shut off", unit="s"
    ),
    Measure("done-after", "spread", "done_after_s", "from the onset to the end", unit="s"),
    Measure("false-alarms", "mean", "false_alarms", "alarms before the onset"),
    *SEARCH_MEASURES,
)


def outcome(scenario: Scenario) -> dict[str, Any]:
    """Follow the board until its response has ended, or until time is up."""
    board = OnBoard(scenario, response_mode=_ACTIVE)
    onset_s = scenario.values["onset_s"]
    false_alarms = 0
    while board.simulation.time_s < onset_s - 1e-9:
        false_alarms += any(event.name == "leak_alarm" for event in board.second())
    onset_s = board.simulation.time_s
    board.leak()
    search = Search(board)
    end_s = onset_s + scenario.values["duration_s"]
    while board.simulation.time_s < end_s and not _has_ended(search):
        search.follow(board.second())
    return _result(board, search, onset_s) | {"false_alarms": false_alarms} | _found(search, onset_s)


def _has_ended(search: Search) -> bool:
    step = search.told.get("response_step")
    return step is not None and dictionary().enums["phase"][step.fields["phase"]] in _ENDS


def _found(search: Search, onset_s: float) -> dict[str, Any]:
    """The columns of the search, its time counted from the alarm."""
    columns = search.result()
    alarm = search.told.get("leak_alarm")
    if alarm is not None and columns["found_after_s"] is not None:
        columns["found_after_s"] = round(columns["found_after_s"] - (alarm.time_s - onset_s), 1)
    return columns


def _result(board: OnBoard, search: Search, onset_s: float) -> dict[str, Any]:
    leaking = set(board.scenario.leaks_pa_m3_s)
    alarm, isolated = search.told.get("leak_alarm"), search.told.get("leak_isolated")
    rest = search.told.get("rest_measured")
    shut_off = set(board.names(isolated.fields["modules"])) if isolated is not None else None
    columns: dict[str, Any] = {
        "told": alarm is not None if leaking else None,
        "delay_s": round(alarm.time_s - onset_s, 1) if alarm is not None and leaking else None,
        "isolated": None if shut_off is None else "+".join(sorted(shut_off)),
        "isolated_right": shut_off == leaking if leaking else None,
        "isolated_wrong": shut_off is not None and not leaking <= shut_off,
        "given_up": len(shut_off - leaking) if shut_off is not None and leaking <= shut_off else None,
        "isolated_after_s": round(isolated.time_s - onset_s, 1) if isolated is not None else None,
        "done_after_s": round(search.told["response_step"].time_s - onset_s, 1)
        if _has_ended(search)
        else None,
        "solid": bool(rest.fields["solid"]) if rest is not None else False,
        "rest_bound_pa_m3_s": _NPA * rest.fields["bound_npa_m3_s"] if rest is not None else None,
        "rest_truth_pa_m3_s": None,
        "bound_holds": None,
        "end": board.phase,
    }
    if rest is not None:
        truth_pa_m3_s = _rest_pa_m3_s(board, rest.fields["modules"])
        columns["rest_truth_pa_m3_s"] = truth_pa_m3_s
        columns["bound_holds"] = truth_pa_m3_s <= columns["rest_bound_pa_m3_s"]
    return columns


def _rest_pa_m3_s(board: OnBoard, modules: int) -> float:
    """What some modules lose to ambient now; what goes through shut hatches is no loss of the station."""
    lost = board.simulation.gas.hull_pa_m3_s(board.simulation.time_s)
    names = board.names(modules)
    chambers = [module.name for module in board.scenario.bench.chambers]
    return abs(float(sum(lost[chambers.index(name)] for name in names if name in chambers)))
