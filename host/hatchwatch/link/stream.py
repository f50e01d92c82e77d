"""The reading half of a link: a thread that turns bytes into packets and keeps them."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from hatchwatch.errors import HatchwatchError, WaitTimeoutError
from hatchwatch.link.frames import FrameSplitter
from hatchwatch.link.history import History
from hatchwatch.link.packets import Body, PacketError, parse_packet
from hatchwatch.link.waiting import Slowness

if TYPE_CHECKING:
    from collections.abc import Callable

    from hatchwatch.link.ports import Port

    Listener = Callable[[float, bytes, Body], None]

__all__ = ["PacketStream"]


class PacketStream:
    """Bytes to and packets from one port.

    Every packet goes into `history`, then to `on_packet(board_time_s, raw, body)` in the reading thread. An
    error in the thread (port gone, `on_packet` failed) ends it and is raised by whoever waits or writes next.
    """

    def __init__(self, port: Port, on_packet: Listener | None = None) -> None:
        self.port = port
        self.history = History()
        self.on_packet = on_packet
        self.bytes_read = 0
        self.bytes_written = 0
        self._splitter = FrameSplitter()
        self._changed = threading.Condition()
        self._write_lock = threading.Lock()
        self._failure: HatchwatchError | None = None
        self._closing = False
        self._quiet_since_s = time.monotonic()
        self._slowness = Slowness()
        self._thread = threading.Thread(target=self._read_forever, name=f"link {port.url}", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def close(self) -> None:
        """Stop reading and let the port go; may be called more than once."""
        self._closing = True
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout=2.0)
        self.port.close()

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.raise_failure()
        with self._write_lock:
            self.port.write(data)
            self.bytes_written += len(data)

    @property
    def bad_frames(self) -> int:
        """Frames that held no packet: noise, text of the REPL, halves."""
        return self._splitter.bad_frames

    @property
    def console_text(self) -> str:
        """The newest bytes that are no packets, as text: what a board says that does not run our firmware."""
        return (self._splitter.last_bad + self._splitter.unfinished).decode("utf-8", "replace")

    def mark_quiet(self) -> None:
        """Start to count `quiet_s` anew."""
        self._quiet_since_s = time.monotonic()

    @property
    def quiet_s(self) -> float:
        """Wall time since the last byte came, or since `mark_quiet`."""
        return time.monotonic() - self._quiet_since_s

    @property
    def slowness(self) -> float:
        """How many seconds of wall time one of board time takes, as the packets show; at least 1."""
        return self._slowness.factor

    def raise_failure(self) -> None:
        """Raise what ended the reading thread, if anything did."""
        if self._failure is not None:
            raise self._failure

    def wait_for_packet(self, index: int, timeout_s: float) -> None:
        """Return when the history goes beyond `index`, the thread has failed, or the wall time is over."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.history) > index or self._failure, timeout=timeout_s)

    def wait_for_bytes(self, total: int, timeout_s: float = 10.0) -> None:
        """Wait (wall time) until `bytes_read` has reached `total` and all their packets are in the history.

        Raises:
            WaitTimeoutError: they did not come.
        """
        with self._changed:
            self._changed.wait_for(lambda: self.bytes_read >= total or self._failure, timeout=timeout_s)
        self.raise_failure()
        if self.bytes_read < total:
            raise WaitTimeoutError(
                f"{self.bytes_read} of {total} bytes came from {self.port.url} within {timeout_s:g} s.",
                fault="the emulator, or this machine's load",
            )

    def _read_forever(self) -> None:
        while not self._closing:
            try:
                data = self.port.read()
                if data:
                    self._take(data)
            except HatchwatchError as error:
                self._fail(error)
                return
            except Exception as error:  # noqa: BLE001 - a listener's fault must reach the thread that waits
                self._fail(HatchwatchError(f"A listener on the link failed: {error!r}."))
                return

    def _take(self, data: bytes) -> None:
        for raw in self._splitter.feed(data):
            try:
                packet = parse_packet(raw)
            except PacketError:
                self._splitter.reject(raw)
                continue
            self._slowness.see(packet.board_time_s, time.monotonic())
            self.history.append(packet)
            if self.on_packet is not None:
                self.on_packet(packet.board_time_s, packet.raw, packet.body)
        with self._changed:
            self._quiet_since_s = time.monotonic()
            self.bytes_read += len(data)
            self._changed.notify_all()

    def _fail(self, error: HatchwatchError) -> None:
        with self._changed:
            if not self._closing:
                self._failure = error
            self._changed.notify_all()
