"""The watch for leaks as a whole: what raises the alarm, when, and what does not."""

import math
from array import array

import pytest
from gas_volumes import WHITE_PA, GasVolumes

from fsw.link import numbers as n
from fsw.station import detection
from fsw.station.detection import Detector
from fsw.station.history import History
from fsw.station.onset import Kink


def watched(group_of=(0, 0, 0, 0), seconds=240, **parameters):
    gas = GasVolumes(list(group_of), **parameters)
    assert gas.run(seconds) is None
    return gas


def test_a_ramp_without_noise_is_found_when_a_cusum_must_cross():
    """Sum of b t - k from t = k/b on reaches h after sqrt(2 h/b) more, of the first of the three."""
    gas = watched(ambient_pa=101_325)
    gas.noise = 0.0
    gas.run(3)
    slope_pa_s = 0.3
    expected = []
    for k, values_per_s in ((24, 10), (32, 10), (40, 1)):
        drift_pa, threshold_pa = (gas.detector._words[0][k + word] / 4096 for word in (5, 6))
        b = slope_pa_s * 293.15 / 295.15 / values_per_s
        expected.append((drift_pa / b + math.sqrt(2 * threshold_pa / b)) / values_per_s)
    assert gas.run(60, [-slope_pa_s] * 4) == pytest.approx(min(expected), rel=0.05, abs=0.3)


@pytest.mark.parametrize("slope_pa_s", [0.03, 0.3, 3.0])
def test_a_leak_is_found_within_twice_the_bound(slope_pa_s):
    gas = watched()
    deviation_pa = WHITE_PA / 2
    bound = (6 * deviation_pa**2 * math.log(360_000) / (slope_pa_s / 10) ** 2) ** (1 / 3) / 10
    wait_s = gas.run(4 * bound, [-slope_pa_s] * 4)
    assert wait_s is not None
    assert wait_s < 2 * bound + 0.3
    assert gas.detector.alarm == 0
    assert gas.detector.state(0) == n.GAS_ALARM


def test_above_ambient_a_rise_is_no_leak_and_below_a_fall_is_none():
    assert watched().run(60, [0.5] * 4) is None
    assert watched(ambient_pa=109_000).run(60, [-0.5] * 4) is None


def test_below_ambient_a_rise_is_a_leak():
    gas = watched(ambient_pa=109_000)
    assert gas.run(30, [0.5] * 4) is not None


def test_only_the_volume_that_leaks_has_the_alarm():
    gas = watched((0, 0, 1, 2, 255))
    assert gas.run(60, [0.0, 0.0, 0.0, -1.0, -3.0]) is not None
    assert gas.detector.alarm == 2
    states = [gas.detector.state(volume) for volume in range(3)]
    assert states == [n.GAS_WATCHED, n.GAS_WATCHED, n.GAS_ALARM]


def test_the_alarm_stays_until_it_is_rearmed_and_the_loss_is_then_baseline():
    gas = watched()
    assert gas.run(60, [-0.3] * 4) is not None
    gas.run(5)
    assert gas.detector.alarm == 0
    gas.detector.rearm(0)
    assert gas.detector.alarm == -1
    assert gas.run(200, [-0.3] * 4) is None
    assert gas.detector.slope_upa_s(0) == pytest.approx(-298_000, rel=0.05)
    assert gas.run(30, [-1.3] * 4) is not None


def test_warming_and_cooling_of_a_degree_an_hour_is_no_leak():
    for heat_k_s in (1 / 3600, -1 / 3600):
        gas = GasVolumes([0] * 4)
        assert gas.run(400, heat_k_s=heat_k_s) is None


def test_gas_that_leaves_a_module_that_is_heated_alone_is_no_leak():
    """1.5 K in ten minutes in the two small ones of four: the pressure of all is that of all the gas."""
    volumes_ul = [250_000, 250_000, 1_000_000, 750_000]
    gas = GasVolumes([0] * 4, volumes_ul=volumes_ul)
    assert gas.run(240) is None
    gas_per_k = 105_000.0 * sum(volumes_ul) / 295.15
    for _ in range(6000):
        for module in (0, 1):
            gas.temperature[module] += 1.5 / 6000
        kelvin = [celsius + 273.15 for celsius in gas.temperature]
        shared = sum(volume / warm for volume, warm in zip(volumes_ul, kelvin, strict=True))
        gas.pressure = [gas_per_k / shared] * 4
        assert gas.turn() == -1
    assert gas.detector.drifting == 0


def test_other_volumes_are_learned_anew_after_they_have_settled():
    gas = watched(settle_s=20, learn_s=30)
    gas.regroup([0, 0, 1, 1])
    gas.pressure = [104_000.0, 104_000.0, 103_000.0, 103_000.0]
    assert gas.run(10, [-50.0, -50.0, 50.0, 50.0]) is None, "while it settles"
    assert gas.run(45) is None
    assert [gas.detector.state(volume) for volume in (0, 1)] == [n.GAS_WATCHED] * 2
    assert gas.run(30, [0.0, 0.0, -1.0, -1.0]) is not None
    assert gas.detector.alarm == 1


def test_a_sensor_that_drifts_alone_is_left_out_and_told():
    gas = watched()
    assert gas.run(90, [0.0, 0.0, -0.3, 0.0]) is None
    assert gas.detector.drifting == 0b100
    assert gas.detector.modules(0) == [0, 1, 3]
    assert gas.run(30, [-1.0, -1.0, 0.0, -1.0]) is not None, "the others still watch"
    gas.detector.readmit(2)
    assert gas.detector.modules(0) == [0, 1, 2, 3]
    assert gas.detector.drifting == 0


def test_a_sensor_that_steps_alone_is_left_out_too():
    gas = watched()
    gas.pressure[1] -= 30.0
    assert gas.run(20) is None
    assert gas.detector.drifting == 0b10


def test_of_two_sensors_none_can_be_told_to_drift():
    gas = watched((0, 0))
    assert gas.run(60, [0.0, -1.0]) is not None
    assert gas.detector.drifting == 0


def thresholds(alarm_hours, volumes=1):
    gas = GasVolumes([module % volumes for module in range(4)], alarm_hours=alarm_hours)
    return [design[detection._LIMIT] for design in gas.detector._designs]


def test_thresholds_follow_the_time_between_alarms():
    """Ten times as long is ln 10 more in units of deviation over shift."""
    for low, high, design in zip(thresholds(10), thresholds(100), detection._DESIGNS):
        assert high - low == pytest.approx(math.log(10) * 256 * 128 / design[0], rel=0.03)


def test_more_gas_volumes_share_the_time_between_alarms():
    assert thresholds(10, volumes=4) == thresholds(40)


def test_a_new_setting_counts_from_the_next_second_on():
    gas = watched()
    gas.values[n.PARAMETER_ALARM_HOURS] = 1000
    gas.run(1)
    assert [design[detection._LIMIT] for design in gas.detector._designs] == thresholds(1000)


def test_the_statistic_rises_to_the_threshold():
    gas = watched()
    seen = []
    for _ in range(200):
        if gas.run(0.1, [-0.5] * 4) is not None:
            break
        seen.append(gas.detector.statistic_permille(0))
    assert gas.detector.statistic_permille(0) >= 1000
    assert max(seen) < 1001
    assert seen[-1] > 500


def test_noise_is_learned_as_it_is():
    """The mean of four sensors: half of one's, at each of the time scales."""
    gas = watched(seconds=500)
    for scale, deviation_pa in ((0, WHITE_PA / 2), (1, WHITE_PA / 2), (2, WHITE_PA / 2 / math.sqrt(10))):
        learned_pa = gas.detector.deviation_q12_pa(0, scale) / 4096
        assert 0.75 * deviation_pa < learned_pa < 2 * deviation_pa


@pytest.mark.parametrize("seed", range(1, 6))
def test_onset_and_slope_are_known_after_the_alarm(seed):
    gas = watched(seconds=300, seed=seed)
    wait_s = gas.run(100, [-0.1] * 4)
    gas.run(5, [-0.1] * 4)
    residuals, learned_s = gas.detector.residuals(0)
    kink = Kink(residuals, gas.detector.deviation_q12_pa(0, 2), learned_s)
    assert kink.age_low_s - 2 <= wait_s + 5 <= kink.age_high_s + 2
    assert kink.slope_low_upa_s < -99_300 < kink.slope_high_upa_s
    assert kink.slope_high_upa_s - kink.slope_low_upa_s < 100_000


def test_the_same_readings_give_the_same_words():
    first, second = watched(seconds=100), watched(seconds=100)
    assert first.detector._words == second.detector._words


def test_sixteen_modules_fit():
    """Less than 12 kB, the history being 8 kB of it; words are what all of it is made of."""
    detector = Detector([1000] * 16, array("i", [10] * n.PARAMETERS), History(16))
    detector.regroup(bytearray(range(16)), 16)
    arrays = [detector.history.ring, detector._sensors, *detector._words, *detector._designs]
    assert sum(len(words) * words.itemsize for words in arrays) < 12_000


@pytest.mark.parametrize("seed", range(1, 4))
@pytest.mark.parametrize(("leak_npa_m3_s", "is_told"), [(150_000, True), (60_000, False), (-150_000, False)])
def test_a_leak_that_was_there_before_is_told_when_the_volume_has_been_learned(leak_npa_m3_s, is_told, seed):
    """100,000 nPa m3/s is what a tight station may lose; four modules of 0.5 L."""
    gas = GasVolumes([0] * 4, seed=seed)
    slope_pa_s = -leak_npa_m3_s * 1e-9 / 2e-3
    wait_s = gas.run(240, [slope_pa_s] * 4)
    assert (wait_s is not None) == is_told
    assert gas.detector.is_steady(0) == is_told
    if is_told:
        assert wait_s == pytest.approx(
            gas.values[n.PARAMETER_SETTLE_S] + gas.values[n.PARAMETER_LEARN_S], abs=3
        )


def test_a_leak_that_was_told_is_not_told_again_when_it_has_been_learned():
    gas = GasVolumes([0] * 4)
    assert gas.run(240, [-0.3] * 4) is not None
    gas.detector.rearm(0)
    assert gas.run(240, [-0.3] * 4) is None
    gas.regroup([0] * 4)
    assert gas.run(240, [-0.3] * 4) is not None
