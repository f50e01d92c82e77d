"""Open a bench: the emulated one, or the real one on a port."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from hatchwatch.bench.bench import Bench
from hatchwatch.bench.emulated import emulated_board
from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.deploy.boardfile import bench_digest
from hatchwatch.errors import WaitTimeoutError
from hatchwatch.link.handshake import check_identity, identify, wake_firmware
from hatchwatch.link.link import Link
from hatchwatch.link.ports import open_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hatchwatch.bench.emulated import Pace, PlantName
    from hatchwatch.bench.operator import Operator
    from hatchwatch.boards import BenchFile
    from hatchwatch.link.packets import Body, Identity

__all__ = ["meet", "open_bench"]

BOOT_S = 6.0  # of board time, from power-on to the loop, with sensors that don't answer


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
        emulated = None
        if port is None:
            emulated = stack.enter_context(emulated_board(file, path, seed=seed, plant=plant, pace=pace))
            link = stack.enter_context(emulated.connect(on_packet, on_sent))
        else:
            link = stack.enter_context(Link(open_port(port), on_packet=on_packet, on_sent=on_sent))
        opened = Bench(file, link, meet(link, file, booting=emulated is not None), emulated=emulated)
        opened.operator = None if emulated is not None else operator
        opened.start_readings()
        yield opened


def meet(link: Link, file: BenchFile, *, booting: bool = False) -> Identity:
    """Make sure that our firmware runs with this bench file, and say who it is.

    One that is still `booting` gets its time before it is taken for a board at the MicroPython prompt.
    Raises BoardError with the command that cures it.
    """
    if booting:
        _wait_for_first_word(link)
    wake_firmware(link)
    identity = identify(link)
    check_identity(identity, bench_name=file.name, bench_hash=int.from_bytes(bench_digest(file), "big"))
    return identity


def _wait_for_first_word(link: Link) -> None:
    """Let the board boot in peace: bytes that come before its loop runs may be taken for keys."""
    with suppress(WaitTimeoutError):  # whoever stays silent is dealt with by `wake_firmware`
        link.wait(lambda _: True, since=len(link.history), timeout_s=BOOT_S, waiting_for="a first packet")
