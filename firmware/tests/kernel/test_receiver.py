"""The whole firmware under fuzzed frames at full USB speed; 20,000 of them stand among the soak tests."""

import fuzz
import fuzz_runs
from running_firmware import RunningFirmware

from hatchwatch.link.packets import Verification

AT_ONCE_S = 0.02  # a turn of the loop, and the answer


def test_every_frame_is_accounted_for_and_a_good_command_is_accepted_at_once():
    board = RunningFirmware("pair")
    counts = fuzz_runs.through_the_board(board, fuzz_runs.seeded(1), 300)
    assert min(counts[kind] for kind in (fuzz.NOTHING, fuzz.BAD, fuzz.REFUSED, fuzz.ACCEPTED)) > 10
    since, sent_s = len(board.packets), board.chip.board_ns / 1e9
    request = board.send("ping")
    board.pass_time(AT_ONCE_S)
    (accepted, *_) = (packet for packet in board.packets[since:] if isinstance(packet.body, Verification))
    assert (accepted.body.stage, accepted.body.request_id) == ("accepted", request)
    assert accepted.board_time_s - sent_s < AT_ONCE_S
