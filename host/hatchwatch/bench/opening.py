"""Open a bench: the emulated one, or the real one on a port."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from hatchwatch.bench.bench import Bench
from hatchwatch.bench.emulated import emulated_board
from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.link.link import Link
from hatchwatch.link.ports import open_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hatchwatch.bench.emulated import Pace, PlantName
    from hatchwatch.bench.operator import Operator
    from hatchwatch.link.packets import Body

__all__ = ["open_bench"]


@contextmanager
def open_bench(
    bench: str | Path,
    port: str | None = None,
    *,
    seed: int = 1,
    plant: PlantName = "quiet",
    pace: Pace = "max",
    operator: Operator | None = None,
    on_packet: Callable[[float, bytes, Body], None] | None = None,
    on_sent: Callable[[bytes, str], None] | None = None,
) -> Iterator[Bench]:
    """Open a bench by its file (or the name of a shipped one), meet its board, and start the readings.

    Without `port` an emulated board is started: `seed`, `plant` and `pace` are for it. `operator` is the
    person beside a real one.
    `on_packet(board_time_s, raw, body)` sees every packet from the first on, `on_sent(packet, name)` every
    command.

    Raises:
        BenchFileError: the bench file is wrong.
        PortError, BoardError: the port or the board is not what it should be; the message names the cure.
    """
    path = find_bench_file(str(bench))
    file = load_bench_file(path)
    with ExitStack() as stack:
        if port is None:
            emulated = stack.enter_context(emulated_board(file, path, seed=seed, plant=plant, pace=pace))
            opened = Bench(file, lambda: emulated.connect(on_packet, on_sent), emulated=emulated)
        else:
            opened = Bench(
                file,
                lambda: Link(open_port(port), on_packet=on_packet, on_sent=on_sent),
                operator=operator,
            )
        stack.callback(opened.close)
        yield opened
