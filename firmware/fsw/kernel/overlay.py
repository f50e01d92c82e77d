"""Modules that are in the heap only while they are needed."""

import gc
import sys


class Overlay:
    """A module and those that it alone imports, loaded one at a time and dropped together.

    Loading one takes up to 60 ms, so `load` brings in one a turn.
    """

    def __init__(self, folder, names):
        """`folder` is a package that is loaded, `names` are modules in it: what is imported comes first."""
        self._folder = folder
        self._names = names
        self._loaded = 0

    @property
    def is_loaded(self):
        """Whether all are there."""
        return self._loaded == len(self._names)

    def load(self):
        """Load one more module; return the last one when all are there, else None. Allocates."""
        if not self._loaded:
            gc.collect()  # so that they find room
        if self._loaded < len(self._names):
            module = __import__(self._folder + "." + self._names[self._loaded], None, None, ("*",))
            self._loaded += 1
            if self._loaded == len(self._names):
                return module
        return None

    def drop(self):
        """Forget the modules; nobody may hold a part of them."""
        if self._loaded:
            for name in self._names[: self._loaded]:
                forget(self._folder, name)
            self._loaded = 0
            gc.collect()


def forget(folder, name):
    """Let go of a module that has done its work; what others hold of it stays."""
    del sys.modules[folder + "." + name]
    delattr(sys.modules[folder], name)
