"""Hobby servos: pulses on one pin, and a queue that lets only so many move at a time as their supply bears.

A servo has no feedback. What is known of its position comes from commands and time: UNKNOWN until the first
command, MOVING for `travel_ms`, then where it was sent. Nothing moves before the first command.
"""

from micropython import const

UNKNOWN = 0
OPEN = 1
SHUT = 2
MOVING = 3

_FREQUENCY_HZ = const(50)  # for every servo: two pins may share a PWM slice, which has one frequency
_TICKS_MASK = const(0x3FFFFFFF)  # `time.ticks_ms` wraps there


def _check(position):
    if position != OPEN and position != SHUT:  # `in` would build a tuple
        raise ValueError("a servo goes to OPEN or SHUT")


class Servo:
    """One servo on one PWM pin.

    `position` is UNKNOWN, MOVING, OPEN or SHUT; `target` is where it was sent last.
    """

    def __init__(self, pin, open_us, shut_us, min_us=800, max_us=2200, travel_ms=500, hold=False):
        """`pin` is a `machine.Pin`. Pulse widths in µs; `travel_ms` from end to end, with margin.

        With `hold` the pulses stay on after arrival. Raises ValueError for pulses outside `min_us`..`max_us`.
        """
        for width_us in (open_us, shut_us):
            if not min_us <= width_us <= max_us:
                raise ValueError("pulse of %d us, allowed are %d..%d" % (width_us, min_us, max_us))
        self.travel_ms = travel_ms
        self.hold = hold
        self.position = UNKNOWN
        self.target = UNKNOWN
        self._pin = pin
        self._widths_us = (0, open_us, shut_us)
        self._pwm = None

    def command(self, position):
        """Send the servo to OPEN or SHUT; the caller reports its arrival with `arrived`."""
        _check(position)
        self.position = MOVING
        self.target = position
        self._pulse(self._widths_us[position])

    def arrived(self):
        """Take note that the travel time is over; without `hold` the pulses end."""
        self.position = self.target
        if not self.hold:
            self._pulse(0)

    def off(self):
        """End the pulses. A servo stopped on its way is nowhere: UNKNOWN."""
        if self.position == MOVING:
            self.position = UNKNOWN
            self.target = UNKNOWN
        if self._pwm is not None:
            self._pulse(0)

    def _pulse(self, width_us):
        """Put out pulses of this width from the next period on; 0 ends them after the running one.

        The pin stays PWM at level 0: `deinit` would stop the slice, and with it a servo that shares it.
        """
        if self._pwm is None:
            from machine import PWM

            self._pwm = PWM(self._pin, freq=_FREQUENCY_HZ, duty_ns=width_us * 1000)
        else:
            self._pwm.duty_ns(width_us * 1000)


class ServoQueue:
    """Moves servos in the order of their commands, at most `max_moving` at a time. Allocates nothing."""

    def __init__(self, max_moving=1, size=16):
        """`size` is the largest number of servos that may wait."""
        self.moving = 0
        self._max_moving = max_moving
        self._movers: "list[Servo | None]" = [None] * max_moving
        self._started_ms = [0] * max_moving
        self._waiting: "list[Servo | None]" = [None] * size
        self._wanted = bytearray(size)
        self._count = 0

    @property
    def busy(self):
        """True while a servo moves or waits."""
        return self.moving > 0 or self._count > 0

    def move(self, servo, position):
        """Send `servo` to OPEN or SHUT when its turn comes. A command that still waits is replaced.

        Raises ValueError for another position, or when the queue is full.
        """
        _check(position)
        at = self._find(servo)
        if at == len(self._waiting):
            raise ValueError("%d servos wait already" % at)
        if at == self._count:
            self._waiting[at] = servo
            self._count += 1
        self._wanted[at] = position

    def waits(self, servo):
        """Return whether a command for `servo` waits for its turn."""
        return self._find(servo) < self._count

    def clear(self):
        """Drop the commands that wait; servos on their way arrive."""
        for i in range(self._count):
            self._waiting[i] = None
        self._count = 0

    def off(self):
        """Drop all commands and end the pulses of servos on their way."""
        self.clear()
        for i in range(self._max_moving):
            servo = self._movers[i]
            if servo is not None:
                servo.off()
                self._movers[i] = None
        self.moving = 0

    def tick(self, now_ms):
        """Finish what has arrived, start what may move. `now_ms` is `time.ticks_ms()`; call often."""
        for i in range(self._max_moving):
            servo = self._movers[i]
            if servo is not None and (now_ms - self._started_ms[i]) & _TICKS_MASK >= servo.travel_ms:
                servo.arrived()
                self._movers[i] = None
                self.moving -= 1
        for i in range(self._max_moving):
            if self._movers[i] is None and self._count:
                self._start(i, now_ms)

    def _start(self, slot, now_ms):
        """Start the first waiting servo that is not on its way already."""
        for at in range(self._count):
            servo = self._waiting[at]
            if servo is not None and servo not in self._movers:
                self._movers[slot] = servo
                self._started_ms[slot] = now_ms
                self.moving += 1
                servo.command(self._wanted[at])
                self._remove(at)
                return

    def _find(self, servo):
        for at in range(self._count):
            if self._waiting[at] is servo:
                return at
        return self._count

    def _remove(self, at):
        self._count -= 1
        for i in range(at, self._count):
            self._waiting[i] = self._waiting[i + 1]
            self._wanted[i] = self._wanted[i + 1]
        self._waiting[self._count] = None
