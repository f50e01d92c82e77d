"""`hatchwatch watch`: a live table of all modules and hatches, the first thing a builder runs."""

from __future__ import annotations

import json
import math
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter, validators
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from hatchwatch.bench import open_bench
from hatchwatch.bench.trend import Trend
from hatchwatch.cli.options import BenchName, Json, PlantName, Port, Seed
from hatchwatch.cli.progress import obtain_image
from hatchwatch.link.packets import Event, Housekeeping, Readings

if TYPE_CHECKING:
    from hatchwatch.bench import Bench
    from hatchwatch.link.packets import Packet

__all__ = ["watch"]

REFRESH_S = 0.5
TREND_S = 10.0
LAST_EVENTS = 5
GOOD_STATES = {"fresh", "stale"}


@dataclass
class _Seen:
    """What the board has said so far."""

    bench: Bench
    trend: Trend
    readings: Readings | None = None
    housekeeping: Housekeeping | None = None
    events: tuple[str, ...] = ()
    next_packet: int = 0

    def catch_up(self) -> None:
        """Take in all new packets."""
        history = self.bench.link.history
        packets = history.since(self.next_packet)
        self.next_packet += len(packets)
        for packet in packets:
            self._take(packet)

    def _take(self, packet: Packet) -> None:
        match packet.body:
            case Readings() as readings:
                self.readings = readings
                self.trend.add(packet.board_time_s, readings.pressure_pa)
            case Housekeeping() as housekeeping:
                self.housekeeping = housekeeping
            case Event() as event:
                line = f"{packet.board_time_s:8.1f} s  {event.text(self.bench.names)}"
                self.events = (*self.events, line)[-LAST_EVENTS:]


def watch(
    bench: BenchName,
    *,
    port: Port = None,
    plant: PlantName = "quiet",
    seed: Seed = 1,
    duration: Annotated[
        float | None,
        Parameter(
            validator=validators.Number(gt=0),
            help="Stop after so many seconds of board time; else at Ctrl-C.",
        ),
    ] = None,
    json_: Json = False,
) -> int:
    """Show pressure, temperature, rate of change and state of every module, and the hatches, as they change.

    With --json each refresh is one line. Nothing is moved.
    """
    obtain_image(port)
    with open_bench(bench, port, seed=seed, plant=plant, pace="real") as opened:
        seen = _Seen(opened, Trend(len(opened.file.modules), TREND_S))
        end_s = math.inf if duration is None else opened.board_time_s + duration
        try:
            if json_:
                _print_lines(seen, end_s)
            else:
                _show_table(seen, end_s)
        except KeyboardInterrupt:
            return 0
    return 0


def _print_lines(seen: _Seen, end_s: float) -> None:
    while seen.bench.board_time_s < end_s:
        seen.bench.wait(REFRESH_S)
        seen.catch_up()
        sys.stdout.write(json.dumps(_as_data(seen)) + "\n")
        sys.stdout.flush()


def _show_table(seen: _Seen, end_s: float) -> None:
    with Live(console=Console(highlight=False), auto_refresh=False, vertical_overflow="visible") as live:
        while seen.bench.board_time_s < end_s:
            seen.bench.wait(REFRESH_S)
            seen.catch_up()
            live.update(_picture(seen), refresh=True)
    if not live.console.is_terminal:
        live.console.print()  # the last line of a picture that is drawn once has no end of its own


def _picture(seen: _Seen) -> Group:
    file = seen.bench.file
    table = Table(title=f"{file.name}   board time {seen.bench.board_time_s:.1f} s", title_justify="left")
    for heading in ("module", "pressure", "temperature", f"dp/dt ({TREND_S:.0f} s)", "sensor"):
        table.add_column(heading, justify="left" if heading in {"module", "sensor"} else "right")
    if seen.readings is not None:
        rows = zip(
            file.modules,
            seen.readings.pressure_pa,
            seen.readings.temperature_c,
            seen.trend.rates_pa_s(),
            seen.readings.state,
            strict=True,
        )
        for module, pressure_pa, temperature_c, rate_pa_s, state in rows:
            table.add_row(
                module.name,
                _number(pressure_pa, "10.1f", "Pa"),
                _number(temperature_c, "6.2f", "°C"),
                _number(rate_pa_s, "+8.3f", "Pa/s"),
                Text(state.replace("_", " "), style="green" if state in GOOD_STATES else "bold red"),
            )
    return Group(table, _hatch_line(seen), *(Text(line, style="dim") for line in seen.events))


def _hatch_line(seen: _Seen) -> Text:
    file, known = seen.bench.file, seen.housekeeping
    if known is None:
        return Text("hatches: waiting for the board's report")
    hatches = [
        f"{hatch.name} {position}" for hatch, position in zip(file.hatches, known.hatches, strict=True)
    ]
    slips = f"   loop slips {known.slips}" if known.slips else ""
    return Text("hatches: " + (", ".join(hatches) or "none") + slips)


def _number(value: float, form: str, unit: str) -> str:
    return "-" if math.isnan(value) else f"{value:{form}} {unit}"


def _as_data(seen: _Seen) -> dict[str, Any]:
    readings, known = seen.readings, seen.housekeeping
    rates = seen.trend.rates_pa_s()
    modules = [
        {
            "name": module.name,
            "pressure_pa": _finite(readings.pressure_pa[index]),
            "temperature_c": _finite(readings.temperature_c[index]),
            "rate_pa_s": _finite(rates[index]),
            "state": readings.state[index],
        }
        for index, module in enumerate(seen.bench.file.modules)
        if readings is not None
    ]
    positions = [] if known is None else known.hatches
    return {
        "board_time_s": seen.bench.board_time_s,
        "modules": modules,
        "hatches": {
            hatch.name: position for hatch, position in zip(seen.bench.file.hatches, positions, strict=False)
        },
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
