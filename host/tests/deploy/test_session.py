"""Getting to MicroPython's prompt: past a program that runs, and past boards that have none."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from hatchwatch.deploy import session
from hatchwatch.deploy.session import BoardSession
from hatchwatch.errors import BoardError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RAW = b"raw REPL; CTRL-B to exit\r\n>"


@contextmanager
def serving(answer: Callable[[bytes], bytes]) -> Iterator[str]:
    """A board behind a TCP port, as far as `answer` plays one; gives its URL."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):  # the test is over
                while True:
                    client, _ = server.accept()
                    with client, suppress(ConnectionError):
                        while data := client.recv(64):
                            client.sendall(answer(data))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"socket://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=5.0)


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The board of these tests answers at once."""
    for name, seconds in {"LISTEN_S": 0.02, "PRESS_AGAIN_S": 0.1, "SILENT_S": 1.0, "STRANGE_S": 2.0}.items():
        monkeypatch.setattr(session, name, seconds)


class Prompt:
    """MicroPython's prompts, behind a program that takes the first Ctrl-Cs for its own input."""

    def __init__(self, deaf_for: int) -> None:
        self.interrupts = 0
        self._deaf_for = deaf_for

    def __call__(self, data: bytes) -> bytes:
        said = b""
        for key in data:
            if key == 0x02 and self.interrupts > self._deaf_for:
                said += b"\r\nMicroPython v1.27.0\r\n>>> "
            elif key == 0x03:
                self.interrupts += 1
            elif key == 0x01:
                said += RAW
            elif key == 0x04:
                said += b"OK\r\nMPY: soft reboot\r\n" + RAW
        return said


def test_ctrl_c_is_pressed_until_the_prompt_shows() -> None:
    board = Prompt(deaf_for=5)
    with serving(board) as port, BoardSession(port):
        assert board.interrupts > 5


def test_a_port_where_nobody_answers_is_told() -> None:
    with serving(lambda _: b"") as port, pytest.raises(BoardError, match=r"it sent nothing\.") as caught:
        BoardSession(port).__enter__()
    assert "BOOTSEL" in str(caught.value.cure)


def test_of_somebody_who_talks_only_the_end_is_shown() -> None:
    with serving(lambda _: b"NMEA 0183\r\n" * 50) as port, pytest.raises(BoardError) as caught:
        BoardSession(port).__enter__()
    assert "NMEA 0183NMEA 0183" in caught.value.seen
    assert len(caught.value.seen) < 180


def test_bytes_that_are_no_text_are_counted_not_shown() -> None:
    with (
        serving(lambda _: b"\x00\xff\x80w") as port,
        pytest.raises(BoardError, match="bytes that are no text"),
    ):
        BoardSession(port).__enter__()
