"""The RP2040 and CPython make the same integers and the same decisions of the same samples."""

import same_bits


def test_detection_decides_the_same_on_the_board_and_under_cpython(tmp_path):
    found = same_bits.compare(tmp_path, seed=4, samples=2000)
    assert found.differing == []
    assert found.seconds == 200
    assert found.alarms >= 2


def test_sixteen_modules_are_searched_the_same_and_fit_the_heap():
    """It took 14.8 kB with a place for each module in all that is remembered, and no file found room then."""
    here, there, most_heap = same_bits.search()
    assert here == there
    assert "(1, 8, 255," in here[-2]
    assert most_heap < 12_000
