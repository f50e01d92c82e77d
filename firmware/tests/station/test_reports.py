"""What explanations come to: shares of the modules that they stand for, and what is reported alike."""

import pytest

from fsw.link import numbers as n
from fsw.station.graph import Station
from fsw.station.hypotheses import DRIFT, LEAK, OPEN, SEAL
from fsw.station.reports import NOBODY, Sums

SHARES_Q16 = [13107, 26214, 6554, 19661]  # 20, 40, 10 and 30 %
INFORMATION = 1 << 54  # a standard deviation of 1024


class Alike:
    """No state has parted the first two modules of a row of four."""

    def stands_for(self, module):
        return {0: [0, 1], 2: [2], 3: [3]}[module]


def sums():
    where = Station(bytes([0, 1, 1, 2, 2, 3]), [1000] * 4, [10] * 4, bytes(4), 0, 0, 0)
    return Sums(Alike(), where, SHARES_Q16)


def explanation(*parts):
    return 0, parts, (0,) * len(parts), (5000,) * len(parts), INFORMATION


def cut_ppm(found):
    return [found.cut_ppm(module) for module in range(4)]


def test_each_module_has_its_share_of_what_one_stands_for():
    found = sums()
    found.add(1000, explanation((LEAK, 0, 0)))
    found.add(1000, explanation((LEAK, 2, 0)))
    assert cut_ppm(found) == pytest.approx([2 / 7 * 1e6, 4 / 7 * 1e6, 1 / 7 * 1e6, 0], abs=20)
    assert [row[:3] for row in found.most_probable(2)] == [
        (n.LEAK_MODULE, 1, NOBODY),
        (n.LEAK_MODULE, 0, NOBODY),
    ]
    assert found.most_probable(1)[0][4:] == (5000, 1024)
    assert found.best[2] == 1
    assert found.next_best[2] == 0


def test_two_leaks_have_the_product_of_their_shares():
    found = sums()
    found.add(1000, explanation((LEAK, 0, 0), (LEAK, 3, 0)))
    found.add(180, explanation((LEAK, 3, 0)))  # 0.2 x 0.3, 0.4 x 0.3, and 0.18 x 0.3
    assert cut_ppm(found) == pytest.approx([60 / 234 * 1e6, 120 / 234 * 1e6, 0, 1e6], rel=1e-3)
    assert found.most_probable(1)[0][:3] == (n.LEAK_TWO_MODULES, 1, 3)


def test_what_is_reported_alike_is_one_report():
    """A leak beside a drift is a leak; beside a seal of its own hatch, one that leaks through."""
    found = sums()
    found.add(1000, explanation((LEAK, 3, 0)))
    found.add(1000, explanation((LEAK, 3, 0), (DRIFT, 0, 0)))
    found.add(1000, explanation((LEAK, 3, 0), (SEAL, 0, 0)))
    found.add(1000, explanation((LEAK, 3, 0), (SEAL, 2, 0)))
    found.add(1000, explanation((OPEN, 3, 2)))
    kinds = {row[:3]: row[3] for row in found.most_probable(9)}
    assert kinds == {(n.LEAK_MODULE, 3, NOBODY): 600000, (n.LEAK_MODULE_AND_HATCH, 3, 2): 400000}
    assert cut_ppm(found) == [0, 0, 400000, 1000000]


def test_no_leak_and_no_share_of_it():
    found = sums()
    found.add(1000, explanation((DRIFT, 2, 0)))
    found.add(3000, None)
    assert found.most_probable(3) == [
        (n.LEAK_NONE, NOBODY, NOBODY, 750000, 0, 0),
        (n.LEAK_SENSOR_DRIFTS, 2, NOBODY, 250000, 0, 0),
    ]
    assert cut_ppm(found) == [0] * 4
