"""Truth of a plant in the terms of a result."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hatchwatch.methods.truth import true_flows

AMBIENT_PA = 101_325.0


def state(time_s: float, pressure_pa: float, hull_mol: float, flow_mol: float = 0.0) -> dict[str, Any]:
    return {
        "time_s": time_s,
        "ambient_pa": AMBIENT_PA,
        "modules": {"jar": {"pressure_pa": pressure_pa, "hull_mol": hull_mol}},
        "hatches": {"door": {"flow_mol": flow_mol}},
    }


def test_mean_flow_is_in_gas_of_20_degrees() -> None:
    flows = true_flows(state(10.0, 109_325.0, 1.0), state(70.0, 109_325.0, 1.0 + 60e-7, -60e-9), 8_000.0)
    assert flows.hull["jar"] == pytest.approx(1e-7 * 8.314463 * 293.15)
    assert flows.hull_at_reference["jar"] == pytest.approx(flows.hull["jar"])
    assert flows.hatch["door"] == pytest.approx(-1e-9 * 8.314463 * 293.15)


def test_a_laminar_leak_keeps_its_rating_while_the_pressure_decays() -> None:
    # dn/dt = -g (p² - pa²) with p = n k: the drive of small overpressures decays exponentially.
    drive = np.array([16.8e8, 6.8e8])
    pressures_pa = np.sqrt(drive + AMBIENT_PA**2)
    mean_drive = (drive[0] - drive[1]) / np.log(drive[0] / drive[1])
    rating_drive = (AMBIENT_PA + 8e3) ** 2 - AMBIENT_PA**2
    lost_mol = 1e-6 * mean_drive / rating_drive * 100.0
    flows = true_flows(state(0.0, pressures_pa[0], 0.0), state(100.0, pressures_pa[1], lost_mol), 8_000.0)
    assert flows.hull_at_reference["jar"] == pytest.approx(1e-6 * 8.314463 * 293.15, rel=1e-6)


def test_no_time_no_flow() -> None:
    with pytest.raises(ValueError, match="two moments"):
        true_flows(state(10.0, 1.1e5, 0.0), state(10.0, 1.1e5, 0.0), 8_000.0)
