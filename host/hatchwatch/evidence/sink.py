"""A file that is written straight through to the operating system."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["StraightFile"]

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)  # Windows would change line ends


class StraightFile:
    """What an MCAP writer needs of a file, without a buffer of our own.

    Every record is with the operating system before `write` returns, so killing this process loses nothing
    that was recorded. (A power cut may lose what the system had not yet put on the disk; `sync` forces it
    out.)
    At ten packets a second this costs less than a buffer with a timer would, and nothing is ever held back.
    """

    def __init__(self, path: Path) -> None:
        """Create or empty `path`; raises OSError like `open`."""
        self._descriptor = os.open(path, _FLAGS, 0o644)
        self._position = 0

    def write(self, data: bytes) -> int:
        """Write all of `data`; raises OSError when the disk is full, even if a part was taken."""
        rest = memoryview(data)
        while rest:
            taken = os.write(self._descriptor, rest)
            self._position += taken
            rest = rest[taken:]
        return len(data)

    def tell(self) -> int:
        """Bytes written so far."""
        return self._position

    def sync(self) -> None:
        """Force everything onto the disk."""
        os.fsync(self._descriptor)

    def close(self) -> None:
        """Give the file back; once."""
        os.close(self._descriptor)
