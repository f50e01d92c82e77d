"""The safe state of a board of any version: it needs neither the bench file nor the same dictionary."""

from __future__ import annotations

from hatchwatch.errors import BoardError, WaitTimeoutError
from hatchwatch.link.commands import command
from hatchwatch.link.handshake import wake_firmware
from hatchwatch.link.link import Link
from hatchwatch.link.packets import ACCEPTED, COMPLETED, DATA_AT, REFUSED
from hatchwatch.link.ports import open_port

__all__ = ["make_safe"]

CODE_AT = DATA_AT + 4  # in an acknowledgement, behind the request's id
ACCEPTED_S = 3.0
COMPLETED_S = 60.0  # all servos one after the other


def make_safe(port: str) -> bool:
    """Send `safe` to the board on a port and wait until it is there; the firmware is started if need be.

    Returns whether the firmware had to be started: then nothing had been driven since the last reset.

    Raises:
        BoardError: refused, failed, or nobody is there.
        WaitTimeoutError: accepted, but not completed.
    """
    with Link(open_port(port)) as link:
        if _ordered(link):
            return False
        started = wake_firmware(link)
        if not _ordered(link):
            raise BoardError(
                f"The board on {port} answers, but not to `safe`.",
                cure="Cut the servos' supply by hand; `hatchwatch deploy` renews the firmware.",
            )
        return started


def _ordered(link: Link) -> bool:
    """Send `safe` and follow it to its end; False if nobody answers to it at all."""
    sent = link.send(command("safe"))

    try:
        heard = link.wait(
            lambda packet: packet.acknowledges(sent.request_id) > 0,
            since=sent.since,
            timeout_s=ACCEPTED_S,
            waiting_for="safe to be accepted",
        )
    except WaitTimeoutError:
        return False
    if heard.acknowledges(sent.request_id) == ACCEPTED:
        heard = link.wait(
            lambda packet: packet.acknowledges(sent.request_id) > ACCEPTED,
            since=sent.since,
            timeout_s=COMPLETED_S,
            waiting_for="safe to be completed",
        )
    if heard.subtype != COMPLETED:
        word = "refused" if heard.subtype == REFUSED else "failed"
        raise BoardError(
            f"The board {word} safe, with code {heard.raw[CODE_AT]}.",
            cure="Cut the servos' supply by hand; `hatchwatch events` may tell why.",
        )
    return True
