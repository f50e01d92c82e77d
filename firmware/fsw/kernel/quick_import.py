"""Import the modules of the firmware without looking for them.

Before MicroPython opens `fsw/link/crc.mpy` it looks for a folder `fsw/link/crc` and for `fsw/link/crc.py`,
and reads all the folders above each time: 2 ms for each module. It seeks `struct` and its like on the disk.
And when a module is loaded already, it seeks each part of the dotted name anew among all names that it knows:
1 ms for each of the 200 import statements.
"""

import builtins
import sys

import micropython
import vfs

import fsw

_FILE = (0x8000, 0, 0, 0, 0, 0, 0, 0, 0, 0)  # as os.stat has it
_FOLDER = (0x4000, 0, 0, 0, 0, 0, 0, 0, 0, 0)
_PLACE = "/fsw"

# Native functions have their frame on the stack; on the heap it leaves holes that slow every allocation.


class _Bytecode:
    """A file system over the folder `fsw` that knows what is in it: packages, and bytecode in packages."""

    def __init__(self, disk):
        self._disk = disk

    def mount(self, readonly, mkfs):
        """For `vfs.mount`, which asks for it."""

    def umount(self):
        """For `vfs.umount`, which asks for it."""

    @micropython.native
    def stat(self, path):
        """Tell folders from files; there are no sources here."""
        if path.endswith(".py"):
            raise OSError
        return _FILE if path.rfind("/") else _FOLDER

    @micropython.native
    def open(self, path, mode):
        """Open the file on the disk; for a module that is missing, say which."""
        try:
            return self._disk.open(_PLACE + path, mode)
        except OSError:
            raise ImportError("no module " + _PLACE + path)  # noqa: B904 - MicroPython keeps no cause


@micropython.native
def _import(name, scope=None, _=None, wanted=(), level=0):
    """Import without a search what is loaded already."""
    if level or (not wanted and "." in name):  # relative to something, or the first part is asked for
        return _search(name, scope, None, wanted, level)
    module = sys.modules.get(name)
    if module is None:
        module = sys.modules[name] = _search(name, scope, None, wanted, level)
    return module


_search = builtins.__import__
_path = sys.path[:]


def begin():
    """Import quickly from here on."""
    builtins.__import__ = _import
    if fsw.__file__.endswith(".mpy"):  # not the sources, copied to the board as they are
        vfs.mount(_Bytecode(vfs.mount()[-1][0]), _PLACE)
    sys.path[:] = [".frozen"]  # what is not of the firmware is MicroPython's own


def end():
    """Import as ever again."""
    builtins.__import__ = _search
    sys.path[:] = _path
    if fsw.__file__.endswith(".mpy"):
        vfs.umount(_PLACE)
