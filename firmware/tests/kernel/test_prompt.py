"""The line is shared with the MicroPython prompt: Ctrl-C gets in, and every byte of a command arrives."""

from running_firmware import RunningFirmware

from hatchwatch.link.packets import Echo, Event

POSITIONS = 32  # the longest command but echo itself has 8 bytes of data


def test_all_256_byte_values_arrive_at_every_position_of_a_payload():
    board = RunningFirmware("single")
    board.command("readings_stop")
    sent = [bytes((value + position) % 256 for position in range(POSITIONS)) for value in range(256)]
    for data in sent:
        board.send("echo", data=data)
    board.pass_until(lambda: len(board.bodies(Echo)) >= len(sent), give_up_s=10.0)
    assert [body.data for body in board.bodies(Echo)] == sent


def test_what_mpremote_types_leads_to_the_raw_prompt():
    board = RunningFirmware("single")
    board.write(b"\r\x03")
    board.pass_time(0.001)
    board.write(b"\r\x01")
    board.pass_time(0.5)
    assert board.raw.endswith(b"raw REPL; CTRL-B to exit\r\n>")
    assert "left_for_repl" in board.events()


def test_mpremote_gets_in_after_a_frame_whose_sender_went_away():
    board = RunningFirmware("single")
    board.write(b"\x05\x18\x42\xc0")
    board.pass_time(0.3)
    board.write(b"\r\x03\r\x01")
    board.pass_time(0.5)
    assert board.raw.endswith(b"raw REPL; CTRL-B to exit\r\n>")


def test_ctrl_c_at_the_prompt_works_again():
    board = RunningFirmware("single")
    board.write(b"\x03")
    board.pass_time(0.3)
    board.write(b"while True: pass\r\r")
    board.pass_time(0.2)
    board.write(b"\x03")
    board.pass_time(0.2)
    assert b"KeyboardInterrupt" in board.raw


def test_a_soft_reset_brings_the_firmware_back_and_says_so():
    board = RunningFirmware("single")
    board.write(b"\r\x03\r\x01")
    board.pass_time(0.3)
    board.write(b"\x02")
    board.pass_time(0.1)
    seen = len(board.packets)
    before_s = board.chip.board_ns / 1e9
    board.write(b"\x04")
    board.pass_time(1.5)
    started = board.packets[seen]
    assert isinstance(started.body, Event)
    assert started.body.fields == {"reset_cause": "soft", "bench_state": "valid"}
    assert started.board_time_s > before_s, "board time goes on over a soft reset"


def test_the_repl_function_leads_to_the_prompt():
    board = RunningFirmware("single")
    assert [body.stage for body in board.command("repl", wait_s=0.5)] == ["accepted", "completed"]
    assert board.raw.endswith(b">>> ")


def test_frames_that_come_while_the_board_boots_do_no_harm():
    """0x03 in a frame is Ctrl-C to MicroPython until main.py runs; from its first line on it is a byte."""
    board = RunningFirmware("single")
    board.chip.reset()
    for _ in range(60):
        board.send("echo", data=b"\x03" * 20)
        board.pass_time(0.02)
    board.pass_time(1.0)
    assert [body.stage for body in board.command("ping")] == ["accepted", "completed"]
