"""`scan`, empty writes and SoftI2C of the real MicroPython, which move the pins bit by bit."""

from __future__ import annotations

import pytest

from hatchwatch.boards import load_bench_file
from hatchwatch.emulator.plant import Plant
from hatchwatch.emulator.wiring import attach
from hatchwatch.payload import boards_root


@pytest.fixture
def devices(board):
    bench = load_bench_file(boards_root() / "station6.toml")
    devices = attach(board.chip.mcu, bench, Plant(bench, "quiet", 1), 1)
    board.ask("import machine,time;from machine import Pin,I2C,SoftI2C")
    board.ask("a=I2C(0,sda=Pin(20),scl=Pin(21),freq=400000);b=I2C(1,sda=Pin(26),scl=Pin(27),freq=400000)")
    return devices


def test_scan_finds_what_is_on_the_bus(board, devices):
    assert board.ask("a.scan()") == "[118, 119]"
    assert board.ask("b.scan()") == "[112, 119]"


def test_scan_looks_through_the_mux(board, devices):
    board.ask("b.writeto(0x70,b'\\x02')")
    assert board.ask("b.scan()") == "[112, 118, 119]"


def test_hardware_transfers_go_on_after_a_scan(board, devices):
    board.ask("a.scan()")
    assert board.ask("a.readfrom_mem(0x76,0xD0,1)") == "b'X'"
    assert board.ask("a.scan()") == "[118, 119]"


def test_scan_misses_what_is_silent(board, devices):
    devices.fault("silence", "PrK")
    assert board.ask("a.scan()") == "[118]"
    devices.fault("nack", "i2c0")
    assert board.ask("a.scan()") == "[]"


def test_soft_i2c_reads_and_writes(board, devices):
    board.ask("s=SoftI2C(sda=Pin(20),scl=Pin(21),freq=100000)")
    assert board.ask("s.scan()") == "[118, 119]"
    expected = list(devices.sensors["PrK"].part.trimming.to_bytes())
    assert board.ask("list(s.readfrom_mem(0x77,0x88,24))") == str(expected)
    board.ask("s.writeto_mem(0x77,0xF5,b'\\x10')")
    assert board.ask("s.readfrom_mem(0x77,0xF5,1)") == "b'\\x10'"
    assert "ENODEV" in board.ask("s.readfrom_mem(0x50,0,1)")


def test_soft_i2c_through_the_mux(board, devices):
    board.ask("s=SoftI2C(sda=Pin(26),scl=Pin(27),freq=100000)")
    board.ask("s.writeto(0x70,b'\\x04')")
    expected = list(devices.sensors["Unity"].part.trimming.to_bytes()[:6])
    assert board.ask("list(s.readfrom_mem(0x76,0x88,6))") == str(expected)


@pytest.fixture
def lines(board, devices):
    """The pins of i2c1, to be read as levels and moved by hand."""
    board.ask("sda,scl=Pin(26),Pin(27)")
    board.ask("clock=lambda n:[scl.value(half & 1) for half in range(2*n)]")
    board.ask("take=lambda:[pin.init(Pin.OPEN_DRAIN,Pin.PULL_UP,value=1) for pin in (sda,scl)]")

    def levels():
        return board.ask("(sda.value(),scl.value())")

    return levels


def test_a_held_line_reads_low_and_nothing_is_transferred(board, devices, lines):
    assert lines() == "(1, 1)"
    devices.fault("hold_data", "i2c1")
    assert lines() == "(0, 1)"
    assert "ETIMEDOUT" in board.ask("b.readfrom_mem(0x77,0xD0,1)")
    assert board.ask("a.readfrom_mem(0x77,0xD0,1)") == "b'X'"
    devices.clear("hold_data", "i2c1")
    assert lines() == "(1, 1)"
    devices.fault("hold", "i2c1")
    assert lines() == "(1, 0)"
    devices.clear("hold", "i2c1")
    assert board.ask("b.readfrom_mem(0x77,0xD0,1)") == "b'X'"


def test_clocking_frees_a_held_data_line(board, devices, lines):
    devices.fault("hold_data", "i2c1", clocks=5)
    board.ask("take()")
    board.ask("clock(4)")
    assert lines() == "(0, 1)"
    board.ask("clock(1)")
    assert lines() == "(1, 1)"
    board.ask("b=I2C(1,sda=Pin(26),scl=Pin(27),freq=400000)")
    assert board.ask("b.readfrom_mem(0x77,0xD0,1)") == "b'X'"


def test_clocking_does_not_free_a_line_that_is_short(board, devices, lines):
    devices.fault("hold_data", "i2c1", clocks=0)
    board.ask("take()")
    board.ask("clock(50)")
    assert lines() == "(0, 1)"
