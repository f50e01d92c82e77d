"""Stand-in for MicroPython's `micropython` module, so that pure firmware logic runs under CPython.

`native` and `viper` return the function unchanged. A viper function whose intermediate values all fit 32 bits
gives the same bits here, because Python's integers, shifts and masks then mean the same. Viper's pointer
types become views of the same memory: an index means the same as on the board, and a wrong one is an error.
"""

import builtins


def const(value):
    return value


def native(function):
    return function


def viper(function):
    return function


def _pointer(code):
    def cast(buffer):
        return memoryview(buffer).cast("B").cast(code)

    return cast


builtins.ptr8 = _pointer("B")
builtins.ptr16 = _pointer("H")
builtins.ptr32 = _pointer("i")
builtins.uint = int
