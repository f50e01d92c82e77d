"""A file that says: servos move, or have just moved. One that is still there after a reset tells of a sag.

Found at a start that nobody ordered, it makes the supply of the servos suspect: a motor that starts or stalls
draws several hundred mA. The RP2040 reports a brown-out as a power-on.
"""

import os
from errno import ENOENT

from fsw.kernel.storage import FOLDER

PATH = FOLDER + "/moving"


class MoveMark:
    """The file, and whether it is there. A change is one or two operations of the flash, and takes heap."""

    def __init__(self, saving):
        """`saving` is a `kernel.saving.Saving`, which then writes nothing in the same turn."""
        self.is_set = False
        self._saving = saving

    def take(self):
        """Return whether the firmware before left the mark, and remove it."""
        try:
            os.remove(PATH)
        except OSError:  # most likely there is none; if the flash is ill, those who write to it tell
            return False
        return True

    def set(self):
        """Make the mark; return 0, or the errno of a flash that refuses (the moves go on without)."""
        self.is_set = True
        self._saving.skip_one()
        try:
            _touch()
        except OSError as error:
            return error.errno
        return 0

    def clear(self):
        """Remove the mark; return 0 or an errno as `set` does."""
        self.is_set = False
        self._saving.skip_one()
        try:
            os.remove(PATH)
        except OSError as error:
            return 0 if error.errno == ENOENT else error.errno
        return 0


def _touch():
    try:
        open(PATH, "wb").close()
    except OSError as error:
        if error.errno != ENOENT:
            raise
        os.mkdir(FOLDER)  # the first move of a new board
        open(PATH, "wb").close()
