"""The fault matrix, sensors and buses: what must be reported, within which board time, and what must go on.

Each row is run on the board, then proved able to fail: the recorded sweeps go through the flight logic again
with a defect in its table; for what happens on the wires, a board with a defect in its firmware runs the row.
"""

import struct
import sys
from array import array
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from hatchwatch.bench import emulated as emulated_module
from hatchwatch.bench.readings import FRESH
from hatchwatch.link.commands import command
from hatchwatch.link.dictionary import dictionary
from hatchwatch.link.packets import Event, Readings
from hatchwatch.payload import firmware_root

TICK_S = 0.1
BEFORE_S = 0.3  # what a replay needs to know the values before the fault
READINGS_AT = 21  # in a packet: headers, time, structure, number of modules
PrK, I2C0, I2C1 = (1,), (0, 1), (2, 3, 4, 5)


@dataclass(frozen=True)
class Row:
    """One fault: where it is, what is told of it and how soon, and what a defective table would miss."""

    fault: str
    target: str
    victims: tuple[int, ...]
    reported: tuple[tuple[str, str], ...]  # event and state of each victim, in this order, before it ends
    within_s: float  # from the fault to the last of them
    sick_s: float
    well_s: float  # from the end of the fault until all is well
    value: dict = field(default_factory=dict)
    bus_event: tuple[str, dict] | None = None
    defect: tuple[str, str] | None = None  # column and row of the table that take no notice any more


SUSPECT, FAILED = "sensor_suspect", "sensor_failed"
ROWS = (
    Row("silence", "PrK", PrK, ((SUSPECT, "bus_error"), (FAILED, "bus_error")), 0.5, 1.0, 1.5,
        defect=("missing", "suspect")),
    Row("refuse", "PrK", PrK, ((SUSPECT, "bus_error"),), 0.3, 0.5, 1.5, {"transactions": 4},
        defect=("missing", "ok")),
    Row("freeze", "PrK", PrK, ((FAILED, "frozen"),), 5.3, 5.5, 3.0, defect=("frozen", "ok")),
    Row("jump", "PrK", PrK, ((SUSPECT, "jumped"),), 0.4, 0.5, 1.5, {"pressure_pa": 20000, "conversions": 4},
        defect=("jumped", "ok")),
    Row("offset", "PrK", PrK, ((SUSPECT, "out_of_range"), (FAILED, "out_of_range")), 0.6, 1.0, 3.0,
        {"pressure_pa": 60000}, defect=("missing", "suspect")),
    Row("nack", "i2c0", I2C0, ((SUSPECT, "bus_error"), (FAILED, "bus_error")), 0.5, 1.0, 1.5,
        defect=("missing", "ok")),
    Row("hold_data", "i2c1", I2C1, (), 0.4, 0.5, 1.5, {"clocks": 26},
        ("bus_recovered", {"bus": 1, "clocks": 6})),
    Row("hold_data", "i2c1", I2C1, ((FAILED, "bus_error"),), 0.6, 1.5, 1.6, {"clocks": 0},
        ("bus_stuck", {"bus": 1, "sda": 0, "scl": 1})),
    Row("hold", "i2c1", I2C1, ((FAILED, "bus_error"),), 0.6, 1.5, 1.6,
        bus_event=("bus_stuck", {"bus": 1, "sda": 1, "scl": 0})),
)  # fmt: skip
ON_THE_WIRES = tuple(row for row in ROWS if row.bus_event)
AT_START = {  # module: fault, value, state
    1: ("silence", {}, "absent"),
    2: ("chip_id", {"value": 0x55}, "wrong_chip"),
    3: ("trimming", {"pattern": "zeros"}, "bad_trimming"),
    4: ("busy", {"bits": "im_update"}, "not_ready"),
}
COLUMNS = ("new", "same", "jumped", "missing", "frozen", "unusable")
HEALTHS = ("ok", "suspect", "failed", "recovering")


@dataclass(frozen=True)
class Observed:
    """What the board said while a row was run; times from the fault on."""

    events: tuple[tuple[float, str, dict], ...]
    sweeps: tuple[tuple[float, bytes], ...]  # the readings as the packet holds them, 9 bytes per module
    slips: int

    def of(self, module):
        return [entry for entry in self.events if entry[2].get("module") == module]

    def states(self, module):
        return [readings[9 * module + 8] for _, readings in self.sweeps]


def observe(bench, row):
    slips = bench.housekeeping().slips
    since = len(bench.link.history)
    bench.wait(BEFORE_S)
    start_s = bench.board_time_s
    bench.emulated.side.fault(row.fault, row.target, **row.value)
    bench.wait(row.sick_s)
    bench.emulated.side.clear(row.fault, row.target)
    bench.wait(row.well_s)
    return observed(bench, since, start_s, slips)


def observed(bench, since, start_s, slips):
    packets = bench.link.history.since(since)
    return Observed(
        tuple(
            (packet.board_time_s - start_s, packet.body.name, packet.body.fields)
            for packet in packets
            if isinstance(packet.body, Event)
        ),
        tuple(
            (packet.board_time_s - start_s, packet.raw[READINGS_AT:-2])
            for packet in packets
            if isinstance(packet.body, Readings)
        ),
        bench.housekeeping().slips - slips,
    )


def check(row, seen):
    """What must be reported, how soon, and what must go on."""
    for module in row.victims:
        events = seen.of(module)
        told = [(name, fields["state"]) for _, name, fields in events]
        assert set(row.reported) <= set(told)
        places = [told.index(expected) for expected in row.reported]
        assert places == sorted(places)
        assert all(events[place][0] < row.within_s for place in places)
        assert told[-1:] == [("sensor_ok", "fresh")]
    if row.bus_event is not None:
        bus = [entry for entry in seen.events if entry[1:] == row.bus_event]
        assert len(bus) == 1
        assert bus[0][0] < row.within_s
    check_others(row.victims, seen)


def check_others(victims, seen):
    modules = range(len(seen.sweeps[0][1]) // 9)
    for module in set(modules) - set(victims):
        assert set(seen.states(module)) == {FRESH}, "another sensor lost a sample"
        assert not seen.of(module)
    times_s = [time_s for time_s, _ in seen.sweeps]
    gaps_s = [after - before for before, after in pairwise(times_s)]
    assert max(gaps_s) < TICK_S + 0.02
    assert seen.slips == 0


@pytest.fixture(scope="module")
def rated(bench):
    """The bench, with events that are not limited in their rate."""
    if bench.emulated is None:
        pytest.skip("only an emulated bench can be broken on purpose")
    unlimited(bench)
    return bench


def unlimited(bench):
    rate = {"parameter": "event_rate", "value": 100}
    bench.link.execute(command("set_parameters", parameters=[rate]))


@pytest.fixture(scope="module")
def matrix(rated):
    """What was observed in each row."""
    return Matrix(rated)


class Matrix:
    """Runs each row once."""

    def __init__(self, bench):
        self.bench = bench
        self._seen = {}

    def __getitem__(self, row):
        place = ROWS.index(row)
        if place not in self._seen:
            self._seen[place] = observe(self.bench, row)
        return self._seen[place]


def name_of(row):
    return "-".join((row.fault, *(str(value) for value in row.value.values())))


@pytest.mark.parametrize("row", ROWS, ids=name_of)
@pytest.mark.swe134("g")
def test_fault(matrix, row):
    check(row, matrix[row])


# --- sensors that are no good from the start ------------------------------------------------------------


@pytest.fixture(scope="module")
def start(rated):
    """What is told of four sick sensors at once in a start of the firmware, and after they were cured."""
    names = rated.names["module"]
    for module, (fault, value, _) in AT_START.items():
        rated.emulated.side.fault(fault, names[module], **value)
    rated.reset()
    rated.wait(1.0)
    sick = observed(rated, 0, 0.0, 0)
    health = [sensor.health for sensor in rated.housekeeping().sensors]
    for module, (fault, _, _) in AT_START.items():
        rated.emulated.side.clear(fault, names[module])
    rated.wait(6.0)
    return sick, health, observed(rated, 0, 0.0, 0)


def check_start(sick, health, cured):
    for module, (_, _, state) in AT_START.items():
        assert [(name, fields["state"]) for _, name, fields in sick.of(module)] == [("sensor_failed", state)]
        assert health[module] == "failed"
        assert set(sick.states(module)) == {dictionary().enum_value("sensor_state", state)}
        assert [name for _, name, _ in cured.of(module)][-2:] == ["sensor_recovering", "sensor_ok"]
    check_others(tuple(AT_START), cured)


@pytest.mark.swe134("g")
def test_sensors_that_do_not_start(start):
    check_start(*start)


# --- each row can fail ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def flight_logic():
    """The firmware's own module, under CPython."""
    sys.path[:0] = [str(firmware_root()), str(firmware_root() / "tests" / "cpython")]
    from fsw.station import sensor_health  # noqa: PLC0415 - importable from here on

    return sensor_health


def replay(flight_logic, seen, table):
    """Let the flight logic judge the recorded sweeps again; return what would have been observed."""
    from fsw.services.parameters import default_values  # noqa: PLC0415

    count = len(seen.sweeps[0][1]) // 9
    state, pressure, temperature = bytearray(count), array("i", [0] * count), array("i", [0] * count)
    judge = flight_logic.SensorHealth(state, pressure, temperature, default_values())
    names = {number: entry.name for number, entry in dictionary().events.items()}
    states = dictionary().enums["sensor_state"]
    events = []
    sweeps = []
    original, flight_logic.TABLE = flight_logic.TABLE, table
    try:
        for time_s, readings in seen.sweeps:
            for module, row in enumerate(struct.iter_unpack(">IiB", readings)):
                pressure[module], temperature[module], state[module] = row
            judge.tell = lambda number, module, state, value, time_s=time_s: events.append(
                (time_s, names[number], {"module": module, "state": states[state], "seen": value})
            )
            judge.look()
            sweeps.append((time_s, readings))
    finally:
        flight_logic.TABLE = original
    return Observed(tuple(events), tuple(sweeps), seen.slips)


def defective(table, column, health):
    """The table with one place that takes no notice."""
    changed = bytearray(table)
    changed[len(COLUMNS) * HEALTHS.index(health) + COLUMNS.index(column)] = HEALTHS.index(health)
    return bytes(changed)


@pytest.mark.parametrize("row", [row for row in ROWS if row.defect], ids=name_of)
def test_fault_would_be_missed_by_a_defective_table(matrix, flight_logic, row):
    seen = matrix[row]
    again = replay(flight_logic, seen, flight_logic.TABLE)
    sensors = [(name, fields) for _, name, fields in seen.events if name.startswith("sensor")]
    assert [(name, fields) for _, name, fields in again.events] == sensors, "the same decisions, bit for bit"
    check(row, again)
    with pytest.raises(AssertionError):
        check(row, replay(flight_logic, seen, defective(flight_logic.TABLE, *row.defect)))


def test_sensors_that_do_not_start_would_be_missed_by_a_defective_table(start, flight_logic):
    sick, health, cured = start
    check_start(replay(flight_logic, sick, flight_logic.TABLE), health, cured)
    missed = replay(flight_logic, sick, defective(flight_logic.TABLE, "unusable", "ok"))
    with pytest.raises(AssertionError):
        check_start(missed, health, cured)


MAIN = """
from micropython import kbd_intr
kbd_intr(-1)
from fsw.kernel.boot import run
{defect}
run()
"""
BLIND = "from fsw.station.bus_recovery import BusRecovery; BusRecovery.suspect = lambda self, bus: None"
CARELESS = """
from fsw.station.sensors import SensorBank
sweep = SensorBank.sweep
def careless(self):
    sweep(self)
    for i in range(self.count):
        if self.health[i] or self.state[i] > 1:  # neither fresh nor stale
            self.state[i - 3] = 2  # a sensor on the other bus is taken for skipped
SensorBank.sweep = careless
"""


@pytest.fixture(scope="module")
def defective_bench(opening, rated):
    """Opens a board whose firmware has a defect."""

    @contextmanager
    def open_with(defect):
        board_files = emulated_module.board_files
        main = {"main.py": MAIN.format(defect=defect).encode()}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(emulated_module, "board_files", lambda bench: board_files(bench) | main)
            with opening() as bench:
                unlimited(bench)
                yield bench

    return open_with


@pytest.fixture(scope="module")
def blind_bench(defective_bench):
    """A board whose firmware does not look at the lines of a bus."""
    with defective_bench(BLIND) as bench:
        yield bench


@pytest.mark.parametrize("row", ON_THE_WIRES, ids=name_of)
def test_fault_would_be_missed_by_defective_firmware(blind_bench, row):
    with pytest.raises(AssertionError):
        check(row, observe(blind_bench, row))


@pytest.fixture(scope="module")
def careless_bench(defective_bench):
    """A board whose firmware lets a sick sensor cost another one its sample."""
    with defective_bench(CARELESS) as bench:
        yield bench


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_what_must_go_on_would_be_missed_in_careless_firmware(careless_bench, row):
    with pytest.raises(AssertionError):
        check_others(row.victims, observe(careless_bench, row))
