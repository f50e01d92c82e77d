"""Runs the firmware's viper functions as machine code: their very source, translated to C word by word.

Simulations of many hours take the firmware's own classes, and so take a quarter of the time. Viper is a small
language, 32-bit integers and pointers, so its functions have one meaning in C:
`//` rounds down, `>>` keeps the sign, and sums wrap. `compile_viper` replaces those of imported firmware
modules by their translation; with `check_overflow`, a sum that would not fit 32 bits, where CPython and the
board would part, ends the program.
"""

from __future__ import annotations

import ast
import ctypes
import hashlib
import inspect
import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["compile_viper"]

_POINTERS = {"ptr8": "uint8_t", "ptr16": "uint16_t", "ptr32": "int32_t"}
_PRELUDE = """#include <stdint.h>
static inline int32_t floor_divide(int32_t a, int32_t b)
{ int32_t q = a / b; return q - ((a % b != 0) && ((a < 0) != (b < 0))); }
"""
_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.RShift: ">>",
    ast.LShift: "<<",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.And: "&&",
    ast.Or: "||",
}


class _Translator:
    """One viper function as C; ValueError names what it can't translate."""

    def __init__(self, node: ast.FunctionDef, constants: dict[str, Any]) -> None:
        self._node = node
        self._constants = constants
        self._names: set[str] = set()
        self.parameters = [argument.arg for argument in node.args.args]
        self.numbers = {a.arg for a in node.args.args if a.annotation is not None}

    def function(self) -> str:
        body = "".join(
            self._statement(statement, 1) for statement in self._node.body if not _is_text(statement)
        )
        arguments: list[str] = []
        for name in self.parameters:
            if name in self.numbers:
                arguments.append(f"int32_t {name}")
            else:
                arguments += [f"void *{name}", f"int32_t {name}_len"]
        declared = "".join(f"    int32_t {name};\n" for name in sorted(self._names - self.numbers))
        return f"int32_t {self._node.name}({', '.join(arguments)})\n{{\n{declared}{body}    return 0;\n}}\n"

    def _statement(self, node: ast.stmt, depth: int) -> str:
        pad = "    " * depth
        if isinstance(node, ast.Assign):
            return pad + self._assign(node.targets[0], node.value)
        if isinstance(node, ast.AugAssign):
            operator = ast.BinOp(left=node.target, op=node.op, right=node.value)
            return pad + self._assign(node.target, operator)
        if isinstance(node, ast.While | ast.If):
            word = "while" if isinstance(node, ast.While) else "if"
            text = f"{pad}{word} ({self._expression(node.test)}) {{\n{self._block(node.body, depth)}{pad}}}"
            if node.orelse:
                text += f" else {{\n{self._block(node.orelse, depth)}{pad}}}"
            return text + "\n"
        if isinstance(node, ast.Pass):
            return f"{pad};\n"
        if isinstance(node, ast.Return):
            return f"{pad}return {self._expression(node.value) if node.value else '0'};\n"
        raise ValueError(ast.unparse(node))

    def _block(self, body: list[ast.stmt], depth: int) -> str:
        return "".join(self._statement(statement, depth + 1) for statement in body)

    def _assign(self, target: ast.expr, value: ast.expr) -> str:
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in _POINTERS:
            assert isinstance(target, ast.Name)
            kind = _POINTERS[value.func.id]
            return f"{kind} *{target.id} = ({kind} *){self._source(value.args[0])};\n"
        if isinstance(target, ast.Name):
            self._names.add(target.id)
        return f"{self._expression(target)} = {self._expression(value)};\n"

    def _source(self, node: ast.expr) -> str:
        assert isinstance(node, ast.Name)
        if node.id in self.parameters:
            return node.id
        values = ", ".join(str(value) for value in self._constants[node.id])
        return f"(static const uint8_t[]){{{values}}}".replace("static const uint8_t", "uint8_t")

    def _expression(self, node: ast.expr) -> str:  # noqa: C901 - one case per kind of node
        if isinstance(node, ast.Constant):
            return str(int(node.value))
        if isinstance(node, ast.Name):
            if node.id in self._constants and node.id not in self._names:
                return f"({self._constants[node.id]})"
            return node.id
        if isinstance(node, ast.Subscript):
            return f"{self._expression(node.value)}[{self._expression(node.slice)}]"
        if isinstance(node, ast.BinOp):
            left, right = self._expression(node.left), self._expression(node.right)
            if isinstance(node.op, ast.FloorDiv):
                return f"floor_divide({left}, {right})"
            if isinstance(node.op, ast.LShift):
                return f"({left} * (1 << {right}))"  # of a negative number it is no overflow
            return f"({left} {_OPERATORS[type(node.op)]} {right})"
        if isinstance(node, ast.Compare):
            assert len(node.ops) == 1
            operator = _OPERATORS[type(node.ops[0])]
            return f"({self._expression(node.left)} {operator} {self._expression(node.comparators[0])})"
        if isinstance(node, ast.BoolOp):
            joined = f" {_OPERATORS[type(node.op)]} ".join(self._expression(value) for value in node.values)
            return f"({joined})"
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return f"(!{self._expression(node.operand)})"
        if isinstance(node, ast.IfExp):
            test, then, other = (self._expression(part) for part in (node.test, node.body, node.orelse))
            return f"({test} ? {then} : {other})"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "int":
            inner = node.args[0]
            if isinstance(inner, ast.Call) and isinstance(inner.args[0], ast.Name):
                return f"{inner.args[0].id}_len"
        raise ValueError(ast.unparse(node))


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def compile_viper(
    modules: Iterable[Any], *, more: str = "", check_overflow: bool = False, users: Iterable[Any] = ()
) -> ctypes.CDLL:
    """Let the viper functions of firmware modules run as machine code from now on.

    `more` is C that may call them: a buffer is passed as its address and its length. `users` are modules that
    have imported some of them by name. Needs gcc; RuntimeError: it did not take the translation.
    """
    modules = list(modules)
    translators = {module: _translators(module) for module in modules}
    functions = [translator.function() for of in translators.values() for translator in of.values()]
    source = "".join((_PRELUDE, *functions, more))
    library = ctypes.CDLL(str(_build(source, check_overflow=check_overflow)))
    for module in modules:
        for name, translator in translators[module].items():
            python = getattr(module, name)
            machine = _callable(getattr(library, name), translator)
            for user in (module, *users):
                if getattr(user, name, None) is python:
                    setattr(user, name, machine)
    return library


def _translators(module: Any) -> dict[str, _Translator]:
    return {
        node.name: _Translator(node, vars(module))
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.FunctionDef)
        and any(ast.unparse(decorator) == "micropython.viper" for decorator in node.decorator_list)
    }


def _build(source: str, *, check_overflow: bool) -> Path:
    flags = ["-fsanitize=signed-integer-overflow", "-fsanitize-undefined-trap-on-error"]
    flags = flags if check_overflow else ["-fwrapv"]
    name = hashlib.sha256((source + " ".join(flags) + "2").encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / "hatchwatch-viper"
    folder.mkdir(exist_ok=True)
    library = folder / f"{name}.so"
    if not library.exists():
        text = folder / f"{name}-{os.getpid()}.c"
        text.write_text(source, "utf-8")
        built = text.with_suffix(".so")
        command = ["gcc", "-O2", "-shared", "-fPIC", "-Wl,-Bsymbolic", *flags, "-o", str(built), str(text)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        built.replace(library)
        text.unlink()
    return library


def _callable(function: Any, translator: _Translator) -> Any:
    """A stand-in for a viper function; it remembers the addresses of buffers that it is given again."""
    function.restype = ctypes.c_int32
    known: dict[tuple[int, ...], tuple[Any, ...]] = {}
    count = len(translator.parameters) - len(translator.numbers)  # numbers come last

    def prepare(buffers: tuple[Any, ...]) -> tuple[Any, ...]:
        ready: list[Any] = []
        for buffer in buffers:
            address = ctypes.addressof(ctypes.c_char.from_buffer(memoryview(buffer)))
            ready += [ctypes.c_void_p(address), ctypes.c_int32(len(buffer))]
        return (tuple(ready), buffers)  # which are kept alive, so that their ids stay theirs

    def call(*arguments: Any) -> int:
        buffers = arguments[:count]
        key = tuple(map(id, buffers))
        ready = known.get(key)
        if ready is None:
            ready = known[key] = prepare(buffers)
        return int(function(*ready[0], *arguments[count:]))

    return call
