"""Service 8: the functions a host can have performed."""

from micropython import const

from fsw.link import numbers, telecommand
from fsw.services.commands import PENDING, refusal
from fsw.services.housekeeping import ticks_of

_ARGUMENTS_AT = const(12)  # after the function's number
_OPEN = const(1)
_SHUT = const(2)


def _nothing(packet):
    return 0


class Functions:
    """Checks and performs functions; `system` can reset and leave, `motion` moves servos for commands."""

    def __init__(self, housekeeping, servos, motion, system):
        self._housekeeping = housekeeping
        self._servos = servos
        self._motion = motion
        self._system = system
        self._functions = {  # as in `offer`
            numbers.FUNCTION_READINGS_START: (2, self._check_interval, self._start_readings),
            numbers.FUNCTION_READINGS_STOP: (0, _nothing, self._stop_readings),
            numbers.FUNCTION_MOVE_HATCH: (2, self._check_hatch, self._move_hatch),
            numbers.FUNCTION_MOVE_INJECTOR: (2, self._check_injector, self._move_injector),
            numbers.FUNCTION_SAFE: (0, _nothing, self._safe),
            numbers.FUNCTION_RESET: (0, _nothing, self._reset),
            numbers.FUNCTION_REPL: (0, _nothing, self._leave),
            numbers.FUNCTION_LEAVE_SAFE_MODE: (0, _nothing, self._leave_safe_mode),
        }

    def offer(self, functions):
        """Add functions of other services, {number: (bytes of arguments, check, run)}.

        `check(packet)` and `run(packet)` are as in `commands`, the arguments begin at packet[12].
        """
        self._functions.update(functions)

    def handlers(self):
        """Return the handlers of this service."""
        return {8 << 8 | 1: (-1, self._check, self._run)}

    def _check(self, packet, end):
        length = end - telecommand.DATA_AT
        if length < 1:
            return refusal(numbers.REFUSED_LENGTH, length)
        function = self._functions.get(packet[telecommand.DATA_AT])
        if function is None:
            return refusal(numbers.REFUSED_FUNCTION, packet[telecommand.DATA_AT])
        if length != 1 + function[0]:
            return refusal(numbers.REFUSED_LENGTH, length)
        return function[1](packet)

    def _run(self, packet, end):
        return self._functions[packet[telecommand.DATA_AT]][2](packet)

    def _check_interval(self, packet):
        interval_ms = packet[_ARGUMENTS_AT] << 8 | packet[_ARGUMENTS_AT + 1]
        return 0 if ticks_of(interval_ms) else refusal(numbers.REFUSED_VALUE, interval_ms)

    def _start_readings(self, packet):
        self._housekeeping.readings_ticks = ticks_of(packet[_ARGUMENTS_AT] << 8 | packet[_ARGUMENTS_AT + 1])
        return 0

    def _stop_readings(self, packet):
        self._housekeeping.readings_ticks = 0
        return 0

    def _check_hatch(self, packet):
        return self._check_move(packet, self._servos.hatches)

    def _check_injector(self, packet):
        return self._check_move(packet, self._servos.count - self._servos.hatches)

    def _check_move(self, packet, count):
        if not self._motion.has_bench:
            return refusal(numbers.REFUSED_NO_BENCH)
        if packet[_ARGUMENTS_AT] >= count:
            return refusal(numbers.REFUSED_INDEX, packet[_ARGUMENTS_AT])
        position = packet[_ARGUMENTS_AT + 1]
        return 0 if position in (_OPEN, _SHUT) else refusal(numbers.REFUSED_VALUE, position)

    def _move_hatch(self, packet):
        self._motion.move(packet[_ARGUMENTS_AT], packet[_ARGUMENTS_AT + 1])
        return PENDING

    def _move_injector(self, packet):
        self._motion.move(self._servos.hatches + packet[_ARGUMENTS_AT], packet[_ARGUMENTS_AT + 1])
        return PENDING

    def _safe(self, packet):
        return PENDING if self._motion.go_safe() else 0

    def _reset(self, packet):
        self._system.want_reset()
        return 0

    def _leave(self, packet):
        self._system.want_prompt()
        return 0

    def _leave_safe_mode(self, packet):
        self._system.leave_safe_mode()
        return 0
