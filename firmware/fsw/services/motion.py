"""Moves hatches and injectors, sees to it that they arrive, and tells what became of the moves."""

from micropython import const

from fsw.kernel.move_mark import PATH
from fsw.link import numbers
from fsw.station import hatches

_REST_MS = const(2000)  # a reset within this time of a move may come from the supply of the servos
_TICKS_MASK = const(0x3FFFFFFF)  # `BoardClock.ms` wraps there
_QUEUED = const(4)
_MOVING = const(3)


class Motion:
    """Joins servos with the commands that move them, and with the pressures that tell of hatches.

    Each servo has a slot of `verification` for the command that moves it, one more is for `safe`. A later
    command takes over: the earlier one fails as superseded. `busy` says that `tick` is needed.
    """

    def __init__(self, servos, watch, safe_positions, isolation, arming, mark, verification, events):
        """`watch` is a `station.hatches.HatchWatch`, `mark` a `kernel.move_mark.MoveMark`.

        `safe_positions` holds a position for each servo, in the order of `servos`. Every move uses up what is
        armed.
        """
        self.busy = False
        self.commanded = False  # a host, or a fault, has moved something since this was set to False
        self._arming = arming
        self._servos = servos
        self._watch = watch
        self._safe_positions = safe_positions
        self._isolation = isolation
        self._mark = mark
        self._verification = verification
        self._events = events
        self._safe_slot = servos.count + 1
        self._safe_failed = False  # a hatch has failed since `safe` was commanded
        self._moved_ms = 0  # when a servo was under way last

    def move(self, servo, position):
        """Move one servo for the command being handled, which completes on arrival."""
        self.commanded = True
        self._arming.use_up()
        self._supersede(self._safe_slot)
        self._supersede(servo + 1)
        self._verification.keep(servo + 1)
        self._send(servo, position)

    def order(self, hatch, position):
        """Move a hatch because the firmware itself wants it."""
        self._arming.use_up()
        self._supersede(self._safe_slot)
        self._supersede(hatch + 1)
        self._send(hatch, position)

    def go_safe(self):
        """Move all servos to the safe state for the command being handled; return whether that takes time."""
        if not self._send_all():
            return False
        self._verification.keep(self._safe_slot)
        self._safe_failed = False
        return True

    def order_safe(self, cause):
        """Move all servos to the safe state without a command, unless one that does so is under way.

        `cause` is a value of `safe_cause`.
        """
        self._events.u8(numbers.EVENT_SAFE_ORDERED, cause)
        if not self._verification.is_pending(self._safe_slot):
            self._send_all()

    def opens_to(self, module, sides):
        """Whether a hatch of `module` is on its way to open; `sides` are those of all hatches."""
        for hatch in range(self._servos.hatches):
            opens = self._is_under_way(hatch) and self._watch.targets[hatch] == numbers.POSITION_OPEN
            if opens and (module == sides[2 * hatch] or module == sides[2 * hatch + 1]):
                return True
        return False

    def tick(self, now_ms):
        """Move on; in each turn of the loop while `busy`. `now_ms` is that of the turn, `BoardClock.ms`.

        The mark in flash comes before the first pulse and goes when all has been at rest for 2 s, each in a
        turn without moves.
        """
        if not self._mark.is_set:
            self._tell_flash(self._mark.set())
            return
        servos = self._servos
        if servos.busy or self._watch.checks:
            self._moved_ms = now_ms
            self._follow(now_ms)
        elif (now_ms - self._moved_ms) & _TICKS_MASK >= _REST_MS:
            self._tell_flash(self._mark.clear())
            self.busy = False

    def off(self):
        """End all pulses and forget all moves: nobody looks after them from here on."""
        self._servos.off()
        self._watch.forget()
        if self._mark.is_set:
            self._tell_flash(self._mark.clear())
        self.busy = False

    def _send(self, servo, position):
        self._servos.move(servo, position)
        if servo < self._servos.hatches:
            self._watch.command(servo, position)
        self.busy = True

    def _send_all(self):
        """Send all servos home and return whether there are any to send; earlier commands are superseded."""
        self.commanded = True
        self._arming.use_up()
        servos = self._servos
        for slot in range(1, self._safe_slot + 1):
            self._supersede(slot)
        # Injectors first: they are what lets the gas out.
        for servo in range(servos.hatches, servos.count):
            self._send(servo, self._safe_positions[servo])
        sent = servos.count > servos.hatches
        for hatch in range(servos.hatches):
            sent = self._send_home(hatch) or sent
        return sent

    def _send_home(self, hatch):
        """Send a hatch to its safe position, but never open to an isolated module; return whether it moves.

        Such a hatch is left as it is, for nobody may be shut in either; unless it is just opening.
        """
        position = self._safe_positions[hatch]
        if position == numbers.POSITION_OPEN and self._isolation.guards(hatch):
            if not self._is_under_way(hatch):
                self._events.u8_u8(numbers.EVENT_HATCH_KEPT, hatch, self._servos.positions[hatch])
                return False
            position = numbers.POSITION_SHUT
        self._send(hatch, position)
        return True

    def _follow(self, now_ms):
        servos = self._servos
        watch = self._watch
        servos.tick(now_ms)
        for servo in range(servos.count):
            is_hatch = servo < servos.hatches
            if servos.take_start(servo) and is_hatch:
                self._act(servo, watch.start(servo))
            if servos.take_arrival(servo):
                if is_hatch:
                    servos.positions[servo] = _MOVING  # until the watch says what became of it
                    self._act(servo, watch.travel_over(servo, now_ms))
                else:
                    self._arrive(servo)
            elif is_hatch:
                self._act(servo, watch.look(servo, now_ms))
        if not (servos.busy or watch.checks) and self._verification.is_pending(self._safe_slot):
            self._end_safe()

    def _act(self, hatch, action):
        """Do what the watch over the hatches asks for."""
        if action == hatches.NOTHING:
            return
        target = self._watch.targets[hatch]
        if action == hatches.TELL_MOVING:
            self._events.u8_u8(numbers.EVENT_HATCH_MOVING, hatch, target)
        elif action == hatches.RETRY:
            self._tell_difference(numbers.EVENT_HATCH_RETRY, hatch)
            self._servos.move(hatch, target)
        elif action == hatches.FAIL:
            self._fail(hatch)
        else:
            self._servos.positions[hatch] = target
            by_pressure = action == hatches.ARRIVED_BY_PRESSURE
            proof = numbers.PROOF_PRESSURES if by_pressure else numbers.PROOF_TIME
            self._events.u8_u8_u8(numbers.EVENT_HATCH_ARRIVED, hatch, target, proof)
            self._complete(hatch + 1)

    def _arrive(self, servo):
        """Take note that an injector has arrived."""
        injector = servo - self._servos.hatches
        self._events.u8_u8(numbers.EVENT_INJECTOR_ARRIVED, injector, self._servos.positions[servo])
        self._complete(servo + 1)

    def _fail(self, hatch):
        self._servos.positions[hatch] = numbers.POSITION_FAILED
        self._safe_failed = True
        self._tell_difference(numbers.EVENT_HATCH_FAILED, hatch)
        if self._verification.is_pending(hatch + 1):
            self._verification.fail(hatch + 1, numbers.FAILED_HATCH, self._watch.retries[hatch])

    def _end_safe(self):
        if self._safe_failed:
            self._verification.fail(self._safe_slot, numbers.FAILED_HATCH, 0)
        else:
            self._verification.complete(self._safe_slot)

    def _tell_difference(self, number, hatch):
        watch = self._watch
        self._events.u8_u8_i32(number, hatch, watch.targets[hatch], watch.difference_pa[hatch])

    def _tell_flash(self, errno):
        if errno:
            self._events.u8_text(numbers.EVENT_STORAGE_FAILED, errno, PATH)

    def _is_under_way(self, servo):
        position = self._servos.positions[servo]
        return position in (_QUEUED, _MOVING)

    def _complete(self, slot):
        if self._verification.is_pending(slot):
            self._verification.complete(slot)

    def _supersede(self, slot):
        if self._verification.is_pending(slot):
            self._verification.fail(slot, numbers.FAILED_SUPERSEDED, 0)
