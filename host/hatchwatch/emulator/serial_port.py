"""The emulated board's serial port as the host sees it: a pty, or a TCP port for `socket://`.

One client at a time; it may come and go as often as it likes. What the board says while nobody listens is
lost, as on a real port. Nothing here blocks.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
import sys
from abc import ABC, abstractmethod

__all__ = ["PtyPort", "SerialPort", "TcpPort"]

READ_BYTES = 65536
BACKLOG_BYTES = 1 << 20  # a client that reads nothing for so long loses what follows


class SerialPort(ABC):
    """Buffers and counts both directions; the subclasses move the bytes."""

    url: str  # what pyserial opens

    def __init__(self) -> None:
        self.received_total = 0  # bytes that clients sent, since the start
        self.sent_total = 0  # bytes accepted for a client, since the start
        self.lost_total = 0  # bytes that no client could get, since the start
        self._received = bytearray()
        self._unsent = bytearray()

    @property
    @abstractmethod
    def connected(self) -> bool:
        """True while a client has the port open."""

    @abstractmethod
    def wait_handles(self) -> list[int]:
        """File numbers that become readable when a client has done something; never one that always is."""

    @abstractmethod
    def close(self) -> None:
        """Take the port away, as when the cable is pulled."""

    @abstractmethod
    def _accept(self) -> None:
        """Notice clients that came or went."""

    @abstractmethod
    def _read(self) -> bytes:
        """Return what the client sent; empty if nothing, or if it just left."""

    @abstractmethod
    def _write(self, data: bytearray) -> int:
        """Give bytes to the client; return how many it took."""

    def exchange(self) -> None:
        """Move what can be moved now in both directions."""
        self._accept()
        while data := self._read():
            self.received_total += len(data)
            self._received += data
        if not self.connected:
            self._drop_unsent()
        elif self._unsent:
            del self._unsent[: self._write(self._unsent)]

    def take(self, limit: int | None = None) -> bytes:
        """Return and forget received bytes, at most `limit`."""
        data = bytes(self._received[:limit])
        del self._received[: len(data)]
        return data

    @property
    def waiting_bytes(self) -> int:
        """Received bytes that nobody took yet."""
        return len(self._received)

    def send(self, data: bytes) -> None:
        """Queue bytes for the client and send what it takes at once."""
        if not self.connected or len(self._unsent) > BACKLOG_BYTES:
            self.lost_total += len(data)
            return
        self.sent_total += len(data)
        self._unsent += data
        del self._unsent[: self._write(self._unsent)]

    @property
    def flushed(self) -> bool:
        """True when the client has been given everything."""
        return not self._unsent

    def _drop_unsent(self) -> None:
        self.lost_total += len(self._unsent)
        self._unsent.clear()


class TcpPort(SerialPort):
    """A listening socket on 127.0.0.1; a second client is turned away while there is a first."""

    def __init__(self, port: int = 0) -> None:
        """Listen on `port`; 0 takes a free one. Raises OSError if it is taken."""
        super().__init__()
        self._listener = socket.create_server(("127.0.0.1", port), reuse_port=False)
        self._listener.setblocking(False)
        self._client: socket.socket | None = None
        self.url = f"socket://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def connected(self) -> bool:
        """True while a client has the port open."""
        return self._client is not None

    def wait_handles(self) -> list[int]:
        """File numbers that tell of a client's doings."""
        if self._listener.fileno() < 0:
            return []
        client = [] if self._client is None else [self._client.fileno()]
        return [self._listener.fileno(), *client]

    def close(self) -> None:
        """Take the port away."""
        self._hang_up()
        self._listener.close()

    def _accept(self) -> None:
        if self._client is None and (client := self._next_client()) is not None:
            self._serve(client)

    def _serve(self, client: socket.socket) -> None:
        client.setblocking(False)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client = client

    def _next_client(self) -> socket.socket | None:
        if self._listener.fileno() < 0:
            return None
        try:
            client, _ = self._listener.accept()
        except BlockingIOError:
            return None
        return client

    def _read(self) -> bytes:
        if self._client is None:
            return b""
        try:
            data = self._client.recv(READ_BYTES)
        except BlockingIOError:
            return b""
        except ConnectionError:
            data = b""
        if not data:
            self._hang_up()
        return data

    def _write(self, data: bytearray) -> int:
        if self._client is None:
            return 0
        try:
            return self._client.send(data)
        except BlockingIOError:
            return 0
        except ConnectionError:
            self._hang_up()
            return 0

    def exchange(self) -> None:
        """Move what can be moved; then take the next client, if the one before has left.

        Only then others are turned away: who closes and opens again at once must not meet himself.
        """
        super().exchange()
        while (late := self._next_client()) is not None:
            super().exchange()  # reads to the end, so it notices a client that has left
            if self._client is None:
                self._serve(late)
            else:
                late.close()

    def _hang_up(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
            self._drop_unsent()


if sys.platform != "win32":
    import tty

    class PtyPort(SerialPort):
        """A pseudo-terminal in raw mode; its far end is opened like any serial device."""

        def __init__(self) -> None:
            """Open a new pty pair."""
            super().__init__()
            self._master, slave = os.openpty()
            tty.setraw(slave)  # or the terminal would echo and eat control characters
            self.url = os.ttyname(slave)
            os.close(slave)  # while we held it, we could not see whether a client does
            os.set_blocking(self._master, False)
            self._poll = select.poll()
            self._poll.register(self._master, 0)

        @property
        def connected(self) -> bool:
            """True while a client has the port open."""
            return self._master >= 0 and not self._poll.poll(0)

        def wait_handles(self) -> list[int]:
            """File numbers that tell of a client's doings."""
            return [self._master] if self.connected else []

        def close(self) -> None:
            """Take the port away."""
            if self._master >= 0:
                self._poll.unregister(self._master)
                os.close(self._master)
                self._master = -1

        def _accept(self) -> None:
            """Nothing to do: the kernel connects the ends."""

        def _read(self) -> bytes:
            if self._master < 0:
                return b""
            try:
                return os.read(self._master, READ_BYTES)
            except BlockingIOError:
                return b""
            except OSError as error:
                if error.errno == errno.EIO:  # what Linux says when nobody holds the far end
                    return b""
                raise

        def _write(self, data: bytearray) -> int:
            with contextlib.suppress(BlockingIOError):
                return os.write(self._master, data)
            return 0

else:

    class PtyPort(SerialPort):
        """Windows has no pseudo-terminals that pyserial opens; `TcpPort` serves there."""

        def __init__(self) -> None:
            raise OSError("this system has no pty; use a TCP port")
