from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hatchwatch.evidence.document import document_of_decay
from hatchwatch.evidence.recording import ReadingsTable
from hatchwatch.evidence.report.figures import RateAxis, leaks_figure, overview_figure
from hatchwatch.evidence.result import PhaseEntry

if TYPE_CHECKING:
    from hatchwatch.boards.model import BenchFile
    from hatchwatch.evidence.result import Identity, Session
    from hatchwatch.methods.results import DecayResult

RATES = st.floats(-1e-1, 1e-1)


@given(RATES, RATES, st.floats(1e-7, 1e-2))
def test_larger_leaks_lie_farther_right(first: float, second: float, limit_pa_m3_s: float) -> None:
    axis = RateAxis(limit_pa_m3_s, [])
    if first < second:
        assert axis.place(first) <= axis.place(second)
    assert axis.place(0.0) == 0.0


@given(st.floats(1e-7, 1e-2))
def test_the_axis_shows_zero_and_the_limit(limit_pa_m3_s: float) -> None:
    axis = RateAxis(limit_pa_m3_s, [])
    assert axis.range[0] < axis.place(0.0) < axis.place(limit_pa_m3_s) < axis.range[1]
    assert axis.labels[axis.ticks.index(0.0)] == "0"
    assert 3 <= len(axis.ticks) <= 12


def test_every_module_and_truth_lies_on_the_axis(
    decay: DecayResult, station: BenchFile, identity: Identity, session: Session
) -> None:
    document = document_of_decay(decay, station, identity=identity, session=session)
    assert document.conditions is not None

    figure = leaks_figure(document.modules, document.conditions)

    low, high = figure["layout"]["xaxis"]["range"]
    assert all(low <= x <= high for trace in figure["data"] for x in trace["x"])
    shown = {name for trace in figure["data"] for name in trace["y"]}
    assert shown == {module.name for module in station.modules}


def test_the_overview_of_a_long_run_stays_small_and_shows_gaps() -> None:
    time_s = np.arange(0, 3600, 0.1)
    pressure_pa = np.column_stack([np.full(len(time_s), 109_325.0), np.full(len(time_s), np.nan)])
    table = ReadingsTable(("a", "b"), time_s, pressure_pa, pressure_pa)
    phases = [
        PhaseEntry(name="measure", start_s=0, end_s=3500),
        PhaseEntry(name="safe", start_s=3500, end_s=3510),
    ]

    figure = overview_figure(table, phases, 101_325.0, [(5.0, "bang")])

    first, second, events = figure["data"]
    assert len(first["x"]) <= 1500
    assert set(first["y"]) == {8.0}
    assert set(second["y"]) == {None}
    assert events["text"] == ["bang"]
    assert [label["text"] for label in figure["layout"]["annotations"]] == ["measure"]
