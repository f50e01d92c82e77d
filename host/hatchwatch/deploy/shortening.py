"""Private names, made free of cost in the bytecode: `_next_to_mend` becomes `islower`.

MicroPython keeps every name that it meets in the heap, and compares each new one with all that it knows; only
those in `known_names` are there anyway. A name that begins with an underscore is used in one module only, so
each module can use the same few. It costs readable names in a traceback.

So no class may inherit from one of another module: their private names would meet in one object.

A private name that a module uses without making it belongs to another module, and stays as it is in both. So
does a private `const`, of which MicroPython's compiler leaves the value alone, as long as it is private.
"""

from __future__ import annotations

import ast
import io
import re
import string
import tokenize
from collections import Counter
from itertools import chain, product
from typing import TYPE_CHECKING

from hatchwatch.deploy.known_names import KNOWN, names_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["shorten_all"]

_PRIVATE = re.compile(r"_[A-Za-z0-9]\w*")


def shorten_all(sources: Mapping[str, bytes]) -> dict[str, bytes]:
    """Shorten the private names of all modules given by their path on the board; all lines stay in place.

    Raises `ValueError` where a class inherits from one of another module.
    """
    trees = {path: ast.parse(source) for path, source in sources.items()}
    for path, tree in trees.items():
        _refuse_heirs(path, tree)
    foreign = set().union(*map(_foreign, trees.values()))
    return {path: _shorten(source, trees[path], foreign) for path, source in sources.items()}


def _refuse_heirs(path: str, tree: ast.Module) -> None:
    imported = {
        alias.asname or alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom | ast.Import)
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            roots = {part.id for base in node.bases for part in ast.walk(base) if isinstance(part, ast.Name)}
            if roots & imported:
                raise ValueError(
                    f"{path}: class {node.name} inherits from another module, where names that begin with an "
                    "underscore become the same short ones. Let it hold an object of that class instead."
                )


def _foreign(tree: ast.Module) -> set[str]:
    """Return the private names that a module uses without making them."""
    names = set(names_in(tree))
    return {name for name, _ in names if (name, True) not in names and _PRIVATE.fullmatch(name)}


def _constants(tree: ast.Module) -> set[str]:
    """Return the names that stand for a `const`."""
    return {
        node.targets[0].id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and ast.unparse(node.value).startswith("const(")
    }


def _shorten(source: bytes, tree: ast.Module, foreign: set[str]) -> bytes:
    text = source.decode()
    used = {name for name, _ in names_in(tree)}
    kept = foreign | _constants(tree)
    tokens = [
        token
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.NAME and token.string in used - kept and _PRIVATE.fullmatch(token.string)
    ]
    often = Counter(token.string for token in tokens)
    free = (name for name in _short_names() if name not in used and name not in foreign)
    short = {name: next(free) for name, _ in often.most_common()}
    lines = text.splitlines(keepends=True)
    for token in reversed(tokens):  # from the end, so that places before stay right
        (row, start), (_, end) = token.start, token.end
        line = lines[row - 1]
        lines[row - 1] = line[:start] + short[token.string] + line[end:]
    return "".join(lines).encode()


def _short_names() -> Iterator[str]:
    letters = string.ascii_letters
    return chain(KNOWN, ("_" + "".join(name) for name in chain(product(letters), product(letters, letters))))
