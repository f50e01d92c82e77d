"""A BMP280 at register level, converting at its own times.

Datasheet BST-BMP280-DS001-26; section numbers in comments are of that document. Where it is silent the model
takes the worst case a driver may meet, and the comment says so. The model knows registers and time; the buses
are in `bmp280_faces`. All times are board time in seconds and must not go backwards.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hatchwatch.emulator.bmp280_climate import ChipClimate
from hatchwatch.emulator.bmp280_faults import SensorFaults, damaged
from hatchwatch.emulator.bmp280_formula import InverseFormula, pressure_pa, temperature_c
from hatchwatch.emulator.bmp280_noise import ConversionNoise, FlickerNoise
from hatchwatch.emulator.bmp280_settings import (
    FORCED,
    NORMAL,
    SLEEP,
    Settings,
    noise_of_pressure_converter_pa,
)

if TYPE_CHECKING:
    from hatchwatch.emulator.bmp280_part import Part, Surroundings
    from hatchwatch.emulator.interfaces import GasSource

__all__ = ["SKIPPED", "Bmp280"]

TRIMMING, TRIMMING_END = 0x88, 0xA0
CHIP_ID, RESET, STATUS, CTRL_MEAS, CONFIG, DATA, DATA_END = 0xD0, 0xE0, 0xF3, 0xF4, 0xF5, 0xF7, 0xFD
RESET_WORD = 0xB6
MEASURING, IM_UPDATE = 0x08, 0x01

SKIPPED = 0x80000  # of a skipped channel, and after power-on (Table 18)
FULL_SCALE = 0xFFFFF
START_UP_S = 2e-3  # to first communication (Table 2); taken to hold after a soft reset too, the worst case
IM_UPDATE_BEFORE_CONVERSION_S = 0.1e-3  # Table 19 says that it happens, not how long; assumed
KELVIN_0C = 273.15


class Bmp280:
    """One sensor in one module. `module` names the gas it feels; `seed` and `sensor` key its noise."""

    def __init__(
        self, module: str, gas: GasSource, part: Part, surroundings: Surroundings, *, seed: int, sensor: int
    ) -> None:
        self.module = module
        self.part = part
        self.faults = SensorFaults()
        self._gas = gas
        self._inverse = InverseFormula(part.trimming)
        self._kelvin_per_count = part.trimming.t2 / (16384 * 5120)
        self._climate = ChipClimate(surroundings)
        self._noise = ConversionNoise(seed, sensor)
        self._flicker = FlickerNoise(seed, sensor, surroundings.flicker_pa)
        self._conversions = 0  # since the bench was made: never counts back, it keys the noise
        self._felt_pa = 0.0
        self.power_on(0.0)

    # -- power and reset ---------------------------------------------------------------------------------

    def power_on(self, time_s: float) -> None:
        """Power-on reset at `time_s`: registers to their defaults, trimming copied from memory."""
        self._ready_s = time_s + START_UP_S
        self._copied_s = time_s + max(self.part.copy_s, START_UP_S)
        self._ctrl_meas = 0
        self._config = 0
        self._pending_ctrl_meas: int | None = None
        self._measuring = False
        self._started_s = time_s
        self._due_s = math.inf  # when the present conversion, or the standby, ends
        self._filtered: tuple[float | None, float | None] = (None, None)  # temperature, pressure counts
        self._data = _data_bytes(SKIPPED, SKIPPED)
        self._apply_settings()

    def power_off(self, time_s: float) -> None:
        """Take the supply away: no answers and no conversions until `power_on`."""
        self.advance(time_s)
        self._ready_s = self._due_s = math.inf
        self._measuring = False

    def answers(self, time_s: float) -> bool:
        """Does the chip answer its address now? Uses up a refusal if some are planted."""
        if self.faults.silent or time_s < self._ready_s:
            return False
        if self.faults.refusals_left > 0:
            self.faults.refusals_left -= 1
            return False
        return True

    # -- registers ---------------------------------------------------------------------------------------

    def data(self, time_s: float) -> bytes:
        """Registers 0xF7..0xFC of one sample: what a burst read sees, however long it takes (3.9)."""
        self.advance(time_s)
        return self._data

    def read(self, register: int, time_s: float) -> int:
        """One register; unmapped ones read 0."""
        self.advance(time_s)
        if DATA <= register < DATA_END:
            return self._data[register - DATA]
        if TRIMMING <= register < TRIMMING_END:
            return self._trimming_byte(register - TRIMMING, time_s)
        if register == STATUS:
            return self._status(time_s)
        return self._settled_registers().get(register, 0)

    def write(self, register: int, value: int, time_s: float) -> None:
        """Write one register; those that can't be written ignore it."""
        self.advance(time_s)
        if register == CTRL_MEAS:
            self._write_ctrl_meas(value, time_s)
        elif register == CONFIG and self._settings.mode != NORMAL:
            # 4.3.5: writes in normal mode "may be ignored"; here they always are, the worst case.
            self._config = value & 0xFD
            self._filtered = (
                None,
                None,
            )  # writing the filter resets it; the next sample initialises it (3.3.3)
            self._apply_settings()
        elif register == RESET and value == RESET_WORD:
            self.power_on(time_s)

    def _settled_registers(self) -> dict[int, int]:
        pending = self._pending_ctrl_meas
        return {
            CHIP_ID: self.part.chip_id if self.faults.chip_id is None else self.faults.chip_id,
            CTRL_MEAS: self._ctrl_meas if pending is None else pending,
            CONFIG: self._config,
        }

    def _trimming_byte(self, place: int, time_s: float) -> int:
        if time_s < self._copied_s:
            return 0  # not there yet: drivers that do not wait for im_update read zeros
        return damaged(self.part.trimming.to_bytes(), self.faults.trimming)[place]

    def _status(self, time_s: float) -> int:
        value = self.faults.status_stuck
        if time_s < self._copied_s:
            value |= IM_UPDATE
        if self._measuring:
            running_s = time_s - self._started_s
            if running_s >= self.part.measuring_bit_delay_s:
                value |= MEASURING
            if running_s < IM_UPDATE_BEFORE_CONVERSION_S:
                value |= IM_UPDATE
        return value

    def _write_ctrl_meas(self, value: int, time_s: float) -> None:
        if self._measuring:
            # 3.6.4: delayed until the measurement ends; further ones are ignored until it is executed.
            if self._pending_ctrl_meas is None:
                self._pending_ctrl_meas = value
            return
        was_normal = self._settings.mode == NORMAL
        self._ctrl_meas = value
        self._apply_settings()
        mode = self._settings.mode
        if mode == SLEEP:
            self._due_s = math.inf
        elif mode == FORCED or not was_normal:
            self._start(time_s)

    def _apply_settings(self) -> None:
        settings = Settings.decode(self._ctrl_meas, self._config)
        stretch = self.part.conversion_stretch
        self._settings = settings
        self._conversion_s = settings.conversion_s(stretch)
        self._centre_before_end_s = settings.pressure_centre_s(stretch)
        self._standby_s = settings.standby_s * self.part.standby_factor
        self._temperature_noise_k = settings.temperature_noise_k(self._kelvin_per_count)
        self._pressure_noise_pa: float | None = None  # found at the working point of the next conversion

    # -- conversions -------------------------------------------------------------------------------------

    def advance(self, time_s: float) -> None:
        """Do all conversions that end by `time_s`."""
        while self._due_s <= time_s:
            if self._measuring:
                self._finish(self._due_s)
            else:
                self._start(self._due_s)

    def _start(self, time_s: float) -> None:
        self._climate.heat(time_s, converting=False)
        self._measuring = True
        self._started_s = time_s
        self._due_s = time_s + self._conversion_s

    def _finish(self, time_s: float) -> None:
        self._convert(time_s)
        self._climate.heat(time_s, converting=True)
        self._measuring = False
        self._due_s = time_s + self._standby_s
        if self._pending_ctrl_meas is not None:
            value, self._pending_ctrl_meas = self._pending_ctrl_meas, None
            self._write_ctrl_meas(value, time_s)
        elif self._settings.mode == FORCED:
            self._ctrl_meas &= 0xFC  # the mode bits read 00 once it is done
            self._apply_settings()
            self._due_s = math.inf

    def _convert(self, end_s: float) -> None:
        pascal, celsius = self._feel(end_s - self._centre_before_end_s)
        z_temperature, z_pressure = self._noise.pair(self._conversions)
        if self._pressure_noise_pa is None or self._conversions % ConversionNoise.BLOCK == 0:
            self._tune_noise(pascal, celsius)
        self._conversions += 1
        settings = self._settings
        old_t, old_p = self._filtered
        new_t = new_p = None
        if settings.temperature_oversampling:
            count = self._inverse.adc_t(celsius + z_temperature * self._temperature_noise_k)
            new_t = self._filter(old_t, _to_step(count, settings.temperature_step))
        if settings.pressure_oversampling:
            count, slope = self._inverse.adc_p(pascal, celsius)
            count += z_pressure * (self._pressure_noise_pa or 0.0) / slope
            new_p = self._filter(old_p, _to_step(count, settings.pressure_step))
        self._filtered = (new_t, new_p)
        if not self.faults.frozen:
            self._data = _data_bytes(_to_register(new_p), _to_register(new_t))

    def _filter(self, old: float | None, new: float) -> float:
        coefficient = self._settings.filter_coefficient
        if old is None or coefficient == 1:
            return new
        return (old * (coefficient - 1) + new) / coefficient  # 3.3.3

    def _feel(self, time_s: float) -> tuple[float, float]:
        """What the part would report of the gas at `time_s` without noise: Pa and °C."""
        for moment_s in self._climate.moments_before(time_s):
            self._climate.follow(self._gas.state(self.module, moment_s)[1], moment_s)
        gas_pa, gas_k = self._gas.state(self.module, time_s)
        self._climate.follow(gas_k, time_s)
        part, faults = self.part, self.faults
        chip_c = self._climate.chip_k - KELVIN_0C
        pascal = gas_pa + part.pressure_offset_pa + part.pressure_gain * (gas_pa - 101325)
        pascal += part.tco_pa_k * (chip_c - 25) + self._flicker.value_pa(time_s) + faults.pressure_offset_pa
        if faults.spikes_left > 0:
            faults.spikes_left -= 1
            pascal += faults.spike_pa
        self._felt_pa = pascal
        return pascal, chip_c + part.temperature_offset_k + faults.temperature_offset_k

    def _tune_noise(self, pascal: float, celsius: float) -> None:
        oversampling = self._settings.pressure_oversampling
        self._pressure_noise_pa = 0.0
        if oversampling:
            _, slope = self._inverse.adc_p(pascal, celsius)
            crosstalk = self._inverse.crosstalk_pa_k(pascal, celsius)
            self._pressure_noise_pa = noise_of_pressure_converter_pa(oversampling, crosstalk, slope)

    # -- for studies and for the truth -------------------------------------------------------------------

    def start_normal(self, time_s: float, ctrl_meas: int = 0x57, config: int = 0x04) -> None:
        """Set the sensor going as a driver would; by default x16/x2, filter 2, 0.5 ms standby."""
        self.write(CTRL_MEAS, 0, time_s)
        self.write(CONFIG, config, time_s)
        self.write(CTRL_MEAS, ctrl_meas, time_s)

    def compensated(self, time_s: float) -> tuple[float, float]:
        """Pressure in Pa and temperature in °C that a perfect driver makes of the data registers now."""
        data = self.data(time_s)
        adc_p = int.from_bytes(data[:3], "big") >> 4
        adc_t = int.from_bytes(data[3:], "big") >> 4
        return pressure_pa(self.part.trimming, adc_t, adc_p), temperature_c(self.part.trimming, adc_t)

    def truth(self) -> dict[str, float | int]:
        """What the chip felt at its last conversion."""
        return {
            "felt_pa": self._felt_pa,
            "chip_k": self._climate.chip_k,
            "self_heating_k": self._climate.heat_k,
            "conversions": self._conversions,
        }


def _to_step(count: float, step: int) -> float:
    """Round to a converter step and clip to 20 bits."""
    return float(min(max(round(count / step) * step, 0), FULL_SCALE))


def _to_register(count: float | None) -> int:
    return SKIPPED if count is None else min(round(count), FULL_SCALE)


def _data_bytes(adc_p: int, adc_t: int) -> bytes:
    """Registers 0xF7..0xFC: msb, lsb, xlsb of pressure, then of temperature."""
    return (adc_p << 4).to_bytes(3, "big") + (adc_t << 4).to_bytes(3, "big")
