"""The emulator's end of the side channel: JSON lines over TCP on 127.0.0.1."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any

from hatchwatch.emulator.runner import SideError
from hatchwatch.errors import HatchwatchError, UsageError

__all__ = ["SideServer"]

READ_BYTES = 1 << 20

Request = dict[str, Any]
Answer = Callable[[Request], object]


class SideServer:
    """Takes requests `{"id": n, "do": name, ...}` from any number of clients.

    Replies are `{"id": n, "ok": result}`, or `{"id": n, "error": text, "usage": bool, "cure": text or
    null}` for what can't be done. Requests are answered one after the other, in the order in which they
    came in.
    """

    def __init__(self, answer: Answer) -> None:
        """Listen on a free port.

        `answer` takes a request and returns what JSON can hold, or raises SideError.
        """
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self._clients: dict[socket.socket, bytearray] = {}
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"

    def wait_handles(self) -> list[int]:
        """File numbers that become readable with a request."""
        return [self._listener.fileno(), *(client.fileno() for client in self._clients)]

    def serve(self) -> None:
        """Answer the requests that have come."""
        self._accept()
        for client in list(self._clients):
            self._receive(client)

    def _accept(self) -> None:
        try:
            client, _ = self._listener.accept()
        except BlockingIOError:
            return
        client.setblocking(False)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._clients[client] = bytearray()

    def _receive(self, client: socket.socket) -> None:
        try:
            data = client.recv(READ_BYTES)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        if not data:
            self._forget(client)
            return
        received = self._clients[client]
        received += data
        *lines, rest = received.split(b"\n")
        self._clients[client] = rest
        for line in lines:
            self._reply(client, self._handle(line))

    def _handle(self, line: bytearray) -> Request:
        try:
            request = json.loads(line)
        except ValueError as error:
            return {"id": None, "error": f"not a line of JSON: {error}", "usage": True, "cure": None}
        number = request.get("id")
        try:
            return {"id": number, "ok": self._answer(request)}
        except SideError as error:
            return {"id": number, "error": str(error), "usage": False, "cure": None}
        except HatchwatchError as error:
            usage = isinstance(error, UsageError)
            return {"id": number, "error": error.seen, "usage": usage, "cure": error.cure}

    def _reply(self, client: socket.socket, reply: Request) -> None:
        client.setblocking(True)  # replies may be large, and whoever asked is reading
        try:
            client.sendall(json.dumps(reply).encode() + b"\n")
        except ConnectionError:
            self._forget(client)
        else:
            client.setblocking(False)

    def _forget(self, client: socket.socket) -> None:
        del self._clients[client]
        client.close()
