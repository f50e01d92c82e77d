"""What makes a start quick is over when the firmware runs, and stands aside where there are sources."""

from running_firmware import RunningFirmware

MAIN = b"""
import builtins, os, sys
before = builtins.__import__, sys.path[:]
from fsw.kernel import boot
from fsw.link import crc
print("as before:", before == (builtins.__import__, sys.path), "crc.mpy" in os.listdir("fsw/link"))
print("loaded", crc.__file__, crc.__name__)
try:
    import fsw.link.nothing
except ImportError:
    print("nothing is not there")
boot.run()
"""


def test_a_start_leaves_no_trace_of_the_quick_import():
    board = RunningFirmware("single", extra_files={"main.py": MAIN})
    assert b"as before: True True" in board.raw
    assert b"loaded fsw/link/crc.mpy fsw.link.crc" in board.raw
    assert b"nothing is not there" in board.raw
    assert board.housekeeping().sensors


def test_sources_on_the_board_come_before_bytecode():
    sources = {"fsw/__init__.py": b"", "fsw/link/crc.py": b"print('from the source')\nraise SystemExit"}
    board = RunningFirmware("single", extra_files=sources)
    assert b"from the source" in board.raw
