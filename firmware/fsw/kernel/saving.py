"""What is to be written to flash waits here for a turn of the loop with little else to do."""

from fsw.link import numbers
from fsw.services.commands import PENDING, refusal


class Saving:
    """Calls one waiting function in each turn that has time for it.

    On silicon a save stops everything for up to 60 ms. Two in one turn, or one between two turns, would delay
    the next sweep by more than a period. While `held` is set all wait, for a file takes 1.2 kB in one piece.
    """

    def __init__(self):
        self._waiting = []
        self._pause = False
        self.held = False

    def want(self, save):
        """Have `save()` called soon; once, however often it is wanted before. It must not raise."""
        if save not in self._waiting:
            self._waiting.append(save)

    def skip_one(self):
        """Let the next turn pass: something else is written to flash in this one, which may be the same."""
        self._pause = True

    def tick(self):
        """Call the one that waits longest."""
        if self._waiting and not self._pause and not self.held:
            self._waiting.pop(0)()
        self._pause = False


class SaveCommand:
    """A command that saves a record, completed when that is done."""

    def __init__(self, saving, verification, slot, events, name, save):
        """`slot` of `verification` keeps the command meanwhile; `save()` may raise OSError."""
        self._saving = saving
        self._verification = verification
        self._slot = slot
        self._events = events
        self._name = name
        self._save = save

    def function(self):
        """Return it as a function of service 8."""
        return 0, self._check, self._run

    def _check(self, packet):
        return refusal(numbers.REFUSED_BUSY) if self._verification.is_pending(self._slot) else 0

    def _run(self, packet):
        self._verification.keep(self._slot)
        self._saving.want(self._save_now)
        return PENDING

    def _save_now(self):
        try:
            self._save()
            self._verification.complete(self._slot)
        except OSError as error:
            errno = error.errno or 0
            self._events.u8_text(numbers.EVENT_STORAGE_FAILED, errno & 0xFF, self._name)
            self._verification.fail(self._slot, numbers.FAILED_STORAGE, errno)
