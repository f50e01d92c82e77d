"""Bare packets out, whole command packets in."""

from __future__ import annotations

import contextlib
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacepackets.ecss.tc import PusTc

from hatchwatch.errors import PortError, UsageError
from hatchwatch.link.udp import UdpExchange, _is_telecommand, split_address

PING = bytes(PusTc(apid=0x42, service=17, message_subtype=1).pack())


@pytest.fixture
def ground():
    """The ground system's socket."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        one.settimeout(5)
        yield one


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_each_packet_is_one_datagram(ground):
    with contextlib.closing(UdpExchange(ground.getsockname())) as exchange:
        for packet in (b"first", b"\0second\0"):
            exchange.forward(0.0, packet, None)
        assert [ground.recv(100), ground.recv(100)] == [b"first", b"\0second\0"]
        assert exchange.counts.forwarded == 2
        assert exchange.commands() == []


def test_commands_come_back_and_noise_does_not(ground):
    place = ("127.0.0.1", free_port())
    with contextlib.closing(UdpExchange(ground.getsockname(), place)) as exchange:
        for datagram in (PING, b"noise", PING + b"\0", PING[:-1], b""):
            ground.sendto(datagram, place)
        taken = []
        while len(taken) + exchange.counts.rejected < 5:
            taken += exchange.commands()
        assert taken == [PING]
        assert (exchange.counts.commands, exchange.counts.rejected) == (1, 4)


def test_nobody_need_listen():
    with contextlib.closing(UdpExchange(("127.0.0.1", free_port()))) as exchange:
        for _ in range(5):
            exchange.forward(0.0, b"unheard", None)
        assert exchange.counts.forwarded + exchange.counts.unsent == 5


def test_a_port_in_use_is_told(ground):
    with pytest.raises(PortError, match="can't be opened"):
        UdpExchange(("127.0.0.1", 9), ground.getsockname())


@pytest.mark.parametrize("text", ["", "host", "host:", ":1", "host:0", "host:65536", "host:http"])
def test_addresses_that_mean_nothing(text):
    with pytest.raises(UsageError):
        split_address(text)


def test_addresses():
    assert split_address("bench:10015") == ("bench", 10015)
    assert split_address("[::1]:10015") == ("::1", 10015)
    assert split_address("10025", default_host="127.0.0.1") == ("127.0.0.1", 10025)


@given(st.binary(max_size=300))
def test_a_telemetry_packet_is_no_command(data):
    if _is_telecommand(data):
        assert data[0] & 0x10
        assert len(data) == int.from_bytes(data[4:6], "big") + 7
