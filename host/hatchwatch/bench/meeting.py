"""Meeting a board: let it boot, make sure that our firmware runs with this bench; and meeting it again."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from hatchwatch.deploy.boardfile import bench_digest
from hatchwatch.errors import PortError, WaitTimeoutError
from hatchwatch.link.handshake import check_identity, identify, wake_firmware

if TYPE_CHECKING:
    from hatchwatch.boards import BenchFile
    from hatchwatch.link.link import Link
    from hatchwatch.link.packets import Identity, Packet

__all__ = ["meet", "wait_until_gone"]

BOOT_S = 6.0  # of board time, from power-on to the loop, with sensors that don't answer
GONE_S = 3.0  # how long a board that was reset may take to leave the USB bus


def meet(link: Link, file: BenchFile, *, booting: bool = False) -> Identity:
    """Make sure that our firmware runs with this bench file, and say who it is.

    One that is still `booting` gets its time before it is taken for a board at the MicroPython prompt.
    Raises BoardError with the command that cures it, PortError when the port goes away.
    """
    if booting:
        _wait_for_first_word(link)
    wake_firmware(link)
    identity = identify(link)
    check_identity(identity, bench_name=file.name, bench_hash=int.from_bytes(bench_digest(file), "big"))
    return identity


def wait_until_gone(link: Link) -> None:
    """Wait until a real board that was reset has left the bus: until then its old port may still open."""
    with suppress(PortError, WaitTimeoutError):
        link.wait(_never, since=len(link.history), timeout_s=GONE_S, waiting_for="the port to go away")


def _wait_for_first_word(link: Link) -> None:
    """Let the board boot in peace: bytes that come before its loop runs may be taken for keys."""
    with suppress(WaitTimeoutError):  # whoever stays silent is dealt with by `wake_firmware`
        link.wait(_any, since=len(link.history), timeout_s=BOOT_S, waiting_for="a first packet")


def _any(_: Packet) -> bool:
    return True


def _never(_: Packet) -> bool:
    return False
