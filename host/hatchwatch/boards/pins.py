"""What each GPIO of the RP2040 can do, and where it is on the board.

Sources: RP2040 datasheet, section 1.4.3 (GPIO functions) and 4.5.2 (PWM channels); Raspberry Pi Pico and
Pico W datasheets, section 2.1 (pinout).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "HEADER_PINS",
    "PWM_OUTPUTS",
    "board_reason",
    "header_number",
    "i2c_pins",
    "led_pins",
    "pwm_output",
    "spell_pins",
    "spi_pins",
]

HEADER_PINS = (*range(23), 26, 27, 28)  # GP23-25 and GP29 don't leave the board
PWM_OUTPUTS = 16  # 8 slices with 2 channels

_PLAIN_LED = 25
_ON_BOARD = {
    "pico": {23: "sets the mode of the board's regulator", 24: "senses USB power", 25: "drives the LED"},
    "pico_w": dict.fromkeys((23, 24, 25), "belongs to the wireless chip"),
}
_I2C_REMAINDER = {"sda": {"i2c0": 0, "i2c1": 2}, "scl": {"i2c0": 1, "i2c1": 3}}  # pin modulo 4
_SPI_PINS: dict[str, dict[str, tuple[int, ...]]] = {
    "spi0": {"sck": (2, 6, 18, 22), "mosi": (3, 7, 19), "miso": (0, 4, 16, 20)},
    "spi1": {"sck": (10, 14, 26), "mosi": (11, 15, 27), "miso": (8, 12, 28)},
}
# Header pin of GP0, GP1, ...; the gaps are ground, power and control pins.
_HEADER_NUMBERS = (1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17, 19, 20, 21, 22, 24, 25, 26, 27, 29)
_HEADER_NUMBERS_ADC = {26: 31, 27: 32, 28: 34}


def i2c_pins(bus: str, signal: str) -> tuple[int, ...]:
    """Header pins that can be `signal` ("sda" or "scl") of `bus` ("i2c0" or "i2c1")."""
    remainder = _I2C_REMAINDER[signal][bus]
    return tuple(pin for pin in HEADER_PINS if pin % 4 == remainder)


def spi_pins(bus: str, signal: str) -> tuple[int, ...]:
    """Header pins that can be `signal` ("sck", "mosi" or "miso") of `bus` ("spi0" or "spi1")."""
    return _SPI_PINS[bus][signal]


def led_pins(board: str) -> tuple[int, ...]:
    """Pins that can drive an LED: on a plain Pico also GP25; on a Pico W the wireless chip has the LED."""
    return (*HEADER_PINS, _PLAIN_LED) if board == "pico" else HEADER_PINS


def pwm_output(pin: int) -> tuple[int, str]:
    """PWM slice (0 to 7) and channel ("A" or "B") of a pin; pins 16 apart share one."""
    return (pin >> 1) & 7, "AB"[pin & 1]


def board_reason(board: str, pin: int) -> str | None:
    """Tell what a pin does on the board itself, where it is not on the header."""
    return _ON_BOARD[board].get(pin)


def header_number(pin: int) -> int | None:
    """Number of the pin on the 40-pin header of Pico and Pico W; None where it is not on the header."""
    if 0 <= pin < len(_HEADER_NUMBERS):
        return _HEADER_NUMBERS[pin]
    return _HEADER_NUMBERS_ADC.get(pin)


def spell_pins(pins: Iterable[int]) -> str:
    """Spell pins for people: "GP0-GP3, GP26"; runs of three and more are shortened."""
    runs: list[list[int]] = []
    for pin in sorted(set(pins)):
        if runs and pin == runs[-1][-1] + 1:
            runs[-1].append(pin)
        else:
            runs.append([pin])
    words: list[str] = []
    for run in runs:
        words += [f"GP{run[0]}-GP{run[-1]}"] if len(run) > 2 else [f"GP{pin}" for pin in run]
    return ", ".join(words) if words else "none is left"
