from __future__ import annotations

import networkx
from hypothesis import given
from hypothesis import strategies as st

from hatchwatch.boards import BenchFile
from hatchwatch.boards.layout import place_modules
from hatchwatch.boards.model import Hatch, Module, SensorPlace, Servo


def bench_of(count: int, pairs: list[tuple[int, int]]) -> BenchFile:
    """A bench as a drawing sees it; what it hangs on doesn't matter here, so nothing is checked."""
    sensor, servo = SensorPlace(bus="i2c0", address=0x76), Servo(pin=0, open_us=1900, shut_us=1100)
    modules = tuple(
        Module(name=f"M{index}", volume_ml=500.0, volume_uncertainty_ml=5.0, sensor=sensor)
        for index in range(count)
    )
    hatches = tuple(Hatch(name=f"H{a}-{b}", between=(f"M{a}", f"M{b}"), servo=servo) for a, b in pairs)
    return BenchFile(name="drawn", modules=modules, hatches=hatches)


@st.composite
def trees(draw: st.DrawFn) -> BenchFile:
    count = draw(st.integers(1, 16))
    return bench_of(count, [(draw(st.integers(0, index - 1)), index) for index in range(1, count)])


@given(trees())
def test_every_module_has_a_cell_and_the_longest_way_is_straight(bench: BenchFile) -> None:
    cells = place_modules(bench)
    assert set(cells) == {module.name for module in bench.modules}
    assert len(set(cells.values())) == len(cells)
    assert min(column for column, _ in cells.values()) == min(row for _, row in cells.values()) == 0
    tree: networkx.Graph[str] = networkx.Graph([hatch.between for hatch in bench.hatches])
    tree.add_nodes_from(cells)
    length = networkx.diameter(tree) + 1
    rows = {row for _, row in cells.values()}
    assert max(sum(row == found for _, found in cells.values()) for row in rows) >= length


def test_a_row_stays_in_file_order() -> None:
    bench = bench_of(4, [(2, 3), (0, 1), (1, 2)])
    assert place_modules(bench) == {f"M{index}": (index, 0) for index in range(4)}


def test_branches_stand_beside_their_module() -> None:
    cells = place_modules(bench_of(7, [(0, 1), (1, 2), (2, 3), (3, 4), (2, 5), (2, 6)]))
    assert cells == {
        **{f"M{index}": (index, 1) for index in range(5)},
        "M5": (2, 0),
        "M6": (2, 2),
    }


def test_a_ring_is_drawn_too() -> None:
    cells = place_modules(bench_of(4, [(0, 1), (1, 2), (2, 3), (3, 0)]))
    assert len(set(cells.values())) == 4


def test_the_ambient_sensor_stands_below() -> None:
    bench = bench_of(2, [(0, 1)])
    room = Module(name="room", ambient=True, sensor=SensorPlace(bus="i2c0", address=0x77))
    assert place_modules(bench.model_copy(update={"modules": (room, *bench.modules)})) == {
        "M0": (0, 0),
        "M1": (1, 0),
        "room": (0, 1),
    }
