"""`hatchwatch events`: the board's log of events, and events as they happen."""

from __future__ import annotations

import json
import math
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators
from rich.console import Console

from hatchwatch.bench import open_bench
from hatchwatch.cli.options import BenchName, Json, PlantName, Port, Seed
from hatchwatch.cli.progress import obtain_image
from hatchwatch.link.commands import command
from hatchwatch.link.dictionary import SEVERITIES
from hatchwatch.link.logged import LoggedEvent, logged_event
from hatchwatch.link.packets import Event, Report

if TYPE_CHECKING:
    from hatchwatch.bench import Bench

__all__ = ["events"]

STEP_S = 0.2
READ_BACK_S = 60.0  # a full log, a few records in each turn of the loop


def events(
    bench: BenchName,
    *,
    log: Annotated[
        bool, Parameter(negative="", help="Read the log back; this is what happens without --follow too.")
    ] = False,
    follow: Annotated[bool, Parameter(negative="", help="Show events as they happen, until Ctrl-C.")] = False,
    newest: Annotated[
        int, Parameter(validator=validators.Number(gte=0, lte=65535), help="Of the log, so many; 0 for all.")
    ] = 0,
    duration: Annotated[
        float | None,
        Parameter(validator=validators.Number(gt=0), help="Follow so many seconds of board time."),
    ] = None,
    port: Port = None,
    plant: PlantName = "quiet",
    seed: Seed = 1,
    json_: Json = False,
) -> None:
    """Read back the events that a board has kept, and follow those that happen now.

    Each has its key before it: the number of the start of the firmware, and board time in that start. With
    --json each event is one line.
    """
    obtain_image(port)
    with open_bench(bench, port, seed=seed, plant=plant, pace="real") as opened:
        shown = _Printer(opened, as_json=json_)
        if log or not follow:
            for one in _read_log(opened, newest):
                shown.show(one)
        if follow:
            with suppress(KeyboardInterrupt):
                _follow(opened, shown, duration)


def _read_log(bench: Bench, newest: int) -> list[LoggedEvent]:
    sent = bench.link.execute(command("report_logged_events", newest=newest), timeout_s=READ_BACK_S)
    reports = bench.link.history.bodies(Report, sent.since)
    return [logged_event(report) for report in reports if report.name == "logged_event"]


def _follow(bench: Bench, shown: _Printer, duration_s: float | None) -> None:
    boot_count = bench.housekeeping().boot_count
    end_s = math.inf if duration_s is None else bench.board_time_s + duration_s
    place = 0  # what came since the link was opened is news as well
    while bench.board_time_s < end_s:
        for packet in bench.link.history.since(place):
            place += 1
            if isinstance(packet.body, Event):
                shown.show(LoggedEvent(boot_count, int(packet.board_time_s), packet.body))
        bench.wait(STEP_S)


class _Printer:
    """Prints events one by one, as they come."""

    def __init__(self, bench: Bench, *, as_json: bool) -> None:
        self._names = bench.names
        self._as_json = as_json
        self._console = Console(highlight=False, soft_wrap=True)

    def show(self, one: LoggedEvent) -> None:
        severity, text = SEVERITIES.get(one.event.severity, "?"), one.text(self._names)
        if self._as_json:
            data = {
                "boot_count": one.boot_count,
                "board_time_s": one.time_s,
                "severity": severity,
                "name": one.event.name,
                "text": text,
            }
            sys.stdout.write(json.dumps(data) + "\n")
            sys.stdout.flush()
            return
        self._console.print(f"{one.boot_count:5}  {one.time_s:8} s  {severity:<6}  {text}", markup=False)
