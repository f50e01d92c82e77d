import math

import numpy as np
import pytest

from hatchwatch.bench.readings import FRESH, ReadingsBlock
from hatchwatch.link.packets import Packet, Pong, Readings


def packet(board_time_s, body):
    return Packet(
        raw=b"", board_time_s=board_time_s, sequence=0, service=3, subtype=25, message_counter=0, body=body
    )


PACKETS = [
    packet(1.0, Readings((100_000.0, 101_000.0), (20.0, 21.0), ("fresh", "fresh"))),
    packet(1.05, Pong()),
    packet(1.1, Readings((100_001.0, math.nan), (20.5, math.nan), ("stale", "bus_error"))),
]


def test_only_readings_are_taken_in_kelvin_and_with_their_states():
    block = ReadingsBlock.from_packets(PACKETS, modules=2)
    np.testing.assert_array_equal(block.time_s, [1.0, 1.1])
    np.testing.assert_allclose(block.temperature_k[0], [293.15, 294.15])
    assert (block.state[0] == FRESH).all()
    assert (block.state[1] != FRESH).all()
    np.testing.assert_array_equal(block.usable, [[True, True], [False, False]])


def test_nothing_said_is_an_empty_block():
    block = ReadingsBlock.from_packets([], modules=6)
    assert len(block) == 0
    assert block.pressure_pa.shape == (0, 6)


def test_between_and_joined_are_inverse():
    block = ReadingsBlock.from_packets(PACKETS, modules=2)
    whole = ReadingsBlock.joined([block.between(0.0, 1.05), block.between(1.05, 9.0)])
    np.testing.assert_array_equal(whole.time_s, block.time_s)
    np.testing.assert_array_equal(whole.pressure_pa, block.pressure_pa)


def test_arrays_that_do_not_belong_together_are_refused():
    with pytest.raises(ValueError, match="belong together"):
        ReadingsBlock(np.zeros(3), np.zeros((2, 1)), np.zeros((2, 1)), np.zeros((2, 1), dtype=np.uint8))
