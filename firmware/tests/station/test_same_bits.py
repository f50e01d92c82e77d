"""The RP2040 and CPython make the same integers and the same decisions of the same samples."""

import same_bits


def test_detection_decides_the_same_on_the_board_and_under_cpython(tmp_path):
    found = same_bits.compare(tmp_path, seed=4, samples=2000)
    assert found.differing == []
    assert found.seconds == 200
    assert found.alarms >= 2
