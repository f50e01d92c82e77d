"""The compiler of MicroPython 1.27 spoils a variable that alone is the index of a word that is read.

`v[k]` of a ptr16 or ptr32 shifts the very register of `k` to get the address in bytes, so `k` is multiplied
by 2 or 4 when it is used next (micropython/micropython#18800, mended in 1.28). `v[k + 0]` works on a copy.
"""

import struct

from hatchwatch.deploy.compiling import compile_all
from hatchwatch.deploy.files import firmware_files

REGISTERS_OF_VARIABLES = (4, 5, 6)
SPOILT = b"""
@micropython.viper
def read(buffer, k: int) -> int:
    v = ptr32(buffer)
    return v[k] + k
"""


def is_spoilt(code):
    """Whether machine code of Armv6-M shifts the register of a variable and then reads by it."""
    for at in range(len(code) - 3):
        shift, access = struct.unpack_from("<HH", code, at)
        for n in REGISTERS_OF_VARIABLES:
            shifts = shift in (1 << 6 | n << 3 | n, 2 << 6 | n << 3 | n)  # lsls rN, rN, #1 or #2
            loads = access & 0xFC00 == 0x5800 and access >> 6 & 7 == n  # ldr, ldrh rX, [rY, rN]
            if shifts and loads:
                return True
    return False


def test_a_spoilt_index_is_seen():
    spoilt = compile_all({"a.py": SPOILT, "b.py": SPOILT.replace(b"v[k]", b"v[k + 0]")})
    assert is_spoilt(spoilt["a.mpy"])
    assert not is_spoilt(spoilt["b.mpy"])


def test_no_index_is_spoilt():
    files = firmware_files()
    compiled = [path for path in files if path.endswith(".mpy")]
    assert len(compiled) > 50
    assert [path for path in compiled if is_spoilt(files[path])] == []
