"""`hatchwatch deploy`: bring the firmware and a bench to a board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.console import Console

from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.cli.messages import print_error
from hatchwatch.cli.progress import progress_line
from hatchwatch.deploy.arrival import await_firmware
from hatchwatch.deploy.boardfile import bench_digest
from hatchwatch.deploy.files import MANIFEST_NAME, board_files
from hatchwatch.deploy.push import push
from hatchwatch.deploy.record import remember
from hatchwatch.errors import OutputError
from hatchwatch.link.handshake import check_identity

if TYPE_CHECKING:
    from hatchwatch.deploy.push import PushReport
    from hatchwatch.link.packets import Identity

__all__ = ["deploy"]

BenchOrNothing = Annotated[
    str | None, Parameter(help="Bench file or name. Without it the board keeps the bench it has.")
]
BoardPort = Annotated[str, Parameter(name="--port", help="Serial port of the board, or socket://HOST:PORT.")]


def deploy(bench: BenchOrNothing = None, *, port: BoardPort) -> None:
    """Write the firmware to a board: only what changed, verified, then reset and greeted.

    Hatch positions are unknown after it, and no servo is driven until a command does.
    """
    file = None if bench is None else load_bench_file(find_bench_file(bench))
    with progress_line() as progress:
        files = board_files(file)
        report = push(port, files, progress)
        progress("waiting for the firmware", 0, None)
        identity = await_firmware(port)
    _remember(identity, files[MANIFEST_NAME])
    if file is not None:
        check_identity(identity, bench_name=file.name, bench_hash=int.from_bytes(bench_digest(file), "big"))
    Console(highlight=False, soft_wrap=True).print(_summary(report, identity), markup=False)


def _remember(identity: Identity, manifest: bytes) -> None:
    """Keep what was deployed for the evidence of later tests; the deployment is well without."""
    try:
        remember(identity.unit_id, manifest)
    except OutputError as error:
        print_error(error)


def _summary(report: PushReport, identity: Identity) -> str:
    done = f"{len(report.written)} files written ({report.written_bytes} bytes), {report.unchanged} unchanged"
    if report.removed:
        done += f", {len(report.removed)} removed"
    lines = [f"{report.machine}: {done}.", f"Firmware {identity.firmware_version} answers."]
    if identity.bench_state == "valid":
        lines.append(f"It runs bench {identity.bench_name}.")
    else:
        lines.append(f"It has no bench to run ({identity.bench_state}); name one: `hatchwatch deploy BENCH`.")
    return "\n".join(lines)
