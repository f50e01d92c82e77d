"""Cut the power at every flash operation of what the board saves, whole and torn; count what is there then.

The upper part of the table runs the storage code alone on the emulated board, at every state that the log of
its folder can be in; the lower part runs the whole firmware and asks it over the link. "neither" must be 0,
and so must "no start": a board that does not come back, or can't save any more. Takes about ten minutes.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

FIRMWARE = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(FIRMWARE / "tests" / "support"), str(FIRMWARE / "tests" / "cpython"), str(FIRMWARE)]

from cut_board import (  # noqa: E402 - found through the path above
    CutBoard,
    log_events,
    put_aside,
    remove_oldest,
    save,
)
from running_firmware import RunningFirmware  # noqa: E402

from fsw.link import numbers  # noqa: E402
from fsw.link.parameter_limits import DEFAULTS  # noqa: E402
from hatchwatch.boards import find_bench_file, load_bench_file  # noqa: E402
from hatchwatch.deploy.files import board_files  # noqa: E402
from hatchwatch.emulator.flash import build_filesystem  # noqa: E402
from hatchwatch.link.packets import Report  # noqa: E402

PARAMETERS_BYTES = 4 * numbers.PARAMETERS
CALIBRATION_BYTES = 6 * 16
SAVES_TO_FILL_THE_LOG = 14  # of the folder, which is then written anew
ACTIONS = {
    "parameters": [save("params", 1, PARAMETERS_BYTES, before) for before in range(SAVES_TO_FILL_THE_LOG)],
    "calibration": [save("calib", 2, CALIBRATION_BYTES, before) for before in range(SAVES_TO_FILL_THE_LOG)],
    "record of 700 bytes": [save("long", 9, 700, before) for before in range(4)],
    "damage put aside": [put_aside("params", 1)],
    "events": [log_events(before, 5) for before in (0, 5, 10, 15, 20, 30, 60, 168, 170)],
    "events, 64 at once": [log_events(before, 64) for before in (0, 100)],
    "oldest events removed": [remove_oldest()],
}
WIDTHS = (22, 14, 6, 6, 6, 8, 9)
OUTCOMES = ("old", "new", "neither", "no start")


def line(*cells: object) -> None:
    sys.stdout.write(" ".join(f"{cell!s:<{width}}" for cell, width in zip(cells, WIDTHS, strict=True)) + "\n")
    sys.stdout.flush()


class Tally:
    """Counts outcomes by the kind of operation at which the power went."""

    def __init__(self) -> None:
        self.total: Counter[str] = Counter()
        self._rows: dict[str, Counter[str]] = {}

    def add(self, kind: str, torn: bool, outcome: str) -> None:
        self._rows.setdefault(f"{kind}{', torn' if torn else ''}", Counter())[outcome] += 1

    def show(self, what: str) -> None:
        """Print and forget what was added."""
        for kind, outcomes in sorted(self._rows.items()):
            line(
                what,
                kind,
                outcomes.total(),
                *(outcomes[name] for name in ("old", "new", "neither", "no start")),
            )
            self.total += outcomes
        self._rows = {}


def cut_storage(tally: Tally) -> None:
    board = CutBoard()
    for what, actions in ACTIONS.items():
        for action in actions:
            old, new = board.outcomes(action)
            for cut in board.cuts(action):
                outcome = "old" if cut.found == old else "new" if cut.found == new else "neither"
                tally.add(cut.kind, cut.torn, outcome if cut.sound else "no start")
        tally.show(what)


class CutFirmware:
    """The whole firmware, whose power is cut."""

    def __init__(self) -> None:
        self.board = RunningFirmware("single")

    def restart(self) -> bool:
        """Switch on again; return whether the firmware says that it started."""
        seen = len(self.board.packets)
        self.board.chip.set_power(on=True)
        self.board.pass_time(1.5)
        return "started" in self.board.events(seen)

    def parameter(self, number: int) -> int:
        self.board.command("report_parameters", parameters=[{"parameter": number}])
        report = [body for body in self.board.bodies(Report) if body.name == "parameter_values"][-1]
        return int(report.fields["parameters"][0]["value"])


def cut_starts(tally: Tally, what: str, image: bytes, starts: int) -> None:
    """The count of starts, which every start saves: cut within a start, with `starts` saved before it.

    The start that asks is one more.
    """
    firmware = CutFirmware()
    chip = firmware.board.chip
    for torn in (False, True):
        operation = 0
        while True:
            operation += 1
            chip.set_power(on=False)
            chip.write_filesystem(image)
            chip.flash_cut.arm(chip.flash_cut.operations + operation, torn=torn)
            chip.set_power(on=True)
            firmware.board.pass_time(1.5)
            if chip.powered:
                chip.flash_cut.disarm()
                break
            kind = chip.flash_cut.last_kind
            started = firmware.restart()
            count = firmware.board.housekeeping().boot_count if started else 0
            outcome = {starts + 1: "old", starts + 2: "new"}.get(count, "neither")
            tally.add(kind, torn, outcome if started else "no start")
    tally.show(what)


def cut_parameters(tally: Tally, saves: int) -> None:
    """Parameters saved by command, each save cut at its operations until it comes through."""
    number = numbers.PARAMETER_LINK_LOSS_S
    firmware = CutFirmware()
    board, flash = firmware.board, firmware.board.chip.flash_cut
    saved = DEFAULTS[number]
    for value in range(20, 20 + saves):
        for torn in (False, True):
            for operation in range(1, 20):
                board.command("set_parameters", parameters=[{"parameter": number, "value": value}])
                flash.arm(flash.operations + operation, torn=torn)
                board.command("save_parameters", wait_s=1.5)
                if board.chip.powered:
                    flash.disarm()
                    break
                kind, started = flash.last_kind, firmware.restart()
                found = firmware.parameter(number) if started else None
                outcome = "old" if found == saved else "new" if found == value else "neither"
                tally.add(kind, torn, outcome if started else "no start")
                saved = found if found is not None else saved
            saved = value
    tally.show("firmware: parameters")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--firmware-saves", type=int, default=3, help="saves by the whole firmware (3)")
    arguments = parser.parse_args()
    tally = Tally()
    line("what", "at", "cuts", *OUTCOMES)
    cut_storage(tally)
    new = build_filesystem(board_files(load_bench_file(find_bench_file("single"))))
    cut_starts(tally, "firmware: first start", new, 0)
    used = RunningFirmware("single").chip.read_filesystem()
    cut_starts(tally, "firmware: second start", used, 1)
    cut_parameters(tally, arguments.firmware_saves)
    total = tally.total
    line("all", "", total.total(), *(total[name] for name in OUTCOMES))
    return 1 if total["neither"] or total["no start"] else 0


if __name__ == "__main__":
    sys.exit(main())
