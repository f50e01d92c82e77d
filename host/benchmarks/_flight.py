"""The firmware's detection as it flies, fed with made-up readings: for simulations of thousands of hours.

`Flight` holds the firmware's own objects. Where gcc is at hand, nine of the ten turns of a second run as
machine code (see `_viper`); the tenth, with all that happens once a second, goes the same way as on board.
"""

from __future__ import annotations

import ctypes
import shutil
from array import array
from typing import TYPE_CHECKING, Any

import numpy as np
from _viper import compile_viper

from hatchwatch.link.flight import flight_module

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FAST", "Flight", "numbers"]

_amounts, _history, _detection, _parameters, numbers = (
    flight_module(f"fsw.{name}")
    for name in (
        "station.amounts",
        "station.history",
        "station.detection",
        "services.parameters",
        "link.numbers",
    )
)
_KERNELS = [
    flight_module(f"fsw.station.{name}") for name in ("amounts", "history", "levels", "baseline", "cusums")
]
_STATE, _ALARM = 7, 3

# The turns `turn` to 8 of a second; returns where it stopped, and marks volumes with a CUSUM over its
# threshold.
_TURNS = """
#include <string.h>
int32_t fly(const int32_t *p, const int32_t *t, int32_t row, int32_t rows, int32_t turn, int32_t count,
            int32_t *to_p, int32_t *to_t, void *words, void *x, void *valid, void *state, void *health,
            void *sensors, void *member, int32_t **volumes, int32_t volume_count, uint8_t *crossed)
{
    int32_t any = 0;
    for (; row < rows && turn < 9 && !any; row++, turn++) {
        memcpy(to_p, p + row * count, 4 * count);
        memcpy(to_t, t + row * count, 4 * count);
        _reduce(words, 0, x, count, valid, count, to_p, count, to_t, count, state, count, health, count);
        for (int32_t i = 0; i < volume_count; i++) {
            crossed[i] = 0;
            if (find_residual(volumes[i], 0, sensors, 0, x, count, valid, count, member, count, turn)) {
                int32_t over = step(volumes[i], 0, 24, 3) + step(volumes[i], 0, 32, 5);
                crossed[i] = over && volumes[i][7] != 3;
                any |= crossed[i];
            }
        }
    }
    return row;
}
"""
FAST = shutil.which("gcc") is not None
_library = compile_viper(_KERNELS, more=_TURNS, users=[_detection]) if FAST else None


class Flight:
    """Sensors, their reduction and the detector; `group_of` is the gas volume of each sensor.

    Their modules are as large as `volume_ul` says, all alike by default.
    """

    def __init__(self, group_of: list[int], volume_ul: list[int] | None = None, **parameters: int) -> None:
        count = len(group_of)
        self.values = _parameters.default_values()
        for name, value in parameters.items():
            self.values[getattr(numbers, f"PARAMETER_{name.upper()}")] = value
        self.amounts = _amounts.Amounts(count)
        self.detector = _detection.Detector(volume_ul or [1000] * count, self.values, _history.History(count))
        self.detector.regroup(bytearray(group_of), max(group_of) + 1)
        self.state = bytearray(count)
        self._pressure_q8_pa = array("i", [0] * count)
        self._temperature_q16_c = array("i", [0] * count)
        self._health = bytearray(count)

    def run(
        self, pressure_pa: NDArray[np.float64], temperature_c: NDArray[np.float64], *, fast: bool = FAST
    ) -> int | None:
        """Take readings, a row for each 0.1 s; stop at an alarm and return its row, None if there is none."""
        p = np.ascontiguousarray(np.rint(pressure_pa * 256).astype(np.int32))
        t = np.ascontiguousarray(np.rint(temperature_c * 65536).astype(np.int32))
        sensors = (self._pressure_q8_pa, self._temperature_q16_c, self.state, self._health)
        rows_p, rows_t = (np.frombuffer(buffer, np.int32) for buffer in sensors[:2])
        row = 0
        while row < len(p):
            if fast and self.amounts.turn < 9:
                row = self._fly(p, t, row)
            else:
                rows_p[:] = p[row]
                rows_t[:] = t[row]
                self.detector.take(self.amounts, self.amounts.take(*sensors))
                row += 1
            if self.detector.alarm >= 0:
                return row - 1
        return None

    def _fly(self, p: NDArray[np.int32], t: NDArray[np.int32], row: int) -> int:
        detector, amounts, count = self.detector, self.amounts, len(self.state)
        volumes = detector._words
        pointers = (ctypes.c_void_p * len(volumes))(*map(_address, volumes))
        crossed = bytearray(len(volumes))
        assert _library is not None
        end = _library.fly(
            *(ctypes.c_void_p(array.ctypes.data) for array in (p, t)),
            *(row, len(p), amounts.turn, count),
            *map(_pointer, (self._pressure_q8_pa, self._temperature_q16_c, amounts.words)),
            *map(_pointer, (amounts.amount_q12_pa, amounts.valid, self.state, self._health)),
            *map(_pointer, (detector._sensors, detector._member)),
            *(pointers, len(volumes), _pointer(crossed)),
        )
        amounts.turn += end - row
        for words, over in zip(volumes, crossed, strict=True):
            if over:
                detector._judge(words)
        return int(end)


def _address(buffer: Any) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(buffer))


def _pointer(buffer: Any) -> ctypes.c_void_p:
    return ctypes.c_void_p(_address(buffer))
