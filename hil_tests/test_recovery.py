"""After a reset or a power cut the board comes back by itself, with hatches unknown and nothing moving."""

import pytest

from hatchwatch.bench.opening import meet
from hatchwatch.link.commands import command


def opening_of(emulated, name):
    return emulated.side.truth()["hatches"][name]["opening"]


def test_reset_by_command(bench):
    bench.safe()
    before = bench.link.board_time_s
    bench.link.send(command("reset"))
    identity = meet(bench.link, bench.file, booting=True)
    bench.start_readings()
    assert identity.reset_cause == "command"
    assert bench.link.board_time_s < before
    assert set(bench.housekeeping().hatches) <= {"unknown"}
    bench.check_sensors()


@pytest.mark.parametrize("powered_off_s", [0.2])
def test_power_cut(bench, emulated, powered_off_s):
    """The port of a board without power vanishes; the new one is opened like any other."""
    hatch = bench.file.hatches[0].name
    bench.move_hatch(hatch, "shut")
    emulated.side.power(on=False)
    bench.link.pump(powered_off_s)
    emulated.side.power(on=True)
    identity = meet(bench.link, bench.file, booting=True)
    bench.start_readings()
    assert identity.reset_cause == "power_on"
    assert opening_of(emulated, hatch) < 0.05, "nothing may move by itself"
    assert bench.housekeeping().hatches[0] == "unknown"
    bench.safe()
    assert opening_of(emulated, hatch) > 0.95
