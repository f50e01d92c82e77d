"""How well parts explain slopes, against generalised least squares with the whole covariance matrix."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsw.station.evidence import Evidence
from fsw.station.graph import Station
from fsw.station.hypotheses import DRIFT, FED, LEAK, OPEN, SEAL, Explanations, Patterns, explain
from fsw.station.hypotheses import sd as sd_of
from fsw.station.slopes import Slopes

# Four modules in a chain
PAIRS = [(0, 1), (1, 2), (2, 3)]
LITRES = np.array([0.5, 1.0, 0.8, 0.4])
VOLUME_M3 = LITRES * 1e-3
AMBIENT_PA = 101_325
SHARE = 10 / 1024 + 10 / 1024  # of a gas volume's slope: shape, and 1 % of volume in whole 1/1024
EXCESS_PA = 8000


def station():
    return Station(
        bytes(module for pair in PAIRS for module in pair),
        [round(1e6 * litres) for litres in LITRES],
        [round(1e4 * litres) for litres in LITRES],
        bytes(4),
        0,
        0,
        0,
    )


class State:
    """Slopes of one state of the hatches as the firmware has them, and their covariance matrix."""

    def __init__(self, where, shut, slope_pa_s, sd_pa_s, pressure_pa=None):
        slopes = Slopes(4)
        slopes.seconds = 60
        for module in range(4):
            slopes.slope_upa_s[module] = round(1e6 * slope_pa_s[module])
            slopes.sd_upa_s[module] = round(1e6 * sd_pa_s[module])
            slopes.pressure_pa[module] = round((pressure_pa or [AMBIENT_PA + EXCESS_PA] * 4)[module])
        self.evidence = Evidence(where, shut, slopes)
        self.slope_pa_s = np.array(slopes.slope_upa_s) / 1e6
        self.group = np.array(list(self.evidence.group))
        sd = np.array(slopes.sd_upa_s) / 1e6
        weight = 1 / sd**2
        self.covariance = np.diag(sd**2)
        for group in set(self.group):
            inside = self.group == group
            mean = np.average(self.slope_pa_s[inside], weights=weight[inside])
            self.covariance[np.ix_(inside, inside)] += (SHARE * mean) ** 2

    def leak(self, module):
        inside = self.group == self.group[module]
        return np.where(inside, -1 / VOLUME_M3[inside].sum(), 0.0)


def least_squares(states, *columns):
    """Parameters, their standard deviations and what they take off chi^2; a column per state and part."""
    information = np.zeros((len(columns), len(columns)))
    moment = np.zeros(len(columns))
    for place, state in enumerate(states):
        design = np.array([column[place] for column in columns]).T
        weight = np.linalg.inv(state.covariance)
        information += design.T @ weight @ design
        moment += design.T @ weight @ state.slope_pa_s
    parameters = np.linalg.solve(information, moment)
    return parameters, np.sqrt(np.diag(np.linalg.inv(information))), moment @ parameters


class All:
    """Explanations of which none is dropped."""

    def __init__(self):
        self.rows = []

    @property
    def best_q16(self):
        return max(row[0] for row in self.rows)

    def add(self, row):
        self.rows.append(row)


def explanations(where, states):
    patterns = Patterns(where, [state.evidence for state in states], AMBIENT_PA)
    found = All()
    for _ in explain(where, patterns, found):
        pass
    return {parts: row for row in found.rows for parts in stood_for(patterns, *row[1])}


def stood_for(patterns, *parts):
    """The explanations that one of them stands for."""
    choices = [
        [(kind, module, hatch) for module in patterns.stands_for(place)]
        if kind in (LEAK, OPEN)
        else [(kind, place, hatch)]
        for kind, place, hatch in parts
    ]
    return itertools.product(*choices)


slopes = st.lists(st.floats(-0.2, 0.2), min_size=4, max_size=4)
deviations = st.lists(st.floats(1e-3, 2e-2), min_size=4, max_size=4)
hatches = st.integers(0, 7)


@given(st.lists(st.tuples(hatches, slopes, deviations), min_size=1, max_size=3))
@settings(max_examples=60)
def test_one_leak_or_one_drift(rows):
    where = station()
    states = [State(where, *row) for row in rows]
    found = explanations(where, states)
    for module in range(4):
        (leak,), (sd,), gain = least_squares(states, [state.leak(module) for state in states])
        z2_q16, _, _, (leak_npa,), information = found[((LEAK, module, 0),)]
        assert sd_of(information) == pytest.approx(1e9 * sd, rel=0.01, abs=2)
        if leak > 0:
            assert leak_npa == pytest.approx(1e9 * leak, rel=0.01, abs=0.02 * 1e9 * sd + 2)
            assert z2_q16 / 65536 == pytest.approx(gain, rel=0.02, abs=0.05)
        else:
            assert z2_q16 <= 0.02 * 65536
        (drift,), _, gain = least_squares(states, [np.eye(4)[module] for _ in states])
        row = found.get(((DRIFT, module, 0),))
        if row:
            assert row[0] / 65536 == pytest.approx(gain, rel=0.02, abs=0.05)
            assert row[3][0] == pytest.approx(1e6 * drift, rel=0.02, abs=100)
        else:
            assert gain < 1.05, "less than chance explains"


def test_the_first_stands_for_all_that_no_state_has_parted():
    where = station()
    where.inside = 0b1110  # the first is the outside
    states = [State(where, shut, [0, -0.2, -0.2, -0.2], [2e-3] * 4).evidence for shut in (0b001, 0b101)]
    patterns = Patterns(where, states, AMBIENT_PA)
    assert [patterns.stands_for(module) for module in range(4)] == [(), [1, 2], [], [3]]
    found = All()
    for _ in explain(where, patterns, found):
        pass
    assert [row[1] for row in found.rows if row[1][0][0] == LEAK and len(row[1]) == 1] == [
        ((LEAK, 1, 0),),
        ((LEAK, 3, 0),),
    ]


@given(st.lists(st.tuples(hatches, slopes, deviations), min_size=1, max_size=3))
@settings(max_examples=60)
def test_what_is_kept_is_what_is_not_out_of_the_question(rows):
    """Within 40 of the best, in units of the scatter that the best one leaves, and in the same order."""
    where = station()
    states = [State(where, *row) for row in rows]
    patterns = Patterns(where, [state.evidence for state in states], AMBIENT_PA)
    found, every = Explanations(patterns), All()
    for collector in (found, every):
        for _ in explain(where, patterns, collector):
            pass
    chi2 = sum(state.evidence.chi2_q16 for state in states) / 65536
    left = (max(chi2 - every.best_q16 / 65536, 0) + 4) / (max(4 * len(states) - 2, 0) + 4)
    least = every.best_q16 / 65536 - 40 * max(left, 1)
    assert found.best_q16 == every.best_q16
    assert [row for row in every.rows if row[0] / 65536 > least + 0.1 + 0.01 * abs(least)] == [
        row for row in found.rows if row[0] / 65536 > least + 0.1 + 0.01 * abs(least)
    ]
    assert all(row[0] / 65536 > least - 0.1 - 0.01 * abs(least) for row in found.rows)


def test_two_leaks_and_the_rate_of_each():
    where = station()
    true = {1: 3e-4, 3: 1e-4}
    states = []
    for shut in (0b000, 0b111):
        slope = np.zeros(4)
        for module, leak in true.items():
            slope += leak * State(where, shut, [0.0] * 4, [1e-3] * 4).leak(module)
        states.append(State(where, shut, slope, [2e-3] * 4))
    row = explanations(where, states)[((LEAK, 1, 0), (LEAK, 3, 0))]
    expected, sd, gain = least_squares(states, *[[state.leak(module) for state in states] for module in true])
    assert row[3] == pytest.approx(tuple(1e9 * expected), rel=0.01)
    assert sd_of(row[4]) == pytest.approx(1e9 * sd[0], rel=0.02)
    assert row[0] / 65536 == pytest.approx(gain, rel=0.01)
    z = np.array(row[2]) / 65536
    assert z[1] == pytest.approx((expected[1] / sd[1]) ** 2, rel=0.03)


def test_a_leak_and_a_drift_of_another_sensor():
    where = station()
    states = []
    for shut in (0b000, 0b111):
        slope = 3e-4 * State(where, shut, [0.0] * 4, [1e-3] * 4).leak(1)
        states.append(State(where, shut, slope + [0, 0, 0.05, 0], [2e-3] * 4))
    row = explanations(where, states)[((LEAK, 1, 0), (DRIFT, 2, 0))]
    columns = [[state.leak(1) for state in states], [np.eye(4)[2] for _ in states]]
    expected, _, gain = least_squares(states, *columns)
    assert row[3] == pytest.approx((1e9 * expected[0], 1e6 * expected[1]), rel=0.01)
    assert row[0] / 65536 == pytest.approx(gain, rel=0.01)


def test_a_second_part_that_explains_nothing_new_is_no_explanation():
    where = station()
    states = [State(where, shut, [0, -0.3, 0, 0] if shut else [-0.11] * 4, [2e-3] * 4) for shut in (0, 7)]
    assert all(len(parts) == 1 for parts in explanations(where, states) if parts[0] == (LEAK, 1, 0))


def test_what_a_leak_makes_goes_with_the_excess_over_the_outside():
    """The same hole at 8 kPa and later at 4 kPa: half the slope."""
    where = station()
    early = State(where, 0b111, [0, -0.2, 0, 0], [2e-3] * 4)
    late = State(where, 0b111, [0, -0.1, 0, 0], [2e-3] * 4, [AMBIENT_PA + 4000] * 4)
    row = explanations(where, [early, late])[((LEAK, 1, 0),)]
    assert row[3][0] == pytest.approx(1e9 * 0.1 * 1e-3, rel=0.02), "now"
    assert row[0] / 65536 == pytest.approx(
        (early.evidence.chi2_q16 + late.evidence.chi2_q16) / 65536, rel=0.02
    )


def test_a_seal_lets_its_sides_converge_and_conserves_gas():
    """1e-3 Pa·m³/s at 8 kPa from PrK into a module that stands 2 kPa lower: 2.5e-4."""
    where = station()
    flow = 1e-3 * 2000 / 8000
    pressure = [AMBIENT_PA + 6000, AMBIENT_PA + 8000, AMBIENT_PA + 8000, AMBIENT_PA + 8000]
    slope = [flow / VOLUME_M3[0], -flow / VOLUME_M3[1], 0, 0]
    state = State(where, 0b111, slope, [2e-3] * 4, pressure)
    found = explanations(where, [state])
    (seal_npa,) = found[((SEAL, 0, 0),)][3]
    assert seal_npa == pytest.approx(1e6, rel=0.01)
    best = max(found.values(), key=lambda row: row[0])
    assert best[1] == ((SEAL, 0, 0),)


def test_an_open_hatch_that_should_be_shut_makes_one_volume_of_its_sides():
    where = station()
    rate = 2e-4 / (VOLUME_M3[1] + VOLUME_M3[2])
    state = State(where, 0b111, [0, -rate, -rate, 0], [2e-3] * 4)
    found = explanations(where, [state])
    for module in (1, 2):
        assert found[((OPEN, module, 1),)][3][0] == pytest.approx(2e5, rel=0.01)
    assert ((OPEN, 0, 1),) not in found
    assert ((OPEN, 1, 0),) not in found


def test_a_module_fed_by_its_neighbour_stands_lower_and_the_neighbour_falls():
    where = station()
    lower = [AMBIENT_PA + 8000, AMBIENT_PA + 7000, AMBIENT_PA + 8000, AMBIENT_PA + 8000]
    state = State(where, 0b111, [0, 0, -0.2, 0], [2e-3] * 4, lower)
    found = explanations(where, [state])
    assert found[((FED, 1, 1),)][3][0] == pytest.approx(1e9 * 0.2 * VOLUME_M3[2], rel=0.01)
    assert ((FED, 3, 2),) not in found, "it stands no lower"
    higher = [AMBIENT_PA + 8000, AMBIENT_PA + 9000, AMBIENT_PA + 8000, AMBIENT_PA + 8000]
    state = State(where, 0b111, [0, 0, -0.2, 0], [2e-3] * 4, higher)
    assert ((FED, 1, 1),) not in explanations(where, [state])


def test_sound_seals_make_slopes_less_certain_where_pressures_differ():
    where = station()
    even = State(where, 0b111, [0] * 4, [2e-3] * 4).evidence
    step = [AMBIENT_PA + 8000, AMBIENT_PA + 8000, AMBIENT_PA, AMBIENT_PA]
    uneven = State(where, 0b111, [0] * 4, [2e-3] * 4, step).evidence
    assert [even.shrink_q30[k] >= (1 << 30) - 1 for k in range(4)] == [True] * 4
    seal_pa_s = 1e-5 / VOLUME_M3[1]
    assert uneven.shrink_q30[1] / 2**30 == pytest.approx(1 / (1 + (seal_pa_s / 2e-3) ** 2), rel=0.01)
    assert uneven.shrink_q30[0] == uneven.shrink_q30[3] == even.shrink_q30[0]
