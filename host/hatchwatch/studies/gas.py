"""The gas of a station whose open volumes equalise at once, with its heat, as a few numpy operations.

A second model beside `hatchwatch.emulator.plant`, a hundred times faster and good enough for studies: a
hatch is open or shut, nothing between, and gas that moves through an open one costs no time. A test holds
the two against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from hatchwatch.emulator.plant.gas import (
    GAS_CONSTANT_J_MOL_K,
    KAPPA,
    laminar_conductance,
    pa_m3_s_from_mol_s,
)

if TYPE_CHECKING:
    from hatchwatch.emulator.plant.network import Network

__all__ = ["FloatArray", "Gas"]

FloatArray = npt.NDArray[np.float64]

_LONGEST_STEP_S: Final = 1.0  # of Runge and Kutta, and not more than the wall's time constant
_ISENTROPIC: Final = (KAPPA - 1.0) / KAPPA


class Gas:
    """Pressures and temperatures of the chambers of a network; all hatches start as `is_open` says.

    Moves of hatches are adiabatic, as they take less time than the wall needs. Arrays have a place for each
    chamber, masks one for each hatch.
    """

    def __init__(self, network: Network, is_open: list[bool], ambient_pa: float, start_pa: float) -> None:
        count = len(network.chambers)
        self._weather = network.weather
        self._nominal_pa = ambient_pa
        self._wall_per_s = np.array([chamber.wall_rate_per_s for chamber in network.chambers])
        self._step_s = float(min(_LONGEST_STEP_S, 1.0 / self._wall_per_s.max()))
        self._first = np.array([hatch.first for hatch in network.hatches], dtype=np.intp)
        self._second = np.array([hatch.second for hatch in network.hatches], dtype=np.intp)
        self._seals = np.array([hatch.seal_conductance_mol_s_pa2 for hatch in network.hatches])
        self._displaced_m3 = np.array([hatch.displaced_m3 for hatch in network.hatches])
        self._leaks = np.zeros(count)  # conductances, mol/(s·Pa²)
        self.is_open = np.array(is_open, dtype=np.bool_)
        self.volume_m3 = np.array([chamber.volume_m3 for chamber in network.chambers])
        self.pressure_pa = np.full(count, start_pa)
        self.temperature_k = np.full(count, self._weather.temperature_k(0.0))
        for hatch in np.flatnonzero(self.is_open):
            self._add_volume(int(hatch), 0.5 * self._displaced_m3[hatch])
        self._regroup()

    def set_leak(self, chamber: int, leak_pa_m3_s: float) -> None:
        """Give a chamber a laminar leak that passes a rate at 8 kPa over the nominal ambient."""
        self._leaks[chamber] = laminar_conductance(leak_pa_m3_s, self._nominal_pa)

    def hull_pa_m3_s(self, time_s: float) -> FloatArray:
        """What each chamber loses to ambient now, in Pa·m³/s."""
        outside_pa = self._weather.pressure_pa(time_s)
        return np.asarray(pa_m3_s_from_mol_s(1.0) * self._leaks * (self.pressure_pa**2 - outside_pa**2))

    def open(self, hatch: int) -> None:
        """Open a hatch: the gas of its two sides evens out, then fills what the pinched tube gives back."""
        if self.is_open[hatch]:
            return
        first, second = self._members(self._first[hatch]), self._members(self._second[hatch])
        if not np.array_equal(first, second):
            self._even_out(first, second)
        self.is_open[hatch] = True
        self._regroup()
        self._squeeze(hatch, 0.5 * self._displaced_m3[hatch])

    def shut(self, hatch: int) -> None:
        """Shut a hatch: it squeezes the gas of its volume, and is tight only then."""
        if not self.is_open[hatch]:
            return
        self._squeeze(hatch, -0.5 * self._displaced_m3[hatch])
        self.is_open[hatch] = False
        self._regroup()

    def advance(self, time_s: float, moments_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Go on from `time_s` to the last of the moments.

        Return pressures in Pa and temperatures in K, shapes (moments, chambers): cubic between the steps.
        """
        rows_pa, rows_k = [], []
        left = moments_s
        slopes = self._rates(time_s, self.pressure_pa, self.temperature_k)
        while len(left):
            step_s = min(self._step_s, float(left[-1]) - time_s)
            inside = left[left <= time_s + step_s + 1e-9]
            start = self.pressure_pa, self.temperature_k
            self._step(time_s, step_s, *slopes)
            ended = self._rates(time_s + step_s, self.pressure_pa, self.temperature_k)
            part = ((inside - time_s) / step_s)[:, None]
            rows_pa.append(_cubic(part, step_s, start[0], slopes[0], self.pressure_pa, ended[0]))
            rows_k.append(_cubic(part, step_s, start[1], slopes[1], self.temperature_k, ended[1]))
            slopes = ended
            time_s += step_s
            left = left[len(inside) :]
        return np.concatenate(rows_pa), np.concatenate(rows_k)

    def _step(self, time_s: float, step_s: float, first_pa_s: FloatArray, first_k_s: FloatArray) -> None:
        """One step of Runge and Kutta's classic method."""
        pressure_pa, temperature_k = self.pressure_pa, self.temperature_k
        rates = [(first_pa_s, first_k_s)]
        for part in (0.5, 0.5, 1.0):
            by_s = part * step_s
            rates.append(
                self._rates(
                    time_s + by_s, pressure_pa + by_s * rates[-1][0], temperature_k + by_s * rates[-1][1]
                )
            )
        (p1, t1), (p2, t2), (p3, t3), (p4, t4) = rates
        self.pressure_pa = pressure_pa + step_s / 6.0 * (p1 + 2.0 * (p2 + p3) + p4)
        self.temperature_k = temperature_k + step_s / 6.0 * (t1 + 2.0 * (t2 + t3) + t4)

    def _rates(self, time_s: float, pressure_pa: FloatArray, temperature_k: FloatArray) -> tuple[Any, Any]:
        """Slopes of pressure and temperature.

        Each chamber: n cv dT/dt = R T dn/dt + n cv (Twall - T)/tau, the enthalpy of what flows taken at the
        chamber's own temperature. The chambers of one gas volume share p = N R / sum(V/T). Together:
        dp/dt = p (kappa N'/N + sum(w (Twall/T - 1)/tau)) with w = (V/T)/sum(V/T).
        """
        wall_k = self._weather.temperature_k(time_s)
        outside_pa = self._weather.pressure_pa(time_s)
        lost_mol_s = self._leaks * (pressure_pa**2 - outside_pa**2)
        if len(self._seals):
            through = np.where(
                self.is_open,
                0.0,
                self._seals * (pressure_pa[self._first] ** 2 - pressure_pa[self._second] ** 2),
            )
            np.add.at(lost_mol_s, self._first, through)
            np.subtract.at(lost_mol_s, self._second, through)
        share = self.volume_m3 / temperature_k
        total = self._same @ share
        share = share / total
        warming_per_s = self._wall_per_s * (wall_k / temperature_k - 1.0)
        change_per_s = self._same @ (share * warming_per_s)
        change_per_s -= KAPPA * GAS_CONSTANT_J_MOL_K * (self._same @ lost_mol_s) / (pressure_pa * total)
        warming_k_s = temperature_k * ((KAPPA - 1.0) * change_per_s + warming_per_s) / KAPPA
        return pressure_pa * change_per_s, warming_k_s

    def _even_out(self, first: FloatArray, second: FloatArray) -> None:
        """Let two gas volumes share one pressure: energy stays, the one that gives expands isentropically."""
        pressure_pa, volume_m3 = self.pressure_pa, self.volume_m3
        both = np.concatenate((first, second))
        evened_pa = float(pressure_pa[both] @ volume_m3[both] / volume_m3[both].sum())
        gives, takes = (first, second) if pressure_pa[first[0]] > pressure_pa[second[0]] else (second, first)
        amount = float((pressure_pa[both] * volume_m3[both] / self.temperature_k[both]).sum())  # times 1/R
        self.temperature_k = self.temperature_k.copy()
        self.pressure_pa = pressure_pa.copy()
        self.temperature_k[gives] *= (evened_pa / pressure_pa[gives]) ** _ISENTROPIC
        self.pressure_pa[both] = evened_pa
        kept = evened_pa * float((volume_m3[gives] / self.temperature_k[gives]).sum())
        cold = evened_pa * float((volume_m3[takes] / self.temperature_k[takes]).sum())
        self.temperature_k[takes] *= cold / (amount - kept)

    def _squeeze(self, hatch: int, added_m3: float) -> None:
        """Change the volume on both sides of an open hatch, isentropically."""
        members = self._members(self._first[hatch])
        before_m3 = self.volume_m3[members].sum()
        self._add_volume(hatch, added_m3)
        ratio = before_m3 / self.volume_m3[members].sum()
        self.pressure_pa = self.pressure_pa.copy()
        self.temperature_k = self.temperature_k.copy()
        self.pressure_pa[members] *= ratio**KAPPA
        self.temperature_k[members] *= ratio ** (KAPPA - 1.0)

    def _add_volume(self, hatch: int, added_m3: float) -> None:
        self.volume_m3[self._first[hatch]] += added_m3
        self.volume_m3[self._second[hatch]] += added_m3

    def _members(self, chamber: int) -> Any:
        return np.flatnonzero(self._same[chamber])

    def _regroup(self) -> None:
        """Find which chambers share one gas: `_same` is 1 where two do."""
        count = len(self.volume_m3)
        same = np.eye(count, dtype=np.bool_)
        for hatch in np.flatnonzero(self.is_open):
            joined = same[self._first[hatch]] | same[self._second[hatch]]
            same[joined] = joined
        self._same = same.astype(np.float64)


def _cubic(
    part: FloatArray,
    step_s: float,
    start: FloatArray,
    start_slope: FloatArray,
    end: FloatArray,
    end_slope: FloatArray,
) -> FloatArray:
    """Hermite's cubic at parts 0..1 of a step, shapes (parts, 1) and (chambers,)."""
    rest = 1.0 - part
    return np.asarray(
        rest * rest * ((1.0 + 2.0 * part) * start + part * step_s * start_slope)
        + part * part * ((1.0 + 2.0 * rest) * end - rest * step_s * end_slope)
    )
