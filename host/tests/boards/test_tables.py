from __future__ import annotations

from hatchwatch.boards import find_bench_file, load_bench_file, parse_bench_file
from hatchwatch.boards.tables import mux_rows, pin_rows, sensor_rows, servo_rows, wiring_notes


def test_the_station_as_it_is_wired() -> None:
    bench = load_bench_file(find_bench_file("station6"))
    pins = pin_rows(bench)
    assert pins[0] == ("GP0", "1", "servo of hatch Progress-PrK")
    assert ("GP26", "31", "SDA of i2c1") in pins
    assert ("GP25", "on board", "the LED") in pins
    assert len(pins) == 5 + 6 + 4 + 1
    assert sensor_rows(bench)[1:3] == [
        ("PrK", "i2c0", "0x77: SDO to 3V3, CSB to 3V3"),
        ("Zvezda", "mux, channel 0", "0x76: SDO to GND, CSB to 3V3"),
    ]
    assert mux_rows(bench) == [("mux", "i2c1, address 0x70", "A0 to GND, A1 to GND, A2 to GND")]
    assert [row[0] for row in servo_rows(bench)][4:6] == ["hatch Unity-Destiny", "injector of Progress"]
    assert len(wiring_notes(bench)) == 4


def test_spi(spi_bench_text: str) -> None:
    bench = parse_bench_file(spi_bench_text)
    straps = "SDO is MISO, CSB is the chip select"
    assert sensor_rows(bench) == [
        ("jar", "spi0, chip select GP17", straps),
        ("room", "spi0, chip select GP13", straps),
    ]
    assert servo_rows(bench) == wiring_notes(bench) == []
