"""What saving costs on the emulated board: cycles, heap, flash operations, and the time they take on silicon.

Cycles and operations are exact and repeat. The emulated flash takes no time; the last column adds 45 ms for
an erase and 0.5 ms for a page of 256 bytes, as is typical for the flash chips of these boards.
"""

from __future__ import annotations

import sys
from pathlib import Path

FIRMWARE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(FIRMWARE / "tests" / "support"))

from cut_board import MODULES  # noqa: E402 - found through the path above
from emulated_board import EmulatedBoard, compiled  # noqa: E402

ERASE_MS, PAGE_MS = 45.0, 0.5
IMPORTS = """
import gc, micropython
from array import array
from machine import Pin
import fsw.link.numbers, fsw.link.telemetry
def free():
    gc.collect()
    return gc.mem_free()
before = free()
from fsw.kernel.storage import Record
between = free()
from fsw.kernel.eventlog import EventLog
imported = free()
log = EventLog(array("i", (1000, 2000)))
created = free()
packet = bytearray(8)
mark = Pin(28, Pin.OUT, value=0)
params, long = Record("params", 1, 1), Record("long", 9, 1)
def add(count):
    for _ in range(count):
        log.add(14, 1, packet, 0, 8)
def measured(action):
    free()
    free_before = gc.mem_free()
    mark(1)
    action()
    mark(0)
    print(free_before - gc.mem_free())
"""
ACTIONS = (
    ("load a record that isn't there", "pass", "params.load()"),
    ("save 196 bytes for the first time", "data = bytes(196)", "params.save(data)"),
    ("save 196 bytes", "data = bytes([1]) * 196", "params.save(data)"),
    ("save 196 bytes again, unchanged", "params.save(data)", "params.save(data)"),
    ("load 196 bytes", "pass", "params.load()"),
    ("save 700 bytes", "data = bytes(700)", "long.save(data)"),
    ("call Python for nothing", "def nothing(): pass", "nothing()"),
    ("keep an event in RAM", "pass", "log.add(14, 1, packet, 0, 8)"),
    ("keep 10 events in RAM", "pass", "add(10)"),
    ("write the first 11 events", "pass", "log.flush()"),
    ("write 5 events behind them", "add(5)", "log.flush()"),
    ("write 20 events", "add(20)", "log.flush()"),
    ("write 64 events", "add(64)", "log.flush()"),
)


def main() -> None:
    board = EmulatedBoard(None, compiled(MODULES))
    board.run(IMPORTS)
    flash = board.chip.flash_cut
    kinds: list[str] = []
    count_operation = flash._on_command

    def note_kind() -> None:
        before = flash.operations
        count_operation()
        kinds.extend([flash.last_kind] * (flash.operations - before))

    board.chip.mcu.ssi._apply_command = note_kind
    before, between, imported, created = board.value("(before, between, imported, created)")
    sys.stdout.write(
        f"heap: storage {before - between} B, eventlog {between - imported} B, "
        f"the log with its ring {imported - created} B\n\n"
        f"{'what':<36} {'cycles':>9} {'heap':>7} {'erases':>7} {'pages':>6} {'on silicon':>11}\n"
    )
    for name, before_it, action in ACTIONS:
        board.run(before_it)
        kinds.clear()
        board.marks.clear()
        heap = int(board.run(f"measured(lambda: {action})"))
        cycles = board.marks[1] - board.marks[0]
        erases, pages = kinds.count("erase"), kinds.count("program")
        silicon_ms = cycles / 125e3 + erases * ERASE_MS + pages * PAGE_MS
        sys.stdout.write(f"{name:<36} {cycles:9,} {heap:5} B {erases:7} {pages:6} {silicon_ms:8.1f} ms\n")


if __name__ == "__main__":
    main()
