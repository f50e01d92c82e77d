from __future__ import annotations

from hatchwatch.boards.lines import line_numbers, nearest_line

TEXT = '''\
name = "x"

[board]          # the Pico
type = "pico"
note = """
pin = 5
[fake]
"""
[[modules]]
name = "a"
sensor = { bus = "i2c0", address = 0x76 }
[modules.injector]
pin = 3
[[modules]]
"name" = "b"
sensor.bus = "i2c0"
'''


def test_keys_and_headers_are_found() -> None:
    lines = line_numbers(TEXT)
    assert lines[("name",)] == 1
    assert lines[("board",)] == 3
    assert lines[("board", "type")] == 4
    assert lines[("modules", 0)] == 9
    assert lines[("modules", 0, "injector", "pin")] == 13
    assert lines[("modules", 1, "name")] == 15
    assert lines[("modules", 1, "sensor", "bus")] == 16


def test_text_within_strings_is_no_key() -> None:
    lines = line_numbers(TEXT)
    assert ("fake",) not in lines
    assert ("board", "pin") not in lines


def test_a_place_without_a_line_is_told_by_what_holds_it() -> None:
    lines = line_numbers(TEXT)
    assert nearest_line(("modules", 0, "sensor", "address"), lines) == 11
    assert nearest_line(("modules", 1, "volume_ml"), lines) == 14
    assert nearest_line(("hatches",), lines) is None
    assert nearest_line((), lines) is None
