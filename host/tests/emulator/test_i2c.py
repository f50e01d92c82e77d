"""I2C of the real MicroPython on the emulated bus: time, missing parts, faults of the wires, recovery."""

from __future__ import annotations

import pytest

from hatchwatch.emulator.bmp280 import Bmp280
from hatchwatch.emulator.bmp280_faces import Bmp280OnI2C
from hatchwatch.emulator.bmp280_part import Part, Surroundings
from hatchwatch.emulator.i2c import I2CBus, Segment
from hatchwatch.emulator.tca9548a import Tca9548a

BUS = "import machine,time;i=machine.I2C(0,sda=machine.Pin(20),scl=machine.Pin(21),freq={hz})"
EIO, ETIMEDOUT = 5, 110
BITS_OF_A_BURST = 1 + 9 + 9 + 1 + 9 + 6 * 9 + 1  # start, address, register, restart, address, six bytes, stop


class Still:
    """Gas that does not change."""

    def state(self, module: str, time_s: float) -> tuple[float, float]:
        return 101_325.0, 298.15


def sensor(number: int) -> Bmp280:
    return Bmp280("jar", Still(), Part(), Surroundings(), seed=1, sensor=number)


class Rig:
    """A board with a sensor at 0x76 and another at 0x77 behind channel 3 of a mux."""

    def __init__(self, console, hz: int) -> None:
        self.ask = console.ask
        self.direct, self.muxed = sensor(0), sensor(1)
        mux = Tca9548a(0x70, {3: Segment([Bmp280OnI2C(self.muxed, 0x77)])})
        self.bus = I2CBus(console.chip.mcu, 0, sda=20, scl=21, targets=[Bmp280OnI2C(self.direct, 0x76), mux])
        self.ask(BUS.format(hz=hz))

    def error(self, call: str) -> int:
        """The errno of a call that must fail."""
        code = f"try:\n {call}\n print(0)\nexcept OSError as e:\n print(e.errno)"
        return int(self.ask(f"exec({code!r})"))

    def microseconds(self, call: str) -> int:
        """How long a call takes on the board, whatever comes of it."""
        code = (
            f"t=time.ticks_us()\ntry:\n {call}\nexcept OSError:\n pass\nt=time.ticks_diff(time.ticks_us(),t)"
        )
        self.ask(f"exec({code!r})")
        return int(self.ask("t"))


@pytest.fixture
def rig(board) -> Rig:
    return Rig(board, 400_000)


def test_reads_and_writes_registers(rig):
    assert rig.ask("i.readfrom_mem(0x76,0xD0,1)") == "b'X'"
    assert rig.ask("list(i.readfrom_mem(0x76,0x88,24))") == str(list(rig.direct.part.trimming.to_bytes()))
    rig.ask("i.writeto_mem(0x76,0xF5,b'\\x04')")
    rig.ask("i.writeto_mem(0x76,0xF4,b'\\x57')")
    assert rig.ask("list(i.readfrom_mem(0x76,0xF4,2))") == "[87, 4]"


@pytest.mark.parametrize("hz", [100_000, 400_000, 1_000_000])
def test_a_burst_takes_the_time_of_its_bits(board, hz):
    rig = Rig(board, hz)
    rig.ask("b=bytearray(6);c=bytearray(24)")
    short_us = rig.microseconds("i.readfrom_mem_into(0x76,0x88,b)")
    long_us = rig.microseconds("i.readfrom_mem_into(0x76,0x88,c)")
    assert short_us > BITS_OF_A_BURST / hz * 1e6
    assert long_us - short_us == pytest.approx(18 * 9 / hz * 1e6, rel=0.02, abs=20)


def test_mux_behind_a_real_driver(rig):
    assert rig.error("i.readfrom_mem(0x77,0xD0,1)") == EIO
    rig.ask("i.writeto(0x70,b'\\x08')")
    assert rig.ask("i.readfrom(0x70,1)") == "b'\\x08'"
    assert rig.ask("i.readfrom_mem(0x77,0xD0,1)") == "b'X'"


def test_missing_part_fails_fast_and_spoils_nothing(rig):
    assert rig.error("i.readfrom_mem(0x55,0,1)") == EIO
    assert rig.microseconds("i.readfrom_mem(0x55,0,1)") < 400
    assert rig.microseconds("i.writeto(0x55,b'12')") < 400
    assert rig.ask("i.readfrom_mem(0x76,0xD0,1)") == "b'X'"


def test_held_bus_times_out_and_recovers_when_released(rig):
    rig.bus.held = True
    assert rig.error("i.readfrom_mem(0x76,0xD0,1)") == ETIMEDOUT
    assert rig.error("i.writeto_mem(0x76,0xF4,b'\\x27')") == ETIMEDOUT
    rig.bus.held = False
    assert rig.ask("i.readfrom_mem(0x76,0xD0,1)") == "b'X'"
    assert rig.ask("list(i.readfrom_mem(0x76,0x88,2))") == str(list(rig.direct.part.trimming.to_bytes()[:2]))


def test_bus_held_in_the_middle_of_a_read_leaves_nothing_behind(rig, board):
    """Held after 150 µs, in the data bytes: the next read must not begin with what was left."""
    hold = board.chip.mcu.clock.create_alarm(lambda: setattr(rig.bus, "held", True))
    begun = rig.bus.connect
    rig.bus.connect = lambda *args: (hold.schedule(60_000), begun(*args))[1]
    assert rig.error("i.readfrom_mem(0x76,0x88,24)") == ETIMEDOUT
    rig.bus.connect = begun
    hold.cancel()
    rig.bus.held = False
    assert rig.ask("list(i.readfrom_mem(0x76,0x88,3))") == str(list(rig.direct.part.trimming.to_bytes()[:3]))


def test_short_hold_is_clock_stretching(rig, board):
    rig.bus.held = True
    release = board.chip.mcu.clock.create_alarm(lambda: setattr(rig.bus, "held", False))
    release.schedule(20e6)
    assert rig.ask("i.readfrom_mem(0x76,0xD0,1)") == "b'X'"


def test_refusing_bus(rig):
    rig.bus.refusing = True
    assert rig.error("i.readfrom_mem(0x76,0xD0,1)") == EIO
    rig.bus.refusing = False
    assert rig.error("i.readfrom_mem(0x76,0xD0,1)") == 0


def test_wrong_pins_find_nobody(rig):
    rig.ask("machine.Pin(20,machine.Pin.IN);machine.Pin(21,machine.Pin.IN)")
    rig.ask("i=machine.I2C(0,sda=machine.Pin(4),scl=machine.Pin(5),freq=400000)")
    assert rig.error("i.readfrom_mem(0x76,0xD0,1)") == EIO


def test_chip_reset_during_a_transfer(rig, board):
    rig.bus.held = True
    board.type(b"i.readfrom_mem(0x76,0xD0,1)\r", 0.02)
    board.chip.reset()
    rig.bus.held = False
    board.boot()
    rig.ask(BUS.format(hz=400_000))
    assert rig.ask("i.readfrom_mem(0x76,0xD0,1)") == "b'X'"


def test_two_transfers_are_a_conversion_apart_in_board_time(rig):
    """The sensor converts while the firmware sleeps: forced x16/x2 takes 37.5 ms."""
    rig.ask("i.writeto_mem(0x76,0xF4,b'\\x55');time.sleep_ms(36);a=i.readfrom_mem(0x76,0xF7,1)")
    rig.ask("i.writeto_mem(0x76,0xF4,b'\\x55');time.sleep_ms(39);b=i.readfrom_mem(0x76,0xF7,1)")
    assert rig.ask("a,b!=a") == "(b'\\x80', True)"


def test_a_new_start_of_the_block_forgets_what_a_transfer_left_behind(rig):
    rig.bus.held = True
    assert rig.error("i.writeto(0x70,b'\\x08')") == ETIMEDOUT
    rig.ask("p=machine.Pin(20,machine.Pin.IN)")  # so that nobody acknowledges what is left of it
    rig.bus.held = False
    rig.ask(BUS.format(hz=400_000))
    assert rig.error("i.writeto(0x70,b'\\x08')") == 0
