"""Hold the gas model against published and analytic cases.

Expected values come from standards, handbooks and closed solutions, each named in the table. Computed ones
come from the stepping that also runs the emulated bench: isothermal by a wall that acts at once, adiabatic
by none.

    python host/benchmarks/plant_validation.py [--json FILE]

Ends with 1 if a case is off by 0.1 % or more.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scipy.optimize import brentq

from hatchwatch.boards.files import load_bench_file
from hatchwatch.emulator.plant import PRESETS, Plant
from hatchwatch.emulator.plant.gas import GAS_CONSTANT_J_MOL_K, MOLAR_MASS_KG, capillary_conductance
from hatchwatch.emulator.plant.network import Chamber, GasState, Leak, Network, Settings
from hatchwatch.emulator.plant.trajectory import Trajectory
from hatchwatch.emulator.plant.weather import Weather
from hatchwatch.payload import boards_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LARGEST_ERROR = 1e-3
ROOM_K = 293.15
ATMOSPHERE_PA = 101_325.0
MMHG_PA = ATMOSPHERE_PA / 760.0
LITRE_M3 = 1e-3
ISOTHERMAL_PER_S = 1e6  # a wall that evens out temperatures within a microsecond
ADIABATIC_PER_S = 0.0


@dataclass(frozen=True)
class Case:
    """One comparison."""

    name: str
    source: str
    expected: float
    computed: float
    unit: str

    @property
    def relative_error(self) -> float:
        """Of the computed value."""
        return self.computed / self.expected - 1.0


class Vessel:
    """One chamber with one way out, run by the plant's own stepping."""

    def __init__(
        self, volume_m3: float, start_pa: float, ambient_pa: float, leak: Leak, wall_rate_per_s: float
    ) -> None:
        chamber = Chamber("vessel", volume_m3, wall_rate_per_s)
        network = Network((chamber,), (), (), Weather(ambient_pa, ROOM_K))
        amount_mol = start_pa * volume_m3 / (GAS_CONSTANT_J_MOL_K * ROOM_K)
        state = GasState((amount_mol,), (ROOM_K,), (0.0,), (), (0.0,))
        self._trajectory = Trajectory(network, Settings((), (), (leak,)), state)

    def pressure_pa(self, time_s: float) -> float:
        """Pressure at a time."""
        return self._trajectory.gas(time_s, 0)[0]

    def lost_mol(self, time_s: float) -> float:
        """Amount that has left by a time."""
        return self._trajectory.moment(time_s)[0].hull_mol[0]

    def time_s(self, pressure_pa: float, latest_s: float) -> float:
        """When a pressure is reached."""
        return float(brentq(lambda time_s: self.pressure_pa(time_s) - pressure_pa, 0.0, latest_s, xtol=1e-9))


def hole(bore_m: float, discharge_coefficient: float) -> Leak:
    """Orifice of a bore."""
    return Leak(area_m2=discharge_coefficient * math.pi / 4.0 * bore_m**2)


def choked() -> Iterator[Case]:
    """Into vacuum: the reserve time from 760 to 490 mmHg, with a perfect wall and with none."""
    vessel = Vessel(LITRE_M3, ATMOSPHERE_PA, 0.0, hole(1e-3, 1.0), ISOTHERMAL_PER_S)
    tau_s = 5.0 / math.log(vessel.pressure_pa(0.0) / vessel.pressure_pa(5.0))
    exponential = "P0 exp(-t/tau)"
    yield Case("choked isothermal, 1 L, 1 mm: tau", exponential, 6.4101, tau_s, "s")
    yield Case(
        "choked isothermal: 760 to 490 mmHg", exponential, 2.8135, vessel.time_s(490 * MMHG_PA, 10.0), "s"
    )
    vessel = Vessel(LITRE_M3, ATMOSPHERE_PA, 0.0, hole(1e-3, 1.0), ADIABATIC_PER_S)
    power = "P0 (1 + (k-1)/2 t/tau)^(-2k/(k-1))"
    yield Case("choked adiabatic: 760 to 490 mmHg", power, 2.0740, vessel.time_s(490 * MMHG_PA, 10.0), "s")


def fliegner() -> Iterator[Case]:
    """Choked mass flow of air: constant x area x pressure / sqrt(temperature)."""
    leak = hole(1e-3, 1.0)
    vessel = Vessel(1.0, ATMOSPHERE_PA, 0.0, leak, ISOTHERMAL_PER_S)
    short_s = 1e-3
    flow_kg_s = vessel.lost_mol(short_s) * MOLAR_MASS_KG / short_s
    mean_pa = 0.5 * (ATMOSPHERE_PA + vessel.pressure_pa(short_s))
    computed = flow_kg_s * math.sqrt(ROOM_K) / (leak.area_m2 * mean_pa)
    yield Case("choked mass flow", "Fliegner's constant for air", 0.04042, computed, "sqrt(K) s/m")


def laminar() -> Iterator[Case]:
    """A capillary of 0.1 mm x 25 mm: what the pressure has lost since the start."""
    start_pa = ATMOSPHERE_PA + 8_000.0
    leak = Leak(conductance_mol_s_pa2=capillary_conductance(1e-4, 25e-3, ROOM_K))
    vessel = Vessel(LITRE_M3, start_pa, ATMOSPHERE_PA, leak, ISOTHERMAL_PER_S)
    source = "Hagen-Poiseuille, ideal gas"

    def reduced(time_s: float) -> float:
        pressure_pa = vessel.pressure_pa(time_s)
        return math.log((pressure_pa - ATMOSPHERE_PA) / (pressure_pa + ATMOSPHERE_PA))

    yield Case("laminar, 0.1 mm x 25 mm: tau", source, 1829.60, 600.0 / (reduced(0.0) - reduced(600.0)), "s")
    for time_s, pressure_pa in ((60, 109_057.05), (300, 108_074.84), (600, 107_025.32)):
        lost_pa = start_pa - vessel.pressure_pa(time_s)
        yield Case(f"laminar: fall in {time_s} s", source, start_pa - pressure_pa, lost_pa, "Pa")


def orifice() -> Iterator[Case]:
    """A hole of 0.2 mm, a low overpressure: its root falls linearly and reaches zero at a finite time."""
    vessel = Vessel(LITRE_M3, ATMOSPHERE_PA + 5_000.0, ATMOSPHERE_PA, hole(2e-4, 0.62), ISOTHERMAL_PER_S)
    late_s = 50.0
    first_root, late_root = (
        math.sqrt(vessel.pressure_pa(time_s) - ATMOSPHERE_PA) for time_s in (0.0, late_s)
    )
    slope = (first_root - late_root) / late_s
    source = "(sqrt(dp0) - kk t/2)², constant density"
    yield Case("orifice, 0.2 mm, 5 kPa: kk", source, 2.54354, 2.0 * slope, "sqrt(Pa)/s")
    yield Case("orifice: empty after", source, 55.60, first_root / slope, "s")


def fill_and_relax() -> Iterator[Case]:
    """A quick fill by 8 kPa of a tight jar: what is left once the wall has taken the heat."""
    bench = load_bench_file(boards_root() / "single.toml")
    still = replace(PRESETS["quiet"], name="still", temperature_drift_k_h=0.0, pressure_drift_pa_h=0.0)
    plant = Plant(bench, still, seed=1)
    plant.vent(0.0)
    plant.fill(0.0, gauge_pa=8_000.0, adiabatic=True)
    left_pa = plant.state("jar", 300.0)[0] - plant.ambient(300.0)[0]
    yield Case("fill +8 kPa adiabatic, then relax", "8 kPa / k", 5714.3, left_pa, "Pa")


def vacuum_decay() -> Iterator[Case]:
    """The regulation's example: 2 L rise from 25.3 to 50.6 kPa in 70 s; the inflow is choked throughout."""
    leak_mol_s, rise_s = 2.9657e-4, 70.0
    fliegner_constant = 0.04042
    area_m2 = leak_mol_s * MOLAR_MASS_KG * math.sqrt(ROOM_K) / (fliegner_constant * ATMOSPHERE_PA)
    vessel = Vessel(2e-3, 25_300.0, ATMOSPHERE_PA, Leak(area_m2=area_m2), ISOTHERMAL_PER_S)
    source = "40 CFR 1065.644"
    end_pa = vessel.pressure_pa(rise_s)
    from_pressures_mol_s = 2e-3 / GAS_CONSTANT_J_MOL_K * (end_pa - 25_300.0) / ROOM_K / rise_s
    yield Case("vacuum decay: pressure after 70 s", source, 50_600.0, end_pa, "Pa")
    yield Case("vacuum decay: leak from pressures", source, leak_mol_s, from_pressures_mol_s, "mol/s")
    yield Case(
        "vacuum decay: leak from amounts", source, leak_mol_s, -vessel.lost_mol(rise_s) / rise_s, "mol/s"
    )


def station() -> Iterator[Case]:
    """The transfer chamber of Zvezda in December 2020: 730 to 620 mmHg in 18 h."""
    volume_m3, tau_s = 4.1, 110.2 * 3600.0
    choked_psi = 0.684731
    area_m2 = volume_m3 / (tau_s * choked_psi * math.sqrt(GAS_CONSTANT_J_MOL_K / MOLAR_MASS_KG * ROOM_K))
    vessel = Vessel(volume_m3, 730.0 * MMHG_PA, 0.0, Leak(area_m2=area_m2), 1.0 / 60.0)
    computed_mmhg = vessel.pressure_pa(18.0 * 3600.0) / MMHG_PA
    yield Case(
        "station, 4.1 m³, tau 110.2 h: after 18 h", "reported in December 2020", 620.0, computed_mmhg, "mmHg"
    )


GROUPS: tuple[Callable[[], Iterator[Case]], ...] = (
    choked,
    fliegner,
    laminar,
    orifice,
    fill_and_relax,
    vacuum_decay,
    station,
)


def all_cases() -> list[Case]:
    """Run every case."""
    return [case for group in GROUPS for case in group()]


def print_table(cases: list[Case]) -> None:
    print(f"{'case':41}{'source':42}{'expected':>13}{'computed':>13}  {'unit':12}{'error':>10}")
    for case in cases:
        print(
            f"{case.name:41}{case.source:42}{case.expected:13.7g}{case.computed:13.7g}  {case.unit:12}"
            f"{100.0 * case.relative_error:+9.4f}%"
        )
    worst = max(abs(case.relative_error) for case in cases)
    print(f"largest error {100.0 * worst:.4f} %; allowed {100.0 * LARGEST_ERROR:g} %")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table there too")
    options = parser.parse_args()
    cases = all_cases()
    print_table(cases)
    if options.json is not None:
        rows = [{**asdict(case), "relative_error": case.relative_error} for case in cases]
        options.json.write_text(json.dumps(rows, indent=2) + "\n", "utf-8")
    return int(any(abs(case.relative_error) >= LARGEST_ERROR for case in cases))


if __name__ == "__main__":
    sys.exit(main())
