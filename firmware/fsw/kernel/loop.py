"""The loop: ten turns a second, asleep in `poll` between them, every slip counted."""

from time import ticks_add, ticks_diff, ticks_ms, ticks_us

import micropython
from micropython import const

from fsw.link import numbers

_PERIOD_MS = const(100)
_TURNS_PER_CYCLE = const(600)  # the slowest rate group comes once a minute

ON = 0
TO_PROMPT = 1
TO_RESET = 2


class Loop:
    """Calls `system.tick()` in each turn, and `system.slow(turn)` with the turn's place in a cycle of a
    minute.

    In the time that the turns leave it calls `system.listen()` for bytes from the host. A turn that begins a
    whole period late is left out and counted as a slip, so that turns stay at multiples of the period.
    """

    def __init__(self, console, health):
        self._wait = console.wait
        self._health = health
        self.state = ON

    def want_prompt(self):
        """Leave for the MicroPython prompt when this turn is over."""
        self.state = TO_PROMPT

    def want_reset(self):
        """Reset the chip when this turn is over."""
        self.state = TO_RESET

    @micropython.native
    def run(self, system, turns=-1):
        """Turn until something else is wanted, or for `turns` turns; return what is wanted."""
        health = self._health
        wait = self._wait
        now_us, now_ms, difference = ticks_us, ticks_ms, ticks_diff  # looked up once
        due_ms = now_ms()
        turn = 0
        while self.state == ON and turns:
            turns -= 1
            began_us = now_us()
            system.tick(turn)
            took_us = difference(now_us(), began_us)
            if took_us > health.worst_loop_us:
                health.worst_loop_us = took_us
            health.ticks += 1
            turn = turn + 1 if turn < _TURNS_PER_CYCLE - 1 else 0
            due_ms = ticks_add(due_ms, _PERIOD_MS)
            left_ms = difference(due_ms, now_ms())
            while left_ms > 0:
                if wait(left_ms):
                    if system.listen():
                        self.state = TO_PROMPT
                    if self.state != ON:
                        break
                left_ms = difference(due_ms, now_ms())
            if left_ms <= -_PERIOD_MS:
                due_ms = self._slip(due_ms, -left_ms)
        return self.state

    def _slip(self, due_ms, late_ms):
        """Leave out the turns that were missed."""
        missed = late_ms // _PERIOD_MS
        self._health.slips += missed
        return ticks_add(due_ms, missed * _PERIOD_MS)


assert _PERIOD_MS == numbers.TICK_MS
