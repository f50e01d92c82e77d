"""How leaks scale with pressure."""

from __future__ import annotations

import numpy as np
import pytest

from hatchwatch.methods.flow import laminar_drive, law_ratios

AMBIENT_PA = 101_325.0


def test_hagen_poiseuille_of_a_capillary() -> None:
    # Q = pi d^4 (P1^2 - P2^2) / (256 mu L): 0.1 mm x 25 mm at +8 kPa passes 4.6e-3 Pa·m³/s.
    per_drive = np.pi * (0.1e-3) ** 4 / (256.0 * 1.82e-5 * 25e-3)
    drive = laminar_drive(np.array([AMBIENT_PA + 8e3]), AMBIENT_PA)
    assert float(per_drive * drive[0]) == pytest.approx(4.6e-3, rel=0.02)


def test_both_laws_agree_at_the_same_pressure() -> None:
    assert law_ratios(109_000.0, 109_000.0, AMBIENT_PA) == pytest.approx((1.0, 1.0))


def test_twice_the_small_difference() -> None:
    laminar, orifice = law_ratios(AMBIENT_PA + 10.0, AMBIENT_PA + 20.0, AMBIENT_PA)
    assert laminar == pytest.approx(2.0, rel=1e-3)
    assert orifice == pytest.approx(np.sqrt(2.0), rel=1e-3)


def test_below_ambient_the_room_is_upstream() -> None:
    _, orifice = law_ratios(AMBIENT_PA - 1_000.0, AMBIENT_PA - 4_000.0, AMBIENT_PA)
    assert orifice == pytest.approx(2.0)


def test_pressures_on_both_sides_of_ambient_are_refused() -> None:
    with pytest.raises(ValueError, match="same side"):
        law_ratios(100_000.0, 109_000.0, AMBIENT_PA)
