"""A whole bench on the emulated chip: what is wired where, faults, power, truth, repeatability."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from hatchwatch.boards import load_bench_file, parse_bench_file
from hatchwatch.emulator.faults import KINDS, targets_of
from hatchwatch.emulator.plant import Plant
from hatchwatch.emulator.wiring import attach, make_sensors
from hatchwatch.errors import UsageError
from hatchwatch.payload import boards_root

if TYPE_CHECKING:
    from hatchwatch.boards.model import BenchFile

STATION = boards_root() / "station6.toml"
BUSES = (
    "import machine,time;from machine import Pin,I2C,PWM,SPI;"
    "a=I2C(0,sda=Pin(20),scl=Pin(21),freq=400000);b=I2C(1,sda=Pin(26),scl=Pin(27),freq=400000)"
)


class Rig:
    def __init__(self, board, bench: BenchFile, preset: str = "quiet", seed: int = 1) -> None:
        self.board, self.ask = board, board.ask
        self.plant = Plant(bench, preset, seed)
        self.devices = attach(board.chip.mcu, bench, self.plant, seed)
        board.chip.on_power = lambda powered: self.devices.set_power(on=powered)
        self.ask(BUSES)

    def run(self, seconds: float) -> None:
        self.board.chip.run_until(self.board.chip.board_ns + round(seconds * 1e9))


@pytest.fixture
def rig(board) -> Rig:
    return Rig(board, load_bench_file(STATION))


def trimming(rig: Rig, module: str) -> str:
    return str(list(rig.devices.sensors[module].part.trimming.to_bytes()))


def test_every_sensor_is_where_the_bench_file_says(rig):
    assert rig.ask("list(a.readfrom_mem(0x76,0x88,24))") == trimming(rig, "Progress")
    assert rig.ask("list(a.readfrom_mem(0x77,0x88,24))") == trimming(rig, "PrK")
    assert rig.ask("list(b.readfrom_mem(0x77,0x88,24))") == trimming(rig, "Destiny")
    for channel, module in enumerate(("Zvezda", "Zarya", "Unity")):
        rig.ask(f"b.writeto(0x70,bytes([1<<{channel}]))")
        assert rig.ask("list(b.readfrom_mem(0x76,0x88,24))") == trimming(rig, module)


def test_parts_differ(rig):
    assert len({sensor.part.trimming for sensor in rig.devices.sensors.values()}) == 6


def test_sensors_feel_their_module(rig):
    rig.ask("a.writeto_mem(0x76,0xF4,b'\\x57');a.writeto_mem(0x77,0xF4,b'\\x57')")
    rig.run(2)
    for module in ("Progress", "PrK"):
        felt_pa = rig.devices.truth()["sensors"][module]["felt_pa"]
        gas_pa, _ = rig.plant.state(module, rig.devices.now_s)
        part = rig.devices.sensors[module].part
        assert felt_pa - part.pressure_offset_pa == pytest.approx(gas_pa, abs=15)


def test_servo_pulses_move_the_hatch_of_the_plant(rig):
    assert rig.plant.opening("hatch", "PrK-Zvezda", rig.devices.now_s) == 1
    rig.ask("p=PWM(Pin(1));p.freq(50);p.duty_ns(1100000);time.sleep(1);p.deinit()")
    servo = rig.devices.truth()["servos"]["PrK-Zvezda"]
    assert servo["opening"] == pytest.approx(0, abs=1e-3)
    assert not servo["moving"]
    assert rig.plant.opening("hatch", "PrK-Zvezda", rig.devices.now_s) == pytest.approx(0, abs=1e-3)
    assert rig.plant.opening("hatch", "Zvezda-Zarya", rig.devices.now_s) == 1


def test_injector_lets_gas_out_unless_it_is_stuck(rig):
    rig.devices.fault("stick", "Progress.injector")
    rig.ask("p=PWM(Pin(6));p.freq(50);p.duty_ns(1900000)")
    rig.ask("q=PWM(Pin(5));q.freq(50);q.duty_ns(1900000);time.sleep(2)")
    servos = rig.devices.truth()["servos"]
    assert servos["PrK.injector"]["opening"] == pytest.approx(1, abs=1e-3)
    assert servos["Progress.injector"] == {"opening": 0, "moving": False, "stuck": True}
    lost = {
        name: module["hull_mol"] for name, module in rig.plant.truth(rig.devices.now_s)["modules"].items()
    }
    assert lost["PrK"] > 1e-7
    assert lost["Progress"] == pytest.approx(0, abs=1e-15)


def test_faults_reach_the_firmware(rig):
    rig.devices.fault("silence", "PrK")
    read = "try:\n print(a.readfrom_mem(0x77,0xD0,1))\nexcept OSError as e:\n print(e.errno)"
    assert rig.ask(f"exec({read!r})") == "5"
    rig.devices.clear("silence", "PrK")
    rig.devices.fault("chip_id", "PrK", value=0x60)
    assert rig.ask(f"exec({read!r})") == "b'`'"
    rig.devices.fault("mux_silence", "mux")
    with pytest.raises(UsageError, match="Moon"):
        rig.devices.fault("silence", "Moon")
    assert [fault["kind"] for fault in rig.devices.truth()["faults"]] == ["chip_id", "mux_silence"]


def test_power_cut_forgets_registers_but_not_levers(rig):
    rig.ask("a.writeto_mem(0x76,0xF4,b'\\x57');b.writeto(0x70,b'\\x01')")
    rig.ask("p=PWM(Pin(1));p.freq(50);p.duty_ns(1500000);time.sleep(1)")
    rig.board.chip.set_power(on=False)
    rig.run(3)
    rig.board.chip.set_power(on=True)
    rig.board.boot()
    rig.ask(BUSES)
    assert rig.ask("a.readfrom_mem(0x76,0xF4,1)") == "b'\\x00'"
    assert rig.ask("b.readfrom(0x70,1)") == "b'\\x00'"
    assert rig.devices.truth()["servos"]["PrK-Zvezda"]["opening"] == pytest.approx(0.5, abs=0.01)


def test_all_that_can_be_broken_is_known_without_the_emulator(rig):
    nouns = {kind.noun: name for name, kind in KINDS.items()}
    for noun, targets in targets_of(load_bench_file(STATION)).items():
        for target in targets:
            rig.devices.fault(nouns[noun], target)
            rig.devices.clear(nouns[noun], target)
        with pytest.raises(UsageError) as told:
            rig.devices.fault(nouns[noun], "Moon")
        assert str(told.value.cure).endswith(": " + ", ".join(targets))


def test_truth_is_json(rig):
    truth = json.loads(json.dumps(rig.devices.truth(rig.devices.now_s)))
    assert set(truth) == {"sensors", "servos", "faults"}
    assert set(truth["sensors"]) == {"Progress", "PrK", "Zvezda", "Zarya", "Unity", "Destiny"}


def test_a_seed_repeats_every_byte(new_board):
    def record(seed: int) -> str:
        rig = Rig(new_board(), load_bench_file(STATION), "desk", seed)
        rig.ask("a.writeto_mem(0x76,0xF4,b'\\x57')")
        return rig.ask(
            "time.sleep(1);[a.readfrom_mem(0x76,0xF7,6) for _ in range(20) if not time.sleep_ms(100)]"
        )

    assert record(7) == record(7)
    assert record(7) != record(8)


def test_sensors_on_spi(board, spi_bench_text):
    rig = Rig(board, parse_bench_file(spi_bench_text))
    rig.ask(
        "s=SPI(0,1000000,sck=Pin(18),mosi=Pin(19),miso=Pin(16));c=Pin(17,Pin.OUT,value=1);d=Pin(13,Pin.OUT,value=1)"
    )
    for pin, module in (("c", "jar"), ("d", "room")):
        line = f"{pin}(0);s.write(b'\\x88');r=s.read(24);{pin}(1);print(list(r))"
        assert rig.ask(line).splitlines()[-1] == trimming(rig, module)


def test_sensors_without_a_chip_serve_studies():
    bench = load_bench_file(STATION)
    plant = Plant(bench, "quiet", 3)
    sensor = make_sensors(bench, plant, plant.preset, 3)["Zarya"]
    sensor.start_normal(0.01)
    pascal, _ = sensor.compensated(5.0)
    assert pascal - sensor.part.pressure_offset_pa == pytest.approx(plant.state("Zarya", 5.0)[0], abs=20)
