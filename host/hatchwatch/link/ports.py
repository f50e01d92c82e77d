"""Open what the board is connected to: a serial port, a pty, or a socket."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING, Protocol, TypeVar
from urllib.parse import urlsplit

import serial
from serial.tools.list_ports import comports

from hatchwatch.errors import PortError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Port", "SerialPort", "SocketPort", "open_port"]

T = TypeVar("T")

READ_WAIT_S = 0.1  # longest time that a read keeps a closing link waiting
WRITE_WAIT_S = 5.0
READ_BYTES = 65536


class Port(Protocol):
    """Two streams of bytes. All three calls raise PortError when the port went away."""

    url: str

    def read(self) -> bytes:
        """Return what has arrived; wait a tenth of a second for it at most."""
        ...

    def write(self, data: bytes) -> None:
        """Send all of `data`."""
        ...

    def close(self) -> None:
        """Let the port go; may be called more than once."""
        ...


def open_port(url: str) -> Port:
    """Open a device path, `COM3`, `socket://host:port`, or any other URL that pyserial knows, for us alone.

    Raises:
        PortError: the port is absent, in use, or not ours to open.
        UsageError: the URL can't be understood.
    """
    if url.startswith("socket://"):
        return SocketPort(url)
    return SerialPort(url)


class SerialPort:
    """A serial port or a pty, through pyserial."""

    def __init__(self, url: str) -> None:
        self.url = url
        try:
            self._serial = serial.serial_for_url(
                url, timeout=READ_WAIT_S, write_timeout=WRITE_WAIT_S, exclusive=True
            )
        except ValueError as error:
            raise UsageError(
                f"{url} is no serial port: {error}.",
                cure="Give a device such as /dev/ttyACM0 or COM3, or socket://HOST:PORT.",
            ) from error
        except OSError as error:  # serial.SerialException is one
            raise _opening_error(url, error) from error

    def read(self) -> bytes:
        """Return what has arrived; wait a tenth of a second for it at most."""
        return _while_there(self.url, self._read_some)

    def _read_some(self) -> bytes:
        first: bytes = self._serial.read(1)
        waiting = self._serial.in_waiting if first else 0
        return first + self._serial.read(waiting) if waiting else first

    def write(self, data: bytes) -> None:
        """Send all of `data`."""
        _while_there(self.url, lambda: self._serial.write(data))

    def close(self) -> None:
        """Let the port go."""
        self._serial.close()


class SocketPort:
    """A TCP socket. pyserial has one too, but it reads byte by byte, too slowly for an emulated board."""

    def __init__(self, url: str) -> None:
        self.url = url
        place = urlsplit(url)
        try:
            address = (place.hostname or "", place.port or 0)
        except ValueError:
            address = ("", 0)
        if not all(address):
            raise UsageError(f"{url} names no host and port.", cure="Write socket://HOST:PORT.")
        try:
            self._socket = socket.create_connection(address, timeout=WRITE_WAIT_S)
        except OSError as error:
            raise _opening_error(url, error) from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(READ_WAIT_S)
        self._heard = False

    def read(self) -> bytes:
        """Return what has arrived; wait a tenth of a second for it at most."""
        return _while_there(self.url, lambda: self._on_connection(self._read_some))

    def _read_some(self) -> bytes:
        try:
            data = self._socket.recv(READ_BYTES)
        except TimeoutError:
            return b""
        if not data:
            raise ConnectionResetError("closed by the other side")
        self._heard = True
        return data

    def write(self, data: bytes) -> None:
        """Send all of `data`."""
        _while_there(self.url, lambda: self._on_connection(lambda: self._socket.sendall(data)))

    def _on_connection(self, action: Callable[[], T]) -> T:
        """Do it; a server that hangs up before it has said a word serves another client."""
        try:
            return action()
        except OSError as error:
            if not isinstance(error, ConnectionError) and error.errno != errno.EBADF:
                raise
            self._socket.close()  # there is nobody at its other end, as another thread may have found already
            if self._heard:
                raise
            raise _in_use(self.url) from error

    def close(self) -> None:
        """Let the socket go."""
        self._socket.close()


def _while_there(url: str, action: Callable[[], T]) -> T:
    try:
        return action()
    except (OSError, TypeError) as error:  # pyserial raises TypeError when another thread closes its port
        raise PortError(
            f"{url} went away: {error}.",
            fault="the cable, or the board's power",
            cure="Check the cable and run the command again; `hatchwatch watch` shows if the board is back.",
        ) from error


def _opening_error(url: str, error: OSError) -> PortError:
    text = str(error).lower()
    if error.errno == errno.EACCES or "permission" in text or "access is denied" in text:
        return PortError(
            f"{url} may not be opened: {error.strerror or error}.",
            fault="the rights on the port, or another program that holds it",
            cure="Close other programs on the port; on Linux join the group that owns it (often dialout).",
        )
    if error.errno in {errno.EBUSY, errno.EAGAIN} or "lock" in text or "busy" in text:
        return _in_use(url)
    return PortError(
        f"{url} can't be opened: {error.strerror or error}. Ports here: {_ports_here()}.",
        fault="the port's name, or the cable",
        cure="Plug the board in and give the right port, or leave --port out for the emulated board.",
    )


def _in_use(url: str) -> PortError:
    return PortError(
        f"{url} is in use by another program.",
        fault="the other program",
        cure="Close it (mpremote, a terminal, another hatchwatch), then run the command again.",
    )


def _ports_here() -> str:
    return ", ".join(port.device for port in comports()) or "none"
