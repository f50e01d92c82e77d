from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hatchwatch.boards import find_bench_file, list_bench_files, load_bench_file, parse_bench_file
from hatchwatch.boards.files import find_mistakes
from hatchwatch.boards.wiring import pin_uses
from hatchwatch.errors import BenchFileError

FIVE_MISTAKES = """\
name = "five"

[i2c0]
sda = 20
scl = 22

[[modules]]
name = "left"
volume_m = 500.0
volume_uncertainty_ml = 5.0
sensor = { bus = "i2c0", address = "0x76" }

[[modules]]
name = "right"
volume_ml = -500.0
volume_uncertainty_ml = 5.0
sensor = { bus = "i2c0", address = 0x77 }

[[hatches]]
name = "door"
between = ["left", "rihgt"]
servo = { pin = 0, open_us = 1900, shut_us = 1100 }
"""


FIVE_TOLD = """
five.toml has 5 mistakes:
  line 5   [i2c0] scl is GP22, which can't be SCL of i2c0; it can be GP1, GP5, GP9, GP13, GP17, GP21
  line 9   modules[0] "left": volume_m is no key here; did you mean volume_ml?
  line 11  modules[0] "left": sensor.address must be 0x76 or 0x77, a number without quotes; it is "0x76"
  line 15  modules[1] "right": volume_ml must be more than 0; it is -500.0
  line 21  hatches[0] "door": between names "rihgt", which is no module; the modules are left, right
"""


def test_every_mistake_is_listed_with_its_line() -> None:
    with pytest.raises(BenchFileError) as caught:
        parse_bench_file(FIVE_MISTAKES, "five.toml")
    assert caught.value.seen == FIVE_TOLD.strip()
    assert caught.value.fault == "five.toml"
    assert caught.value.exit_code == 64


@pytest.mark.parametrize("path", list_bench_files(), ids=lambda path: path.stem)
def test_the_shipped_files_are_right(path: Path) -> None:
    assert load_bench_file(path).name == path.stem


def test_a_line_that_is_not_toml() -> None:
    with pytest.raises(BenchFileError, match="line 2"):
        parse_bench_file('name = "x"\nmodules = yes\n')


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BenchFileError, match="can't be read") as caught:
        load_bench_file(tmp_path / "none.toml")
    assert "station6" in str(caught.value.cure)


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "image.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BenchFileError, match="not UTF-8"):
        load_bench_file(path)


def test_benches_are_found_by_path_and_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shipped = find_bench_file("pair")
    assert find_bench_file(str(shipped)) == shipped
    own = tmp_path / "boards" / "pair.toml"
    own.parent.mkdir()
    own.write_text("")
    assert find_bench_file("pair").resolve() == own
    assert Path("boards/pair.toml") in list_bench_files()
    with pytest.raises(BenchFileError, match="no bench file nothing"):
        find_bench_file("nothing")


STATION: dict[str, Any] = tomllib.loads(find_bench_file("station6").read_text("utf-8"))

toml_values: st.SearchStrategy[Any] = st.recursive(
    st.none().map(lambda _: {})
    | st.booleans()
    | st.integers(-5, 2_000_000)
    | st.floats()
    | st.sampled_from(["i2c0", "i2c1", "spi1", "mux", "PrK", "Zarya", "open", "shut", "pico_w", "x", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "pin", "x"]), inner, max_size=2)
    ),
    max_leaves=5,
)


def _places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, inner in items for found in [(*place, key), *_places(inner, (*place, key))]]


@settings(max_examples=400)
@given(data=st.data())
def test_whatever_is_in_the_file_it_is_told_or_right(data: st.DataObject) -> None:
    """Spoil a good file at random: no crash, no mistake without words, and no bench that breaks a rule."""
    spoilt = copy.deepcopy(STATION)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.sampled_from(_places(spoilt)))
        holder: Any = spoilt
        for key in place[:-1]:
            holder = holder[key]
        what = data.draw(st.sampled_from(["replace", "remove", "rename", "repeat"]))
        if what == "replace":
            holder[place[-1]] = data.draw(toml_values)
        elif what == "remove":
            del holder[place[-1]]
        elif what == "rename" and isinstance(holder, dict):
            holder[data.draw(st.sampled_from(["x", "nam", "pins", "volume_m"]))] = holder.pop(place[-1])
        elif isinstance(holder, list):
            holder.append(copy.deepcopy(holder[place[-1]]))
    before = copy.deepcopy(spoilt)
    mistakes, bench = find_mistakes(spoilt)
    assert repr(spoilt) == repr(before)  # repr, since nan differs from itself
    assert (bench is None) == bool(mistakes)
    assert all(mistake.text for mistake in mistakes)
    if bench is not None:
        used = [use.pin for use in pin_uses(bench)]
        assert len(set(used)) == len(used)
        assert all(module.volume_m3 > 0 for module in bench.chambers)
