"""The tables hold what the dictionary declares."""

from __future__ import annotations

import pytest

from hatchwatch.link.dictionary import dictionary
from hatchwatch.link.export.tables import TABLES, dictionary_tables


def table(name: str):
    (found,) = dictionary_tables(dictionary(), (name,))
    return found


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_a_cell_for_every_column(name):
    shown = table(name)
    assert shown.rows
    assert {len(row) for row in shown.rows} == {len(shown.columns)}


@pytest.mark.parametrize("name", ["commands", "telemetry"])
def test_every_packet_is_there_once_with_its_fields_below(name):
    heads = [row[0] for row in table(name).rows if row[0]]
    assert heads == list(getattr(dictionary(), name))


def test_a_command_with_a_list():
    rows = table("commands").rows
    start = next(place for place, row in enumerate(rows) if row[0] == "set_interval")
    assert rows[start][2] == "[3,31]"
    assert rows[start + 1 : start + 4] == (
        ("", "structures", "list", ""),
        ("", "structures[].sid", "u8", "1 readings, 2 housekeeping"),
        (
            "",
            "structures[].interval_ms",
            "u16, ms",
            "100 to 60000, rounded down to a multiple of 100",
        ),
    )


def test_a_function_and_a_structure_show_their_number():
    assert next(row for row in table("commands").rows if row[0] == "safe")[2] == "[8,1] 5"
    assert next(row for row in table("telemetry").rows if row[0] == "readings")[2] == "[3,25] 1"


def test_an_event_shows_number_and_severity():
    assert next(row for row in table("events").rows if row[0] == "hatch_failed")[2] == "24 high"


def test_a_parameter_shows_its_range_with_the_unit():
    rows = table("parameters").rows
    place = next(place for place, row in enumerate(rows) if row[0] == "sensor_jump_pa")
    assert rows[place + 1][1] == "10 to 100000 Pa, default 5000"
