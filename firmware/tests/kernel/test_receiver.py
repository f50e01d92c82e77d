"""The whole firmware under fuzzed frames at full USB speed; 20,000 of them stand among the soak tests."""

import fuzz
import fuzz_runs
import pytest
from running_firmware import RunningFirmware

ANSWER_S = 0.05  # the longest turn of the loop, and the answer


@pytest.mark.swe134("i")
def test_every_frame_is_accounted_for_and_a_good_command_is_accepted_at_once():
    board = RunningFirmware("pair")
    counts = fuzz_runs.through_the_board(board, fuzz_runs.seeded(1), 300)
    assert min(counts[kind] for kind in (fuzz.NOTHING, fuzz.BAD, fuzz.REFUSED, fuzz.ACCEPTED)) > 5
    assert fuzz_runs.answer_to_a_good_command_s(board) < ANSWER_S
