"""Parameters, named by words that cost nothing in bytecode: `def pack(count)` becomes `def pack(islower)`.

MicroPython's bytecode has no names of local variables, but those of parameters, for calls that give them by
keyword. What any call in the firmware gives by keyword keeps its name, wherever it is a parameter.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from hatchwatch.deploy.known_names import KNOWN, names_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["rename_all"]

_Place = tuple[int, int]  # line from 1, byte in it from 0
_SCOPES = (
    ast.FunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


def rename_all(sources: Mapping[str, bytes]) -> dict[str, bytes]:
    """Rename the parameters in all modules given by their path on the board; all lines stay in place."""
    trees = {path: ast.parse(source) for path, source in sources.items()}
    keywords = {name for tree in trees.values() for name in _keywords(tree)}
    return {path: _rename(source, trees[path], keywords) for path, source in sources.items()}


def _keywords(tree: ast.Module) -> Iterator[str]:
    """Return all names by which a call gives an argument."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword):
            if node.arg is None:
                raise ValueError(f"line {node.value.lineno}: what `**` gives by keyword is not known here")
            yield node.arg


def _rename(source: bytes, tree: ast.Module, keywords: set[str]) -> bytes:
    used = {name for name, _ in names_in(tree)}
    free = [name for name in KNOWN if name not in used]
    places: dict[_Place, tuple[str, str]] = {}
    for function in _functions(tree):
        short = dict(zip(_renamable(function, keywords), free, strict=False))
        places |= {place: (name, short[name]) for name, place in _names(function) if name in short}
    lines = source.splitlines(keepends=True)
    for (row, start), (name, new) in sorted(places.items(), reverse=True):  # so that places before stay right
        line = lines[row - 1]
        lines[row - 1] = line[:start] + new.encode() + line[start + len(name.encode()) :]
    return b"".join(lines)


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """Return the functions and methods that are in no other function."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield node
        else:
            yield from _functions(node)


def _renamable(function: ast.FunctionDef, keywords: set[str]) -> list[str]:
    """Return the parameters that only this function itself knows by their names."""
    given = function.args.posonlyargs + function.args.args
    kept = {"self", *KNOWN, *keywords, *_of_inner_scopes(function), *_unplaced(function)}
    return [arg.arg for arg in given if arg.arg not in kept]


def _of_inner_scopes(function: ast.FunctionDef) -> Iterator[str]:
    """Return the names that functions, classes and comprehensions in the function have for themselves."""
    for scope in ast.walk(function):
        if isinstance(scope, _SCOPES) and scope is not function:
            yield from (name for name, made in names_in(scope) if made)


def _unplaced(function: ast.FunctionDef) -> Iterator[str]:
    """Return the names of which the syntax tree does not tell the place in the text."""
    for node in ast.walk(function):
        match node:
            case ast.JoinedStr():
                yield from (name for name, _ in names_in(node))
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                yield from names
            case ast.ExceptHandler(name=str(name)):
                yield name
            case ast.alias(name=name, asname=other):
                yield other or name


def _names(function: ast.FunctionDef) -> Iterator[tuple[str, _Place]]:
    """Return the parameters, and all names in the body, with their places in the text."""
    for arg in function.args.posonlyargs + function.args.args:
        yield arg.arg, (arg.lineno, arg.col_offset)
    for node in ast.walk(ast.Module(function.body, [])):
        if isinstance(node, ast.Name):
            yield node.id, (node.lineno, node.col_offset)
