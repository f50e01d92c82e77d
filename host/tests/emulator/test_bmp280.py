"""The register model against what the datasheet states; numbers of sections are its own."""

from __future__ import annotations

import math

import pytest

from hatchwatch.emulator.bmp280 import Bmp280
from hatchwatch.emulator.bmp280_part import Part, Surroundings

ID, RESET, STATUS, CTRL_MEAS, CONFIG, PRESS, TEMP = 0xD0, 0xE0, 0xF3, 0xF4, 0xF5, 0xF7, 0xFA
MEASURING, IM_UPDATE = 0x08, 0x01
NORMAL_X1, NORMAL_X16_X2, FORCED_X16_X2 = 0x27, 0x57, 0x55
X16_X2_S = 37.5e-3  # typical measurement time, Table 13
AWAKE_S = 0.01  # well after start-up
NOT_MEASURED = bytes([0x80, 0, 0])


class Room:
    """Gas that does what a test says."""

    def __init__(self, pascal=lambda time_s: 101_325.0, kelvin=lambda time_s: 298.15):
        self.pascal, self.kelvin = pascal, kelvin

    def state(self, module: str, time_s: float) -> tuple[float, float]:
        return self.pascal(time_s), self.kelvin(time_s)


def make(
    room: Room | None = None, part: Part | None = None, surroundings: Surroundings | None = None
) -> Bmp280:
    return Bmp280("jar", room or Room(), part or Part(), surroundings or Surroundings(), seed=1, sensor=0)


def pressure_count(sensor: Bmp280, time_s: float) -> int:
    return int.from_bytes(sensor.data(time_s)[:3], "big") >> 4


class TestPower:
    def test_no_communication_for_2_ms(self):
        sensor = make()
        assert not sensor.answers(1.9e-3)
        assert sensor.answers(2.1e-3)

    def test_trimming_reads_zero_until_im_update_clears(self):
        sensor = make(part=Part(copy_s=3e-3))
        assert sensor.read(STATUS, 2.5e-3) == IM_UPDATE
        assert sensor.read(0x88, 2.5e-3) == 0
        assert sensor.read(STATUS, 3.5e-3) == 0
        assert sensor.read(0x88, 3.5e-3) | sensor.read(0x89, 3.5e-3) << 8 == 27504

    def test_registers_after_power_on(self):
        sensor = make()
        assert sensor.read(ID, AWAKE_S) == 0x58
        assert sensor.read(CTRL_MEAS, AWAKE_S) == sensor.read(CONFIG, AWAKE_S) == 0
        assert sensor.data(AWAKE_S) == NOT_MEASURED * 2

    def test_soft_reset_is_a_power_on(self):
        sensor = make()
        sensor.start_normal(AWAKE_S)
        sensor.write(RESET, 0xB6, 1.0)
        assert not sensor.answers(1.001)
        assert sensor.read(STATUS, 1.002) & IM_UPDATE
        assert sensor.data(2.0) == NOT_MEASURED * 2
        assert sensor.read(CTRL_MEAS, 2.0) == 0

    def test_other_words_do_not_reset(self):
        sensor = make()
        sensor.write(CTRL_MEAS, NORMAL_X1, AWAKE_S)
        sensor.write(RESET, 0xB5, 1.0)
        assert sensor.read(CTRL_MEAS, 1.0) == NORMAL_X1
        assert sensor.read(RESET, 1.0) == 0

    def test_without_supply_nothing_answers_or_converts(self):
        sensor = make()
        sensor.start_normal(AWAKE_S)
        sensor.power_off(1.0)
        before = sensor.truth()["conversions"]
        sensor.advance(100.0)
        assert not sensor.answers(100.0)
        assert sensor.truth()["conversions"] == before
        sensor.power_on(100.0)
        assert sensor.answers(100.01)
        assert sensor.read(CTRL_MEAS, 100.01) == 0


class TestForcedMode:
    def test_new_value_only_after_the_measurement_time(self):
        sensor = make()
        sensor.write(CTRL_MEAS, FORCED_X16_X2, AWAKE_S)
        assert sensor.read(STATUS, AWAKE_S + 1e-3) == MEASURING
        assert sensor.data(AWAKE_S + X16_X2_S - 1e-4) == NOT_MEASURED * 2
        assert sensor.data(AWAKE_S + X16_X2_S + 1e-4) != NOT_MEASURED * 2
        assert sensor.read(STATUS, AWAKE_S + X16_X2_S + 1e-4) == 0

    def test_then_sleeps(self):
        sensor = make()
        sensor.write(CTRL_MEAS, FORCED_X16_X2, AWAKE_S)
        assert sensor.read(CTRL_MEAS, 0.02) & 3 == 1
        assert sensor.read(CTRL_MEAS, 0.1) == FORCED_X16_X2 & 0xFC
        sensor.advance(100.0)
        assert sensor.truth()["conversions"] == 1

    def test_code_2_is_forced_too(self):
        sensor = make()
        sensor.write(CTRL_MEAS, 0x56, AWAKE_S)
        sensor.advance(1.0)
        assert sensor.truth()["conversions"] == 1

    def test_slowest_part_needs_the_maximum_time(self):
        sensor = make(part=Part(conversion_stretch=1.0))
        sensor.write(CTRL_MEAS, FORCED_X16_X2, AWAKE_S)
        assert sensor.data(AWAKE_S + 43.1e-3) == NOT_MEASURED * 2
        assert sensor.data(AWAKE_S + 43.3e-3) != NOT_MEASURED * 2

    def test_measuring_bit_of_some_parts_is_late(self):
        sensor = make(part=Part(measuring_bit_delay_s=1.5e-3))
        sensor.write(CTRL_MEAS, FORCED_X16_X2, AWAKE_S)
        assert sensor.read(STATUS, AWAKE_S + 1.4e-3) & MEASURING == 0
        assert sensor.read(STATUS, AWAKE_S + 1.6e-3) & MEASURING


class TestNormalMode:
    @pytest.mark.parametrize(("ctrl_meas", "rate_hz"), [(0x27, 166.67), (0x33, 50.0), (0x57, 26.32)])
    def test_converts_at_the_rate_of_table_14(self, ctrl_meas, rate_hz):
        sensor = make()
        sensor.write(CTRL_MEAS, ctrl_meas, AWAKE_S)
        sensor.advance(AWAKE_S + 60)
        assert sensor.truth()["conversions"] == pytest.approx(60 * rate_hz, abs=2)

    def test_im_update_shows_before_every_conversion(self):
        sensor = make()
        sensor.write(CTRL_MEAS, NORMAL_X16_X2, AWAKE_S)
        second_s = AWAKE_S + X16_X2_S + 0.5e-3
        assert sensor.read(STATUS, second_s - 1e-5) == 0  # in standby
        assert sensor.read(STATUS, second_s + 1e-5) == MEASURING | IM_UPDATE
        assert sensor.read(STATUS, second_s + 1e-3) == MEASURING

    def test_config_is_ignored(self):
        sensor = make()
        sensor.write(CTRL_MEAS, NORMAL_X16_X2, AWAKE_S)
        sensor.write(CONFIG, 0x10, 0.1)
        assert sensor.read(CONFIG, 0.1) == 0
        sensor.write(CTRL_MEAS, 0x54, 0.2)
        sensor.write(CONFIG, 0x10, 0.3)
        assert sensor.read(CONFIG, 0.3) == 0x10

    def test_mode_change_waits_for_the_measurement_and_a_second_one_is_lost(self):
        sensor = make()
        sensor.write(CTRL_MEAS, NORMAL_X16_X2, AWAKE_S)
        sensor.write(CTRL_MEAS, 0x54, AWAKE_S + 5e-3)  # sleep
        sensor.write(CTRL_MEAS, NORMAL_X1, AWAKE_S + 6e-3)  # ignored (3.6.4)
        assert sensor.read(STATUS, AWAKE_S + 30e-3) & MEASURING
        sensor.advance(10.0)
        assert sensor.truth()["conversions"] == 1
        assert sensor.read(CTRL_MEAS, 10.0) == 0x54

    def test_standby_of_a_part(self):
        sensor = make(part=Part(standby_factor=1.05))
        sensor.start_normal(AWAKE_S, NORMAL_X16_X2, 5 << 5)  # 1000 ms
        sensor.advance(AWAKE_S + 100)
        assert sensor.truth()["conversions"] == pytest.approx(100 / (1.05 + X16_X2_S), abs=1)


class TestData:
    def test_skipped_channels_read_0x80000(self):
        sensor = make()
        sensor.write(CTRL_MEAS, 0x43, AWAKE_S)  # temperature only
        assert sensor.data(1.0)[:3] == NOT_MEASURED
        assert sensor.data(1.0)[3:] != NOT_MEASURED
        other = make()
        other.write(CTRL_MEAS, 0x17, AWAKE_S)  # pressure only
        assert other.data(1.0)[:3] != NOT_MEASURED
        assert other.data(1.0)[3:] == NOT_MEASURED

    @pytest.mark.parametrize(("ctrl_meas", "step"), [(0x27, 16), (0x2B, 8), (0x2F, 4), (0x33, 2), (0x57, 1)])
    def test_resolution_without_the_filter(self, ctrl_meas, step):
        sensor = make()
        sensor.write(CTRL_MEAS, ctrl_meas, AWAKE_S)
        counts = {pressure_count(sensor, AWAKE_S + 0.05 * i) for i in range(1, 40)}
        assert math.gcd(*counts) % step == 0

    def test_filter_brings_20_bits(self):
        sensor = make()
        sensor.start_normal(AWAKE_S, NORMAL_X1, 2 << 2)
        counts = {pressure_count(sensor, AWAKE_S + 0.05 * i) for i in range(1, 40)}
        assert any(count % 16 for count in counts)

    @pytest.mark.parametrize(("code", "samples"), [(0, 1), (1, 2), (2, 5), (3, 11), (4, 22)])
    def test_filter_reaches_three_quarters_of_a_step_as_in_table_6(self, code, samples):
        step_s = AWAKE_S + 100.5 * 38e-3
        sensor = make(Room(pascal=lambda time_s: 90_000.0 if time_s < step_s else 100_000.0))
        sensor.start_normal(AWAKE_S, NORMAL_X16_X2, code << 2)
        sensor.advance(step_s)
        before = pressure_count(sensor, step_s)
        after = [pressure_count(sensor, step_s + (0.6 + n) * 38e-3) for n in range(200)]
        share = [(count - before) / (after[-1] - before) for count in after]
        assert next(n for n, value in enumerate(share, 1) if value > 0.7495) == samples

    def test_writing_the_filter_resets_it(self):
        """The next sample initialises it, so a step before does not linger."""
        sensor = make(Room(pascal=lambda time_s: 90_000.0 if time_s < 1 else 100_000.0))
        sensor.start_normal(AWAKE_S, NORMAL_X16_X2, 4 << 2)
        sensor.write(CTRL_MEAS, 0, 1.1)
        sensor.write(CONFIG, 4 << 2, 1.2)
        sensor.write(CTRL_MEAS, NORMAL_X16_X2, 1.3)
        assert sensor.compensated(1.35)[0] == pytest.approx(100_000, abs=8)

    def test_first_sample_initialises_the_filter(self):
        sensor = make()
        sensor.start_normal(AWAKE_S, NORMAL_X16_X2, 4 << 2)
        assert sensor.compensated(AWAKE_S + 0.04)[0] == pytest.approx(101_325, abs=8)

    def test_counts_go_on_above_1100_hpa(self):
        sensor = make(Room(pascal=lambda time_s: 125_000.0))
        sensor.start_normal(AWAKE_S)
        assert sensor.compensated(2.0)[0] == pytest.approx(125_000, abs=5)

    def test_counts_stop_at_zero(self):
        sensor = make(Room(pascal=lambda time_s: 190_000.0))
        sensor.start_normal(AWAKE_S)
        assert pressure_count(sensor, 2.0) == 0

    def test_reading_often_or_seldom_gives_the_same_samples(self):
        busy, lazy = make(), make()
        for sensor in (busy, lazy):
            sensor.start_normal(AWAKE_S)
        for i in range(1, 2000):
            busy.advance(AWAKE_S + i * 7.3e-3)
        end_s = AWAKE_S + 2000 * 7.3e-3
        assert busy.data(end_s) == lazy.data(end_s)


class TestWhatThePartAdds:
    def mean(self, sensor: Bmp280) -> tuple[float, float]:
        sensor.start_normal(AWAKE_S)
        readings = [sensor.compensated(30 + i * 0.1) for i in range(400)]
        return sum(p for p, _ in readings) / 400, sum(t for _, t in readings) / 400

    def test_offsets_of_pressure_and_temperature_are_apart(self):
        pascal, celsius = self.mean(make(part=Part(pressure_offset_pa=80, temperature_offset_k=-0.7)))
        assert pascal == pytest.approx(101_405, abs=0.3)
        assert celsius == pytest.approx(24.3, abs=0.002)

    def test_tco_counts_from_25_degrees(self):
        room = Room(kelvin=lambda time_s: 308.15)
        assert self.mean(make(room, Part(tco_pa_k=1.5)))[0] == pytest.approx(101_325 + 15, abs=0.3)

    def test_gain_error(self):
        room = Room(pascal=lambda time_s: 91_325.0)
        assert self.mean(make(room, Part(pressure_gain=6e-4)))[0] == pytest.approx(91_325 - 6, abs=0.3)

    def test_self_heating_depends_on_the_mode(self):
        """All the time converting: the full 0.5 K; a conversion of 37.5 ms per second: 1/28 of it."""
        surroundings = Surroundings(self_heating_k=0.5, self_heating_lag_s=5.0)
        always, seldom = make(surroundings=surroundings), make(surroundings=surroundings)
        always.start_normal(AWAKE_S)
        seldom.start_normal(AWAKE_S, NORMAL_X16_X2, 5 << 5)
        for sensor in (always, seldom):
            sensor.advance(60)
        assert always.truth()["self_heating_k"] == pytest.approx(0.5 * 37.5 / 38, rel=0.01)
        assert seldom.truth()["self_heating_k"] == pytest.approx(0.5 * 37.5 / 1037.5, rel=0.15)

    def test_chip_follows_the_gas_with_its_lag(self):
        room = Room(kelvin=lambda time_s: 290.0 + 0.1 * time_s)
        sensor = make(room)
        sensor.start_normal(AWAKE_S)
        sensor.advance(60)
        assert room.kelvin(60) - sensor.truth()["chip_k"] == pytest.approx(0.1 * 2.0, abs=0.006)


class TestFaults:
    def test_silent(self):
        sensor = make()
        sensor.faults.silent = True
        assert not sensor.answers(AWAKE_S)

    def test_refusals_pass(self):
        sensor = make()
        sensor.faults.refusals_left = 2
        assert [sensor.answers(AWAKE_S) for _ in range(4)] == [False, False, True, True]

    def test_frozen_keeps_its_sample_but_goes_on_converting(self):
        sensor = make()
        sensor.start_normal(AWAKE_S)
        kept = sensor.data(1.0)
        sensor.faults.frozen = True
        assert sensor.data(10.0) == kept
        assert sensor.truth()["conversions"] > 200
        sensor.faults.frozen = False
        assert sensor.data(11.0) != kept

    def test_spike_lasts_its_conversions(self):
        sensor = make()
        sensor.start_normal(AWAKE_S, config=0)
        sensor.advance(1.0)
        sensor.faults.spike_pa, sensor.faults.spikes_left = 500.0, 2
        errors = [sensor.compensated(1.0 + 38e-3 * n)[0] - 101_325 for n in range(1, 6)]
        assert [error > 250 for error in errors].count(True) == 2
        assert abs(errors[-1]) < 10

    def test_identity_trimming_and_stuck_bits(self):
        sensor = make()
        sensor.faults.chip_id = 0x60
        assert sensor.read(ID, AWAKE_S) == 0x60
        sensor.faults.status_stuck = MEASURING
        assert sensor.read(STATUS, AWAKE_S) == MEASURING
        trimming = [sensor.read(0x88 + i, AWAKE_S) for i in range(24)]
        for damage, expected in (("zeros", [0] * 24), ("ones", [0xFF] * 24)):
            sensor.faults.trimming = damage
            assert [sensor.read(0x88 + i, AWAKE_S) for i in range(24)] == expected
        sensor.faults.trimming = "flipped"
        assert [sensor.read(0x88 + i, AWAKE_S) for i in range(24)] != trimming
