"""Against the tables of the RP2040 datasheet (1.4.3) and the Pico datasheet (2.1), copied here by hand."""

from __future__ import annotations

import pytest

from hatchwatch.boards import pins

# GPIO: (SPI function, I2C function, PWM output)
DATASHEET = {
    0: ("SPI0 RX", "I2C0 SDA", "0A"),
    1: ("SPI0 CSn", "I2C0 SCL", "0B"),
    2: ("SPI0 SCK", "I2C1 SDA", "1A"),
    3: ("SPI0 TX", "I2C1 SCL", "1B"),
    4: ("SPI0 RX", "I2C0 SDA", "2A"),
    5: ("SPI0 CSn", "I2C0 SCL", "2B"),
    6: ("SPI0 SCK", "I2C1 SDA", "3A"),
    7: ("SPI0 TX", "I2C1 SCL", "3B"),
    8: ("SPI1 RX", "I2C0 SDA", "4A"),
    9: ("SPI1 CSn", "I2C0 SCL", "4B"),
    10: ("SPI1 SCK", "I2C1 SDA", "5A"),
    11: ("SPI1 TX", "I2C1 SCL", "5B"),
    12: ("SPI1 RX", "I2C0 SDA", "6A"),
    13: ("SPI1 CSn", "I2C0 SCL", "6B"),
    14: ("SPI1 SCK", "I2C1 SDA", "7A"),
    15: ("SPI1 TX", "I2C1 SCL", "7B"),
    16: ("SPI0 RX", "I2C0 SDA", "0A"),
    17: ("SPI0 CSn", "I2C0 SCL", "0B"),
    18: ("SPI0 SCK", "I2C1 SDA", "1A"),
    19: ("SPI0 TX", "I2C1 SCL", "1B"),
    20: ("SPI0 RX", "I2C0 SDA", "2A"),
    21: ("SPI0 CSn", "I2C0 SCL", "2B"),
    22: ("SPI0 SCK", "I2C1 SDA", "3A"),
    26: ("SPI1 SCK", "I2C1 SDA", "5A"),
    27: ("SPI1 TX", "I2C1 SCL", "5B"),
    28: ("SPI1 RX", "I2C0 SDA", "6A"),
}
SPI_NAMES = {"sck": "SCK", "mosi": "TX", "miso": "RX"}
# Header pins that are no GPIO: ground, VBUS, VSYS, 3V3_EN, 3V3, ADC_VREF, RUN.
NOT_GPIO = {3, 8, 13, 18, 23, 28, 33, 38, 40, 39, 37, 36, 35, 30}


@pytest.mark.parametrize("bus", ["i2c0", "i2c1"])
@pytest.mark.parametrize("signal", ["sda", "scl"])
def test_i2c_pins(bus: str, signal: str) -> None:
    function = f"{bus} {signal}".upper()
    assert pins.i2c_pins(bus, signal) == tuple(pin for pin, row in DATASHEET.items() if row[1] == function)


@pytest.mark.parametrize("bus", ["spi0", "spi1"])
@pytest.mark.parametrize("signal", ["sck", "mosi", "miso"])
def test_spi_pins(bus: str, signal: str) -> None:
    function = f"{bus.upper()} {SPI_NAMES[signal]}"
    assert pins.spi_pins(bus, signal) == tuple(pin for pin, row in DATASHEET.items() if row[0] == function)


def test_pwm_outputs() -> None:
    assert {pin: "{}{}".format(*pins.pwm_output(pin)) for pin in DATASHEET} == {
        pin: row[2] for pin, row in DATASHEET.items()
    }


def test_the_header_has_forty_pins() -> None:
    numbers = [pins.header_number(pin) for pin in pins.HEADER_PINS]
    assert len(set(numbers)) == len(numbers) == 26
    assert set(numbers) | NOT_GPIO == set(range(1, 41))
    assert [pins.header_number(pin) for pin in (0, 15, 16, 22, 26, 28)] == [1, 20, 21, 29, 31, 34]
    assert pins.header_number(25) is None


def test_the_led_belongs_to_the_wireless_chip_of_a_pico_w() -> None:
    assert 25 in pins.led_pins("pico")
    assert 25 not in pins.led_pins("pico_w")


def test_pins_are_spelt_short() -> None:
    assert pins.spell_pins([3, 1, 2, 0, 21, 22, 26]) == "GP0-GP3, GP21, GP22, GP26"
    assert pins.spell_pins([]) == "none is left"
