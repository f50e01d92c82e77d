"""Service 8: the functions a host can have performed."""

from micropython import const

from fsw.link import numbers, telecommand
from fsw.services.commands import nothing_to_check, refusal
from fsw.services.housekeeping import ticks_of

_ARGUMENTS_AT = const(12)  # after the function's number


class Functions:
    """Checks and performs functions, its own and those of other services; `system` can reset and leave."""

    def __init__(self, housekeeping, system):
        self._housekeeping = housekeeping
        self._system = system
        self._functions = {  # as in `offer`
            numbers.FUNCTION_READINGS_START: (2, self._check_interval, self._start_readings),
            numbers.FUNCTION_READINGS_STOP: (0, nothing_to_check, self._stop_readings),
            numbers.FUNCTION_RESET: (0, nothing_to_check, self._reset),
            numbers.FUNCTION_REPL: (0, nothing_to_check, self._leave),
            numbers.FUNCTION_LEAVE_SAFE_MODE: (0, nothing_to_check, self._leave_safe_mode),
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

    def _reset(self, packet):
        self._system.want_reset()
        return 0

    def _leave(self, packet):
        self._system.want_prompt()
        return 0

    def _leave_safe_mode(self, packet):
        self._system.leave_safe_mode()
        return 0
