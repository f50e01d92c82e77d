"""Sixteen modules and fifteen hatches fit one Pico, in memory and time, whatever the strategy."""

import pytest

from hatchwatch.evidence.response.isolate import run_isolation
from hatchwatch.evidence.response.session import Surroundings
from hatchwatch.methods.isolation import IsolationSettings, Outcome

LEAKING = "M09"


class Onlooker:
    """Keeps what the board says of itself."""

    def __init__(self):
        self.bench = None
        self.housekeeping = []

    def on_open(self, bench):
        self.bench = bench

    def show(self, log):
        if not self.housekeeping or self.bench.board_time_s - self.housekeeping[-1][0] > 10.0:
            self.housekeeping.append((self.bench.board_time_s, self.bench.housekeeping()))

    def approve(self, step):
        return True


@pytest.mark.parametrize("strategy", ["close-all", "outwards"])
def test_a_leak_among_sixteen_is_found(soak, tmp_path, strategy):
    def measure():
        onlooker = Onlooker()
        run = run_isolation(
            Surroundings("chain16", "isolation", out=tmp_path / "run"),
            IsolationSettings("active", strategy),
            onlooker,
            leaks_pa_m3_s={LEAKING: 2e-3},
            on_open=onlooker.on_open,
        )
        reports = [report for _, report in onlooker.housekeeping]
        return {
            "outcome": run.document.outcome.value,
            "found": run.document.found[-1].parts,
            "errors": [event.text for event in run.document.events if event.name == "internal_error"],
            "found_s": next(event.time_s for event in run.document.events if event.name == "leak_found"),
            "board_time_s": run.document.events[-1].time_s,
            "slips": reports[-1].slips - reports[0].slips,
            "least_heap_free": min(report.heap_free for report in reports),
            "worst_loop_us": max(report.worst_loop_us for report in reports),
        }

    def check(figures):
        print(figures)  # pytest -s, or runs/soak
        assert figures["errors"] == []
        assert figures["outcome"] == Outcome.SOLID.value
        assert figures["found"] == [LEAKING]
        assert figures["slips"] == 0

    soak(measure, check)
