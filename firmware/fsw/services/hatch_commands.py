"""The functions of service 8 that move something, and what they need: each refusal has its reason."""

from micropython import const

from fsw.link import numbers
from fsw.services.commands import PENDING, refusal

_INDEX_AT = const(12)  # first argument, after the function's number
_VALUE_AT = const(13)
_OPEN = const(1)
_SHUT = const(2)


class HatchCommands:
    """Checks and performs moves, arming, and marks of isolated modules. `safe` is never refused."""

    def __init__(
        self,
        has_bench,
        hardware,
        motion,
        isolation,
        arming,
        events,
        health,
        saving,
        stamp,
        values,
    ):
        """`stamp` is the one of `BoardClock`, `values` are those of the parameters; the others are parts."""
        self._has_bench = has_bench
        self._servos = hardware.servos
        self._sides = hardware.sides
        self._modules = hardware.sensors.count
        self._motion = motion
        self._isolation = isolation
        self._arming = arming
        self._events = events
        self._health = health
        self._saving = saving
        self._stamp = stamp
        self._values = values

    def functions(self):
        """Return {number: (bytes of arguments, check, run)}, as `Functions` takes them."""
        return {
            numbers.FUNCTION_MOVE_HATCH: (2, self._check_hatch, self._move_hatch),
            numbers.FUNCTION_MOVE_INJECTOR: (2, self._check_injector, self._move_injector),
            numbers.FUNCTION_SAFE: (0, self._check_nothing, self._safe),
            numbers.FUNCTION_ARM_HATCH: (1, self._check_arm, self._arm),
            numbers.FUNCTION_MARK_ISOLATED: (2, self._check_mark, self._mark),
        }

    def _check_nothing(self, packet):
        return 0

    def _check_index(self, packet, count):
        """Check what all commands that move something have in common."""
        if not self._has_bench:
            return refusal(numbers.REFUSED_NO_BENCH)
        if self._health.mode == numbers.MODE_SAFE:
            return refusal(numbers.REFUSED_SAFE_MODE)
        if packet[_INDEX_AT] >= count:
            return refusal(numbers.REFUSED_INDEX, packet[_INDEX_AT])
        return 0

    def _check_move(self, packet, count):
        refused = self._check_index(packet, count)
        if refused:
            return refused
        position = packet[_VALUE_AT]
        if position in (_OPEN, _SHUT):
            return 0
        return refusal(numbers.REFUSED_VALUE, position)

    def _check_hatch(self, packet):
        refused = self._check_move(packet, self._servos.hatches)
        if refused or packet[_VALUE_AT] != _OPEN or not self._isolation.guards(packet[_INDEX_AT]):
            return refused
        return self._arming.check(packet[_INDEX_AT], self._stamp)

    def _move_hatch(self, packet):
        self._motion.move(packet[_INDEX_AT], packet[_VALUE_AT])
        return PENDING

    def _check_injector(self, packet):
        return self._check_move(packet, self._servos.count - self._servos.hatches)

    def _move_injector(self, packet):
        self._motion.move(self._servos.hatches + packet[_INDEX_AT], packet[_VALUE_AT])
        return PENDING

    def _safe(self, packet):
        return PENDING if self._motion.go_safe() else 0

    def _check_arm(self, packet):
        return self._check_index(packet, self._servos.hatches)

    def _arm(self, packet):
        hatch = packet[_INDEX_AT]
        self._arming.arm(hatch, self._stamp)
        self._events.u8_u8(numbers.EVENT_HATCH_ARMED, hatch, self._values[numbers.PARAMETER_ARM_TIME_S])
        return 0

    def _check_mark(self, packet):
        """In safe mode too: a mark moves nothing."""
        module = packet[_INDEX_AT]
        if not self._has_bench:
            return refusal(numbers.REFUSED_NO_BENCH)
        if module >= self._modules:
            return refusal(numbers.REFUSED_INDEX, module)
        if packet[_VALUE_AT] > 1:
            return refusal(numbers.REFUSED_VALUE, packet[_VALUE_AT])
        if self._isolation.is_waiting or self._motion.opens_to(module, self._sides):
            return refusal(numbers.REFUSED_BUSY)
        return 0

    def _mark(self, packet):
        self._arming.use_up()
        self._isolation.mark(packet[_INDEX_AT], packet[_VALUE_AT])
        self._saving.want(self._isolation.store)
        return PENDING
