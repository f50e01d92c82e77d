"""What a leak would be at 8 kPa over the outside."""

import pytest
from gas_station import GasStation, started, station6

from fsw.link import numbers as n

PrK = 1


def test_the_leak_of_a_module_without_a_sensor_is_rated_right():
    """Found by elimination; what it would leak at 8 kPa is what it was found with, near 8 kPa."""
    bench = GasStation(station6(occupied=0), {PrK: 1e-3}, seed=2)
    means = bench.means

    def without_prk():
        levels, known, pressures = means()
        known[PrK] = 0
        return levels, known, pressures

    bench.means = without_prk
    bench.values[n.PARAMETER_STRATEGY] = 1
    response = started(bench)
    bench.run(response)
    assert bench.events(n.EVENT_LEAK_FOUND)[0][:2] == (n.LEAK_MODULE, PrK)
    assert response.rated_npa_m3_s[PrK] == pytest.approx(1e6, rel=0.3)


@pytest.mark.parametrize(("leak", "strategy"), [(0.03, 0), (0.1, 0), (0.15, 0), (0.03, 1), (0.1, 1)])
def test_a_large_leak_is_rated_at_what_it_is_at_8_kpa(leak, strategy):
    bench = GasStation(station6(occupied=0), {PrK: leak}, seed=1)
    bench.values[n.PARAMETER_STRATEGY] = strategy
    response = started(bench)
    bench.run(response)
    assert response.part == 1 << PrK
    assert response.rated_npa_m3_s[PrK] == pytest.approx(leak * 1e9, rel=0.5)
    assert response.rated_npa_m3_s[PrK] < 2**31, "more than fits into the event repair_verified"
