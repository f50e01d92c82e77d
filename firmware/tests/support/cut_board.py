"""The power goes at one flash operation of an action after the other; what does the board find afterwards?

Only the code under test is on the board, so that a cut costs a fraction of a second.
"""

import ast
from collections import namedtuple
from itertools import count

from emulated_board import EmulatedBoard, compiled

from hatchwatch.emulator.flash import build_filesystem

MODULES = (
    "fsw/__init__.py",
    "fsw/kernel/__init__.py",
    "fsw/kernel/storage.py",
    "fsw/kernel/eventlog.py",
    "fsw/link/__init__.py",
    "fsw/link/cobs.py",
    "fsw/link/crc.py",
    "fsw/link/numbers.py",
    "fsw/link/telemetry.py",
)

RECORD = """
from fsw.kernel.storage import Record, damaged
r = Record({name!r}, {kind}, 1)
damaged.clear()
"""
# Afterwards nothing may count as damaged, and the next save must work.
LOOK_AT_RECORD = """
found = r.load()
fine = not damaged
r.save(b"next" * 40)
print(repr((found, fine and r.load() == b"next" * 40 and not damaged)))
"""
# Afterwards the older copy must be there, one file for inspection, and the next save must work.
LOOK_AFTER_DAMAGE = """
import os
found = r.load()
kept = [name for name in os.listdir("data") if name.endswith(".bad")]
r.save(b"next")
print(repr((found, r.load() == b"next" and len(kept) == 1)))
"""
LOG = """
import os
from array import array
from fsw.kernel.eventlog import EventLog, RECORD_BYTES, is_sound, next_segment
log = EventLog(array("i", (1000, 2000)))
packet = bytearray(8)
def add(count):
    for _ in range(count):
        log.add(14, 1, packet, 0, 8)
def write(count):
    while count:
        some = min(count, 64)
        add(some)
        while log.flush(): pass
        count -= some
"""
# Found are the first place and the number of sound records; the log must go on behind them.
LOOK_AT_LOG = """
def places():
    place, end = log.places()
    target = memoryview(bytearray(64 * RECORD_BYTES))
    found = []
    while place < end:
        count = log.read(place, target)
        for i in range(count):
            if is_sound(target[i * RECORD_BYTES : (i + 1) * RECORD_BYTES]):
                found.append(place + i)
        place = place + count if count else next_segment(place)
    return found
before = places()
end = log.places()[1]
add(3)
while log.flush(): pass
print(repr(((before[:1], len(before)), places()[-3:] == list(range(end, end + 3)))))
"""

Action = namedtuple("Action", "name setup before action look")
Cut = namedtuple("Cut", "operation kind torn found sound")


def save(name, kind, size, saves_before):
    """The save of a record of `size` bytes after some others, which fill the log of the folder."""
    before = "".join("r.save(bytes([%d]) * %d)\n" % (i, size) for i in range(saves_before)) or "pass"
    setup = RECORD.format(name=name, kind=kind)
    return Action(
        "save %s, %d saves before" % (name, saves_before),
        setup,
        before,
        "r.save(bytes([%d]) * %d)" % (saves_before, size),
        LOOK_AT_RECORD,
    )


def put_aside(name, kind):
    """A damaged copy is found and put aside."""
    damage = "f = open('data/%s.a', 'r+b'); f.seek(12); f.write(b'?'); f.close()" % name
    before = "for i in range(3): r.save(bytes([i]) * 100)\n" + damage
    setup = RECORD.format(name=name, kind=kind)
    return Action("put damaged %s aside" % name, setup, before, "r.load()", LOOK_AFTER_DAMAGE)


def log_events(events_before, events):
    """The flush of some events behind others."""
    return Action(
        "log %d events, %d before" % (events, events_before),
        LOG,
        "write(%d)" % events_before,
        "add(%d)\nlog.flush()" % events,
        LOOK_AT_LOG,
    )


def remove_oldest():
    """The log has begun a file too many and removes its oldest."""
    before = "write(4 * 170); add(1); log.flush()"
    return Action("remove the log's oldest file", LOG, before, "log.flush()", LOOK_AT_LOG)


class CutBoard:
    """A board with the storage code, on which actions are cut."""

    def __init__(self):
        files = compiled(MODULES)
        self._blank = build_filesystem(files)
        self._board = EmulatedBoard(None, files)

    def outcomes(self, action):
        """Return what is found if the action was not begun, and what if it came to its end."""
        image = self._prepare(action)
        self._start(action, image)
        old, sound = self._look(action)
        assert sound
        self._start(action, image)
        self._board.run(action.action)
        self._start(action, self._board.chip.read_filesystem())
        new, sound = self._look(action)
        assert sound
        return old, new

    def cuts(self, action, torn=(False, True)):
        """Cut the action at each of its flash operations, before it or in its middle; yield each `Cut`."""
        image = self._prepare(action)
        for in_the_middle in torn:
            for operation in count(1):
                self._start(action, image)
                flash = self._board.chip.flash_cut
                flash.arm(flash.operations + operation, torn=in_the_middle)
                if self._board.run(action.action) is not None:
                    flash.disarm()
                    break
                kind = flash.last_kind
                self._board.restart()
                self._board.run(action.setup)
                yield Cut(operation, kind, in_the_middle, *self._look(action))

    def _prepare(self, action):
        self._start(action, self._blank)
        self._board.run(action.before)
        return self._board.chip.read_filesystem()

    def _start(self, action, image):
        """Let the board have this file system, without a start, which would take three times as long."""
        self._board.run("import vfs, rp2; vfs.umount('/')")
        self._board.chip.write_filesystem(image)
        self._board.run("vfs.mount(vfs.VfsLfs2(rp2.Flash(), progsize=256), '/')")
        self._board.run(action.setup)

    def _look(self, action):
        return ast.literal_eval(self._board.run(action.look))
