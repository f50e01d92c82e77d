"""The firmware's files run under this Python, and leave no trace in it."""

from __future__ import annotations

import builtins
import sys

from hatchwatch.link.flight import flight_module
from hatchwatch.payload import firmware_root


def test_it_is_the_very_file_that_is_deployed():
    before = list(sys.path)
    module = flight_module("fsw.station.hatches")
    assert module.__file__ == str(firmware_root() / "fsw" / "station" / "hatches.py")
    assert sys.path == before


def test_viper_runs_with_pointers_to_the_same_memory():
    crc = flight_module("fsw.link.crc")
    assert crc.crc16(bytearray(b"123456789"), 9) == 0x29B1  # the check value of CRC-16/CCITT-FALSE


def test_no_name_of_micropython_is_left_where_others_would_find_it():
    flight_module("fsw.station.hatches")
    stand_in = sys.modules.get("micropython")
    assert stand_in is None or stand_in.__file__
    assert not hasattr(builtins, "ptr8") or stand_in is not None
