"""The BMP280s of a station in bulk: what the firmware's driver would hand over ten times a second.

Noise has the size, the colour and the cross-talk that the emulator's model has (datasheet
BST-BMP280-DS001-26, Tables 8 and 9, filter 2, conversions of 38 ms), but is drawn in blocks for all sensors
together, so single values differ from those of the emulator. Left out: the rounding to 0.17 Pa, and the
60 ms by which the filter is late.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter

from hatchwatch.emulator.bmp280_formula import InverseFormula
from hatchwatch.emulator.bmp280_noise import PRESSURE_NOISE_PA, TEMPERATURE_NOISE_K, FlickerNoise
from hatchwatch.emulator.bmp280_part import Part
from hatchwatch.emulator.bmp280_settings import Settings

if TYPE_CHECKING:
    from hatchwatch.emulator.plant import PlantPreset
    from hatchwatch.studies.gas import FloatArray

__all__ = ["INTERVAL_S", "Int32Array", "SensorRow"]

Int32Array = npt.NDArray[np.int32]

INTERVAL_S: Final = 0.1
_BLOCK: Final = 640  # readings of noise drawn at once
_SETTINGS: Final = Settings.decode(0x57, 0x04)  # x16/x2, filter 2, normal mode
_KEPT: Final = 1.0 - 1.0 / _SETTINGS.filter_coefficient
_PRESSURE_PA, _TEMPERATURE_K = PRESSURE_NOISE_PA[16], TEMPERATURE_NOISE_K[2]
_WORKING_POINT: Final = (109_000.0, 20.0)  # Pa and °C: where the cross-talk is taken
_ICE_POINT_K: Final = 273.15
_REFERENCE_PA, _REFERENCE_C = 101_325.0, 25.0  # where gain and temperature errors of a part are zero
_STREAM: Final = 11  # keeps these draws apart from those of the plant


class SensorRow:
    """All sensors, in the order of the bench file; `noise` scales what the datasheet states."""

    def __init__(
        self, count: int, preset: PlantPreset, lag_s: float, seed: int, noise: float, start_k: FloatArray
    ) -> None:
        self._rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_STREAM,)))
        self._noise = noise
        self._preset = preset
        parts = [Part.draw(seed, sensor) for sensor in range(count)]
        self._offset_pa = np.array([part.pressure_offset_pa for part in parts])
        self._gain = np.array([part.pressure_gain for part in parts])
        self._tco_pa_k = np.array([part.tco_pa_k for part in parts])
        self._offset_k = np.array([part.temperature_offset_k for part in parts])
        self._crosstalk_pa_k = np.array(
            [InverseFormula(part.trimming).crosstalk_pa_k(*_WORKING_POINT) for part in parts]
        )
        self._conversion_s = np.array(
            [
                _SETTINGS.conversion_s(part.conversion_stretch) + _SETTINGS.standby_s * part.standby_factor
                for part in parts
            ]
        )
        self._heat_k = preset.self_heating_k * np.array(
            [_SETTINGS.conversion_s(part.conversion_stretch) for part in parts] / self._conversion_s
        )  # it cools in the pauses
        self._phase_s = self._conversion_s * self._rng.uniform(size=count)
        self._filtered = np.zeros(
            (2, count)
        )  # noise of temperature and pressure after the last conversion used
        self._walks = preset.flicker_pa * self._rng.standard_normal(
            (len(FlickerNoise.TIME_CONSTANTS_S), count)
        )
        self._flicker_end = self._walks.sum(axis=0)
        left = math.exp(-INTERVAL_S / lag_s)
        mean = lag_s / INTERVAL_S * (1.0 - left)
        self._chip = np.array([1.0 - mean, mean - left]), np.array([1.0, -left])
        self._chip_state = (mean * start_k)[None, :]
        self._drawn: tuple[FloatArray, FloatArray] = (np.empty((0, count)), np.empty((0, count)))

    def read(
        self, time_s: float, pressure_pa: FloatArray, temperature_k: FloatArray
    ) -> tuple[Int32Array, Int32Array]:
        """Readings of the gas at steps of 0.1 s, the first at `time_s`; shapes (steps, sensors) all of them.

        Return pressures in 1/256 Pa and temperatures in 1/65536 °C.
        """
        steps = len(pressure_pa)
        chip_k, self._chip_state = lfilter(*self._chip, temperature_k, axis=0, zi=self._chip_state)
        heated_s = time_s + INTERVAL_S * np.arange(steps)[:, None]
        warmth = 1.0 - np.exp(-heated_s / self._preset.self_heating_lag_s)
        chip_c = chip_k - _ICE_POINT_K + self._heat_k * warmth
        noise_k, noise_pa = self._noise_of(steps)
        felt_pa = (
            pressure_pa
            + self._offset_pa
            + self._gain * (pressure_pa - _REFERENCE_PA)
            + self._tco_pa_k * (chip_c - _REFERENCE_C)
            + noise_pa
        )
        felt_c = chip_c + self._offset_k + noise_k
        return np.rint(256.0 * felt_pa).astype(np.int32), np.rint(65536.0 * felt_c).astype(np.int32)

    def _noise_of(self, steps: int) -> tuple[FloatArray, FloatArray]:
        while len(self._drawn[0]) < steps:
            more = self._draw()
            self._drawn = tuple(map(np.concatenate, zip(self._drawn, more, strict=True)))  # type: ignore[assignment]
        taken = self._drawn[0][:steps], self._drawn[1][:steps]
        self._drawn = self._drawn[0][steps:], self._drawn[1][steps:]
        return taken

    def _draw(self) -> tuple[FloatArray, FloatArray]:
        """Noise of temperature in K and pressure in Pa for a block of readings."""
        read_s = INTERVAL_S * np.arange(1, _BLOCK + 1)[:, None]
        last = ((read_s + self._phase_s) // self._conversion_s).astype(np.intp)  # conversion that is read
        self._phase_s = self._phase_s + INTERVAL_S * _BLOCK - self._conversion_s * last[-1]
        white = self._rng.standard_normal((2, int(last.max()), last.shape[1]))
        temperature_k = _TEMPERATURE_K * white[0]
        through_pa = self._crosstalk_pa_k * temperature_k
        own_pa = np.sqrt(_PRESSURE_PA**2 - (self._crosstalk_pa_k * _TEMPERATURE_K) ** 2) * white[1]
        raw = np.stack((temperature_k, through_pa + own_pa))
        smooth, _ = lfilter([1.0 - _KEPT], [1.0, -_KEPT], raw, axis=1, zi=_KEPT * self._filtered[:, None, :])
        smooth = np.concatenate((self._filtered[:, None, :], smooth), axis=1)
        columns = np.arange(last.shape[1])
        self._filtered = smooth[:, last[-1], columns]
        read = self._noise * smooth[:, last, columns]
        return read[0], read[1] + self._flicker()

    def _flicker(self) -> Any:
        """1/f noise, straight lines between half seconds: see `FlickerNoise`; 0 without any."""
        floor_pa = self._preset.flicker_pa
        if not floor_pa:
            return 0.0
        points = round(_BLOCK * INTERVAL_S / FlickerNoise.STEP_S)
        total = np.zeros((points, len(self._offset_pa)))
        for row, time_constant_s in enumerate(FlickerNoise.TIME_CONSTANTS_S):
            keep = math.exp(-FlickerNoise.STEP_S / time_constant_s)
            kicks = floor_pa * math.sqrt(1.0 - keep * keep) * self._rng.standard_normal(total.shape)
            path, _ = lfilter([1.0], [1.0, -keep], kicks, axis=0, zi=keep * self._walks[row][None, :])
            self._walks[row] = path[-1]
            total += path
        knots = np.concatenate((self._flicker_end[None, :], total))
        self._flicker_end = total[-1]
        place = INTERVAL_S / FlickerNoise.STEP_S * np.arange(1, _BLOCK + 1)
        before = np.minimum(place.astype(np.intp), points - 1)
        part = (place - before)[:, None]
        return knots[before] * (1.0 - part) + knots[before + 1] * part
