from __future__ import annotations

from itertools import pairwise

import pytest
from rp2040py.peripherals.i2c import I2CMode

SQUARE_WAVE = (
    "import rp2; wave = rp2.asm_pio(set_init=rp2.PIO.OUT_LOW)(lambda: (set(pins, 1), set(pins, 0)))",
    "from machine import Pin; machine = rp2.StateMachine(0, wave, freq=1_000_000, set_base=Pin(2))",
)


@pytest.fixture
def bus(board):
    board.ask("from machine import I2C; i2c = I2C(0, sda=20, scl=21, freq=400_000); import time")
    return board


def _attempt(bus, call: str) -> tuple[str, int]:
    """What a bus call gives or raises, and the time it takes in us."""
    attempt = f"try: outcome = {call}\nexcept OSError as error: outcome = error\n"
    paste = f"began = time.ticks_us()\n{attempt}took = time.ticks_us() - began\n"
    bus.type(b"\x05" + paste.encode() + b"\x04", 0.3)
    return bus.ask("print(repr(outcome))"), int(bus.ask("print(took)"))


def test_missing_device_is_told_at_once(bus):
    for _ in range(3):
        outcome, took_us = _attempt(bus, "i2c.readfrom_mem(0x76, 0xD0, 1)")
        assert outcome == "OSError(5,)"
        assert took_us < 1000  # the driver's time-out is 50 ms


def test_transfer_after_a_missing_device_is_whole(bus):
    i2c = bus.chip.mcu.i2c[0]
    i2c.on_connect = lambda address, mode: i2c.complete_connect(address == 0x42)
    i2c.on_write_byte = lambda value: i2c.complete_write(True)
    data = iter(range(10, 20))
    i2c.on_read_byte = lambda ack: i2c.complete_read(next(data))
    _attempt(bus, "i2c.readfrom_mem(0x76, 0xD0, 4)")
    outcome, _ = _attempt(bus, "i2c.readfrom_mem(0x42, 0xD0, 4)")
    assert outcome == repr(bytes([10, 11, 12, 13]))


def test_byte_that_nobody_acknowledges_is_told_at_once(bus):
    i2c = bus.chip.mcu.i2c[0]
    i2c.on_connect = lambda address, mode: i2c.complete_connect(mode is I2CMode.WRITE)
    i2c.on_write_byte = lambda value: i2c.complete_write(False)
    outcome, took_us = _attempt(bus, "i2c.writeto(0x42, b'abc')")
    assert outcome == "0"  # MicroPython's answer: no byte was acknowledged
    assert took_us < 1000


def test_state_machines_run_once_they_are_used(board):
    edges = []
    board.chip.mcu.gpio[2].add_listener(lambda new, old: edges.append(board.chip.board_ns))
    for line in SQUARE_WAVE:
        board.ask(line)
    board.ask("machine.active(1)")
    board.type(b"while True: pass\r\r\r", 0.01)  # a sleeping core starves them, an engine's fault that stays
    del edges[:-100]
    gaps_ns = {round(later - earlier, -2) for earlier, later in pairwise(edges)}
    assert gaps_ns <= {900, 1000, 1100}


def test_idle_state_machines_are_parked_again_by_a_reset(board):
    board.ask(SQUARE_WAVE[0])
    board.ask(SQUARE_WAVE[1])
    assert board.chip.mcu.pio
    board.chip.reset()
    assert not board.chip.mcu.pio
