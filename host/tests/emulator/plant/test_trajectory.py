"""The stepping against scipy's Radau on equations written anew, in amounts and energies."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from hatchwatch.emulator.plant.dynamics import Dynamics
from hatchwatch.emulator.plant.network import (
    TIGHT,
    Chamber,
    GasState,
    Hatch,
    Injector,
    Leak,
    Network,
    Ramp,
    Settings,
)
from hatchwatch.emulator.plant.presets import PRESETS
from hatchwatch.emulator.plant.trajectory import Trajectory
from hatchwatch.emulator.plant.weather import draw_weather

R = 8.314462618
MOLAR_MASS_KG = R / 287.05
K = 1.4
CP, CV = 3.5 * R, 2.5 * R

VOLUMES_M3 = (0.5e-3, 1e-3, 2e-3)
WALL_S = 8.0
START_PA = (109_000.0, 101_500.0, 95_000.0)
START_K = (300.0, 293.0, 285.0)
CAPILLARY = 4e-17  # mol/(s·Pa²)
HOLE_M2 = 3e-8
SEAL = 2e-18
BORE_M2 = 4e-6
INJECTOR = 3e-16
DISPLACED_M3 = 7e-8
MOVE_S = 0.5

WEATHER = draw_weather(101_325.0, 293.15, PRESETS["desk"], seed=9)
NETWORK = Network(
    tuple(Chamber(f"c{i}", volume_m3, 1.0 / WALL_S) for i, volume_m3 in enumerate(VOLUMES_M3)),
    (Hatch("a", 0, 1, BORE_M2, SEAL, DISPLACED_M3), Hatch("b", 1, 2, BORE_M2, SEAL)),
    (Injector("c2", 2, INJECTOR),),
    WEATHER,
)
SETTINGS = Settings(
    hatches=(Ramp(0.0, MOVE_S, 0.1, 1.0), Ramp(0.0, 0.0, 0.0, 0.0)),
    injectors=(Ramp(0.0, MOVE_S, 0.0, 0.8),),
    leaks=(Leak(CAPILLARY), Leak(0.0, HOLE_M2), TIGHT),
)
START = GasState(
    tuple(
        p * v / (R * t)
        for p, v, t in zip(START_PA, (0.5e-3 + 3.5e-9, 1e-3 + 3.5e-9, 2e-3), START_K, strict=True)
    ),
    START_K,
    (0.0, 0.0, 0.0),
    (0.0, 0.0),
    (0.0, 0.0, 0.0),
)


def orifice(area_m2: float, p1: float, t1: float, p2: float, t2: float) -> float:
    """Textbook form, with the cubic below 1 Pa."""
    if p1 < p2:
        return -orifice(area_m2, p2, t2, p1, t1)
    full = area_m2 * p1 / math.sqrt(MOLAR_MASS_KG * R * t1)
    ratio = max(min(p2, p1 - 1.0) / p1, (2.0 / (K + 1.0)) ** (K / (K - 1.0)))
    psi = math.sqrt(2.0 * K / (K - 1.0) * (ratio ** (2.0 / K) - ratio ** ((K + 1.0) / K)))
    near = min(p1 - p2, 1.0)
    return full * psi * near * (5.0 - near**2) / 4.0


def oracle_rates(time_s: float, y: np.ndarray) -> np.ndarray:
    """Rates of (amounts, inner energies) of three chambers."""
    amounts, energies = y[:3], y[3:]
    moving = time_s < MOVE_S
    opening = min(0.1 + 0.9 * time_s / MOVE_S, 1.0)
    pump = min(0.8 * time_s / MOVE_S, 0.8)
    growth = 0.5 * DISPLACED_M3 * 0.9 / MOVE_S if moving else 0.0
    extra = 0.5 * DISPLACED_M3 * opening
    volumes = np.array(VOLUMES_M3) + np.array([extra, extra, 0.0])
    temperatures = energies / (CV * amounts)
    pressures = (K - 1.0) * energies / volumes
    pa, ta = WEATHER.pressure_pa(time_s), WEATHER.temperature_k(time_s)

    out = [  # from, to, flow; 3 is ambient
        (0, 3, CAPILLARY * (pressures[0] ** 2 - pa**2)),
        (1, 3, orifice(HOLE_M2, pressures[1], temperatures[1], pa, ta)),
        (2, 3, INJECTOR * pump * (pressures[2] ** 2 - pa**2)),
        (0, 1, SEAL * (pressures[0] ** 2 - pressures[1] ** 2)),
        (0, 1, orifice(BORE_M2 * opening, pressures[0], temperatures[0], pressures[1], temperatures[1])),
        (1, 2, SEAL * (pressures[1] ** 2 - pressures[2] ** 2)),
    ]
    # The two flows of a hatch carry enthalpy together.
    flows = [out[0], out[1], out[2], (0, 1, out[3][2] + out[4][2]), out[5]]
    n_rate, u_rate = np.zeros(4), np.zeros(4)
    all_k = [*temperatures, ta]
    for one, other, flow in flows:
        heat = CP * flow * all_k[one if flow > 0 else other]
        n_rate[one] -= flow
        n_rate[other] += flow
        u_rate[one] -= heat
        u_rate[other] += heat
    u_rate[:3] += amounts * CV * (ta - temperatures) / WALL_S
    u_rate[:2] -= pressures[:2] * growth
    return np.concatenate((n_rate[:3], u_rate[:3]))


@pytest.fixture(scope="module")
def oracle():
    """Pressures and temperatures over time, by Radau in two pieces since the move's end is a kink."""
    amounts = np.array(START.amount_mol)
    y = np.concatenate((amounts, amounts * CV * np.array(START_K)))
    scale = np.concatenate((amounts, amounts * CV * 293.0)) * 1e-11
    pieces = []
    for begin_s, end_s in ((0.0, MOVE_S), (MOVE_S, 120.0)):
        piece = solve_ivp(
            oracle_rates,
            (begin_s, end_s),
            y,
            "Radau",
            rtol=1e-11,
            atol=scale,
            dense_output=True,
            max_step=0.5,
        )
        assert piece.success
        y = piece.y[:, -1]
        pieces.append((end_s, piece.sol))

    def at(time_s: float) -> list[tuple[float, float]]:
        values = next(sol for end_s, sol in pieces if time_s <= end_s)(time_s)
        extra = 0.5 * DISPLACED_M3 * min(0.1 + 0.9 * time_s / MOVE_S, 1.0)
        volumes = np.array(VOLUMES_M3) + np.array([extra, extra, 0.0])
        temperatures = values[3:] / (CV * values[:3])
        return list(zip(values[:3] * R * temperatures / volumes, temperatures, strict=True))

    return at


def test_stepping_agrees_with_radau(oracle):
    trajectory = Trajectory(NETWORK, SETTINGS, START)
    for time_s in (1e-3, 5e-3, 0.02, 0.1, 0.3, 0.5, 0.52, 1.0, 3.0, 10.0, 33.3, 60.0, 119.0):
        for chamber, (pressure_pa, temperature_k) in enumerate(oracle(time_s)):
            computed_pa, computed_k = trajectory.gas(time_s, chamber)
            assert computed_pa == pytest.approx(pressure_pa, abs=2e-3), (time_s, chamber)
            assert computed_k == pytest.approx(temperature_k, abs=1e-5), (time_s, chamber)


def test_dense_questions_agree_with_radau_between_the_steps(oracle):
    trajectory = Trajectory(NETWORK, SETTINGS, START)
    worst_pa = max(
        abs(trajectory.gas(time_s, chamber)[0] - oracle(time_s)[chamber][0])
        for time_s in np.linspace(0.0, 20.0, 501).tolist()
        for chamber in range(3)
    )
    assert worst_pa < 5e-3


def test_the_jacobian_is_that_of_the_rates():
    dynamics = Dynamics(NETWORK, SETTINGS, 0.0, START)
    vector, time_s = dynamics.start, 0.2
    vector[3] = 1e-4  # some of the gas is through the hatch
    paths = 5
    probes = [1e-8] * paths + [1e-3] * 3
    computed = dynamics.jacobian(time_s, vector)
    for place, probe in enumerate(probes):
        up, down = vector.copy(), vector.copy()
        up[place] += probe
        down[place] -= probe
        expected = (np.array(dynamics(time_s, up)) - np.array(dynamics(time_s, down))) / (2.0 * probe)
        scale = np.abs(expected) + 1e-7 * np.abs(computed).max(axis=1)
        assert np.max(np.abs(computed[:, place] - expected) / (scale + 1e-12)) < 2e-4


def test_a_rise_of_all_pressures_together_hardly_moves_an_open_hatch():
    """What the Jacobian must get right to eight digits, or slow flows drown in the fast ones."""
    open_pair = Network(NETWORK.chambers[:2], NETWORK.hatches[:1], (), WEATHER)
    settings = Settings((Ramp(0.0, 0.0, 1.0, 1.0),), (), (TIGHT, TIGHT))
    volumes_m3 = open_pair.volumes_m3(settings, 0.0)
    state = GasState(
        tuple(1e5 * volume_m3 / (R * 293.0) for volume_m3 in volumes_m3),
        (293.0, 293.0),
        (0.0,) * 2,
        (0.0,),
        (0.0,) * 2,
    )
    jacobian = Dynamics(open_pair, settings, 0.0, state).jacobian(
        0.0, np.array([0.0, 0.0, 0.0, 293.0, 293.0])
    )
    together = jacobian[2, 3] + jacobian[2, 4]  # both temperatures, so both pressures, rise alike
    assert abs(together) < 1e-12 * abs(jacobian[2, 3])
