"""Where the books of the USB buffers cannot be kept: slower, but still whole frames and no turn held."""

from running_firmware import RunningFirmware

HELD_S = 0.5  # how long MicroPython holds a write; from ports/rp2/mphalport.h

SENDER = ("fsw/kernel/sender.py",)

STRANGE_ENDPOINT = b"""
from fsw.kernel import sender
from fsw.kernel.boot import start
from micropython import kbd_intr
kbd_intr(-1)
sender._is_there = sender._is_free = lambda *_: False  # as when the console had another endpoint
system = start()
system.loop.run(system)
"""

WRONG_BOOKS = b"""
from fsw.kernel.boot import start
from micropython import kbd_intr
kbd_intr(-1)
system = start()
def tick(turn, tick=system.tick):
    system.console.sender._books[0] = -10000  # as if the queue were endless
    tick(turn)
system.tick = tick
system.loop.run(system)
"""


def test_an_endpoint_that_is_not_where_we_think():
    board = RunningFirmware("single", extra_files={"main.py": STRANGE_ENDPOINT}, readable=SENDER)
    assert [body.stage for body in board.command("ping")] == ["accepted", "completed"]
    assert board.splitter.bad_frames == 0
    board.chip.usb.hold()
    board.pass_time(2.0)
    board.chip.usb.release()
    board.pass_time(2.0)
    assert board.housekeeping().slips == 0
    assert board.housekeeping().packets_dropped > 10
    assert board.splitter.bad_frames <= 1, "the one that did not fit to its end"
    assert [body.stage for body in board.command("ping")] == ["accepted", "completed"]


def test_wrong_books_are_given_up():
    """Each held write costs some turns; after three of them no more."""
    board = RunningFirmware("single", extra_files={"main.py": WRONG_BOOKS}, readable=SENDER)
    for _ in range(4):
        board.chip.usb.hold()
        board.pass_time(2.0)
        board.chip.usb.release()
        board.pass_time(1.2)
    slips = board.housekeeping().slips
    assert 0 < slips <= 3 * 2 * HELD_S * 10
    board.chip.usb.hold()
    board.pass_time(2.0)
    board.chip.usb.release()
    board.pass_time(1.2)
    assert board.housekeeping().slips == slips
    assert [body.stage for body in board.command("ping")] == ["accepted", "completed"]
