"""Meet the board after its reset: wait until the port is back and the firmware speaks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from hatchwatch.errors import BlockedError, WaitTimeoutError
from hatchwatch.link.handshake import identify, wake_firmware
from hatchwatch.link.link import Link
from hatchwatch.link.ports import open_port

if TYPE_CHECKING:
    from hatchwatch.link.packets import Identity

__all__ = ["await_firmware"]

RETRY_S = 0.3
FIRST_WORD_S = 6.0  # of board time; housekeeping comes every second once the loop runs
PROMPT = ">>>"  # of MicroPython: main.py has ended, and waiting longer helps nobody


def await_firmware(port: str, timeout_s: float = 20.0) -> Identity:
    """Wait for the firmware to start after a reset; `timeout_s` is wall time, since a USB port has no other.

    A real board leaves the bus and comes back, perhaps as a port that is not ready yet, so every failure
    before the deadline means another try. Nothing is sent to a board that has not spoken: while it boots,
    MicroPython takes bytes for keys, and one of them may be Ctrl-C.

    Raises:
        PortError: the port did not come back.
        BoardError: it did, but no firmware answers; the text says what was heard instead.
    """
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        try:
            with Link(open_port(port)) as link:
                if _has_spoken(link):
                    return identify(link)
                if PROMPT in link.stream.console_text:
                    break
        except BlockedError:
            pass  # the port is not back yet, or went away again
        time.sleep(RETRY_S)
    with Link(open_port(port)) as link:
        wake_firmware(link)
        return identify(link)


def _has_spoken(link: Link) -> bool:
    try:
        link.wait(lambda _: True, since=0, timeout_s=FIRST_WORD_S, waiting_for="the firmware's first word")
    except WaitTimeoutError:
        return False
    return True
