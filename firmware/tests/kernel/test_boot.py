"""Without a usable bench file the board says so and stays reachable."""

import json

import pytest
from running_firmware import RunningFirmware

from hatchwatch.link.packets import Event, Identity

CONTENT = {
    "format": 3,
    "modules": [],
    "occupied": 0,
    "lifeboat": 0,
    "ambient": 0,
    "bench": "odd",
    "led": -1,
    "max_moving": 1,
    "buses": [],
    "muxes": [],
    "sensors": [],
    "hatches": [],
    "injectors": [],
    "safe": [],
}


@pytest.mark.parametrize(
    ("content", "state"),
    [
        (None, "missing"),
        (b"{not json", "unreadable"),
        (b"\xff\xfe\x00", "unreadable"),
        (json.dumps({**CONTENT, "format": 1}).encode(), "wrong_format"),
        (json.dumps({**CONTENT, "buses": [["i2c0", 1, 2, 400000]]}).encode(), "refused"),
    ],
)
@pytest.mark.swe134("h")
def test_the_board_says_what_is_wrong_and_stays_reachable(content, state):
    extra = {} if content is None else {"bench.json": content}
    board = RunningFirmware("single", with_file=False, extra_files=extra)
    event = next(body for body in board.bodies(Event) if body.name == "bench_unusable")
    assert event.fields["bench_state"] == state
    assert event.fields["why"]
    assert [body.stage for body in board.command("identify")] == ["accepted", "completed"]
    identity = board.bodies(Identity)[-1]
    assert (identity.bench_state, identity.bench_name, identity.modules) == (state, "", 0)
    assert [body.stage for body in board.command("safe")] == ["accepted", "completed"]
    assert [body.code_name for body in board.command("move_hatch", hatch=0, position="shut")] == ["no_bench"]
    assert [body.stage for body in board.command("repl", wait_s=0.3)] == ["accepted", "completed"]
    assert board.raw.endswith(b">>> ")


def test_identity_names_bench_and_versions():
    from hatchwatch.deploy.boardfile import bench_digest
    from hatchwatch.link.handshake import check_identity

    board = RunningFirmware("station6")
    board.command("identify")
    identity = board.bodies(Identity)[-1]
    digest = int.from_bytes(bench_digest(board.bench), "big")
    check_identity(identity, bench_name="station6", bench_hash=digest)
    assert (identity.modules, identity.hatches, identity.injectors) == (6, 5, 6)
    assert identity.micropython_version == "1.27.0"
    assert identity.reset_cause == "power_on"


BROKEN_LOOP_MAIN = b"""
import micropython
micropython.kbd_intr(-1)
from fsw.kernel.boot import run
from fsw.kernel.loop import Loop
turn = Loop.run
def broken(self, system):
    system.servos.move(0, 2)
    turn(self, system, 3)
    raise RuntimeError("the loop broke")
Loop.run = broken
run()
"""


@pytest.mark.swe134("c")
def test_an_error_that_ends_the_loop_ends_the_pulses():
    board = RunningFirmware("pair", extra_files={"main.py": BROKEN_LOOP_MAIN})
    board.pass_time(0.5)
    assert b"the loop broke" in board.raw
    assert board.raw.endswith(b">>> ")
    edges = []
    pin = board.bench.hatches[0].servo.pin
    board.chip.mcu.gpio[pin].add_listener(lambda *_: edges.append(pin))
    board.pass_time(0.5)
    assert edges == [], "the servo is still driven"
