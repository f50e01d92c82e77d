"""The host's end of the cable: what a host that does not read leaves on the board."""

from __future__ import annotations

from itertools import pairwise

# MicroPython 1.27, shared/tinyusb/tusb_config.h, and the packet size of USB full speed (USB 2.0, 5.8.3).
QUEUE_BYTES = 256
PACKET_BYTES = 64
HELD_S = 0.5  # MICROPY_HW_USB_CDC_TX_TIMEOUT: how long a write waits for a host that does not read
IS_AVAILABLE = "machine.mem32[0x50100090] >> 10 & 1"  # endpoint 2 IN, RP2040 datasheet 4.1.2.5


def test_a_host_that_holds_leaves_the_packet_in_the_endpoint(board):
    board.ask("import machine, sys")
    assert board.ask(IS_AVAILABLE) == "0"
    board.chip.usb.hold()
    board.type(f"a = {IS_AVAILABLE}\r".encode(), 0.1)  # its echo is what waits
    board.chip.usb.release()
    board.type(b"", 0.1)
    assert board.ask("a") == "1"
    assert board.ask(IS_AVAILABLE) == "0"


def test_what_the_board_can_keep_is_not_lost_and_the_rest_is_dropped(board):
    board.ask("import sys, time")
    board.chip.usb.hold()
    board.type(b"sys.stdout.buffer.write(b'x' * 999)\r", 3 * HELD_S)
    assert board.heard == b""
    board.chip.usb.release()
    board.type(b"", 0.1)
    packets = (1, QUEUE_BYTES)  # the echo of the first letter was a packet of its own
    assert len(board.heard) >= sum(packets)
    assert board.heard.count(b"x") < 999


def test_a_slow_host_takes_packet_by_packet(board):
    board.ask("import sys")
    board.type(b"", 0.01)
    board.chip.usb.hold()
    heard = []
    board.chip.write(b"n = sys.stdout.buffer.write(b'y' * 400)\r")
    while board.heard.count(b"y") < 400 and len(heard) < 100:
        board.chip.usb.take()
        board.chip.run_until(board.chip.board_ns + 10_000_000)
        heard.append(len(board.heard))
    steps = [after - before for before, after in pairwise(heard)]
    assert max(steps) == PACKET_BYTES
    board.chip.usb.release()
    assert board.ask("n") == "400"
