"""Ports that can't be opened say whose fault it is; ptys and sockets carry all bytes."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading

import pytest

from hatchwatch.errors import PortError, UsageError
from hatchwatch.link.ports import Port, open_port

ALL_BYTES = bytes(range(256))
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no ptys")


def read_all(port: Port, count: int) -> bytes:
    data = b""
    while len(data) < count:
        data += port.read()
    return data


@pytest.fixture
def server():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def url_of(listener: socket.socket) -> str:
    return f"socket://127.0.0.1:{listener.getsockname()[1]}"


def test_a_socket_carries_all_bytes_both_ways(server):
    port = open_port(url_of(server))
    peer, _ = server.accept()
    with contextlib.closing(port), peer:
        assert port.read() == b""
        peer.sendall(ALL_BYTES)
        assert read_all(port, 256) == ALL_BYTES
        port.write(ALL_BYTES)
        assert peer.recv(1000) == ALL_BYTES


def test_a_socket_that_is_closed_went_away(server):
    port = open_port(url_of(server))
    peer, _ = server.accept()
    with contextlib.closing(port):
        peer.sendall(b"word")
        assert read_all(port, 4) == b"word"
        peer.close()
        with pytest.raises(PortError, match="went away"):
            port.read()


def test_a_server_that_hangs_up_without_a_word_serves_somebody_else(server):
    port = open_port(url_of(server))
    peer, _ = server.accept()
    peer.close()
    with contextlib.closing(port):
        for action in (port.read, lambda: port.write(b"word")):  # threads of their own, whoever is first
            with pytest.raises(PortError, match="in use by another program"):
                action()


def test_nobody_listens(server):
    url = url_of(server)
    server.close()
    with pytest.raises(PortError, match="can't be opened"):
        open_port(url)


@pytest.mark.parametrize("url", ["socket://", "socket://host", "socket://host:port", "gopher://x"])
def test_urls_that_mean_nothing(url):
    with pytest.raises(UsageError):
        open_port(url)


def test_a_port_that_is_not_there_lists_those_that_are(tmp_path):
    with pytest.raises(PortError, match="Ports here: ") as caught:
        open_port(str(tmp_path / "ttyACM0"))
    assert caught.value.cure


@pytest.fixture
def pty_pair():
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    yield ours, os.ttyname(theirs)
    for end in (ours, theirs):
        with contextlib.suppress(OSError):  # the test may have closed it
            os.close(end)


@posix_only
def test_a_pty_carries_all_bytes_both_ways(pty_pair):
    ours, name = pty_pair
    with contextlib.closing(open_port(name)) as port:
        os.write(ours, ALL_BYTES)
        assert read_all(port, 256) == ALL_BYTES
        port.write(ALL_BYTES)
        assert os.read(ours, 1000) == ALL_BYTES


@posix_only
def test_a_port_in_use_is_told_apart(pty_pair):
    _, name = pty_pair
    with contextlib.closing(open_port(name)), pytest.raises(PortError, match="in use"):
        open_port(name)


@posix_only
def test_a_pty_whose_board_is_gone_went_away(pty_pair):
    ours, name = pty_pair
    with contextlib.closing(open_port(name)) as port:
        os.close(ours)
        with pytest.raises(PortError, match="went away"):
            read_all(port, 1)


@posix_only
def test_closing_while_another_thread_reads_is_no_crash(pty_pair):
    _, name = pty_pair
    port = open_port(name)
    ended = []

    def reader() -> None:
        try:
            while True:
                port.read()
        except PortError:
            ended.append(True)

    thread = threading.Thread(target=reader)
    thread.start()
    port.close()
    thread.join(timeout=5)
    assert ended == [True]
