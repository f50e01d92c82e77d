"""Names that cost a module nothing: bytecode tells them by a number, for every MicroPython has them built in.

Any other name stands in the bytecode as text. When a module is loaded, MicroPython compares each one with all
that it has met so far, and keeps it in the heap.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["KNOWN", "names_in"]

# From `static_qstr_list` in MicroPython's py/makeqstrdata.py, which belongs to the format of bytecode. Left
# out is what compiler or runtime ask for by name: `super`, `const`, `range`, `close`, `write` and the like.
KNOWN = (  # noqa: SIM905 - a list would be a page long
    "islower isupper isalpha isdigit isspace lower upper lstrip rstrip strip rfind rindex rsplit find "
    "index count startswith endswith replace join format split from_bytes to_bytes setdefault popitem "
    "pop items values key sort sorted reverse insert extend append remove clear copy update get id "
    "hash chr ord repr callable issubclass staticmethod classmethod divmod pow abs all any sum zip "
    "map iter next eval exec dir globals locals setattr getattr hasattr builtins bytecode little main "
    "end step stop start sep round list dict set object"
).split()


def names_in(tree: ast.AST) -> Iterator[tuple[str, bool]]:
    """All names in a module or a part of it, each with whether it is made there: by `=`, `def` and so on."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, True
            case ast.arg(arg=name):
                yield name, True
            case ast.Name(id=name, ctx=context) | ast.Attribute(attr=name, ctx=context):
                yield name, isinstance(context, ast.Store)
            case ast.alias(name=name, asname=other):
                yield from ((part, False) for part in name.split("."))
                if other is not None:
                    yield other, True
            case ast.ExceptHandler(name=str(name)):
                yield name, True
            case ast.keyword(arg=str(name)):
                yield name, False
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                yield from ((name, False) for name in names)
