"""Short names mean the same: the firmware's modules behave as before, and no name crosses a module."""

from __future__ import annotations

import ast

import pytest

from hatchwatch.deploy.known_names import KNOWN
from hatchwatch.deploy.shortening import shorten_all
from hatchwatch.payload import firmware_root


def shorten(text: str, **others: str) -> str:
    sources = {"module.py": text, **{f"{name}.py": other for name, other in others.items()}}
    return shorten_all({path: source.encode() for path, source in sources.items()})["module.py"].decode()


def test_a_module_computes_the_same() -> None:
    text = '''
_LIMIT = 3  # a comment with _LIMIT in it
class Counter:
    """Docs with _count in them."""
    def __init__(self, start, _step=2):
        self._count = start
        self._step = _step
    def _bump(self):
        self._count += self._step
        return "_count %d" % self._count
    def run(self):
        return [self._bump() for _ in range(_LIMIT)], self.__class__.__name__
'''
    short = shorten(text)
    outcomes = []
    for source in (text, short):
        names: dict[str, object] = {}
        exec(source, names)
        outcomes.append(
            names["Counter"](5, _step=4).run() if source is text else names["Counter"](5, 4).run()
        )  # type: ignore[operator]
    assert outcomes[0] == outcomes[1] == (["_count 9", "_count 13", "_count 17"], "Counter")
    assert "_bump" not in short
    assert short.count("\n") == text.count("\n")


def test_what_another_module_reaches_for_keeps_its_name() -> None:
    text = "class A:\n    def _hidden(self): return self._own\n    def set(self): self._own = 1\n"
    short = shorten(text, other="def peek(a): return a._hidden()\n")
    assert "_hidden" in short
    assert "_own" not in short


def test_public_names_and_those_of_python_stay() -> None:
    text = "class A:\n    def __init__(self): self.open_one = 1\ndef _f(): return __name__\n"
    short = shorten(text)
    for name in ("__init__", "__name__", "open_one", "self", "A"):
        assert name in short


@pytest.mark.parametrize(
    "source",
    [
        b"from fsw.a import A\nclass B(A): pass",
        b"from fsw import a as first\nclass B(first.A): pass",
        b"import fsw.a\nclass B(fsw.a.A): pass",
    ],
)
def test_no_class_inherits_from_another_module(source: bytes) -> None:
    with pytest.raises(ValueError, match=r"b\.py: class B inherits from another module"):
        shorten_all({"a.py": b"class A: pass\nclass C(A, Exception): pass", "b.py": source})


def test_a_private_constant_stays_for_the_compiler_to_leave_out() -> None:
    text = "from micropython import const\n_LIMIT = const(3)\ndef _f(): return _LIMIT\n"
    assert shorten(text) == text.replace("_f", "islower")


def test_a_short_name_that_is_taken_is_not_given_again() -> None:
    short = shorten("def islower(): return 1\ndef _long_name(): return 2\nBOTH = (islower(), _long_name())\n")
    names: dict[str, object] = {}
    exec(short, names)
    assert names["BOTH"] == (1, 2)


def test_the_firmware_stays_python_with_the_same_public_names() -> None:
    root = firmware_root() / "fsw"
    sources = {path.as_posix(): path.read_bytes() for path in root.rglob("*.py")}
    shortened = shorten_all(sources)
    changed = 0
    for path, source in sources.items():
        before, after = ast.parse(source), ast.parse(shortened[path])
        assert [type(node) for node in ast.walk(before)] == [type(node) for node in ast.walk(after)]
        for old, new in zip(_defined(before), _defined(after), strict=True):
            assert new == old or (old.startswith("_") and new in KNOWN)
            changed += new != old
    assert changed > 300


def _defined(tree: ast.Module) -> list[str]:
    return [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
