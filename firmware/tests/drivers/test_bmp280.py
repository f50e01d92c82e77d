"""The driver on the official image, against the register model of the emulated bench."""

import dataclasses
import random
from array import array

import pytest
from emulated_board import BoardError, EmulatedBoard

from fsw.drivers import bmp280_compensation as compensation
from hatchwatch.emulator.bmp280_formula import PUBLISHED_TRIMMING

FRESH, STALE, SKIPPED, BUS_ERROR, OUT_OF_RANGE = range(5)
CONVERSION_S = 0.05  # longer than the longest at x16/x2
NOISE_PA = 0.8  # x16/x2 with IIR 2 (datasheet table 8)
TIMEOUT_US = 2000

SETUP = f"""
from machine import I2C, Pin
import time
from fsw.drivers import bmp280
from fsw.drivers.bmp280 import BMP280, BMP280Error, FORCED, I2CTransport

i2c = I2C(0, sda=Pin(20), scl=Pin(21), freq=400_000, timeout={TIMEOUT_US})
sensor = BMP280(I2CTransport(i2c, 0x76))

def attempt(call):
    try:
        return call()
    except BMP280Error as error:
        return type(error).__name__, error.code, str(error)
"""


@pytest.fixture
def board(shared_board):
    """A board with a sensor that nobody has started, freshly powered."""
    shared_board.heal()
    model(shared_board).power_on(shared_board.time_s)
    shared_board.run(SETUP)
    return shared_board


@pytest.fixture
def running(board):
    """A board whose sensor has measured."""
    board.run("sensor.start()")
    board.pass_time(CONVERSION_S)
    assert board.value("sensor.sample()") == FRESH
    return board


def model(board):
    return board.devices.sensors["jar"]


def reading(board):
    return board.value("sensor.sample(), sensor.pressure_q8_pa / 256, sensor.temperature_q16_c / 65536")


def test_reads_what_the_sensor_feels(running):
    felt = model(running).truth()
    status, pressure_pa, temperature_c = reading(running)
    assert status == FRESH
    assert abs(pressure_pa - felt["felt_pa"]) < 6 * NOISE_PA
    assert abs(temperature_c + 273.15 - felt["chip_k"]) < 1.1  # the part's own offset is up to 1 K


def test_nothing_happens_before_start(board):
    assert board.value("sensor.sample()") == SKIPPED
    assert board.value("i2c.readfrom_mem(0x76, 0xF4, 1)") == bytes(1)


def test_the_first_measurement_takes_its_time(board):
    """43.2 ms at most for x16/x2, table 13; before that the chip holds 0x80000."""
    assert board.value("sensor.start(), sensor.sample(), sensor.measurement_us") == (None, SKIPPED, 43225)
    board.pass_time(0.0433)
    assert board.value("sensor.sample()") == FRESH


def test_settings_arrive_although_config_is_ignored_in_normal_mode(running):
    assert running.value("i2c.readfrom_mem(0x76, 0xF4, 2)") == bytes([0b010_101_11, 0b000_001_00])
    running.run("sensor = BMP280(sensor._transport, 4, 8, iir=16, standby_ms=125); sensor.start()")
    assert running.value("i2c.readfrom_mem(0x76, 0xF4, 2)") == bytes([0b100_011_11, 0b010_100_00])


@pytest.mark.parametrize(
    "settings", ["3, 2", "16, 0", "16, 2, 3", "16, 2, 2, 5", "smooth=7", "stale_after=0"]
)
def test_settings_that_the_chip_lacks_are_refused(board, settings):
    with pytest.raises(BoardError, match="ValueError"):
        board.run(f"BMP280(sensor._transport, {settings})")


def test_bytes_give_the_same_bits_on_the_board_and_under_cpython(board):
    """The viper function and the same source as plain Python."""
    bursts = random_bursts(random.Random(7))
    board.run(f"""
        from array import array
        from fsw.drivers import bmp280_compensation as compensation
        class Probe:
            def read_into(self, address, register, buffer):
                buffer[:] = self.burst
            def on_unchanged(self):
                return compensation.STALE
        probe = Probe()
        results = array("i", (0, 0))
        work = compensation.work_area()
        compensation.fold(work, {dataclasses.astuple(PUBLISHED_TRIMMING[0])}, 0, 3, 2)
        sample = compensation.sampler(probe, probe.read_into, work, results)
        def answer(burst):
            probe.burst = burst
            return sample(), results[0], results[1]
    """)
    answer = plain_python_sampler(PUBLISHED_TRIMMING[0], smooth=2)
    for start in range(0, len(bursts), 50):
        some = bursts[start : start + 50]
        assert board.value(f"[answer(burst) for burst in {some}]") == [answer(burst) for burst in some]


def random_bursts(dice):
    """Noise around a drifting state, and anything at all."""
    near = [(519888 + 40 * i + dice.randrange(30), 415148 + dice.randrange(200)) for i in range(300)]
    anything = [(dice.randrange(1 << 20), dice.randrange(1 << 20)) for _ in range(300)]
    return [(p << 4).to_bytes(3, "big") + (t << 4).to_bytes(3, "big") for t, p in near + anything]


def plain_python_sampler(trimming, smooth):
    class Probe:
        def on_unchanged(self):
            return STALE

    results = array("i", (0, 0))
    work = compensation.work_area()
    compensation.fold(work, dataclasses.astuple(trimming), 0, 3, smooth)
    burst = bytearray(6)

    def read_into(_address, _register, buffer):
        buffer[:] = burst

    sample = compensation.sampler(Probe(), read_into, work, results)

    def answer(given):
        burst[:] = given
        return sample(), results[0], results[1]

    return answer


def test_readings_take_no_heap_while_the_temperature_changes(running):
    """Under heap_lock, over 20 K of temperature, bus faults and all."""
    running.run("""
        import gc, micropython
        def sweep(n):
            states = 0
            micropython.heap_lock()
            for _ in range(n):
                states |= 1 << sensor.sample()
                time.sleep_ms(50)
            micropython.heap_unlock()
            return states
        gc.collect()
    """)
    for offset_k in range(-10, 11, 2):
        running.devices.fault("offset", "jar", temperature_k=float(offset_k))
        assert running.value("sweep(3)") == 1 << FRESH
    running.devices.fault("silence", "jar")
    assert running.value("sweep(3)") == 1 << BUS_ERROR


def test_a_reading_costs_at_most_3000_cycles_over_the_bare_burst(running):
    running.run("""
        marker = Pin(28, Pin.OUT)
        data = bytearray(6)
        def timed(call, *arguments):
            marker.on()
            call(*arguments)
            marker.off()
    """)

    def cycles(call):
        running.pass_time(CONVERSION_S)
        running.marks.clear()
        running.run(f"timed({call})")
        return running.marks[1] - running.marks[0]

    assert cycles("sensor.sample") - cycles("i2c.readfrom_mem_into, 0x76, 0xF7, data") < 3000


def test_one_lost_answer_is_retried(running):
    running.devices.fault("refuse", "jar", transactions=1)
    assert running.value("sensor.sample(), sensor.retries, sensor.bus_errors") == (FRESH, 1, 0)


def test_a_silent_sensor_costs_one_try_per_reading(running):
    running.devices.fault("silence", "jar")
    assert running.value("[sensor.sample() for _ in range(4)]") == [BUS_ERROR] * 4
    assert running.value("sensor.retries, sensor.bus_errors") == (1, 4)
    running.devices.clear("silence", "jar")
    assert running.value("sensor.sample()") == FRESH


def test_a_bus_that_hangs_costs_its_timeout_once(running):
    running.devices.fault("hold", "i2c0")
    running.run("sensor.sample()")
    before_s = running.time_s
    assert running.value("sensor.sample()") == BUS_ERROR
    assert running.time_s - before_s < 2 * TIMEOUT_US * 1e-6 + 0.005
    running.devices.clear("hold", "i2c0")
    running.pass_time(CONVERSION_S)
    felt_pa = model(running).truth()["felt_pa"]
    status, pressure_pa, _ = reading(running)
    assert status == FRESH
    assert abs(pressure_pa - felt_pa) < 6 * NOISE_PA


def test_a_frozen_sensor_is_stale(running):
    running.devices.fault("freeze", "jar")
    states = running.value("[(time.sleep_ms(100), sensor.sample())[1] for _ in range(6)]")
    assert states[-1] == STALE
    assert running.value("sensor.stale") == states.count(STALE)


def test_a_sensor_that_lost_its_power_is_skipped_until_started_again(running):
    sensor = model(running)
    sensor.power_off(running.time_s)
    sensor.power_on(running.time_s)
    running.pass_time(CONVERSION_S)
    assert running.value("sensor.sample()") == SKIPPED
    running.run("sensor.start()")
    running.pass_time(CONVERSION_S)
    assert running.value("sensor.sample()") == FRESH


def test_a_bme280_serves_as_well(board):
    board.devices.fault("chip_id", "jar", value=0x60)
    assert board.value("attempt(sensor.start), sensor.chip_id") == (None, 0x60)


@pytest.mark.parametrize(
    ("fault", "value", "name", "code", "seen"),
    [
        ("silence", {}, "NoAnswerError", 1, "0x76"),
        ("chip_id", {"value": 0x00}, "WrongChipError", 2, "chip id 0x00"),
        ("chip_id", {"value": 0xFF}, "WrongChipError", 2, "chip id 0xff"),
        ("busy", {"bits": "im_update"}, "NotReadyError", 3, "im_update"),
        ("trimming", {"pattern": "zeros"}, "TrimmingError", 4, "T1 is 0"),
        ("trimming", {"pattern": "ones"}, "TrimmingError", 4, "T1 is 65535"),
    ],
)
def test_an_unfit_chip_is_named_at_start(board, fault, value, name, code, seen):
    board.devices.fault(fault, "jar", **value)
    before_s = board.time_s
    got_name, got_code, text = board.value("attempt(sensor.start)")
    assert (got_name, got_code) == (name, code)
    assert seen in text
    assert board.time_s - before_s < 0.1
    assert board.value("sensor.sample()") == SKIPPED


@pytest.mark.parametrize("late_s", [0.0, 1.5e-3])
@pytest.mark.parametrize("temperature_oversampling", [1, 2, 16])
def test_forced_mode_never_returns_the_measurement_before(board, temperature_oversampling, late_s):
    """With parts as slow as the datasheet allows, and a busy bit that rises late."""
    sensor = model(board)
    sensor.part = dataclasses.replace(sensor.part, conversion_stretch=1.0, measuring_bit_delay_s=late_s)
    board.run(f"sensor = BMP280(sensor._transport, 16, {temperature_oversampling}, mode=FORCED)")
    board.run("sensor.start()")
    for step_pa in (0.0, 3000.0, 0.0):
        board.devices.fault("offset", "jar", pressure_pa=step_pa)
        conversions = sensor.truth()["conversions"]
        status, pressure_pa = board.value("sensor.measure(), sensor.pressure_q8_pa / 256")
        truth = sensor.truth()
        assert status == FRESH
        assert truth["conversions"] == conversions + 1
        if step_pa == 0.0:
            at_rest_pa = pressure_pa
        else:
            assert abs(pressure_pa - at_rest_pa) > 1000


def test_forced_mode_gives_up_on_a_chip_that_is_never_done(board):
    board.run("sensor = BMP280(sensor._transport, 1, 1, mode=FORCED); sensor.start()")
    board.devices.fault("busy", "jar", bits="measuring")
    before_s = board.time_s
    assert board.value("sensor.measure(), sensor.bus_errors") == (BUS_ERROR, 1)
    assert board.time_s - before_s < 0.05


def test_spi():
    bench = {
        "name": "lab",
        "spi0": {"sck": 18, "mosi": 19, "miso": 16, "frequency_hz": 1_000_000},
        "modules": [
            {
                "name": "jar",
                "volume_ml": 1000.0,
                "volume_uncertainty_ml": 10.0,
                "sensor": {"bus": "spi0", "cs": 17},
            }
        ],
    }
    board = EmulatedBoard(bench)
    board.run("""
        from machine import SPI, Pin
        import micropython
        from fsw.drivers.bmp280 import BMP280, SPITransport
        spi = SPI(0, sck=Pin(18), mosi=Pin(19), miso=Pin(16), baudrate=1_000_000)
        sensor = BMP280(SPITransport(spi, Pin(17, Pin.OUT, value=1)))
        sensor.start()
        def locked():
            micropython.heap_lock()
            status = sensor.sample()
            micropython.heap_unlock()
            return status
    """)
    board.pass_time(CONVERSION_S)
    assert board.value("locked()") == FRESH
    _, pressure_pa, _ = reading(board)
    assert abs(pressure_pa - model(board).truth()["felt_pa"]) < 6 * NOISE_PA
    board.devices.fault("silence", "jar")
    assert board.value("sensor.sample()") == OUT_OF_RANGE
