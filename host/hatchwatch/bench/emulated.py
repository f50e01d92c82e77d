"""An emulated board of our own, in lockstep: board time passes only while somebody waits for it."""

from __future__ import annotations

import random
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from hatchwatch.deploy.files import MANIFEST_NAME, board_files
from hatchwatch.emulator.flash import build_filesystem
from hatchwatch.emulator.process import DEFAULT_TRANSPORT, EmulatorProcess, Transport
from hatchwatch.image import ensure_image
from hatchwatch.link.link import Link
from hatchwatch.link.ports import open_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hatchwatch.boards import BenchFile
    from hatchwatch.emulator.side import SideChannel
    from hatchwatch.link.stream import Listener

__all__ = ["EmulatedBoard", "Pace", "PlantName", "emulated_board"]

PlantName = Literal["quiet", "desk"]
Pace = Literal["real", "max"]


class EmulatedBoard:
    """The process of an emulated board, its side channel, and the pump that drives a link to it."""

    def __init__(
        self, process: EmulatorProcess, image: Path, manifest: bytes, seed: int, plant: PlantName
    ) -> None:
        self.process = process
        self.image = image
        self.manifest = manifest  # of the board's files
        self.seed = seed
        self.plant = plant
        self.granted_s = 0.0  # board time up to which the board may run: the host's clock in lockstep

    @property
    def side(self) -> SideChannel:
        """Truth, leaks, faults and power of the emulated bench."""
        return self.process.side

    @property
    def serial_url(self) -> str:
        """Where the board's serial port is."""
        return self.process.serial_url

    def barometer_pa(self, standard_pa: float) -> float:
        """The pressure outside, as a barometer shows it whose error (`standard_pa`) the seed draws."""
        error_pa = standard_pa * random.Random(f"barometer {self.seed}").gauss(0.0, 1.0)  # noqa: S311
        return float(self.side.truth()["ambient_pa"]) + error_pa

    def connect(
        self, on_packet: Listener | None = None, on_sent: Callable[[bytes, str], None] | None = None
    ) -> Link:
        """A new link to the board, not started yet; every wait on it advances board time by what it waits."""
        before = self.side.time()  # former clients of the port are counted in its totals
        board_ns = before.board_ns
        self.granted_s = board_ns / 1e9

        def pump(seconds: float) -> None:
            nonlocal board_ns
            board_ns += round(seconds * 1e9)
            self.granted_s = board_ns / 1e9
            advanced = self.side.advance(board_ns, before.serial_in_total + link.bytes_written)
            link.wait_for_bytes(advanced.serial_out_total - before.serial_out_total)

        link = Link(open_port(self.serial_url), on_packet=on_packet, on_sent=on_sent, pump=pump)
        return link


@contextmanager
def emulated_board(
    bench: BenchFile,
    bench_path: Path,
    *,
    seed: int,
    plant: PlantName = "quiet",
    pace: Pace = "max",
    lockstep: bool = True,
    transport: Transport = DEFAULT_TRANSPORT,
    tcp_port: int = 0,
) -> Iterator[EmulatedBoard]:
    """Start an emulated board that runs our firmware with `bench`; it ends with the block.

    Raises ImageError when the MicroPython image can't be had, EmulatorError when the process does not start.
    """
    image = ensure_image()
    with TemporaryDirectory(prefix="hatchwatch-") as folder:
        contents = board_files(bench)
        files = Path(folder) / "files.img"
        files.write_bytes(build_filesystem(contents))
        with EmulatorProcess(
            bench_path,
            image,
            files=files,
            seed=seed,
            plant=plant,
            pace=pace,
            lockstep=lockstep,
            transport=transport,
            tcp_port=tcp_port,
        ) as process:
            yield EmulatedBoard(process, image, contents[MANIFEST_NAME], seed, plant)
