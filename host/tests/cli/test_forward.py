"""A ground system in the test: telemetry comes bare by UDP, and its command moves a hatch."""

from __future__ import annotations

import json
import socket
import threading

import pytest
from spacepackets.ecss.tc import PusTc
from spacepackets.ecss.tm import PusTm

from hatchwatch.cli.main import run


class Ground(threading.Thread):
    """Keeps what comes; sends one command when the first readings are there."""

    def __init__(self, command: bytes, to: tuple[str, int]) -> None:
        super().__init__()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.1)
        self.packets: list[PusTm] = []
        self.over = threading.Event()
        self._command, self._to = command, to

    def run(self) -> None:
        sent = False
        while not self.over.is_set():
            try:
                packet = PusTm.unpack(self.socket.recv(1000), timestamp_len=6)
            except TimeoutError:
                continue
            self.packets.append(packet)
            if not sent and packet.service == 3:
                self.socket.sendto(self._command, self._to)
                sent = True
        self.socket.close()


def test_a_ground_system_commands_the_board(port, capsys):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        listening = one.getsockname()[1]
    move = PusTc(
        apid=0x42, service=8, message_subtype=1, app_data=bytes((3, 0, 2)), seq_count=77, ack_flags=0b1001
    )
    ground = Ground(bytes(move.pack()), ("127.0.0.1", listening))
    address = f"127.0.0.1:{ground.socket.getsockname()[1]}"
    ground.start()
    try:
        code = run(
            f"forward pair --port {port} --udp {address} --listen {listening} --duration 2 --json".split()
        )
    finally:
        ground.over.set()
        ground.join()
    assert code == 0
    counts = json.loads(capsys.readouterr().out)
    assert (counts["commands"], counts["rejected"]) == (1, 0)
    request = bytes(move.pack())[:4]
    acknowledged = [
        packet.message_subtype
        for packet in ground.packets
        if packet.service == 1 and bytes(packet.source_data[:4]) == request
    ]
    assert acknowledged == [1, 7]
    assert {packet.service for packet in ground.packets} >= {1, 3, 17}


@pytest.mark.parametrize("address", ["nowhere", "127.0.0.1:0"])
def test_a_bad_address_is_told_before_anything_starts(address, capsys):
    assert run(["forward", "pair", "--udp", address]) == 64
    assert "HOST:PORT" in capsys.readouterr().err
