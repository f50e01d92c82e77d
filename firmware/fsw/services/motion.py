"""Moves hatches and injectors for commands, and tells when they have arrived."""

from fsw.link import numbers


class Motion:
    """Joins servos with the commands that move them.

    Each servo has a slot of `verification` for the command that moves it, one more is for `safe`. A later
    command takes over: the earlier one fails as superseded.
    """

    def __init__(self, servos, safe_positions, has_bench, verification, events):
        """`safe_positions` holds a position for each servo, in the order of `servos`."""
        self.has_bench = has_bench
        self._servos = servos
        self._safe_positions = safe_positions
        self._verification = verification
        self._events = events
        self._safe_slot = servos.count + 1

    def move(self, servo, position):
        """Move one servo for the command being handled, which completes on arrival."""
        self._supersede(self._safe_slot)
        self._supersede(servo + 1)
        self._verification.keep(servo + 1)
        self._servos.move(servo, position)

    def go_safe(self):
        """Move all servos to the safe state for the command being handled; return whether that takes time."""
        count = self._servos.count
        if count == 0:
            return False
        for slot in range(1, count + 2):
            self._supersede(slot)
        self._verification.keep(self._safe_slot)
        # Injectors first: they are what lets the gas out.
        for servo in range(self._servos.hatches, count):
            self._servos.move(servo, self._safe_positions[servo])
        for servo in range(self._servos.hatches):
            self._servos.move(servo, self._safe_positions[servo])
        return True

    def tick(self, now_ms):
        """Move on; in each turn of the loop while servos are busy."""
        servos = self._servos
        servos.tick(now_ms)
        for servo in range(servos.count):
            if servos.take_arrival(servo):
                self._arrived(servo)
        if not servos.busy and self._verification.is_pending(self._safe_slot):
            self._verification.complete(self._safe_slot)

    def _arrived(self, servo):
        position = self._servos.positions[servo]
        hatches = self._servos.hatches
        if servo < hatches:
            self._events.u8_u8(numbers.EVENT_HATCH_ARRIVED, servo, position)
        else:
            self._events.u8_u8(numbers.EVENT_INJECTOR_ARRIVED, servo - hatches, position)
        if self._verification.is_pending(servo + 1):
            self._verification.complete(servo + 1)

    def _supersede(self, slot):
        if self._verification.is_pending(slot):
            self._verification.fail(slot, numbers.FAILED_SUPERSEDED, 0)
