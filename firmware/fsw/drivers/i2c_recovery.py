"""Frees an I2C bus whose SDA a part holds low: one that lost count of the clock within a byte, or whose
master was reset there.
"""

from time import sleep_us

from micropython import const

_MOST_CLOCKS = const(9)  # eight bits and the acknowledge: then the part waits for a stop (UM10204, 3.1.16)
_HALF_CLOCK_US = const(5)  # 100 kHz, slow enough for every part


def free_bus(sda, scl):
    """Clock SCL until SDA is let go, at most nine times, then send a stop; return how many clocks it took.

    `sda` and `scl` are `machine.Pin`s, which this makes open-drain: give them back to the I2C block after
    it. Whether the bus is free shows in the levels of the pins; a part that holds SCL can't be clocked.
    """
    for pin in (sda, scl):
        pin.init(pin.OPEN_DRAIN, pin.PULL_UP, value=1)
    clocks = 0
    while clocks < _MOST_CLOCKS and not sda.value() and scl.value():
        _put(scl, 0)
        _put(scl, 1)
        clocks += 1
    if sda.value() and scl.value():
        for line, level in ((scl, 0), (sda, 0), (scl, 1), (sda, 1)):  # SDA rises while SCL is high: a stop
            _put(line, level)
    return clocks


def _put(pin, level):
    pin.value(level)
    sleep_us(_HALF_CLOCK_US)
