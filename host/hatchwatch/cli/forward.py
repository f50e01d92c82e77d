"""`hatchwatch forward`: a board behind Yamcs, COSMOS or any other program that reads space packets by UDP."""

from __future__ import annotations

import json
import math
import sys
from contextlib import closing, suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators
from rich.console import Console

from hatchwatch.bench import open_bench
from hatchwatch.cli.options import BenchName, Json, PlantName, Port, Seed
from hatchwatch.cli.progress import obtain_image
from hatchwatch.link.udp import UdpExchange, split_address

if TYPE_CHECKING:
    from hatchwatch.bench import Bench

__all__ = ["forward"]

STEP_S = 0.1  # how often commands are looked for
TELL_EVERY_S = 10.0
LOCAL = "127.0.0.1"


def forward(
    bench: BenchName,
    *,
    udp: Annotated[str, Parameter(help="HOST:PORT to which each packet goes, bare, as one datagram.")],
    listen: Annotated[
        str | None,
        Parameter(help="[HOST:]PORT on which command packets are taken; HOST is 127.0.0.1 by default."),
    ] = None,
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
    """Pass the board's packets on by UDP, without COBS, and take command packets back.

    A ground system that knows no COBS, such as Yamcs, sits behind it; `hatchwatch dictionary --xtce` tells it
    what the packets hold. The board takes commands as they come and answers for itself. Who can reach the
    port of --listen can move hatches: leave it on this computer. The board stays as it is at the end.
    """
    target = split_address(udp)
    source = None if listen is None else split_address(listen, default_host=LOCAL)
    obtain_image(port)
    with (
        closing(UdpExchange(target, source)) as exchange,
        open_bench(bench, port, seed=seed, plant=plant, pace="real", on_packet=exchange.forward) as opened,
    ):
        end_s = math.inf if duration is None else opened.board_time_s + duration
        with suppress(KeyboardInterrupt):  # this is how it ends
            _exchange(opened, exchange, end_s)
        if json_:
            sys.stdout.write(json.dumps(asdict(exchange.counts)) + "\n")
        else:
            _tell(exchange)
    return 0


def _exchange(bench: Bench, exchange: UdpExchange, end_s: float) -> None:
    told_s = -math.inf
    while bench.board_time_s < end_s:
        for packet in exchange.commands():
            bench.link.send_packet(packet)
        bench.wait(STEP_S)
        if bench.board_time_s - told_s >= TELL_EVERY_S:
            told_s = bench.board_time_s
            _tell(exchange)


def _tell(exchange: UdpExchange) -> None:
    counts = exchange.counts
    Console(stderr=True, highlight=False, soft_wrap=True).print(
        f"{counts.forwarded} packets forwarded, {counts.unsent} not sent; "
        f"{counts.commands} commands taken, {counts.rejected} datagrams rejected"
    )
