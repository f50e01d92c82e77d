"""The firmware's pure logic, run by this Python: the very files that a deployment puts on the board."""

from __future__ import annotations

import builtins
import importlib
import sys
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

from hatchwatch.payload import firmware_root

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["flight_module"]


def flight_module(name: str) -> Any:
    """Import a module of the firmware that touches no pin, such as `fsw.station.hatches`.

    A viper function gives the same bits here as on the board, because its intermediate values fit 32 bits.
    """
    known = sys.modules.get(name)
    if known is not None:
        return known
    before = set(sys.modules)
    with _firmware_on_path():
        module = importlib.import_module(name)
    for new in set(sys.modules) - before:
        if new.startswith("fsw."):
            vars(sys.modules[new]).update(_POINTERS)
    return module


@contextmanager
def _firmware_on_path() -> Iterator[None]:
    """The firmware's folder, MicroPython's own module and viper's names, for as long as an import takes."""
    root = str(firmware_root())
    has_own = "micropython" in sys.modules
    missing = {name: pointer for name, pointer in _POINTERS.items() if not hasattr(builtins, name)}
    sys.path.insert(0, root)
    vars(builtins).update(missing)
    if not has_own:
        sys.modules["micropython"] = _micropython()
    try:
        yield
    finally:
        sys.path.remove(root)
        for name in missing:
            delattr(builtins, name)
        if not has_own:
            del sys.modules["micropython"]


def _micropython() -> ModuleType:
    """What firmware takes from `micropython`; each leaves what it is given as it is."""
    module = ModuleType("micropython")
    for name in ("const", "native", "viper"):
        setattr(module, name, _unchanged)
    return module


def _unchanged(thing: Any) -> Any:
    return thing


def _pointer(code: str) -> Any:
    """A pointer of viper: a view of the same memory, in which an index means the same as on the board."""

    def cast(buffer: Any) -> memoryview:
        return memoryview(buffer).cast("B").cast(code)  # type: ignore[call-overload, no-any-return]

    return cast


_POINTERS = {"ptr8": _pointer("B"), "ptr16": _pointer("H"), "ptr32": _pointer("i"), "uint": int}
