from __future__ import annotations

import pytest

from hatchwatch.boards import BenchFile, find_bench_file, load_bench_file, parse_bench_file
from hatchwatch.errors import UsageError


@pytest.fixture
def bench() -> BenchFile:
    return load_bench_file(find_bench_file("station6"))


def test_modules_and_hatches_are_found_by_name_in_any_case(bench: BenchFile) -> None:
    assert bench.module("prk").title == "Zvezda transfer chamber"
    assert bench.hatch("zarya-UNITY").between == ("Zarya", "Unity")


def test_an_unknown_name_is_answered_with_the_known_ones(bench: BenchFile) -> None:
    with pytest.raises(UsageError, match="no hatch called door") as caught:
        bench.hatch("door")
    assert caught.value.cure is not None
    assert "Unity-Destiny" in caught.value.cure


def test_volumes_in_cubic_metres(bench: BenchFile) -> None:
    assert bench.module("Zvezda").volume_m3 == pytest.approx(1e-3)
    assert bench.module("Zvezda").volume_uncertainty_m3 == pytest.approx(1e-5)


def test_injectors_are_counted_in_file_order(bench: BenchFile) -> None:
    text = find_bench_file("station6").read_text("utf-8")
    fewer = parse_bench_file(text.replace("injector = { pin = 6,", "# injector = { pin = 6,"))
    assert [module.name for module in fewer.injectors] == ["Progress", "Zvezda", "Zarya", "Unity", "Destiny"]


def test_the_schema_is_for_editors() -> None:
    schema = BenchFile.model_json_schema()
    assert schema["$defs"]["Servo"]["properties"]["pin"]["maximum"] == 28
    assert schema["additionalProperties"] is False
