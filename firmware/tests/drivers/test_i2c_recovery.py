"""Clocking a held bus on the official image; the emulated part lets SDA go after so many clocks."""

import pytest

FREE = (1, 1)


@pytest.fixture
def board(shared_board):
    shared_board.run("""
        from machine import I2C, Pin
        import time
        from fsw.drivers.i2c_recovery import free_bus
        sda, scl = Pin(20), Pin(21)
        def i2c():
            return I2C(0, sda=sda, scl=scl, freq=400_000, timeout=2000)
        bus = i2c()
    """)
    yield shared_board
    shared_board.heal()


@pytest.mark.parametrize("clocks", [1, 8, 9])
def test_a_part_that_lost_count_lets_go(board, clocks):
    board.devices.fault("hold_data", "i2c0", clocks=clocks)
    assert board.value("sda.value(), scl.value()") == (0, 1)
    assert board.value("free_bus(sda, scl)") == clocks
    assert board.value("sda.value(), scl.value()") == FREE
    assert board.value("i2c() is bus, bus.readfrom_mem(0x76, 0xD0, 1)") == (True, b"X")


def test_nine_clocks_are_the_most(board):
    board.devices.fault("hold_data", "i2c0", clocks=12)
    assert board.value("free_bus(sda, scl)") == 9
    assert board.value("sda.value(), scl.value()") == (0, 1)
    assert board.value("free_bus(sda, scl)") == 3
    assert board.value("sda.value(), scl.value()") == FREE


def test_a_held_clock_is_left_alone(board):
    board.devices.fault("hold", "i2c0")
    assert board.value("free_bus(sda, scl), sda.value(), scl.value()") == (0, 1, 0)


def test_a_free_bus_gets_a_stop_and_the_chip_answers_on(board):
    assert board.value("free_bus(sda, scl)") == 0
    assert board.value("i2c().readfrom_mem(0x76, 0xD0, 1)") == b"X"


def test_it_takes_less_than_a_millisecond(board):
    board.devices.fault("hold_data", "i2c0", clocks=0)
    board.run(
        "began = time.ticks_us(); free_bus(sda, scl); took_us = time.ticks_diff(time.ticks_us(), began)"
    )
    assert board.value("took_us") < 1000
