"""An empty folder as the board's disk, for firmware that runs under CPython."""

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

from fsw.kernel import storage


@contextmanager
def own_disk():
    """Work in a folder that is gone afterwards, and forget what storage found damaged."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        storage.damaged.clear()
        try:
            yield
        finally:
            os.chdir(before)
