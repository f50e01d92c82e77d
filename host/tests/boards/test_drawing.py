from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from hatchwatch.boards import BenchFile, find_bench_file, load_bench_file
from hatchwatch.boards.drawing import HatchState, station_svg

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def bench() -> BenchFile:
    return load_bench_file(find_bench_file("station6"))


def texts(svg: str) -> list[str]:
    return ["".join(element.itertext()) for element in ET.fromstring(svg).iter(f"{SVG}text")]


def titles(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}title")]


def test_modules_and_hatches_are_named(bench: BenchFile) -> None:
    svg = station_svg(bench)
    assert {module.name for module in bench.modules} <= set(texts(svg))
    assert "hatch Zarya-Unity: open" in titles(svg)  # the safe state of this station
    assert "crew · lifeboat" in texts(svg)


@pytest.mark.parametrize("state", ["open", "shut", "moving", "unknown"])
def test_each_state_is_told(bench: BenchFile, state: HatchState) -> None:
    svg = station_svg(bench, hatch_states={"PrK-Zvezda": state})
    assert f"hatch PrK-Zvezda: {state}" in titles(svg)
    assert "hatch Zarya-Unity: unknown" in titles(svg)


def test_colours_and_labels_are_escaped(bench: BenchFile) -> None:
    svg = station_svg(bench, colours={"PrK": '"><script>'}, labels={"PrK": ("<b>&", "FAIL")})
    assert "<b>&" in texts(svg)
    assert "FAIL" in texts(svg)
    assert "script" not in [element.tag.removeprefix(SVG) for element in ET.fromstring(svg).iter()]
