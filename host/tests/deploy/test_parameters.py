"""Renamed parameters mean the same, and every call that gives one by keyword still finds it."""

from __future__ import annotations

import io
import tokenize
from dis import get_instructions
from types import CodeType
from typing import TYPE_CHECKING

import pytest

from hatchwatch.deploy.compiling import compile_all
from hatchwatch.deploy.known_names import KNOWN
from hatchwatch.deploy.parameters import rename_all
from hatchwatch.payload import firmware_root

if TYPE_CHECKING:
    from collections.abc import Iterator


def rename(text: str, **others: str) -> str:
    sources = {"module.py": text, **{f"{name}.py": other for name, other in others.items()}}
    return rename_all({path: source.encode() for path, source in sources.items()})["module.py"].decode()


def test_parameters_are_renamed_with_all_that_uses_them() -> None:
    assert rename("def f(ä, beta=beta):\n    ä += ä.ä + beta\n    return [ä for _ in beta]\n") == (
        "def f(islower, isupper=beta):\n    islower += islower.ä + isupper\n"
        "    return [islower for _ in isupper]\n"
    )


def test_what_some_call_gives_by_keyword_keeps_its_name() -> None:
    text = "def f(first, second): return first + second\n"
    assert rename(text, other="g(1, second=2)\n") == "def f(islower, second): return islower + second\n"


def test_keywords_that_nobody_can_know_are_refused() -> None:
    with pytest.raises(ValueError, match=r"line 2: .* by keyword"):
        rename("def f(a): pass\nf(**{'a': 1})\n")


@pytest.mark.parametrize(
    "kept",
    [
        "def f(self): return self",
        "def f(*all_of_them): return all_of_them",
        "def f(*, given): return given",
        "def f(a):\n    def g(a): return a\n    return g(a)",
        "def f(a): return lambda a: a",
        "def f(a): return [a for a in a]",
        "def f(a): return f'{a}'",
        "def f(a):\n    import a\n    return a",
        "def f(a):\n    try: g()\n    except E as a: return a",
        "def f(a):\n    class C:\n        a = 1\n    return a",
        "def f(a):\n    def g():\n        nonlocal a\n        a = 2\n    return a",
    ],
)
def test_names_that_are_not_the_functions_alone_stay(kept: str) -> None:
    assert rename(kept) == kept


def test_no_other_name_of_the_module_is_hidden() -> None:
    text = "def f(text, width): return text.islower() or isupper(width)\n"
    assert rename(text) == "def f(isalpha, isdigit): return isalpha.islower() or isupper(isdigit)\n"


def test_a_module_computes_the_same() -> None:
    text = """
class Adder:
    def __init__(self, start, step=2):
        self.start, self.step = start, step
    def after(self, turns, scale):
        def one(value): return value * scale
        return [one(self.start + self.step * turn) for turn in range(turns)]
def twice(action, *given): return action(*given), (lambda other: action(other, 2))(3)
RESULT = Adder(1).after(3, 10), twice(lambda x, y=5: x + y, 1)
"""
    renamed = rename(text)
    outcomes = []
    for source in (text, renamed):
        names: dict[str, object] = {}
        exec(source, names)
        outcomes.append(names["RESULT"])
    assert renamed != text
    assert outcomes[0] == outcomes[1] == ([10, 30, 50], (6, 5))


def test_the_firmware_keeps_all_but_the_names_of_parameters() -> None:
    root = firmware_root()
    sources = {path.relative_to(root).as_posix(): path.read_bytes() for path in (root / "fsw").rglob("*.py")}
    renamed = rename_all(sources)
    changed = 0
    for path, source in sources.items():
        before, after = list(_tokens(source)), list(_tokens(renamed[path]))
        assert len(before) == len(after)
        for old, new in zip(before, after, strict=True):
            assert (old.type, old.start[0]) == (new.type, new.start[0])
            assert old.string == new.string or new.string in KNOWN
            changed += old.string != new.string
        assert _code(source) == _code(renamed[path])
    assert changed > 1000


def _tokens(source: bytes) -> Iterator[tokenize.TokenInfo]:
    return tokenize.generate_tokens(io.StringIO(source.decode()).readline)


def _code(source: bytes) -> list[object]:
    """What CPython makes of a module, but for the names of local variables and their order."""
    todo, found = [compile(source, "module", "exec")], []
    while todo:
        code = todo.pop()
        steps = [step.opname for step in get_instructions(code)]
        found.append((steps, code.co_names, code.co_argcount, len({*code.co_varnames, *code.co_cellvars})))
        todo += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return found


def test_known_names_leave_no_text_in_bytecode() -> None:
    source = "".join(f"x.{name}\n" for name in KNOWN).encode()
    (code,) = compile_all({"known.py": source}).values()
    assert [name for name in KNOWN if name.encode() + b"\0" in code] == []
