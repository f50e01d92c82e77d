"""Ten thousand samples through the detector on the emulated board and under CPython."""

import same_bits

SAMPLES = 10_000


def test_detection_makes_the_same_integers(soak, tmp_path):
    def check(figures):
        print(figures)  # pytest -s, or runs/soak
        assert figures["differing"] == []
        assert (figures["samples"], figures["seconds"]) == (SAMPLES, SAMPLES // 10)
        assert figures["alarms"] >= 8
        assert figures["drifts"] >= 1

    soak(lambda: same_bits.compare(tmp_path, seed=4, samples=SAMPLES)._asdict(), check)
