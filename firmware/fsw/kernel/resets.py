"""Why the firmware started, and how to leave it: registers of the RP2040 that MicroPython has no names for.

Sources: RP2040 datasheet 4.6 (timer), 4.7 (watchdog). Scratch registers 0 to 3 survive everything but
power-on and are not used by the SDK or the boot ROM.
"""

import time

import machine
from micropython import const, kbd_intr

from fsw.link import numbers

_TIMERAWH = const(0x40054024)
_TIMERAWL = const(0x40054028)
_WATCHDOG_CTRL_CLEAR = const(0x4005B000)  # atomic bit clear alias of WATCHDOG_CTRL
_WATCHDOG_ENABLE = const(1 << 30)
_MARK = const(0x4005800C)  # scratch 0: how the firmware was left
_MARKED_AT_MS = const(0x40058010)  # scratch 1: when, since the chip's last reset
_LAST_EVENT = const(0x40058014)  # scratch 2: number of the last event, and when, in s
_BY_COMMAND = const(0x48570001)
_FOR_PROMPT = const(0x48570002)

_USB_FLUSH_MS = const(50)


def since_reset_us():
    """Return the µs since the chip's last reset (a big integer: for the start only)."""
    high = machine.mem32[_TIMERAWH]
    low = machine.mem32[_TIMERAWL]
    if machine.mem32[_TIMERAWH] != high:  # the lower half wrapped in between
        high = machine.mem32[_TIMERAWH]
        low = machine.mem32[_TIMERAWL]
    return (high & 0xFFFFFFFF) << 32 | (low & 0xFFFFFFFF)


def take_reset_cause():
    """Return a value of `reset_cause`, and forget the mark that was left for it.

    A restart of the interpreter is known by a clock that went on since the firmware was left; the chip's own
    register then still tells of the reset before. The watchdog does not run at the prompt, so what resets the
    chip there is a person or a deployment.
    """
    mark = machine.mem32[_MARK]
    marked_at_ms = machine.mem32[_MARKED_AT_MS]
    machine.mem32[_MARK] = 0
    if mark == _FOR_PROMPT and since_reset_us() // 1000 >= marked_at_ms:
        return numbers.RESET_SOFT
    if machine.reset_cause() == machine.PWRON_RESET:
        return numbers.RESET_POWER_ON
    if mark == _FOR_PROMPT:
        return numbers.RESET_PROMPT
    return numbers.RESET_COMMAND if mark == _BY_COMMAND else numbers.RESET_WATCHDOG


def remember_event(number, time_s):
    """Keep what happened last where a watchdog's reset does not reach; for 48 days of board time."""
    machine.mem32[_LAST_EVENT] = (time_s & 0x3FFFFF) << 8 | number


def take_last_event():
    """Return (number, board time in s) of the last event before the reset, (0, 0) after power-on."""
    kept = machine.mem32[_LAST_EVENT]
    machine.mem32[_LAST_EVENT] = 0
    return kept & 0xFF, kept >> 8 & 0x3FFFFF


def stop_watchdog():
    """Clear the watchdog's ENABLE bit, which `machine.WDT` can't; the prompt feeds nobody."""
    machine.mem32[_WATCHDOG_CTRL_CLEAR] = _WATCHDOG_ENABLE


def leave_for_prompt():
    """Give Ctrl-C its meaning back, and leave the mark of an orderly end."""
    stop_watchdog()
    machine.mem32[_MARKED_AT_MS] = since_reset_us() // 1000 & 0x7FFFFFFF
    machine.mem32[_MARK] = _FOR_PROMPT
    kbd_intr(3)


def reset_chip():
    """Restart the chip, when the last bytes have left over USB. Does not return."""
    time.sleep_ms(_USB_FLUSH_MS)
    machine.mem32[_MARK] = _BY_COMMAND
    machine.reset()
