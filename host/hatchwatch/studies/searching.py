"""What a search for a leak came to: from the events of the board, against what the simulation knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import networkx as nx
import numpy as np

from hatchwatch.link.dictionary import dictionary
from hatchwatch.studies.measures import Measure

if TYPE_CHECKING:
    from hatchwatch.boards.model import BenchFile
    from hatchwatch.studies.onboard import Event, OnBoard

__all__ = ["MEASURES", "Search"]

_NPA: Final = 1e-9
_OF_A_NAME: Final = (
    "found",
    "closures",
    "found_after_s",
    "doubt_ppm",
    "leak_told_pa_m3_s",
    "leak_over_truth",
)

MEASURES = (
    Measure("right", "share", "right", "the leaking modules were named, and no others"),
    Measure("wrong", "share", "wrong", "others were named, or none although they leak more than was told"),
    Measure("none-told", "share", "none_told", "no leak above a limit was told, rightly or wrongly"),
    Measure("inconclusive", "share", "inconclusive", "the search ended without a decision, and said so"),
    Measure("blocked", "share", "blocked", "no step was allowed or possible"),
    Measure("closures", "mean", "closures", "hatches that were shut until a module was named"),
    Measure("found-after", "spread", "found_after_s", "from the start of the search to the name", unit="s"),
    Measure("leak-told", "spread", "leak_over_truth", "leak as told over what it is"),
    Measure("shut-in", "mean", "shut_in", "modules whose crew lost its way to a lifeboat"),
)


class Search:
    """Follows one search from its start; call `follow` every second with what the board told."""

    def __init__(self, board: OnBoard) -> None:
        self._board = board
        self._bench = board.scenario.bench
        self._start_s = board.simulation.time_s
        self._first_order = len(board.orders)
        self._ways = _crew_with_a_way(self._bench, self._open())
        self._shut_in: set[str] = set()
        self._truth_pa_m3_s = 0.0  # of the module that was named
        self._missed = False  # a leak above the limit that was told
        self.told: dict[str, Event] = {}  # the last event of each kind

    def follow(self, told: list[Event]) -> None:
        """Take note of a second."""
        self._shut_in |= self._ways - _crew_with_a_way(self._bench, self._open())
        for event in told:
            self.told[event.name] = event
            if event.name == "leak_found":
                self._truth_pa_m3_s = self._losses_pa_m3_s().get(self._module(event.fields["first"]), 0.0)
            elif event.name == "no_leak":
                self._missed = sum(self._losses_pa_m3_s().values()) > _NPA * event.fields["limit_npa_m3_s"]

    @property
    def found(self) -> set[str] | None:
        """The modules that were named; None if none was, empty if something else was named."""
        event = self.told.get("leak_found")
        return None if event is None else self._named(event)

    def result(self) -> dict[str, Any]:
        """The columns of a search."""
        found, leaking = self.found, set(self._board.scenario.leaks_pa_m3_s)
        event = self.told.get("leak_found")
        return {
            "right": found == leaking if leaking else "no_leak" in self.told,
            "wrong": self._missed or (found is not None and found != leaking),
            "none_told": "no_leak" in self.told,
            "inconclusive": "leak_inconclusive" in self.told,
            "blocked": "response_blocked" in self.told,
            "moves": len(self._board.orders) - self._first_order,
            "shut_in": len(self._shut_in),
        } | (dict.fromkeys(_OF_A_NAME) if event is None else self._of_a_name(event))

    def _of_a_name(self, event: Event) -> dict[str, Any]:
        """The columns that there are when something was named."""
        named = self._named(event)
        leak_pa_m3_s = _NPA * event.fields["leak_npa_m3_s"] if named else None
        orders = self._board.orders[self._first_order :]
        shut = dictionary().enum_value("position", "shut")
        values = (
            "+".join(sorted(named)),
            sum(position == shut and time_s <= event.time_s for time_s, _, position in orders),
            round(event.time_s - self._start_s, 1),
            event.fields["doubt_ppm"],
            leak_pa_m3_s,
            leak_pa_m3_s / self._truth_pa_m3_s if leak_pa_m3_s and self._truth_pa_m3_s else None,
        )
        return dict(zip(_OF_A_NAME, values, strict=True))

    def _named(self, event: Event) -> set[str]:
        kind = dictionary().enums["leak_kind"][event.fields["kind"]]
        places = {
            "module": ("first",),
            "two_modules": ("first", "second"),
            "module_and_hatch": ("first",),
        }.get(kind, ())
        return {self._module(event.fields[place]) for place in places}

    def _module(self, place: int) -> str:
        return self._bench.modules[place].name if place < len(self._bench.modules) else ""

    def _losses_pa_m3_s(self) -> dict[str, float]:
        """What each module loses to ambient now, without regard to the sign of the pressure."""
        board = self._board
        lost = np.abs(board.simulation.gas.hull_pa_m3_s(board.simulation.time_s)).tolist()
        return dict(zip((module.name for module in self._bench.chambers), lost, strict=True))

    def _open(self) -> list[bool]:
        is_open: list[bool] = self._board.simulation.gas.is_open.tolist()
        return is_open


def _crew_with_a_way(bench: BenchFile, is_open: list[bool]) -> set[str]:
    """The occupied modules that reach a lifeboat through open hatches; shares nothing with the firmware."""
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(module.name for module in bench.modules)
    graph.add_edges_from(hatch.between for hatch, way in zip(bench.hatches, is_open, strict=True) if way)
    safe: set[str] = set()
    for module in bench.modules:
        if module.lifeboat:
            safe |= nx.node_connected_component(graph, module.name)
    return {module.name for module in bench.modules if module.occupied and module.name in safe}
