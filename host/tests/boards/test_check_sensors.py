from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Tell


def test_no_more_than_400_khz_behind_a_mux(station: dict[str, Any], told: Tell) -> None:
    station["i2c1"]["frequency_hz"] = 1_000_000
    assert told(station) == [
        "[i2c1] frequency_hz must be 100000 or 400000 for mux, a TCA9548A; it is 1000000",
    ]


def test_two_sensors_at_one_address(pair: dict[str, Any], told: Tell) -> None:
    pair["modules"][1]["sensor"]["address"] = 0x76
    assert told(pair) == [
        'modules[1] "right": sensor.address is 0x76, where left answers too; use 0x77 or another bus'
    ]


def test_two_sensors_on_one_channel(station: dict[str, Any], told: Tell) -> None:
    station["modules"][3]["sensor"]["channel"] = 0
    (mistake,) = told(station)
    assert mistake == (
        'modules[3] "Zarya": sensor.address is 0x76, where Zvezda answers too; '
        "use 0x77 or channel 1, 3, 4, 5, 6, 7 or another bus"
    )
    station["modules"][3]["sensor"]["address"] = 0x77
    (mistake,) = told(station)  # Destiny hangs on the same bus before the mux and answers at 0x77 always
    assert mistake.startswith('modules[5] "Destiny": sensor.address is 0x77, where Zarya answers too')


def test_muxes_on_one_bus_do_not_exclude_each_other(station: dict[str, Any], told: Tell) -> None:
    station["muxes"].append({"name": "second", "bus": "i2c1", "address": 0x71})
    station["modules"][4]["sensor"] = {"mux": "second", "channel": 5, "address": 0x76}
    (mistake,) = told(station)
    assert mistake.startswith('modules[4] "Unity": sensor.address is 0x76, where Zvezda answers too')


def test_mux_addresses(station: dict[str, Any], told: Tell) -> None:
    station["muxes"].append({"name": "second", "bus": "i2c1"})
    assert told(station) == [
        'muxes[1] "second": address is 0x70, as muxes[0] is; free: 0x71, 0x72, 0x73, 0x74, 0x75'
    ]
    station["muxes"][1]["address"] = 0x77
    (mistake,) = told(station)
    assert (
        mistake == 'modules[5] "Destiny": sensor.address is 0x77, as mux second is; give the mux 0x70 to 0x75'
    )


def test_what_is_not_declared(station: dict[str, Any], told: Tell) -> None:
    station["modules"][0]["sensor"] = {"bus": "spi0", "cs": 17}
    station["modules"][2]["sensor"]["mux"] = "max"
    assert told(station) == [
        'modules[0] "Progress": sensor.bus is "spi0", which has no table; add [spi0]',
        'modules[2] "Zvezda": sensor.mux names "max", which is no mux; the muxes are mux',
    ]


@pytest.mark.parametrize(
    ("sensor", "wrong"),
    [
        ({}, ["sensor needs a bus (i2c0, i2c1) or a mux (mux)"]),
        ({"bus": "i2c0"}, ["sensor.address is missing: this way takes bus, address"]),
        (
            {"mux": "mux", "bus": "i2c1", "address": 0x77, "cs": 5},
            [
                "sensor.bus must be left out: this way takes mux, channel, address",
                "sensor.channel is missing: this way takes mux, channel, address",
                "sensor.cs must be left out: this way takes mux, channel, address",
            ],
        ),
    ],
)
def test_each_way_of_connecting_has_its_keys(
    station: dict[str, Any], told: Tell, sensor: dict[str, Any], wrong: list[str]
) -> None:
    station["modules"][0]["injector"]["pin"] = 11
    station["modules"][0]["sensor"] = sensor
    assert told(station) == [f'modules[0] "Progress": {text}' for text in wrong]


def test_sensors_on_spi(pair: dict[str, Any], told: Tell) -> None:
    pair["spi0"] = {"sck": 18, "mosi": 19, "miso": 16}
    pair["modules"][0]["sensor"] = {"bus": "spi0", "cs": 17}
    pair["modules"][1]["sensor"] = {"bus": "spi0", "cs": 22}
    assert told(pair) == []
    pair["modules"][1]["sensor"]["cs"] = 19
    (mistake,) = told(pair)
    assert "sensor.cs is GP19, already MOSI of spi0" in mistake
