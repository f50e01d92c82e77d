from __future__ import annotations

import os
import sys

import pytest
import serial

from hatchwatch.emulator.serial_port import BACKLOG_BYTES, PtyPort, SerialPort, TcpPort

EVERY_BYTE = bytes(range(256))
KINDS = [TcpPort] if sys.platform == "win32" else [TcpPort, PtyPort]


@pytest.fixture(params=KINDS)
def port(request: pytest.FixtureRequest):
    port = request.param()
    yield port
    port.close()


def _open(port: SerialPort) -> serial.SerialBase:
    client = serial.serial_for_url(port.url, timeout=5)
    while not port.connected:
        port.exchange()
    return client


def _receive(port: SerialPort, count: int) -> bytes:
    data = b""
    while len(data) < count:
        port.exchange()
        data += port.take()
    return data


def _use(client: serial.SerialBase) -> None:
    """Read and write as often as it may take to notice that the port is gone."""
    for _ in range(10):
        client.read(1)
        client.write(b"x")


def test_every_byte_value_passes_both_ways(port):
    with _open(port) as client:
        client.write(EVERY_BYTE)
        assert _receive(port, 256) == EVERY_BYTE
        port.send(EVERY_BYTE)
        assert client.read(256) == EVERY_BYTE
    assert (port.received_total, port.sent_total, port.lost_total) == (256, 256, 0)


def test_clients_come_and_go(port):
    for number in range(3):
        with _open(port) as client:
            client.write(bytes([number]))
            assert _receive(port, 1) == bytes([number])
            port.send(bytes([number]))
            assert client.read(1) == bytes([number])
        while port.connected:
            port.exchange()
    assert port.received_total == port.sent_total == 3


def test_what_is_said_to_nobody_is_lost_and_counted(port):
    port.exchange()
    port.send(b"hello?")
    with _open(port) as client:
        port.send(b"hello")
        assert client.read(5) == b"hello"
    assert port.lost_total == 6


def test_take_leaves_what_is_over_the_limit(port):
    with _open(port) as client:
        client.write(b"abcdef")
        while port.waiting_bytes < 6:
            port.exchange()
        assert port.take(4) == b"abcd"
        assert port.take() == b"ef"


def test_a_client_that_does_not_read_loses_what_exceeds_the_backlog(port):
    chunk = bytes(64 * 1024)
    with _open(port):
        for _ in range(200):
            port.send(chunk)
        assert not port.flushed
        assert port.lost_total > 0
        assert port.sent_total > BACKLOG_BYTES
        assert port.lost_total + port.sent_total == 200 * len(chunk)


def test_waiting_handles_tell_of_bytes(port):
    with _open(port) as client:
        client.write(b"x")
        assert _receive(port, 1) == b"x"
        assert port.wait_handles()


def test_pulled_cable_shows_on_the_clients_side(port):
    with _open(port) as client:
        port.close()
        with pytest.raises((serial.SerialException, OSError)):
            _use(client)
    assert not port.connected
    assert port.wait_handles() == []
    port.exchange()


def test_second_tcp_client_is_turned_away():
    port = TcpPort()
    with _open(port) as first:
        second = serial.serial_for_url(port.url, timeout=5)
        port.exchange()
        with pytest.raises(serial.SerialException):
            second.read(1)
        port.send(b"still here")
        assert first.read(10) == b"still here"
    port.close()


def test_tcp_port_that_is_taken_is_refused():
    port = TcpPort()
    with pytest.raises(OSError, match="in use"):
        TcpPort(int(port.url.rpartition(":")[2]))
    port.close()


@pytest.mark.skipif(sys.platform == "win32", reason="no pty there")
def test_pty_is_raw_before_anybody_sets_it():
    port = PtyPort()
    client = os.open(port.url, os.O_RDWR | os.O_NOCTTY)
    port.send(b"\x03\x04\r\n\x11\x13")
    assert os.read(client, 100) == b"\x03\x04\r\n\x11\x13"
    os.write(client, b"\x03\x04\r\n")
    assert _receive(port, 4) == b"\x03\x04\r\n"
    os.close(client)
    port.close()
