"""Integers that refuse to leave 32 bits: under CPython, viper's arithmetic fails where the board's
would wrap.
"""

import builtins
import operator

_OPERATORS = ("add", "sub", "mul", "floordiv", "rshift", "lshift", "and", "or")


class Int32(int):
    """Result of an operation of viper; OverflowError outside of 32 bits."""


def _checked(value):
    if not -(2**31) <= value < 2**31:
        raise OverflowError(value)
    return Int32(value)


def _forward(operation):
    return lambda self, other: _checked(operation(int(self), int(other)))


def _reflected(operation):
    return lambda self, other: _checked(operation(int(other), int(self)))


for _name in _OPERATORS:
    _operation = getattr(operator, f"__{_name}__")
    setattr(Int32, f"__{_name}__", _forward(_operation))
    setattr(Int32, f"__r{_name}__", _reflected(_operation))


class _Pointer:
    def __init__(self, code, buffer):
        self._view = memoryview(buffer).cast("B").cast(code)

    def __getitem__(self, index):
        return Int32(self._view[index])

    def __setitem__(self, index, value):
        self._view[index] = value


def check_int32(monkeypatch):
    """Let every number that viper code loads, and all that is made of it, stay within 32 bits or fail."""
    for name, code in (("ptr8", "B"), ("ptr32", "i")):
        monkeypatch.setattr(builtins, name, lambda buffer, code=code: _Pointer(code, buffer))
