"""The multiplexer between a bus and its channels."""

from __future__ import annotations

from hatchwatch.emulator.i2c import Segment
from hatchwatch.emulator.tca9548a import Tca9548a

MUX = 0x70


class Echo:
    """A part that answers one address and remembers what it saw."""

    def __init__(self, address: int, says: int = 0xFF) -> None:
        self.address, self.says = address, says
        self.got: list[int] = []
        self.stops = 0

    def connect(self, address: int, reading: bool, time_s: float) -> bool:
        return address == self.address

    def write(self, value: int, time_s: float) -> bool:
        self.got.append(value)
        return True

    def read(self, time_s: float) -> int:
        return self.says

    def stop(self, time_s: float) -> None:
        self.stops += 1


def select(mux: Tca9548a, channels: int, *, stop: bool = True) -> None:
    assert mux.connect(MUX, False, 0)
    assert mux.write(channels, 0)
    if stop:
        mux.stop(0)


def build() -> tuple[Tca9548a, Echo, Echo]:
    first, second = Echo(0x76, 0b1100), Echo(0x76, 0b1010)
    return Tca9548a(MUX, {0: Segment([first]), 5: Segment([second])}), first, second


def test_all_channels_are_off_at_power_on():
    mux, *_ = build()
    assert not mux.connect(0x76, False, 0)


def test_selected_channel_gets_the_bytes():
    mux, first, second = build()
    select(mux, 1 << 5)
    assert mux.connect(0x76, False, 0)
    assert mux.write(0xF4, 0)
    assert (first.got, second.got) == ([], [0xF4])


def test_selection_takes_effect_at_the_stop():
    mux, *_ = build()
    select(mux, 1, stop=False)
    assert not mux.connect(0x76, False, 0)
    mux.stop(0)
    assert mux.connect(0x76, False, 0)


def test_control_register_reads_back():
    mux, *_ = build()
    select(mux, 0x21)
    assert mux.connect(MUX, True, 0)
    assert mux.read(0) == 0x21


def test_two_open_channels_with_the_same_address_pull_the_line_together():
    mux, *_ = build()
    select(mux, 0x21)
    assert mux.connect(0x76, True, 0)
    assert mux.read(0) == 0b1000


def test_only_open_channels_see_the_stop():
    mux, first, second = build()
    select(mux, 1)
    mux.stop(0)
    assert (first.stops, second.stops) == (1, 0)


def test_silent_mux_lets_nothing_through_and_power_closes_it():
    mux, *_ = build()
    select(mux, 1)
    mux.silent = True
    assert not mux.connect(0x76, False, 0)
    assert not mux.connect(MUX, False, 0)
    mux.silent = False
    assert mux.connect(0x76, False, 0)
    mux.power_on()
    assert not mux.connect(0x76, False, 0)
