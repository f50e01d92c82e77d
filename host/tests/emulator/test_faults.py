"""The table of faults: what a request may say, and that clearing makes a part healthy again."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.emulator.bmp280_faults import SensorFaults
from hatchwatch.emulator.faults import KINDS, FaultBoard, fault_of
from hatchwatch.errors import UsageError


@pytest.fixture
def parts():
    return {
        "sensor": {"PrK": SensorFaults(), "Zarya": SensorFaults()},
        "bus": {"i2c0": SimpleNamespace(held=False, data_held=False, clocks_to_free=0, refusing=False)},
        "mux": {"mux": SimpleNamespace(silent=False)},
        "servo": {"door": SimpleNamespace(stuck=False)},
        "supply": {"supply": SimpleNamespace(rate=1.0)},
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_sets_something_and_clears_again(parts, kind):
    noun = KINDS[kind].noun
    target = next(iter(parts[noun]))
    healthy = repr(parts[noun][target])
    board = FaultBoard(parts)
    board.fault(kind, target)
    if kind != "offset":  # whose default is no offset
        assert repr(parts[noun][target]) != healthy
    assert board.present() == [{"kind": kind, "target": target}]
    board.clear(kind, target)
    healthy_again = repr(parts[noun][target])
    assert healthy_again.replace("spike_pa=500.0", "spike_pa=0.0") == healthy
    assert board.present() == []


def test_values_reach_their_target_only(parts):
    FaultBoard(parts).fault("offset", "PrK", pressure_pa=120, temperature_k=0.5)
    assert parts["sensor"]["PrK"].pressure_offset_pa == 120.0
    assert parts["sensor"]["PrK"].temperature_offset_k == 0.5
    assert parts["sensor"]["Zarya"] == SensorFaults()


def test_two_faults_of_one_part_are_apart(parts):
    board = FaultBoard(parts)
    board.fault("chip_id", "PrK", value=0x60)
    board.fault("busy", "PrK", bits="im_update")
    board.clear("chip_id", "PrK")
    assert parts["sensor"]["PrK"] == SensorFaults(status_stuck=0x01)


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (("melt", "PrK", {}), ("melt", "silence", "sag")),
        (("silence", "Moon", {}), ("Moon", "PrK", "Zarya")),
        (("offset", "PrK", {"pascal": 3}), ("pascal", "pressure_pa")),
        (("busy", "PrK", {"bits": "all"}), ("all", "measuring", "im_update", "both")),
        (("trimming", "PrK", {"pattern": "odd"}), ("odd", "zeros", "flipped")),
        (("sag", "supply", {"rate": 0}), ("0", "over 0")),
    ],
)
def test_mistakes_say_what_is_allowed(parts, request_, words):
    kind, target, value = request_
    with pytest.raises(UsageError) as caught:
        FaultBoard(parts).fault(kind, target, **value)
    text = f"{caught.value.seen} {caught.value.cure}"
    assert all(word in text for word in words)


STATION = load_bench_file(find_bench_file("station6"))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (("Silence", "prk"), ("silence", "PrK")),
        (("hold", "i2c1"), ("hold", "i2c1")),
        (("mux_silence", "mux"), ("mux_silence", "mux")),
        (("stick", "prk-zvezda"), ("stick", "PrK-Zvezda")),
        (("stick", "Unity.injector"), ("stick", "Unity.injector")),
        (("sag", "supply"), ("sag", "supply")),
    ],
)
def test_faults_are_known_from_the_bench_file_alone(asked, found):
    assert fault_of(STATION, *asked) == found


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("silense", "PrK"), ("silense", "Did you mean silence?", "sag")),
        (("silence", "Zaria"), ("no sensor called Zaria", "Did you mean Zarya?", "Destiny")),
        (("hold", "spi0"), ("no bus called spi0", "i2c0, i2c1")),
        (("stick", "PrK"), ("no servo called PrK", "PrK-Zvezda", "PrK.injector")),
    ],
)
def test_wrong_faults_are_told_with_the_right_names(asked, words):
    with pytest.raises(UsageError) as caught:
        fault_of(STATION, *asked)
    text = f"{caught.value.seen} {caught.value.cure}"
    assert all(word in text for word in words), text
