"""The differential equations of the gas between two events.

The unknowns are the temperatures, and the cumulative flows through hull and hatches since the segment began.
Amounts follow from the flows, so no step of any solver can create or lose gas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hatchwatch.emulator.plant.gas import (
    CP_J_MOL_K,
    CV_J_MOL_K,
    GAS_CONSTANT_J_MOL_K,
    laminar_flow_mol_s,
    orifice_flow_mol_s,
)
from hatchwatch.emulator.plant.network import GasState, Network, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Dynamics", "FloatArray"]

FloatArray = npt.NDArray[np.float64]

# A step may be wrong by about 1e-4 Pa: a thousandth of the quietest sensor's noise.
RELATIVE_TOLERANCE = 1e-9
AMOUNT_TOLERANCE_MOL = 2e-12
TEMPERATURE_TOLERANCE_K = 1e-8

# Steps of the numeric Jacobian: each is worth about 3e-4 Pa in a litre.
AMOUNT_PROBE_MOL = 1e-10
TEMPERATURE_PROBE_K = 1e-6


class Dynamics:
    """Right-hand side for one segment: settings that change linearly in time at most.

    The vector is [hull flow of each chamber, flow of each hatch (mol since the start), temperatures (K)].
    """

    def __init__(self, network: Network, settings: Settings, start_s: float, state: GasState) -> None:
        self._network = network
        self._settings = settings
        self._start_s = start_s
        self._state = state
        self._volumes_m3 = network.volumes_m3(settings, start_s)
        self._volume_rates_m3_s = network.volume_rates_m3_s(settings, start_s)
        self._hatches = [
            (
                hatch.first,
                hatch.second,
                hatch.seal_conductance_mol_s_pa2,
                hatch.open_area_m2 * ramp.at(start_s),
                hatch.open_area_m2 * ramp.rate_per_s(start_s),
            )
            for hatch, ramp in zip(network.hatches, settings.hatches, strict=True)
        ]
        self._hull = self._hull_paths()
        flows = len(self._hull) + len(self._hatches)
        self._probes = [AMOUNT_PROBE_MOL] * flows + [TEMPERATURE_PROBE_K] * len(network.chambers)

    def _hull_paths(self) -> list[tuple[float, float, float]]:
        """For each chamber: laminar conductance to ambient, its growth per second, orifice area."""
        paths = [[leak.conductance_mol_s_pa2, 0.0, leak.area_m2] for leak in self._settings.leaks]
        for injector, ramp in zip(self._network.injectors, self._settings.injectors, strict=True):
            paths[injector.chamber][0] += injector.open_conductance_mol_s_pa2 * ramp.at(self._start_s)
            paths[injector.chamber][1] += injector.open_conductance_mol_s_pa2 * ramp.rate_per_s(self._start_s)
        return [(path[0], path[1], path[2]) for path in paths]

    @property
    def start(self) -> FloatArray:
        """The vector at the start of the segment."""
        flows = len(self._hull) + len(self._hatches)
        return np.array([0.0] * flows + list(self._state.temperature_k))

    @property
    def tolerance(self) -> FloatArray:
        """Absolute tolerance of each element."""
        flows = len(self._hull) + len(self._hatches)
        return np.array(
            [AMOUNT_TOLERANCE_MOL] * flows + [TEMPERATURE_TOLERANCE_K] * len(self._state.temperature_k)
        )

    def state(self, values: Sequence[float]) -> GasState:
        """Turn a vector into the gas it stands for."""
        chambers, hatches = len(self._hull), len(self._hatches)
        begun = self._state
        return GasState(
            amount_mol=tuple(self._amounts_mol(values)[:chambers]),
            temperature_k=tuple(values[chambers + hatches :]),
            hull_mol=tuple(before + values[i] for i, before in enumerate(begun.hull_mol)),
            hatch_mol=tuple(before + values[chambers + j] for j, before in enumerate(begun.hatch_mol)),
            supply_mol=begun.supply_mol,
        )

    def pressure_and_temperature(
        self, time_s: float, values: Sequence[float], chamber: int
    ) -> tuple[float, float]:
        """Pressure in Pa and temperature in K of one chamber."""
        amount_mol = self._amounts_mol(values)[chamber]
        temperature_k = values[len(self._hull) + len(self._hatches) + chamber]
        volume_m3 = self._volumes_m3[chamber] + self._volume_rates_m3_s[chamber] * (time_s - self._start_s)
        return amount_mol * GAS_CONSTANT_J_MOL_K * temperature_k / volume_m3, temperature_k

    def _amounts_mol(self, values: Sequence[float]) -> list[float]:
        """Amount in each chamber; one more element collects what ambient got through hatches."""
        amounts_mol = [*self._state.amount_mol, 0.0]
        for i in range(len(self._hull)):
            amounts_mol[i] -= values[i]
        for j, (first, second, *_) in enumerate(self._hatches, len(self._hull)):
            amounts_mol[first] -= values[j]
            amounts_mol[second] += values[j]
        return amounts_mol

    def __call__(self, time_s: float, vector: FloatArray) -> list[float]:
        """Return the time derivative of the vector."""
        values: list[float] = vector.tolist()
        elapsed_s = time_s - self._start_s
        weather = self._network.weather
        ambient_k = weather.temperature_k(time_s)
        amounts_mol = self._amounts_mol(values)
        temperatures_k = [*values[len(self._hull) + len(self._hatches) :], ambient_k]
        pressures_pa = [
            amount_mol * GAS_CONSTANT_J_MOL_K * temperature_k / (volume_m3 + growth_m3_s * elapsed_s)
            for amount_mol, temperature_k, volume_m3, growth_m3_s in zip(
                amounts_mol, temperatures_k, self._volumes_m3, self._volume_rates_m3_s, strict=False
            )
        ]
        pressures_pa.append(weather.pressure_pa(time_s))

        hull_mol_s = self._hull_flows(elapsed_s, pressures_pa, temperatures_k)
        hatch_mol_s = self._hatch_flows(elapsed_s, pressures_pa, temperatures_k)
        heating_k_s = self._heating(amounts_mol, pressures_pa, temperatures_k, hull_mol_s, hatch_mol_s)
        return [*hull_mol_s, *hatch_mol_s, *heating_k_s]

    def jacobian(self, time_s: float, vector: FloatArray) -> FloatArray:
        """Derivatives of the rates, by differences.

        The solver's own differences are scaled to the unknowns. Our flows begin at zero: those would be
        far too small to show in the pressures.
        """
        rates = np.array(self(time_s, vector))
        columns = []
        for place, step in enumerate(self._probes):
            moved = vector.copy()
            moved[place] += step
            columns.append((np.array(self(time_s, moved)) - rates) / step)
        return np.stack(columns, axis=1)

    def _hull_flows(
        self, elapsed_s: float, pressures_pa: list[float], temperatures_k: list[float]
    ) -> list[float]:
        ambient_pa, ambient_k = pressures_pa[-1], temperatures_k[-1]
        flows_mol_s = []
        for i, (conductance, growth_per_s, area_m2) in enumerate(self._hull):
            flow_mol_s = laminar_flow_mol_s(
                conductance + growth_per_s * elapsed_s, pressures_pa[i], ambient_pa
            )
            if area_m2:
                flow_mol_s += orifice_flow_mol_s(
                    area_m2, pressures_pa[i], temperatures_k[i], ambient_pa, ambient_k
                )
            flows_mol_s.append(flow_mol_s)
        return flows_mol_s

    def _hatch_flows(
        self, elapsed_s: float, pressures_pa: list[float], temperatures_k: list[float]
    ) -> list[float]:
        flows_mol_s = []
        for first, second, seal, area_m2, growth_m2_s in self._hatches:
            flow_mol_s = laminar_flow_mol_s(seal, pressures_pa[first], pressures_pa[second])
            opening_m2 = area_m2 + growth_m2_s * elapsed_s
            if opening_m2 > 0.0:
                flow_mol_s += orifice_flow_mol_s(
                    opening_m2,
                    pressures_pa[first],
                    temperatures_k[first],
                    pressures_pa[second],
                    temperatures_k[second],
                )
            flows_mol_s.append(flow_mol_s)
        return flows_mol_s

    def _heating(
        self,
        amounts_mol: list[float],
        pressures_pa: list[float],
        temperatures_k: list[float],
        hull_mol_s: list[float],
        hatch_mol_s: list[float],
    ) -> list[float]:
        """First law for each chamber: gas carries enthalpy, a moving valve does work, the wall heats. In K/s.

        n cv dT/dt = sum(n'in (cp Tin - cv T)) - sum(n'out (cp - cv) T) - p dV/dt + n cv (Twall - T) / tau
        """
        gained_mol_s = [-flow_mol_s for flow_mol_s in hull_mol_s]
        gained_mol_s.append(0.0)
        gained_w = []
        wall_k = temperatures_k[-1]
        for i, flow_mol_s in enumerate(hull_mol_s):
            gained_w.append(-CP_J_MOL_K * flow_mol_s * (temperatures_k[i] if flow_mol_s > 0.0 else wall_k))
        gained_w.append(0.0)
        for flow_mol_s, (first, second, *_) in zip(hatch_mol_s, self._hatches, strict=True):
            enthalpy_w = CP_J_MOL_K * flow_mol_s * temperatures_k[first if flow_mol_s > 0.0 else second]
            gained_mol_s[first] -= flow_mol_s
            gained_mol_s[second] += flow_mol_s
            gained_w[first] -= enthalpy_w
            gained_w[second] += enthalpy_w
        return [
            (
                gained_w[i]
                - CV_J_MOL_K * temperatures_k[i] * gained_mol_s[i]
                - pressures_pa[i] * self._volume_rates_m3_s[i]
            )
            / (CV_J_MOL_K * amounts_mol[i])
            + chamber.wall_rate_per_s * (wall_k - temperatures_k[i])
            for i, chamber in enumerate(self._network.chambers)
        ]
