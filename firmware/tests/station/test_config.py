"""Whatever bytes lie in bench.json, the board gets a bench it can run with, or one that says why not."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from running_firmware import BOARDS

from fsw.link import numbers
from fsw.station.config import Bench, load_bench, parse_bench
from hatchwatch.boards.files import load_bench_file
from hatchwatch.deploy.boardfile import bench_digest, board_json

STATION = load_bench_file(BOARDS / "station6.toml")
GOOD = json.loads(board_json(STATION))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


@pytest.mark.parametrize("path", sorted(BOARDS.glob("*.toml")), ids=lambda path: path.stem)
def test_what_deployment_writes_is_valid(path):
    file = load_bench_file(path)
    bench = parse_bench(board_json(file))
    assert (bench.state, bench.why) == (numbers.BENCH_VALID, "")
    assert bench.name == file.name
    assert bench.file_hash == bench_digest(file)
    assert len(bench.sensors) == len(file.modules)
    assert len(bench.hatches) == len(file.hatches)


def test_a_missing_file(tmp_path):
    assert load_bench(str(tmp_path / "bench.json")).state == numbers.BENCH_MISSING


@given(st.binary(max_size=200))
def test_any_bytes(data):
    bench = parse_bench(data)
    assert bench.state in (numbers.BENCH_UNREADABLE, numbers.BENCH_WRONG_FORMAT)
    assert bench.file_hash == hashlib.sha256(data).digest()[:8]
    assert bench.sensors == bench.hatches == bench.injectors == []


@given(json_values)
def test_any_json(value):
    assert parse_bench(json.dumps(value).encode()).state == numbers.BENCH_WRONG_FORMAT


@given(st.sampled_from(sorted(GOOD)), json_values)
def test_any_value_in_place_of_a_good_one(key, value):
    bench = parse_bench(json.dumps({**GOOD, key: value}).encode())
    assert isinstance(bench, Bench)
    if bench.state == numbers.BENCH_VALID:
        for row in bench.hatches + bench.injectors + bench.sensors:
            assert all(isinstance(number, int) for number in row)


@given(st.sampled_from(["buses", "muxes", "sensors", "hatches", "injectors"]), st.data())
def test_any_number_in_place_of_a_good_one(key, data):
    changed = json.loads(json.dumps(GOOD))
    row = data.draw(st.sampled_from(changed[key]))
    row[data.draw(st.integers(0, len(row) - 1))] = data.draw(st.integers(-3, 40) | st.text(max_size=3))
    bench = parse_bench(json.dumps(changed).encode())
    if bench.state == numbers.BENCH_VALID:
        assert all(0 <= row[0] < len(bench.buses) for row in bench.sensors + bench.muxes)
        assert all(-1 <= row[2] < len(bench.muxes) for row in bench.sensors)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"format": 1}, "format"),
        ({"safe": [1]}, "safe"),
        ({"safe": [1, 2, 3, 1, 1]}, "safe"),
        ({"sensors": GOOD["sensors"] * 3}, "too many sensors"),
        ({"hatches": GOOD["hatches"] * 4}, "too many hatches"),
        ({"led": 99}, "led"),
        ({"modules": GOOD["modules"][:5]}, "modules"),
        ({"modules": [[500000, 5000]] * 6}, "modules"),
        ({"lifeboat": 64}, "lifeboat"),
        ({"bench": "x" * 25}, "bench"),
    ],
)
def test_the_reason_names_the_place(change, why):
    bench = parse_bench(json.dumps({**GOOD, **change}).encode())
    assert bench.state == numbers.BENCH_WRONG_FORMAT
    assert why in bench.why
