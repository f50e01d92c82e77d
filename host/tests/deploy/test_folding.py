"""Numbers of the dictionary in place of their names."""

from __future__ import annotations

import pytest

from hatchwatch.deploy.folding import NUMBERS, fold, fold_all, integers
from hatchwatch.payload import firmware_root

SOURCE = b'''"""Numbers."""

LOW = 1
HIGH = 2
FIRST = 10
LAST = FIRST + 4 * HIGH
VERSION = "1.0"
SEVERITY = {
    FIRST: LOW,
    LAST: HIGH,
}
'''


def test_integers_are_known_by_their_names_and_nothing_else():
    assert integers(SOURCE) == {"LOW": 1, "HIGH": 2, "FIRST": 10, "LAST": 18}


@pytest.mark.parametrize(
    ("source", "folded"),
    [
        (b"from fsw.link import numbers\nx = numbers.LAST\n", b"from fsw.link import numbers\nx = 18\n"),
        (b"from fsw.link import crc, numbers\nx = numbers.LOW", b"from fsw.link import crc, numbers\nx = 1"),
        (
            b"from fsw.link import numbers as n\nx = n.LAST, n.LOW",
            b"from fsw.link import numbers as n\nx = 18, 1",
        ),
        (b"from fsw.link import numbers\nx = numbers.SEVERITY[1]", None),
        (b"from fsw.link import numbers\nx = numbers.LASTING", None),
        (b"import numbers\nx = numbers.LAST", None),
        (b"x = self.numbers.LAST", None),
    ],
)
def test_only_the_numbers_of_the_dictionary_are_replaced(source, folded):
    assert fold(source, integers(SOURCE)) == (folded or source)


def test_the_module_keeps_what_is_used_otherwise():
    user = b"from fsw.link.numbers import (\n    HIGH,\n)\n"
    folded = fold_all({NUMBERS: SOURCE, "fsw/user.py": user})
    names: dict[str, object] = {}
    exec(folded[NUMBERS], names)
    names.pop("__builtins__")
    assert names == {"__doc__": "Numbers.", "HIGH": 2, "VERSION": "1.0", "SEVERITY": {10: 1, 18: 2}}
    assert folded["fsw/user.py"] == user


def test_lines_of_the_firmware_stay_where_they_are():
    root = firmware_root()
    sources = {path.relative_to(root).as_posix(): path.read_bytes() for path in (root / "fsw").rglob("*.py")}
    folded = fold_all(sources)
    assert set(folded) == set(sources)
    changed = 0
    for path in set(sources) - {NUMBERS}:
        assert folded[path].count(b"\n") == sources[path].count(b"\n")
        changed += folded[path] != sources[path]
    assert changed > 20
