"""Scripts that a deployment runs on the board, in MicroPython's words.

Each prints one JSON line per finding, so that a slow board is heard from all the time.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["HELPERS", "IDENTIFY", "RESET", "SURVEY", "remove_script", "write_scripts"]

SCRIPT_BYTES = 6_000  # source of one script: with its syntax tree it must fit into the board's heap
CHUNK_BYTES = 3_000  # a multiple of 3, so that base64 needs no padding between chunks

IDENTIFY = """
import sys, os, json
i = sys.implementation
s = os.statvfs("/")
print(json.dumps([i.name, list(i.version[:3]), getattr(i, "_mpy", 0), i._machine, s[0] * s[3]]))
"""

# Every file below fsw and in the root, with its SHA-256.
SURVEY = """
import os, hashlib, json
from binascii import hexlify
b = memoryview(bytearray(1024))
def survey(folder):
    for entry in os.ilistdir(folder or "/"):
        path = folder + "/" + entry[0] if folder else entry[0]
        if entry[1] == 0x4000:
            print(json.dumps([path, None]))
            if folder or path == "fsw":
                survey(path)
        else:
            h = hashlib.sha256()
            with open(path, "rb") as f:
                while True:
                    n = f.readinto(b)
                    if not n:
                        break
                    h.update(b[:n])
            print(json.dumps([path, hexlify(h.digest()).decode()]))
survey("")
"""

HELPERS = """
import os
from binascii import a2b_base64
def d(path):
    try:
        os.mkdir(path)
    except OSError as e:
        if e.errno != 17:
            raise
def w(path, mode, text):
    with open(path, mode) as f:
        f.write(a2b_base64(text))
"""

RESET = "import machine\nmachine.reset()\n"


def write_scripts(files: Mapping[str, bytes]) -> Iterator[tuple[str, int]]:
    """Scripts that write the files, with the bytes that each writes; they need HELPERS and the folders."""
    script, count = "", 0
    for path, content in files.items():
        for start in range(0, max(len(content), 1), CHUNK_BYTES):
            chunk = content[start : start + CHUNK_BYTES]
            line = f"w({path!r},{'ab' if start else 'wb'!r},{base64.b64encode(chunk)!r})\n"
            if script and len(script) + len(line) > SCRIPT_BYTES:
                yield script, count
                script, count = "", 0
            script, count = script + line, count + len(chunk)
    if script:
        yield script, count


def remove_script(files: Iterable[str], folders: Iterable[str]) -> str:
    """A script that removes files, then folders (which must be empty by then, so name the deepest first)."""
    lines = [f"os.remove({path!r})" for path in files] + [f"os.rmdir({path!r})" for path in folders]
    return "\n".join(["import os", *lines, ""])
