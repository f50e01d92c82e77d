"""Is somebody there? A lost link is told once, counted, and may send the bench to its safe state."""

from micropython import const

from fsw.link import numbers

_HERE = const(-1)


class LinkWatch:
    """Looks once a second whether the host reads, and whether it says anything.

    A host that hangs with the port open does not read, and the console takes no more. A port that nobody has
    open looks as if somebody read: a missing host or cable shows only in `link_silence_s` without a command.
    """

    def __init__(self, stamp, sender, verification, health, events, motion, values):
        """`stamp` is the one of `BoardClock`, `sender` that of the console; `values` are the parameters'."""
        self._stamp = stamp
        self._sender = sender
        self._verification = verification
        self._health = health
        self._events = events
        self._motion = motion
        self._values = values
        self._heard = 0  # commands
        self._read_s = stamp[0]  # when the host has read last, and spoken last
        self._heard_s = stamp[0]
        self._lost_s = _HERE  # since when the link is lost

    def tick(self):
        """Look, tell, and order what the parameters say."""
        now_s = self._stamp[0]
        self._look(now_s)
        loss = self._loss(now_s)
        if self._lost_s == _HERE:
            if loss != _HERE:
                self._lose(loss, now_s)
        elif loss == _HERE:
            self._events.u16(numbers.EVENT_LINK_BACK, _u16(now_s - self._lost_s))
            self._lost_s = _HERE

    def _look(self, now_s):
        if self._sender.is_read:
            self._read_s = now_s
        heard = self._verification.accepted_count + self._verification.refused_count
        if heard != self._heard:
            self._heard = heard
            self._heard_s = now_s

    def _loss(self, now_s):
        """Return a value of `link_loss`, or _HERE."""
        if now_s - self._read_s >= self._values[numbers.PARAMETER_LINK_LOSS_S]:
            return numbers.LINK_NOT_READ
        silence_s = self._values[numbers.PARAMETER_LINK_SILENCE_S]
        if silence_s and now_s - self._heard_s >= silence_s:
            return numbers.LINK_SILENT
        return _HERE

    def _lose(self, loss, now_s):
        self._lost_s = self._read_s if loss == numbers.LINK_NOT_READ else self._heard_s
        health = self._health
        health.link_losses = (health.link_losses + 1) & 0xFFFF
        self._events.u8_u16(numbers.EVENT_LINK_LOST, loss, _u16(now_s - self._lost_s))
        if self._values[numbers.PARAMETER_SAFE_ON_LINK_LOSS]:
            self._motion.order_safe(numbers.SAFE_BY_LINK_LOSS)


def _u16(seconds):
    return min(seconds, 0xFFFF)
