"""The two bus protocols of a BMP280: datasheet 5.2 (I2C) and 5.3 (SPI)."""

from __future__ import annotations

import pytest

from hatchwatch.emulator.bmp280 import Bmp280
from hatchwatch.emulator.bmp280_faces import Bmp280OnI2C, Bmp280OnSpi
from hatchwatch.emulator.bmp280_part import Part, Surroundings

AWAKE_S = 0.01


class Still:
    """Gas that does not change."""

    def state(self, module: str, time_s: float) -> tuple[float, float]:
        return 101_325.0, 298.15


@pytest.fixture
def sensor() -> Bmp280:
    return Bmp280("jar", Still(), Part(), Surroundings(), seed=1, sensor=0)


def i2c_write(face: Bmp280OnI2C, *values: int, time_s: float = AWAKE_S) -> None:
    assert face.connect(face.address, False, time_s)
    assert all(face.write(value, time_s) for value in values)
    face.stop(time_s)


def i2c_read(
    face: Bmp280OnI2C, register: int, count: int, time_s: float = AWAKE_S, byte_s: float = 0
) -> bytes:
    i2c_write(face, register, time_s=time_s)
    assert face.connect(face.address, True, time_s)
    data = bytes(face.read(time_s + i * byte_s) for i in range(count))
    face.stop(time_s)
    return data


class TestI2C:
    def test_answers_its_address_only(self, sensor):
        face = Bmp280OnI2C(sensor, 0x77)
        assert face.connect(0x77, False, AWAKE_S)
        assert not face.connect(0x76, False, AWAKE_S)

    def test_reads_with_auto_increment(self, sensor):
        face = Bmp280OnI2C(sensor, 0x76)
        assert i2c_read(face, 0xD0, 1) == b"\x58"
        assert i2c_read(face, 0x88, 24) == sensor.part.trimming.to_bytes()

    def test_writes_pairs_of_register_and_value(self, sensor):
        face = Bmp280OnI2C(sensor, 0x76)
        i2c_write(face, 0xF5, 0x10, 0xF4, 0x57)
        assert i2c_read(face, 0xF4, 2) == bytes([0x57, 0x10])

    def test_stop_forgets_a_register_without_value(self, sensor):
        face = Bmp280OnI2C(sensor, 0x76)
        i2c_write(face, 0xF4)
        i2c_write(face, 0xF5, 0x10)
        assert i2c_read(face, 0xF4, 2) == bytes([0x00, 0x10])

    def test_burst_is_one_sample_however_slow(self, sensor):
        """At 12 ms a byte two new samples come during the burst; it must not mix them (3.9)."""
        sensor.start_normal(AWAKE_S)
        whole = sensor.data(1.0)
        assert i2c_read(Bmp280OnI2C(sensor, 0x76), 0xF7, 6, time_s=1.0, byte_s=12e-3) == whole

    def test_single_reads_may_straddle_samples(self, sensor):
        sensor.start_normal(AWAKE_S)
        face = Bmp280OnI2C(sensor, 0x76)
        torn = b"".join(i2c_read(face, 0xF7 + i, 1, time_s=1.0 + i * 12e-3) for i in range(6))
        assert torn != sensor.data(1.1)


def spi(face: Bmp280OnSpi, *values: int, time_s: float = AWAKE_S) -> bytes:
    face.select(time_s)
    answer = bytes(face.exchange(value, time_s) for value in values)
    face.deselect(time_s)
    return answer


class TestSpi:
    def test_reads_with_auto_increment(self, sensor):
        face = Bmp280OnSpi(sensor)
        assert spi(face, 0xD0, 0)[1:] == b"\x58"
        assert spi(face, 0x88, *[0] * 24)[1:] == sensor.part.trimming.to_bytes()

    def test_writes_with_bit_7_low(self, sensor):
        face = Bmp280OnSpi(sensor)
        spi(face, 0x75, 0x10, 0x74, 0x57)
        assert spi(face, 0xF4, 0, 0)[1:] == bytes([0x57, 0x10])

    def test_silent_chip_leaves_the_line_down(self, sensor):
        sensor.faults.silent = True
        assert spi(Bmp280OnSpi(sensor), 0xD0, 0) == b"\x00\x00"
