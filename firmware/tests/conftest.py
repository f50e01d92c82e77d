"""Pure firmware logic is tested under CPython: `fsw` becomes importable, and `micropython` is a stand-in."""

import sys
from pathlib import Path

_TESTS = Path(__file__).resolve().parent
for _path in (_TESTS / "cpython", _TESTS / "support", _TESTS.parent):
    if str(_path) not in sys.path:
        sys.path.insert(0, str(_path))
