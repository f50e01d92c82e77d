"""The JSON form tells a program all that it needs to build a command."""

from __future__ import annotations

import json

from hatchwatch.link.dictionary import dictionary
from hatchwatch.link.export.plain import dictionary_data


def test_json_holds_every_declaration():
    known = dictionary()
    data = json.loads(json.dumps(dictionary_data(known)))
    assert int(data["hash"], 16) == known.hash
    for kind in ("commands", "telemetry", "parameters"):
        assert [entry["name"] for entry in data[kind]] == list(getattr(known, kind))
    assert {entry["number"] for entry in data["events"]} == set(known.events)


def test_a_command_can_be_built_from_it_alone():
    data = dictionary_data(dictionary())
    move = next(entry for entry in data["commands"] if entry["name"] == "move_hatch")
    assert (move["service"], move["subtype"], move["function"]) == (8, 1, 3)
    assert [(field["name"], field["type"]) for field in move["fields"]] == [
        ("hatch", "hatch"),
        ("position", "position"),
    ]
    positions = {value["name"]: value["number"] for value in data["enumerations"]["position"]}
    assert (positions["open"], positions["shut"]) == (1, 2)
    interval = next(entry for entry in data["commands"] if entry["name"] == "set_interval")
    assert [field["name"] for field in interval["fields"][0]["fields"]] == ["sid", "interval_ms"]
