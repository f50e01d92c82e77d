"""Two commands open a hatch to an isolated module, in this order and in time; the marks outlive resets."""

import pytest
from running_firmware import RunningFirmware

from hatchwatch.link.packets import Event

MOVE_S = 1.0
STORE_S = 4.0  # one file is written in a second, and others may wait, too
LEFT, RIGHT, DOOR = 0, 1, 0


@pytest.fixture(scope="module")
def board():
    return RunningFirmware("pair")


@pytest.fixture
def isolated(board):
    """The right module is isolated, the door shut and at rest, nothing armed."""
    if board.housekeeping().isolated != (RIGHT,):
        board.command("mark_isolated", wait_s=STORE_S, module=RIGHT, isolated=1)
    board.command("move_hatch", wait_s=MOVE_S, hatch=DOOR, position="shut")
    assert is_shut(board)
    assert board.housekeeping().isolated == (RIGHT,)
    return board


def is_shut(board):
    return board.world.truth()["devices"]["servos"]["door"]["opening"] == 0.0


def ends(board, *commands):
    """The last word on each of these commands, sent one after the other and given a second each."""
    words = []
    for name, fields in commands:
        answer = board.command(name, wait_s=MOVE_S, **fields)[-1]
        words.append(answer.stage if answer.ok else answer.code_name)
    return words


ARM = ("arm_hatch", {"hatch": DOOR})
OPEN = ("move_hatch", {"hatch": DOOR, "position": "open"})
SHUT = ("move_hatch", {"hatch": DOOR, "position": "shut"})
INJECT = ("move_injector", {"injector": 0, "position": "shut"})
SAFE = ("safe", {})
REFUSED = [
    ([OPEN], ["not_armed"]),
    ([OPEN, ARM], ["not_armed", "completed"]),
    ([ARM, INJECT, OPEN], ["completed", "completed", "not_armed"]),
    ([ARM, SHUT, OPEN], ["completed", "completed", "not_armed"]),
]


@pytest.mark.parametrize(("commands", "answers"), REFUSED)
@pytest.mark.swe134("d", "e")
def test_out_of_order_does_not_open(isolated, commands, answers):
    assert ends(isolated, *commands) == answers
    assert is_shut(isolated)


@pytest.mark.swe134("e")
def test_late_does_not_open(isolated):
    assert ends(isolated, ARM) == ["completed"]
    isolated.pass_time(9.5)
    answer = isolated.command("move_hatch", hatch=DOOR, position="open")[-1]
    assert answer.code_name == "arm_expired"
    assert answer.detail in (10, 11), "10.5 s ago"
    assert is_shut(isolated)


@pytest.mark.swe134("e", "i")
def test_a_repeated_frame_does_not_open(isolated):
    """The same open again after the hatch was shut, and the arm again after it was used."""
    from hatchwatch.link.commands import command

    frames = [command(name, **fields).pack(isolated.next_sequence()) for name, fields in (ARM, OPEN)]
    for packet in frames:
        isolated.send_packet(packet)
        isolated.pass_time(MOVE_S)
    assert not is_shut(isolated)
    assert ends(isolated, SHUT) == ["completed"]
    for packet in frames:
        isolated.send_packet(packet)
        isolated.pass_time(MOVE_S)
        answers = isolated.acknowledgements(int.from_bytes(packet[:4], "big"))
        assert answers[-1].code_name == "duplicate"
    assert is_shut(isolated)


@pytest.mark.swe134("d")
def test_arm_then_open_opens_and_safe_leaves_it(isolated):
    seen = len(isolated.packets)
    assert ends(isolated, ARM, OPEN) == ["completed", "completed"]
    assert not is_shut(isolated)
    assert ends(isolated, SHUT, OPEN) == ["completed", "not_armed"], "armed once is opened once"
    assert {"hatch_armed", "hatch_moving", "hatch_arrived"} <= set(isolated.events(seen))


@pytest.mark.swe134("i")
def test_safe_never_opens_to_an_isolated_module(isolated):
    seen = len(isolated.packets)
    assert isolated.command("safe", wait_s=3.0)[-1].stage == "completed"
    (kept,) = [event for event in isolated.bodies(Event, seen) if event.name == "hatch_kept"]
    assert kept.fields == {"hatch": DOOR, "position": "shut"}
    assert is_shut(isolated)


def test_safe_undoes_an_opening_that_is_under_way(isolated):
    assert ends(isolated, ARM) == ["completed"]
    isolated.command("move_hatch", wait_s=0.4, hatch=DOOR, position="open")
    assert not is_shut(isolated)
    assert isolated.command("safe", wait_s=4.0)[-1].stage == "completed"
    assert is_shut(isolated)


@pytest.mark.swe134("e")
def test_a_module_is_not_marked_while_a_hatch_opens_to_it(isolated):
    assert (
        isolated.command("mark_isolated", wait_s=STORE_S, module=RIGHT, isolated=0)[-1].stage == "completed"
    )
    isolated.command("move_hatch", wait_s=0.3, hatch=DOOR, position="open")
    assert isolated.command("mark_isolated", module=LEFT, isolated=1)[-1].code_name == "busy"
    isolated.pass_time(MOVE_S)
    assert isolated.housekeeping().isolated == ()


def test_marks_outlive_a_power_cut(isolated):
    restart(isolated)
    assert isolated.housekeeping().isolated == (RIGHT,)
    assert ends(isolated, OPEN) == ["not_armed"]


@pytest.mark.swe134("f")
def test_damaged_marks_isolate_everything_until_marked_anew():
    board = RunningFirmware("pair", extra_files={"data/station.a": b"hw, but no record of ours"})
    assert "marks_damaged" in board.events()
    assert board.housekeeping().isolated == (LEFT, RIGHT)
    seen = len(board.packets)
    restart(board)
    assert "started" in board.events(seen)
    assert "marks_damaged" not in board.events(seen)
    assert board.housekeeping().isolated == (LEFT, RIGHT), "what was assumed is stored"
    for module in (LEFT, RIGHT):
        answers = board.command("mark_isolated", wait_s=STORE_S, module=module, isolated=0)
        assert answers[-1].stage == "completed"
    assert ends(board, OPEN) == ["completed"]


def restart(board):
    board.chip.set_power(on=False)
    board.chip.set_power(on=True)
    board.pass_time(3.0)
