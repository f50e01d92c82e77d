"""`hatchwatch clock`: how the clocks of board and computer differ."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators
from rich.console import Console

from hatchwatch.bench import open_bench
from hatchwatch.cli.options import BenchName, Json, Port
from hatchwatch.cli.progress import obtain_image
from hatchwatch.link.correlation import correlate
from hatchwatch.link.timekeeping import TimeKeeper

if TYPE_CHECKING:
    from hatchwatch.link.correlation import ClockCorrelation

__all__ = ["clock"]

LOCKSTEP = "The emulated bench runs in lockstep: the host's clock is board time itself, in steps of 50 ms."


def clock(
    bench: BenchName,
    *,
    port: Port = None,
    requests: Annotated[
        int, Parameter(validator=validators.Number(gte=2), help="How often the board is asked for its time.")
    ] = 20,
    duration: Annotated[
        float,
        Parameter(
            validator=validators.Number(gt=0), help="Board time, in s, over which the requests are spread."
        ),
    ] = 10.0,
    json_: Json = False,
) -> None:
    """Compare the board's clock with this computer's monotonic clock.

    Offset and drift come with bounds that hold for certain; drift needs a long --duration: 60 s show it to
    some 20 ppm. Board time begins at a reset of the chip, so all holds for one start of the firmware.
    `hatchwatch emulate` keeps pace with the wall only roughly: real boards have clocks worth comparing.
    """
    obtain_image(port)
    keeper = TimeKeeper()
    with open_bench(bench, port, on_packet=keeper.take) as opened:
        emulated = opened.emulated
        if emulated is not None:
            keeper.host_clock = lambda: emulated.granted_s
        keeper.samples.clear()  # what came before may have another clock
        for _ in range(requests):
            keeper.ask(opened.link)
            opened.wait(duration / requests)
    _show(correlate(keeper.samples), lockstep=port is None, as_json=json_)


def _show(found: ClockCorrelation, *, lockstep: bool, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps({**asdict(found), "lockstep": lockstep}) + "\n")
        return
    out = Console(highlight=False, soft_wrap=True)
    if lockstep:
        out.print(LOCKSTEP)
    out.print(
        f"Start number {found.boot_count} of the firmware, at {found.board_time_s:.3f} s of board time:"
    )
    out.print(
        f"  host minus board  {found.offset_s:+.6f} s  "
        f"({found.offset_low_s:+.6f} to {found.offset_high_s:+.6f} s)"
    )
    out.print(
        f"  drift             {found.drift_ppm:+.1f} ppm  "
        f"({found.drift_low_ppm:+.1f} to {found.drift_high_ppm:+.1f} ppm; + means that the board is slow)"
    )
    out.print(
        f"  from {found.samples} time reports in {found.span_s:.1f} s, "
        f"the quickest round trip took {found.shortest_round_trip_s * 1e3:.2f} ms"
    )
