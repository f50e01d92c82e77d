"""The power goes at a flash operation: afterwards always the old or the new content, and a board that starts.

These are the kinds of change that flash sees; `firmware/benchmarks/power_cuts.py` makes many more cuts.
"""

import pytest
from cut_board import CutBoard, log_events, put_aside, save
from running_firmware import RunningFirmware

from fsw.link import numbers
from fsw.link.parameter_limits import DEFAULTS
from hatchwatch.link.packets import Report

BOTH, TORN = (False, True), (True,)
ACTIONS = [
    (save("params", 1, 196, 1), BOTH, {"program"}),
    (put_aside("params", 1), BOTH, {"program"}),
    (log_events(20, 5), TORN, {"erase", "program"}),  # more than lies within its folder takes a block
]


@pytest.fixture(scope="module")
def board():
    return CutBoard()


@pytest.mark.parametrize(("action", "torn", "kinds"), ACTIONS, ids=[row[0].name for row in ACTIONS])
@pytest.mark.swe134("f")
def test_the_old_or_the_new_content_whenever_the_power_goes(board, action, torn, kinds):
    old, new = board.outcomes(action)
    cuts = list(board.cuts(action, torn))
    assert {cut.kind for cut in cuts} == kinds
    for cut in cuts:
        assert cut.found in (old, new), cut
        assert cut.sound, cut


NUMBER = numbers.PARAMETER_LINK_LOSS_S


def cut_a_save(board, value, operation, torn):
    """Save a parameter, cut the power at a flash operation of that, and return what the next start finds."""
    board.command("set_parameters", parameters=[{"parameter": NUMBER, "value": value}])
    flash = board.chip.flash_cut
    flash.arm(flash.operations + operation, torn=torn)
    board.command("save_parameters", wait_s=1.5)
    assert not board.chip.powered
    seen = len(board.packets)
    board.chip.set_power(on=True)
    board.pass_time(1.5)
    assert "started" in board.events(seen)
    assert "storage_damaged" not in board.events(seen)
    board.command("report_parameters", parameters=[{"parameter": NUMBER}])
    report = next(body for body in board.bodies(Report, seen) if body.name == "parameter_values")
    return report.fields["parameters"][0]["value"]


def test_the_firmware_starts_with_the_old_or_the_new_parameters_and_says_so():
    board = RunningFirmware("single")
    board.pass_time(7.0)  # by then the events of the start are in the log
    assert cut_a_save(board, 17, 2, torn=True) in (DEFAULTS[NUMBER], 17)
    seen = len(board.packets)
    assert board.command("report_logged_events", wait_s=1.0, newest=0)[-1].stage == "completed"
    logged = [body.fields for body in board.bodies(Report, seen) if body.name == "logged_event"]
    assert {fields["boot_count"] for fields in logged} >= {1, 2}
