"""Studies of locating: the station leaks, and a search for it is commanded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hatchwatch.link.dictionary import dictionary
from hatchwatch.studies.onboard import OnBoard
from hatchwatch.studies.searching import MEASURES, Search

if TYPE_CHECKING:
    from hatchwatch.studies.scenarios import Scenario

__all__ = ["MEASURES", "outcome"]

_ENDINGS: Final = {"leak_found", "no_leak", "leak_inconclusive", "response_blocked"}
_OFF, _ACTIVE = (0, 2)  # response modes
_LEAKS_FOR_S: Final = 90.0  # before the search: the board takes its last minute for evidence


def outcome(scenario: Scenario) -> dict[str, Any]:
    """Search until a module is named or the search ends; it begins when the leak has been there for 90 s."""
    board = OnBoard(scenario, response_mode=_OFF)
    while board.simulation.time_s < scenario.values["onset_s"] - 1e-9:
        board.second()
    board.leak()
    start_s = board.simulation.time_s + _LEAKS_FOR_S
    while board.simulation.time_s < start_s:
        board.second()
    board.values[dictionary().parameters["response_mode"].number] = _ACTIVE
    board.locate()
    search = Search(board)
    end_s = start_s + scenario.values["duration_s"]
    while not _ENDINGS & search.told.keys() and board.simulation.time_s < end_s:
        search.follow(board.second())
    return search.result()
