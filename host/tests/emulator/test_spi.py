"""SPI of the real MicroPython with a BMP280 behind a chip select."""

from __future__ import annotations

import pytest

from hatchwatch.emulator.bmp280 import Bmp280
from hatchwatch.emulator.bmp280_faces import Bmp280OnSpi
from hatchwatch.emulator.bmp280_part import Part, Surroundings
from hatchwatch.emulator.spi import SpiBus

CS = 17


class Still:
    """Gas that does not change."""

    def state(self, module: str, time_s: float) -> tuple[float, float]:
        return 101_325.0, 298.15


@pytest.fixture
def sensor() -> Bmp280:
    return Bmp280("jar", Still(), Part(), Surroundings(), seed=1, sensor=0)


@pytest.fixture
def ask(board, sensor):
    SpiBus(board.chip.mcu, 0, {CS: Bmp280OnSpi(sensor)})
    board.ask("import machine,time;from machine import Pin,SPI")
    board.ask("s=SPI(0,1000000,sck=Pin(18),mosi=Pin(19),miso=Pin(16));c=Pin(17,Pin.OUT,value=1)")
    return board.ask


def read(ask, register: int, count: int) -> str:
    return ask(f"c(0);s.write(bytes([{register}]));r=s.read({count});c(1);print(list(r))").splitlines()[-1]


def test_reads_and_writes_registers(ask, sensor):
    assert read(ask, 0xD0, 1) == "[88]"
    assert read(ask, 0x88, 24) == str(list(sensor.part.trimming.to_bytes()))
    ask("c(0);s.write(b'\\x75\\x04\\x74\\x57');c(1)")
    assert read(ask, 0xF4, 2) == "[87, 4]"


def test_nobody_answers_without_chip_select(ask):
    assert ask("print(list(s.read(2,0xD0)))") == "[0, 0]"


def test_seven_bytes_take_the_time_of_their_bits(ask):
    """56 bits at 1 MHz, and what the interpreter adds."""
    ask("b=bytearray(7)")
    taken_us = int(
        ask("t=time.ticks_us();s.write_readinto(b'\\xf7000000',b);print(time.ticks_diff(time.ticks_us(),t))")
    )
    assert 56 < taken_us < 110


def test_chip_reset_during_a_byte(ask, board):
    board.ask("s.init(baudrate=2000)")
    board.type(b"c(0);s.write(b'123456')\r", 0.005)
    board.chip.reset()
    board.boot()
    board.ask("from machine import Pin,SPI")
    board.ask("s=SPI(0,1000000,sck=Pin(18),mosi=Pin(19),miso=Pin(16));c=Pin(17,Pin.OUT,value=1)")
    assert read(board.ask, 0xD0, 1) == "[88]"
