"""Sets of parts: bits on the link, names for people."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hatchwatch.link.dictionary import dictionary
from hatchwatch.link.naming import SETS, members, named_fields, set_of, text_of


@given(st.sets(st.integers(0, 15)))
def test_a_set_of_indexes_comes_back(indexes):
    bits = set_of(indexes)
    assert members(bits) == tuple(sorted(indexes))
    assert bits.bit_count() == len(indexes)


def test_the_bits_count_from_the_first_part():
    assert set_of([0, 3]) == 0b1001
    assert members(0b10110) == (1, 2, 4)


def test_every_set_of_the_dictionary_has_room_for_all_parts():
    known = dictionary()
    most = {"modules": known.max_modules, "hatches": known.max_hatches}
    for kind in SETS:
        assert known.scalars[kind] == "H"
        assert most[kind] <= 16


def test_what_would_decide_a_search_tells_what_its_index_counts():
    layout = dictionary().events[64].layout
    names = {"module": ["left", "right"], "hatch": ["door"]}
    told = [
        named_fields(layout, {"decider": decider, "index": 0, "time_s": 5}, names)["index"]
        for decider in ("longer", "closure", "sensor")
    ]
    assert told == ["left", "door", "left"]


def test_texts_of_what_is_empty():
    assert (text_of([]), text_of(None), text_of(["a", "b"]), text_of(0)) == ("none", "none", "a, b", "0")
