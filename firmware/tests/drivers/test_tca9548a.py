"""The multiplexer on the official image, with a sensor behind two of its channels."""

import pytest
from emulated_board import BoardError, EmulatedBoard

FRESH = 0


def module(name, channel):
    return {
        "name": name,
        "volume_ml": 1000.0,
        "volume_uncertainty_ml": 10.0,
        "sensor": {"mux": "mux", "channel": channel, "address": 0x76},
    }


BENCH = {
    "name": "lab",
    "i2c0": {"sda": 20, "scl": 21, "frequency_hz": 400_000},
    "muxes": [{"name": "mux", "bus": "i2c0", "address": 0x71}],
    "modules": [module("low", 0), module("high", 7)],
}


@pytest.fixture
def board():
    board = EmulatedBoard(BENCH)
    board.run("""
        from machine import I2C, Pin
        import micropython, time
        from fsw.drivers.bmp280 import BMP280, I2CTransport
        from fsw.drivers.tca9548a import TCA9548A
        i2c = I2C(0, sda=Pin(20), scl=Pin(21), freq=400_000, timeout=2000)
        mux = TCA9548A(i2c, 0x71)
        def connected():
            return i2c.readfrom(0x71, 1)[0]
    """)
    return board


def test_nothing_is_written_before_the_first_channel(board):
    assert board.value("connected()") == 0


def test_each_channel_is_connected_alone(board):
    assert board.value("[(mux.select(n), connected()) for n in range(8)]") == [
        (True, 1 << n) for n in range(8)
    ]
    assert board.value("mux.disable(), connected()") == (True, 0)


def test_each_sensor_answers_on_its_channel_only(board):
    board.run("""
        sensors = [BMP280(I2CTransport(i2c, 0x76)) for _ in range(2)]
        for sensor, channel in zip(sensors, (0, 7)):
            mux.select(channel)
            sensor.start()
        time.sleep_ms(50)
    """)
    board.devices.fault("offset", "high", pressure_pa=5000.0)
    board.pass_time(0.2)
    low, high = board.value(
        "[(mux.select(n), s.sample(), s.pressure_q8_pa // 256) for n, s in zip((0, 7), sensors)]"
    )
    assert low[:2] == high[:2] == (True, FRESH)
    assert high[2] - low[2] > 4000
    assert board.value("(mux.select(3), sensors[0].sample() == 0)") == (True, False)


def test_a_channel_already_connected_is_not_written_again(board):
    board.run("mux.select(7)")
    board.devices.fault("mux_silence", "mux")
    assert board.value("mux.select(7), mux.bus_errors") == (True, 0)
    assert board.value("mux.select(0), mux.bus_errors") == (False, 1)


def test_after_a_fault_the_channel_is_written_again(board):
    board.run("mux.select(7)")
    board.devices.fault("mux_silence", "mux")
    board.run("mux.select(0)")
    board.devices.clear("mux_silence", "mux")
    assert board.value("mux.select(7), connected()") == (True, 0x80)


def test_forgotten_channels_are_written_again(board):
    board.run("mux.select(7); i2c.writeto(0x71, bytes(1))")
    assert board.value("mux.select(7), connected()") == (True, 0)
    assert board.value("mux.forget(), mux.select(7), connected()") == (None, True, 0x80)


def test_changing_channels_takes_no_heap(board):
    board.run("""
        def locked():
            micropython.heap_lock()
            answers = mux.select(0) and mux.select(7)
            micropython.heap_unlock()
            return answers
    """)
    assert board.value("locked()") is True


def test_other_addresses_are_refused(board):
    with pytest.raises(BoardError, match="ValueError"):
        board.run("TCA9548A(i2c, 0x78)")
