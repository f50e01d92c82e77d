"""The marks of isolated modules: a hatch to one opens only when armed. They outlive resets."""

import os

from fsw.kernel import storage
from fsw.link import numbers

BAD_COPY = storage.FOLDER + "/station.bad"


class Isolation:
    """Which modules are isolated: bit 0 of `marks` for the first module, and so on.

    A mark counts at once, its removal when it is in flash: whatever goes wrong in between, the module counts
    as isolated. If the stored marks are damaged, or of a bench with another number of modules, all count.
    """

    def __init__(self, record, sides, modules, verification, slot, events):
        """`record` is a `kernel.storage.Record`, `sides` holds the indexes of two modules for each hatch.

        `slot` of `verification` is for the command whose mark is being stored.
        """
        self._record = record
        self._sides = sides
        self._modules = modules
        self._verification = verification
        self._slot = slot
        self._events = events
        self._module = 0  # whose mark is being stored
        self._wanted = 0  # the marks after that
        self.marks = 0
        self._is_damaged = False
        if modules:
            self._load()

    @property
    def is_waiting(self):
        """Whether a mark waits to be stored."""
        return self._verification.is_pending(self._slot)

    def guards(self, hatch):
        """Return 1 if `hatch` leads to an isolated module, else 0."""
        return (self.marks >> self._sides[2 * hatch] | self.marks >> self._sides[2 * hatch + 1]) & 1

    def mark(self, module, isolated):
        """Mark a module as isolated (1) or not (0), for the command being handled.

        The command completes when the mark is in flash.
        """
        bit = 1 << module
        self._module = module
        self._wanted = self.marks | bit if isolated else self.marks & ~bit
        self.marks |= self._wanted
        self._verification.keep(self._slot)

    def add(self, modules):
        """Mark a set of modules without a command; `keep` must follow."""
        self.marks |= modules
        self._wanted |= modules

    def keep(self):
        """Write the marks as they are. Raises OSError."""
        self._record.save(self._data(self.marks))

    def store(self):
        """Write the mark that waits; in a turn that has the time."""
        try:
            self._record.save(self._data(self._wanted))
        except OSError as error:
            self._verification.fail(self._slot, numbers.FAILED_STORAGE, error.errno)
            return
        self.marks = self._wanted
        module = self._module
        self._events.u8_u8(numbers.EVENT_MODULE_ISOLATED, module, self.marks >> module & 1)
        self._verification.complete(self._slot)

    def tell_start(self):
        """Tell of damage, and store in both copies what is assumed: the next start must find it."""
        if not self._is_damaged:
            return
        self._events.plain(numbers.EVENT_MARKS_DAMAGED)
        try:
            for _ in range(2):
                self._record.save(self._data(self.marks))
        except OSError as error:
            self._events.u8_text(numbers.EVENT_STORAGE_FAILED, error.errno, "station")

    def _load(self):
        damaged_before = len(storage.damaged)
        data = self._record.load()
        self._is_damaged = len(storage.damaged) > damaged_before
        if data is None:
            # No copy at all is a new board, unless this one lost them and its power before it could say so.
            self._is_damaged = self._is_damaged or _exists(BAD_COPY)
        elif len(data) != 3:
            self._is_damaged = True
        else:
            self.marks = data[1] << 8 | data[2]
            if data[0] != self._modules and self.marks:
                self._is_damaged = True
        if self._is_damaged:
            self.marks = (1 << self._modules) - 1

    def _data(self, marks):
        return bytes((self._modules, marks >> 8, marks & 0xFF))


def _exists(path):
    try:
        os.stat(path)
    except OSError:
        return False
    return True
