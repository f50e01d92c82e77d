import numpy as np
import pytest

from hatchwatch.bench import open_bench
from hatchwatch.boards import find_bench_file
from hatchwatch.errors import BoardError, SensorError, UsageError
from hatchwatch.link.commands import command

TICK_S = 0.1


@pytest.fixture(scope="module")
def bench():
    with open_bench("pair", seed=3) as opened:
        yield opened


def test_consecutive_collections_lose_nothing_and_add_up(bench):
    bench.collect(0.0)
    start_s = bench.board_time_s
    times = np.concatenate([bench.collect(duration_s).time_s for duration_s in (1.0, 0.3, 0.7, 2.0)])
    np.testing.assert_allclose(np.diff(times), TICK_S, atol=0.005)
    assert bench.board_time_s - start_s == pytest.approx(4.0, abs=TICK_S)


def test_readings_that_came_during_a_move_are_not_lost(bench):
    last_s = bench.collect(0.3).time_s[-1]
    bench.move_hatch("door", "shut")
    first_s = bench.collect(0.0).time_s[0]
    assert first_s - last_s == pytest.approx(TICK_S, abs=0.005)


@pytest.mark.parametrize("name", ["DOOR", "door"])
def test_names_are_taken_in_any_case(bench, name):
    bench.move_hatch(name, "open")
    assert bench.housekeeping().hatches == ("open",)


def test_unknown_names_are_answered_with_the_known_ones(bench):
    with pytest.raises(UsageError) as refused:
        bench.move_hatch("window", "open")
    assert "door" in refused.value.cure
    with pytest.raises(UsageError) as refused:
        bench.move_injector("attic", "open")
    assert "left, right" in refused.value.cure


def test_a_hatch_that_does_not_move_is_an_error_that_names_it(bench):
    bench.move_hatch("door", "shut")
    bench.emulated.side.fill(pressure_pa=104_000.0, modules=["left"])
    bench.wait(1.0)
    bench.emulated.side.fault("stick", "door")
    with pytest.raises(BoardError, match=r"failed hatch door open: .* after 1 retries") as failed:
        bench.move_hatch("door", "open")
    assert "servo" in failed.value.fault
    assert bench.housekeeping().hatches == ("failed",)
    with pytest.raises(BoardError, match="failed safe"):
        bench.safe()
    bench.emulated.side.clear("stick", "door")
    bench.move_hatch("door", "open")
    assert bench.housekeeping().hatches == ("open",)


def test_a_hatch_to_an_isolated_module_opens_when_armed(bench):
    bench.move_hatch("door", "shut")
    bench.link.execute(command("mark_isolated", module=1, isolated=1))
    assert bench.housekeeping().isolated == (1,)
    with pytest.raises(BoardError, match="not_armed") as refused:
        bench.move_hatch("door", "open")
    assert "--arm" in refused.value.cure
    bench.move_hatch("door", "open", arm=True)
    assert bench.truth()["hatches"]["door"]["opening"] == 1.0
    bench.link.execute(command("mark_isolated", module=1, isolated=0))
    assert bench.housekeeping().isolated == ()


def test_a_silent_sensor_is_named_with_its_place(bench):
    bench.check_sensors()
    bench.emulated.side.fault("silence", "right")
    bench.wait(0.5)
    with pytest.raises(SensorError) as missing:
        bench.check_sensors()
    assert "right (i2c0, address 0x77)" in missing.value.seen
    bench.check_sensors(["left"])
    bench.emulated.side.clear("silence", "right")


def test_the_barometer_errs_as_much_as_it_says(bench):
    shown_pa, standard_pa = bench.ambient()
    error_pa = shown_pa - bench.truth()["ambient_pa"]
    assert standard_pa == bench.file.ambient.ambient_uncertainty_pa
    assert 0.0 < abs(error_pa) < 4.0 * standard_pa
    assert bench.ambient()[0] == pytest.approx(shown_pa, abs=1.0), "one instrument, one error"


def test_a_reset_board_is_met_again_with_hatches_unknown(bench):
    bench.reset()
    assert bench.identity.reset_cause == "command"
    assert bench.housekeeping().hatches == ("unknown",)
    bench.collect(0.1)  # with what came since it was met
    assert len(bench.collect(1.0)) == 10


AMBIENT = """
[[modules]]
name = "room"
ambient = true
sensor = { bus = "i2c1", address = 0x76 }
"""


def test_an_ambient_sensor_is_the_reference_and_is_missed_when_it_dies(tmp_path):
    text = find_bench_file("pair").read_text("utf-8")
    bus = "[i2c1]\nsda = 26\nscl = 27\nfrequency_hz = 400000\n\n[[modules]]"
    path = tmp_path / "roomy.toml"
    path.write_text(text.replace("[[modules]]", bus, 1) + AMBIENT, "utf-8")
    with open_bench(path) as bench:
        shown_pa, standard_pa = bench.ambient()
        assert abs(shown_pa - bench.truth()["ambient_pa"]) < 120.0
        assert standard_pa == bench.file.sensors.pressure_offset_pa
        bench.emulated.side.fault("silence", "room")
        bench.wait(0.5)
        with pytest.raises(SensorError):
            bench.check_sensors(["left"])
        bench.collect(0.0)
        with pytest.raises(SensorError):
            bench.ambient()
