"""Meet the board after its reset: wait until the port is back and the firmware answers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from hatchwatch.errors import BlockedError
from hatchwatch.link.handshake import identify, is_alive, wake_firmware
from hatchwatch.link.link import Link
from hatchwatch.link.ports import open_port

if TYPE_CHECKING:
    from hatchwatch.link.packets import Identity

__all__ = ["await_firmware"]

RETRY_S = 0.3
PROMPT = ">>>"  # of MicroPython: main.py has ended, and waiting longer helps nobody


def await_firmware(port: str, timeout_s: float = 20.0) -> Identity:
    """Wait for the firmware to start after a reset; `timeout_s` is wall time, since a USB port has no other.

    A real board leaves the bus and comes back, perhaps as a port that is not ready yet, so every failure
    before the deadline means another try.

    Raises:
        PortError: the port did not come back.
        BoardError: it did, but no firmware answers; the text says what was heard instead.
    """
    deadline = time.monotonic() + timeout_s
    last_try = False
    while True:
        try:
            with Link(open_port(port)) as link:
                if last_try:
                    wake_firmware(link)
                if last_try or is_alive(link):
                    return identify(link)
                fell_out = PROMPT in link.stream.console_text
        except BlockedError:
            if last_try:
                raise
            fell_out = False
        last_try = fell_out or time.monotonic() > deadline
        time.sleep(RETRY_S)
