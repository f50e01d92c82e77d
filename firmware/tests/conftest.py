"""Pure firmware logic is tested under CPython: `fsw` becomes importable, and `micropython` is a stand-in."""

import sys
from pathlib import Path

from hypothesis import settings

# Property tests are the same on every run, and no machine is too slow for them.
settings.register_profile("steady", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("steady")

_TESTS = Path(__file__).resolve().parent
for _path in (_TESTS / "cpython", _TESTS / "support", _TESTS.parent):
    if str(_path) not in sys.path:
        sys.path.insert(0, str(_path))
