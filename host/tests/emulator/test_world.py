from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import serial

from hatchwatch.emulator.process import EmulatorProcess
from hatchwatch.errors import EmulatorError, UsageError
from hatchwatch.payload import boards_root

if TYPE_CHECKING:
    from pathlib import Path

STEP_NS = 100_000_000
CHIP_ID_OF_A_BMP280 = 0x58  # datasheet 4.3.1

READ_ID = (
    b"\r"
    b"import machine\r"
    b"i2c = machine.I2C(0, sda=machine.Pin(20), scl=machine.Pin(21), freq=400_000)\r"
    b"print('id', i2c.readfrom_mem(0x76, 0xD0, 1)[0])\r"
)


@pytest.fixture
def station(image: Path):
    bench = boards_root() / "station6.toml"
    with EmulatorProcess(bench, image, seed=2, lockstep=True) as process:
        yield process


def _advance(process: EmulatorProcess, count: int = 1) -> int:
    now_ns = process.side.time().board_ns
    return process.side.advance(now_ns + count * STEP_NS, process.side.time().serial_in_total).board_ns


def test_board_reads_its_sensors_over_the_bus(station):
    _advance(station, 5)
    with serial.serial_for_url(station.serial_url, timeout=5) as port:
        port.write(READ_ID)
        reached = station.side.advance(20 * STEP_NS, len(READ_ID))
        heard = port.read(reached.serial_out_total)
    assert f"\r\nid {CHIP_ID_OF_A_BMP280}\r\n".encode() in heard


def _gauges_pa(truth: dict) -> list[float]:
    return [module["pressure_pa"] - truth["ambient_pa"] for module in truth["modules"].values()]


def test_fill_vent_and_leak_show_in_the_truth(station):
    side = station.side
    _advance(station)
    side.vent()
    assert _gauges_pa(side.truth()) == pytest.approx([0.0] * 6, abs=0.01)
    side.fill(gauge_pa=5000.0)
    side.set_leak("Zvezda", 1e-3)
    before = side.truth()
    assert _gauges_pa(before) == pytest.approx([5000.0] * 6, abs=0.01)
    assert before["modules"]["Zvezda"]["leak_pa_m3_s"] == 1e-3
    _advance(station, 10)
    after = side.truth()
    assert after["time_s"] - before["time_s"] == pytest.approx(1.0, abs=1e-6)
    assert after["modules"]["Zvezda"]["hull_mol"] > before["modules"]["Zvezda"]["hull_mol"]


def test_heat_front_and_seal_reach_the_plant(station):
    side = station.side
    _advance(station)
    side.heat(2.0, over_s=1.0, modules=["PrK"])
    side.front(-300.0, over_s=0.0)
    side.fill(gauge_pa=0.0, modules=["Progress"])
    side.set_seal("Progress-PrK", 1e-2)
    before = side.truth()
    _advance(station, 30)
    after = side.truth()
    assert after["modules"]["PrK"]["wall_k"] - after["ambient_k"] == pytest.approx(2.0)
    assert after["modules"]["Zvezda"]["wall_k"] == after["ambient_k"]
    assert after["ambient_pa"] == pytest.approx(101_325.0 - 300.0, abs=1.0)
    assert before["ambient_pa"] == pytest.approx(101_325.0 - 300.0, abs=1.0)
    assert after["hatches"]["Progress-PrK"]["flow_mol"] != before["hatches"]["Progress-PrK"]["flow_mol"]
    with pytest.raises(UsageError, match="Mir"):
        side.heat(2.0, over_s=1.0, modules=["Mir"])


def test_faults_reach_the_devices(station):
    side = station.side
    side.fault("silence", "Zvezda")
    assert "Zvezda" in str(side.truth()["devices"]["faults"])
    side.clear("silence", "Zvezda")
    assert "Zvezda" not in str(side.truth()["devices"]["faults"])


def test_what_the_bench_does_not_have_is_a_usage_error(station):
    side = station.side
    with pytest.raises(UsageError, match="Mir") as caught:
        side.set_leak("Mir", 1e-4)
    assert caught.value.cure
    with pytest.raises(UsageError, match="Mir"):
        side.fault("silence", "Mir")
    with pytest.raises(EmulatorError, match="got an unexpected keyword argument 'gauge'"):
        side._request("fill", gauge=5000.0)


def test_power_cut_takes_the_sensors_down_too(station):
    _advance(station, 5)
    with serial.serial_for_url(station.serial_url, timeout=5) as port:
        station.side.power(on=False)
        _advance(station, 5)
        station.side.power(on=True)
        _advance(station, 5)
        port.write(READ_ID)
        total = station.side.advance(40 * STEP_NS, len(READ_ID)).serial_out_total
        assert b"\r\nid 88\r\n" in port.read(total)
