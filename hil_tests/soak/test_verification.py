"""A repair is verified on the board that has found and shut off the leak, by three commands on one port.

The board runs freely between them, as one on a cable does: how much board time passes is up to the computer.
"""

import pytest

from hatchwatch.bench.emulated import emulated_board
from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.errors import BoardError
from hatchwatch.evidence.response.isolate import run_isolation
from hatchwatch.evidence.response.session import Surroundings
from hatchwatch.evidence.response.verify import run_verification
from hatchwatch.methods.isolation import IsolationSettings, Outcome

LEAK_PA_M3_S = 2e-3


class Yes:
    """Approves every step."""

    def show(self, log):
        pass

    def approve(self, step):
        return True


def test_a_repair_is_verified_on_the_board_that_has_shut_it_off(tmp_path):
    path = find_bench_file("station6")
    with emulated_board(load_bench_file(path), path, seed=1, lockstep=False) as board:

        def where(kind):
            return Surroundings("station6", kind, port=board.serial_url, out=tmp_path / kind)

        with pytest.raises(BoardError, match="nothing to compare"):
            run_verification(where("verification"), "PrK", Yes())
        board.side.set_leak("PrK", LEAK_PA_M3_S)
        found = run_isolation(where("isolation"), IsolationSettings(crew_clear=True), Yes()).document
        board.side.set_leak("PrK", LEAK_PA_M3_S / 5)
        again = Surroundings("station6", "verification", port=board.serial_url, out=tmp_path / "again")
        repaired = run_verification(again, "PrK", Yes()).document
    assert found.cuts[-1].modules == ["PrK"]
    assert (repaired.outcome, repaired.exit_code) == (Outcome.REPAIRED, 0)
    assert repaired.repairs[0].repair == "better"
    assert repaired.repairs[0].after_pa_m3_s == pytest.approx(LEAK_PA_M3_S / 5, rel=0.2)
    assert not [event for event in repaired.events if event.name == "hatch_moving"]
