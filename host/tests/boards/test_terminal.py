from __future__ import annotations

from hatchwatch.boards import find_bench_file, load_bench_file, parse_bench_file
from hatchwatch.boards.terminal import station_text

PAIR = """\
┌──────┐     ┌──────┐
│ left │     │right │
│500 mL├──╫──┤500 mL│
└────▼─┘     └────▼─┘"""


def test_a_pair() -> None:
    assert station_text(load_bench_file(find_bench_file("pair"))) == PAIR


def test_the_station_fits_into_80_columns() -> None:
    bench = load_bench_file(find_bench_file("station6"))
    narrow, wide = station_text(bench, 80), station_text(bench, 120)
    assert max(map(len, narrow.splitlines())) <= 80 < max(map(len, wide.splitlines())) <= 120
    for text in (narrow, wide):
        assert all(text.count(module.name) == 1 for module in bench.modules)
        assert text.count("╫") == len(bench.hatches)
        assert text.count("▼") == len(bench.injectors)
        assert "crew" in text
        assert "lifeboat" in text


def test_hatches_that_go_round_are_told_in_words() -> None:
    text = find_bench_file("station6").read_text("utf-8")
    ring = (
        '[[hatches]]\nname = "back"\nbetween = ["Destiny", "Progress"]\n'
        "servo = { pin = 11, open_us = 1900, shut_us = 1100 }\n[safe]"
    )
    drawn = station_text(parse_bench_file(text.replace("[safe]", ring)), 120)
    assert drawn.count("╫") + drawn.count("╪") + drawn.count("joins") == 6


def test_positions_and_notes_are_drawn() -> None:
    bench = load_bench_file(find_bench_file("station6"))
    names = [hatch.name for hatch in bench.hatches]
    positions = dict(zip(names, ("shut", "open", "moving", "failed", "shut"), strict=True))
    drawn = station_text(bench, 120, notes={"PrK": ["LEAKS"]}, positions=positions)
    (doors,) = (line for line in drawn.splitlines() if "├" in line)
    between = doors.split("├")[1:]
    assert [part[2] for part in between] == ["╫", "─", "~", "?", "╫"]
    assert drawn.count("LEAKS") == 1
    column = drawn.splitlines()[1].index("PrK")
    (note,) = (line for line in drawn.splitlines() if "LEAKS" in line)
    assert abs(note.index("LEAKS") - column) <= 2
