"""Lets board time run: freely, in step with the wall clock, or only as far as the host grants (lockstep)."""

from __future__ import annotations

import select
import time
from typing import TYPE_CHECKING, Literal, Protocol

from hatchwatch.emulator.pacing import PaceWatch, WallClock

if TYPE_CHECKING:
    from hatchwatch.emulator.chip import Chip
    from hatchwatch.emulator.serial_port import SerialPort

__all__ = ["Pace", "Runner", "SideError"]

Pace = Literal["real", "max"]

SLICE_NS = 5_000_000  # board time between two looks at the ports
CLIENT_PATIENCE_S = 10.0  # for bytes announced over the side channel, and for a client to read
READER_POLL_S = 0.001
UNPLUGGED_POLL_S = 0.05  # a pty without client can't be waited for


class SideError(Exception):
    """A request over the side channel that can't be met; the text goes back to the client."""


class Requests(Protocol):
    """The side channel as the loop sees it."""

    def wait_handles(self) -> list[int]:
        """File numbers that become readable with a request."""
        ...

    def serve(self) -> None:
        """Answer the requests that have come."""
        ...


class Runner:
    """The main loop between chip, serial port and side channel."""

    def __init__(self, chip: Chip, serial: SerialPort, pace: Pace, *, lockstep: bool) -> None:
        self.chip = chip
        self.serial = serial
        self.pace = pace
        self._lockstep = lockstep
        self._stopping = False
        self._wall = WallClock()
        self._pace_watch = PaceWatch()
        chip.on_output = serial.send

    @property
    def lockstep(self) -> bool:
        """True while board time moves only through `advance`."""
        return self._lockstep

    @lockstep.setter
    def lockstep(self, on: bool) -> None:
        self._lockstep = on
        self._wall = WallClock()
        self._pace_watch = PaceWatch()

    @property
    def slow_pace(self) -> float | None:
        """Board time per wall time, if the board has been too slow for its last seconds; else None."""
        return self._pace_watch.slow_pace

    def stop(self) -> None:
        """Leave `run` after the present round."""
        self._stopping = True

    def run(self, side: Requests) -> None:
        """Serve both ports and let time run until `stop`."""
        while not self._stopping:
            _wait([*side.wait_handles(), *self.serial.wait_handles()], self._patience_s())
            self.serial.exchange()
            side.serve()
            if not self._lockstep:
                self._run_slice()

    def _patience_s(self) -> float | None:
        if self._lockstep:
            return None if self.serial.wait_handles() else UNPLUGGED_POLL_S
        if self.pace == "max":
            return 0.0
        return self._wall.seconds_until(self.chip.board_ns + SLICE_NS)

    def _run_slice(self) -> None:
        self.chip.write(self.serial.take())
        now_ns = self.chip.board_ns
        due_ns = now_ns + SLICE_NS if self.pace == "max" else self._wall.due_ns(now_ns)
        self.chip.step(due_ns)
        self._pace_watch.look(self.chip.board_ns)

    def advance(self, until_ns: int, serial_in_total: int) -> None:
        """Lockstep: take in the client's bytes up to a total, run to `until_ns`, give out the board's.

        `serial_in_total` counts from the start of the emulator. Bytes beyond it wait for the next call.
        Raises SideError if they do not come, or if the client does not read.
        """
        if not self._lockstep:
            raise SideError("advance needs lockstep; the board runs freely")
        self._await_input(serial_in_total)
        surplus = self.serial.received_total - serial_in_total
        self.chip.write(self.serial.take(max(0, self.serial.waiting_bytes - surplus)))
        while not self.chip.step(until_ns):
            self.serial.exchange()
        self._await_output()

    def _await_input(self, serial_in_total: int) -> None:
        give_up = time.monotonic() + CLIENT_PATIENCE_S
        self.serial.exchange()
        while self.serial.received_total < serial_in_total:
            if time.monotonic() > give_up:
                came = self.serial.received_total
                raise SideError(f"{serial_in_total} bytes were announced on the serial port, {came} came")
            _wait(self.serial.wait_handles(), UNPLUGGED_POLL_S)
            self.serial.exchange()

    def _await_output(self) -> None:
        give_up = time.monotonic() + CLIENT_PATIENCE_S
        while not self.serial.flushed:
            if time.monotonic() > give_up:
                raise SideError("the client does not read its serial port")
            self.serial.exchange()
            time.sleep(0 if self.serial.flushed else READER_POLL_S)


def _wait(handles: list[int], timeout_s: float | None) -> None:
    if handles or timeout_s is None:
        select.select(handles, [], [], timeout_s)
    else:
        time.sleep(timeout_s)  # Windows refuses to select nothing
