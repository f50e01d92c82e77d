from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatchwatch.evidence.jsonable import jsonable
from hatchwatch.link.packets import SensorCounters
from hatchwatch.methods.results import Verdict

SCALARS = st.none() | st.booleans() | st.integers() | st.text() | st.floats() | st.binary()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text(), inner)
)


@given(VALUES)
def test_whatever_comes_out_is_strict_json(value: object) -> None:
    json.dumps(jsonable(value), allow_nan=False)


def test_kinds() -> None:
    assert jsonable(SensorCounters(1, 2, 3, "ok")) == {
        "errors": 1,
        "retries": 2,
        "stale": 3,
        "health": "ok",
    }
    assert jsonable({"a": np.array([1.5, math.inf]), "b": np.int64(3)}) == {"a": [1.5, None], "b": 3}
    assert jsonable(Verdict.PASS) == "pass"
    assert jsonable(b"\x01\xff") == "01ff"


def test_what_has_no_form_is_refused() -> None:
    with pytest.raises(TypeError, match="no JSON form"):
        jsonable(object())
