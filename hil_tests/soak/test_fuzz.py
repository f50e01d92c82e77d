"""Fuzzed frames in numbers: a million against the codecs of each side, 20,000 against the emulated board."""

import fuzz_runs
import pytest
from running_firmware import RunningFirmware

CODEC_FRAMES = 100_000  # in each of ten parts, so that a broken run goes on where it stopped
BOARD_FRAMES = 1_000  # in each of twenty
ANSWER_S = 0.05  # the longest turn of the loop, and the answer


@pytest.mark.parametrize("seed", range(10))
def test_the_parser_of_the_firmware(seed, soak):
    soak(
        lambda: dict(fuzz_runs.through_the_parser(fuzz_runs.seeded(seed), CODEC_FRAMES)),
        lambda counts: check("parser", counts, CODEC_FRAMES),
    )


@pytest.mark.parametrize("seed", range(10))
def test_the_codec_of_the_host(seed, soak):
    soak(
        lambda: dict(fuzz_runs.through_the_host(fuzz_runs.seeded(seed), CODEC_FRAMES)),
        lambda counts: check("host", counts, CODEC_FRAMES),
    )


@pytest.mark.parametrize("seed", range(20))
def test_the_board(seed, soak):
    def measure():
        board = RunningFirmware("pair")
        counts = fuzz_runs.through_the_board(board, fuzz_runs.seeded(seed), BOARD_FRAMES)
        assert fuzz_runs.answer_to_a_good_command_s(board) < ANSWER_S
        return dict(counts)

    soak(measure, lambda counts: check("board", counts, BOARD_FRAMES))


def check(what, counts, frames):
    """Show what became of the frames (pytest -s, or runs/soak); all of them must be there."""
    print(what, counts)
    kinds = ("packets", "bad") if what == "host" else ("nothing", "bad", "refused", "accepted")
    assert sum(counts[kind] for kind in kinds) == frames
