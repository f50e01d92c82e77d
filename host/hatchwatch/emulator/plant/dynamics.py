"""The differential equations of the gas between two events.

The unknowns are the temperatures, and what has flowed through each path since the segment began. Amounts
follow from the flows, so no step of any solver can create or lose gas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from hatchwatch.emulator.plant.gas import (
    CP_J_MOL_K,
    CV_J_MOL_K,
    GAS_CONSTANT_J_MOL_K,
    RATE_TEMPERATURE_K,
    laminar_flow_mol_s,
    orifice_flow_mol_s,
    orifice_slopes,
)
from hatchwatch.emulator.plant.network import GasState, Network, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["RELATIVE_TOLERANCE", "Dynamics", "FloatArray"]

FloatArray = npt.NDArray[np.float64]

# A step may be wrong by about 1e-4 Pa: a thousandth of the quietest sensor's noise.
RELATIVE_TOLERANCE = 1e-9
PRESSURE_TOLERANCE_PA = 5e-5
TEMPERATURE_TOLERANCE_K = 1e-8

_ROOM_J_MOL = GAS_CONSTANT_J_MOL_K * RATE_TEMPERATURE_K


class _Path(NamedTuple):
    """A capillary and an orifice side by side; both may grow linearly with time."""

    first: int  # index of the chamber, or of ambient
    second: int
    conductance_mol_s_pa2: float
    conductance_growth: float  # per second
    area_m2: float
    area_growth: float  # per second


class _Moment(NamedTuple):
    """Everything at one time; ambient comes last in each list but `flows_mol_s` and `walls_k`."""

    elapsed_s: float
    amounts_mol: list[float]
    temperatures_k: list[float]
    volumes_m3: list[float]
    pressures_pa: list[float]
    flows_mol_s: list[float]
    walls_k: list[float]  # of the chambers only


class Dynamics:
    """Right-hand side and Jacobian for one segment: settings that change linearly in time at most.

    The vector is [flow through each hull, flow through each hatch (mol), temperature of each chamber (K)].
    """

    def __init__(self, network: Network, settings: Settings, start_s: float, state: GasState) -> None:
        self._network = network
        self._settings = settings
        self._start_s = start_s
        self._state = state
        self._chambers = len(network.chambers)
        self._paths = _hull_paths(network, settings, start_s) + _hatch_paths(network, settings, start_s)
        self._start_m3 = network.volumes_m3(settings, start_s)
        self._growth_m3_s = network.volume_rates_m3_s(settings, start_s)
        self._by_flow = self._amounts_by_flow()

    @property
    def start(self) -> FloatArray:
        """The vector at the start of the segment."""
        return np.array([0.0] * len(self._paths) + list(self._state.temperature_k))

    @property
    def tolerance(self) -> FloatArray:
        """Absolute tolerance of each element: that of a flow follows from the smallest volume it changes."""
        volumes_m3 = [*self._start_m3, np.inf]
        touched_m3 = [min(volumes_m3[path.first], volumes_m3[path.second]) for path in self._paths]
        flows_mol = [PRESSURE_TOLERANCE_PA * volume_m3 / _ROOM_J_MOL for volume_m3 in touched_m3]
        return np.array(flows_mol + [TEMPERATURE_TOLERANCE_K] * self._chambers)

    def state(self, values: Sequence[float]) -> GasState:
        """Turn a vector into the gas it stands for."""
        begun, chambers, paths = self._state, self._chambers, len(self._paths)
        return GasState(
            amount_mol=tuple(self._amounts_mol(values)[:chambers]),
            temperature_k=tuple(values[paths:]),
            hull_mol=tuple(map(float.__add__, begun.hull_mol, values[:chambers])),
            hatch_mol=tuple(map(float.__add__, begun.hatch_mol, values[chambers:paths])),
            supply_mol=begun.supply_mol,
        )

    def pressure_and_temperature(
        self, time_s: float, values: Sequence[float], chamber: int
    ) -> tuple[float, float]:
        """Pressure in Pa and temperature in K of one chamber."""
        temperature_k = values[len(self._paths) + chamber]
        volume_m3 = self._start_m3[chamber] + self._growth_m3_s[chamber] * (time_s - self._start_s)
        amount_mol = self._amounts_mol(values)[chamber]
        return amount_mol * GAS_CONSTANT_J_MOL_K * temperature_k / volume_m3, temperature_k

    def __call__(self, time_s: float, vector: FloatArray) -> list[float]:
        """Return the time derivative of the vector."""
        now = self._moment(time_s, vector)
        return [*now.flows_mol_s, *self._heating_k_s(now)]

    def _amounts_mol(self, values: Sequence[float]) -> list[float]:
        """Amount in each chamber; one more element collects what ambient got."""
        amounts_mol = [*self._state.amount_mol, 0.0]
        for path, flowed_mol in zip(self._paths, values, strict=False):
            amounts_mol[path.first] -= flowed_mol
            amounts_mol[path.second] += flowed_mol
        return amounts_mol

    def _moment(self, time_s: float, vector: FloatArray) -> _Moment:
        time_s = float(time_s)  # the solver's is a numpy scalar, several times slower
        elapsed_s = time_s - self._start_s
        values: list[float] = vector.tolist()
        amounts_mol = self._amounts_mol(values)
        room_k = self._network.weather.temperature_k(time_s)
        temperatures_k = [*values[len(self._paths) :], room_k]
        volumes_m3 = [
            volume_m3 + growth_m3_s * elapsed_s
            for volume_m3, growth_m3_s in zip(self._start_m3, self._growth_m3_s, strict=True)
        ]
        pressures_pa = [
            amounts_mol[i] * GAS_CONSTANT_J_MOL_K * temperatures_k[i] / volume_m3
            for i, volume_m3 in enumerate(volumes_m3)
        ]
        pressures_pa.append(self._network.outside_pa(self._settings, time_s))
        flows_mol_s = [_flow_mol_s(path, elapsed_s, pressures_pa, temperatures_k) for path in self._paths]
        walls_k = self._network.walls_k(self._settings, time_s)
        return _Moment(elapsed_s, amounts_mol, temperatures_k, volumes_m3, pressures_pa, flows_mol_s, walls_k)

    def _heating_k_s(self, now: _Moment) -> list[float]:
        """First law for each chamber: gas carries enthalpy, a moving valve does work, the wall heats.

        n cv dT/dt = sum(n'in (cp Tin - cv T)) - sum(n'out (cp - cv) T) - p dV/dt + n cv (Twall - T) / tau
        """
        gained_mol_s = [0.0] * (self._chambers + 1)
        gained_w = [0.0] * (self._chambers + 1)
        for path, flow_mol_s in zip(self._paths, now.flows_mol_s, strict=True):
            source = path.first if flow_mol_s > 0.0 else path.second
            enthalpy_w = CP_J_MOL_K * flow_mol_s * now.temperatures_k[source]
            gained_mol_s[path.first] -= flow_mol_s
            gained_mol_s[path.second] += flow_mol_s
            gained_w[path.first] -= enthalpy_w
            gained_w[path.second] += enthalpy_w
        return [
            (
                gained_w[i]
                - CV_J_MOL_K * now.temperatures_k[i] * gained_mol_s[i]
                - now.pressures_pa[i] * self._growth_m3_s[i]
            )
            / (CV_J_MOL_K * now.amounts_mol[i])
            + chamber.wall_rate_per_s * (now.walls_k[i] - now.temperatures_k[i])
            for i, chamber in enumerate(self._network.chambers)
        ]

    def _amounts_by_flow(self) -> FloatArray:
        """How the amounts (rows, ambient last) change with the vector; that of ambient does not matter."""
        by_flow = np.zeros((self._chambers + 1, len(self._paths) + self._chambers))
        for place, path in enumerate(self._paths):
            by_flow[path.first, place] -= 1.0
            by_flow[path.second, place] += 1.0
        by_flow[-1] = 0.0
        return by_flow

    def jacobian(self, time_s: float, vector: FloatArray) -> FloatArray:
        """Derivatives of the rates (rows) by the elements of the vector (columns).

        Analytic, since an open hatch is a million times faster than a leak: an error of 1e-6 in its
        derivatives, such as differences have, would drown the slow flows and keep the steps short.
        """
        now = self._moment(time_s, vector)
        chambers, paths = self._chambers, len(self._paths)
        first, second = (np.array([path[side] for path in self._paths], dtype=int) for side in (0, 1))
        amounts_mol, temperatures_k = np.array(now.amounts_mol), np.array(now.temperatures_k)
        flows_mol_s = np.array(now.flows_mol_s)

        by_amount = self._by_flow
        by_temperature = np.eye(chambers + 1, paths + chambers, k=paths)
        pressures = np.zeros_like(by_temperature)
        per_volume = GAS_CONSTANT_J_MOL_K / np.array(now.volumes_m3)[:, None]
        pressures[:-1] = per_volume * (
            temperatures_k[:-1, None] * by_amount[:-1] + amounts_mol[:-1, None] * by_temperature[:-1]
        )

        slopes = np.array([_flow_slopes(path, now) for path in self._paths])[:, :, None]
        flows = slopes[:, 0] * pressures[first] + slopes[:, 1] * pressures[second]
        flows += slopes[:, 2] * by_temperature[first] + slopes[:, 3] * by_temperature[second]

        source = np.where(flows_mol_s > 0.0, first, second)
        enthalpies = CP_J_MOL_K * (
            temperatures_k[source, None] * flows + flows_mol_s[:, None] * by_temperature[source]
        )
        gains = by_amount[:-1, :paths]
        energies = gains @ enthalpies
        energies -= CV_J_MOL_K * temperatures_k[:-1, None] * (gains @ flows)
        energies -= CV_J_MOL_K * (gains @ flows_mol_s)[:, None] * by_temperature[:-1]
        energies -= np.array(self._growth_m3_s)[:, None] * pressures[:-1]
        wall_per_s = np.array([chamber.wall_rate_per_s for chamber in self._network.chambers])
        unwalled_k_s = np.array(self._heating_k_s(now)) - wall_per_s * (
            np.array(now.walls_k) - temperatures_k[:-1]
        )
        heating = energies / CV_J_MOL_K - unwalled_k_s[:, None] * by_amount[:-1]
        heating = heating / amounts_mol[:-1, None] - wall_per_s[:, None] * by_temperature[:-1]
        return np.vstack((flows, heating))


def _hull_paths(network: Network, settings: Settings, time_s: float) -> list[_Path]:
    """For each chamber: its leak, and its injector as another capillary beside it."""
    paths = [
        _Path(place, network.ambient, leak.conductance_mol_s_pa2, 0.0, leak.area_m2, 0.0)
        for place, leak in enumerate(settings.leaks)
    ]
    for injector, ramp in zip(network.injectors, settings.injectors, strict=True):
        path = paths[injector.chamber]
        conductance = injector.open_conductance_mol_s_pa2
        paths[injector.chamber] = path._replace(
            conductance_mol_s_pa2=path.conductance_mol_s_pa2 + conductance * ramp.at(time_s),
            conductance_growth=conductance * ramp.rate_per_s(time_s),
        )
    return paths


def _hatch_paths(network: Network, settings: Settings, time_s: float) -> list[_Path]:
    """For each hatch: the seal, and the opening beside it."""
    return [
        _Path(
            hatch.first,
            hatch.second,
            network.seal_conductance_mol_s_pa2(settings, place),
            0.0,
            hatch.open_area_m2 * ramp.at(time_s),
            hatch.open_area_m2 * ramp.rate_per_s(time_s),
        )
        for place, (hatch, ramp) in enumerate(zip(network.hatches, settings.hatches, strict=True))
    ]


def _flow_mol_s(
    path: _Path, elapsed_s: float, pressures_pa: list[float], temperatures_k: list[float]
) -> float:
    first, second, conductance, conductance_growth, area_m2, area_growth = path
    flow_mol_s = laminar_flow_mol_s(
        conductance + conductance_growth * elapsed_s, pressures_pa[first], pressures_pa[second]
    )
    opening_m2 = area_m2 + area_growth * elapsed_s
    if opening_m2 > 0.0:
        flow_mol_s += orifice_flow_mol_s(
            opening_m2,
            pressures_pa[first],
            temperatures_k[first],
            pressures_pa[second],
            temperatures_k[second],
        )
    return flow_mol_s


def _flow_slopes(path: _Path, now: _Moment) -> tuple[float, float, float, float]:
    """Derivatives of a path's flow by first and second pressure, first and second temperature."""
    first_pa, second_pa = now.pressures_pa[path.first], now.pressures_pa[path.second]
    conductance = path.conductance_mol_s_pa2 + path.conductance_growth * now.elapsed_s
    by_first_pa, by_second_pa, by_first_k, by_second_k = (
        2.0 * conductance * first_pa,
        -2.0 * conductance * second_pa,
        0.0,
        0.0,
    )
    opening_m2 = path.area_m2 + path.area_growth * now.elapsed_s
    if opening_m2 > 0.0:
        slopes = orifice_slopes(
            opening_m2, first_pa, now.temperatures_k[path.first], second_pa, now.temperatures_k[path.second]
        )
        by_first_pa += slopes[0]
        by_second_pa += slopes[1]
        by_first_k += slopes[2]
        by_second_k += slopes[3]
    return by_first_pa, by_second_pa, by_first_k, by_second_k
