"""Power-up: MicroPython runs this file after every reset."""

from micropython import kbd_intr

kbd_intr(-1)  # first of all: a frame that comes during the imports may hold 0x03, which is Ctrl-C

import builtins  # noqa: E402
import gc  # noqa: E402
import sys  # noqa: E402

import micropython  # noqa: E402

search = __import__


@micropython.native  # its frame is on the stack; on the heap it leaves holes that slow every allocation
def remembered(name, scope=None, _=None, wanted=(), level=0):
    """Import without a search what is loaded already.

    MicroPython seeks each part of a dotted name anew among all names that it knows, and `struct` and its
    like on the disk: 1 ms for each of the firmware's 200 import statements.
    """
    if level or (not wanted and "." in name):  # relative to something, or the first part is asked for
        return search(name, scope, None, wanted, level)
    module = sys.modules.get(name)
    if module is None:
        module = sys.modules[name] = search(name, scope, None, wanted, level)
    return module


builtins.__import__ = remembered
from fsw.kernel.boot import run  # noqa: E402

builtins.__import__ = search
gc.collect()  # or buffers of 1.5 KB find no room in one piece between what the imports left

run()
