"""The response to leaks as commands, modes and resets find it."""

import pytest
from gas_station import GasStation, station6
from service_bench import Board

from fsw.link import numbers as n
from fsw.station.crew import shut_in

PROGRESS, PrK, ZVEZDA, ZARYA, UNITY, DESTINY = range(6)


def board(leaks=None, *, continues=0, occupied=0, strategy=0, mode=n.RESPONSE_ACTIVE, seed=3):
    bench = GasStation(station6(occupied=occupied), leaks, seed=seed)
    bench.values[n.PARAMETER_CONTINUE_AFTER_RESET] = continues
    bench.values[n.PARAMETER_STRATEGY] = strategy
    bench.values[n.PARAMETER_RESPONSE_MODE] = mode
    return Board(bench)


def isolated(**more):
    """PrK is found, shut off, and the rest proved."""
    it = board({PrK: 1e-3}, **more)
    it.run(3)
    assert it.command(n.FUNCTION_LOCATE) == 0
    assert it.run(600, lambda: it.response.phase == n.PHASE_DONE)
    assert it.response.part == 1 << PrK
    return it


def in_search(it, phase=n.PHASE_MEASURE):
    it.run(3)
    assert it.command(n.FUNCTION_LOCATE) == 0
    assert it.run(100, lambda: it.response.phase == phase)


# --- resets -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("continues", [0, 1])
def test_what_was_resumed_and_stopped_stays_stopped_after_the_next_reset(continues):
    it = board({PrK: 1e-3}, continues=continues)
    in_search(it)
    it.reset()
    assert it.response.phase == n.PHASE_INTERRUPTED
    if continues:
        assert it.run(30, lambda: it.response.is_active)
    else:
        it.run(3)
        assert it.command(n.FUNCTION_RESUME_RESPONSE) == 0
        assert it.run(30, lambda: it.response.is_active)
    assert it.command(n.FUNCTION_STOP_RESPONSE) == 0
    it.run(5)
    assert it.response.phase == n.PHASE_WATCH
    it.bench.told.clear()
    it.reset()
    told = it.bench.events(n.EVENT_RESPONSE_INTERRUPTED)
    it.run(60)
    assert not told, (told, it.motion.orders)
    assert it.motion.orders == [], "hatches move although the response was stopped by command"


@pytest.mark.parametrize("continues", [0, 1])
def test_a_verification_that_a_reset_ended_goes_on_as_one(continues):
    it = isolated(continues=continues)
    it.run(20)
    assert it.command(n.FUNCTION_VERIFY_REPAIR, [PrK]) == 0
    assert it.run(30, lambda: it.response.phase == n.PHASE_MEASURE)
    it.reset()
    it.run(3)
    if not continues:
        assert it.command(n.FUNCTION_RESUME_RESPONSE) == 0
    it.run(400)
    assert it.bench.events(n.EVENT_REPAIR_VERIFIED), it.bench.told[-8:]


def test_a_search_that_goes_on_after_a_reset_knows_where_the_crew_is():
    it = board({PrK: 1e-3}, continues=1, occupied=1 << ZVEZDA)
    it.run(3)
    assert it.command(n.FUNCTION_SET_CREW, [0, 1 << DESTINY]) == 0
    assert it.command(n.FUNCTION_LOCATE) == 0
    assert it.run(30, lambda: it.response.phase == n.PHASE_MEASURE)
    it.bench.station.occupied = 1 << ZVEZDA  # what the bench file says
    it.reset()
    for _ in range(120):
        it.second()
        shut = sum(1 << h for h in range(5) if it.bench.really[h] == n.POSITION_SHUT)
        it.bench.station.occupied, told = 1 << DESTINY, it.bench.station.occupied  # where it really is
        lost = shut_in(it.bench.station, 0, shut)
        it.bench.station.occupied = told
        assert not lost, (it.bench.time_s, bin(shut))


def test_a_verification_after_a_reset_shuts_the_cut_whose_position_is_unknown():
    it = isolated()
    it.run(5)
    it.reset()
    it.run(3)
    refused = it.command(n.FUNCTION_VERIFY_REPAIR, [PrK])
    it.bench.told.clear()
    it.run(400)
    assert not refused
    assert {(0, n.POSITION_SHUT), (1, n.POSITION_SHUT)} == set(it.motion.orders), "and nothing else moves"
    assert it.bench.events(n.EVENT_REPAIR_VERIFIED)


# --- commands -----------------------------------------------------------------------------------------------


def test_a_verification_that_moves_nothing_is_made_when_the_mode_is_off():
    it = isolated()
    it.bench.values[n.PARAMETER_RESPONSE_MODE] = n.RESPONSE_OFF
    it.run(5)
    it.bench.told.clear()
    assert it.command(n.FUNCTION_VERIFY_REPAIR, [PrK]) == 0
    it.run(300)
    assert not it.bench.events(n.EVENT_RESPONSE_STOPPED)
    assert it.bench.events(n.EVENT_REPAIR_VERIFIED)


def test_a_search_that_is_accepted_right_after_a_move_is_not_lost_without_a_word():
    """The move was over before the search was commanded; both came within one second."""
    it = board({PrK: 1e-3})
    it.run(3)
    it.motion.commanded = True  # a hatch or an injector was moved
    assert it.command(n.FUNCTION_LOCATE) == 0
    it.bench.told.clear()
    it.run(30)
    assert it.response.is_active or it.bench.events(n.EVENT_RESPONSE_STOPPED), it.bench.told


def test_an_alarm_whose_search_is_just_being_loaded_is_not_forgotten_when_something_moves():
    """An injector is moved in the second after the alarm: no search, no word, and the leak becomes normal."""
    it = board({}, seed=5)
    it.run(200)
    it.bench.leaks_pa_m3_s[PrK] = 1e-3
    raise_alarm = it.service._raise_alarm

    def raise_and_move(alarm_class):
        raise_alarm(alarm_class)
        it.motion.commanded = True

    it.service._raise_alarm = raise_and_move
    assert it.run(300, lambda: it.bench.events(n.EVENT_LEAK_ALARM))
    it.service._raise_alarm = raise_alarm
    it.run(900)
    assert it.bench.events(n.EVENT_RESPONSE_STOPPED) or it.isolation.marks >> PrK & 1, it.bench.told


def test_a_repair_can_be_verified_after_a_second_search_was_stopped():
    it = isolated()
    it.run(20)
    assert it.command(n.FUNCTION_LOCATE) == 0
    assert it.run(30, lambda: it.response.is_active)
    it.command(n.FUNCTION_STOP_RESPONSE)
    it.run(20)
    assert it.isolation.marks == 1 << PrK
    it.bench.leaks_pa_m3_s[PrK] = 0.0
    assert it.command(n.FUNCTION_VERIFY_REPAIR, [PrK]) == 0


def test_the_repair_of_the_first_leak_can_be_verified_after_a_second_one_was_shut_off():
    it = isolated()
    it.bench.leaks_pa_m3_s[PrK] = 0.0  # repaired, to be verified later
    it.bench.leaks_pa_m3_s[DESTINY] = 1e-3
    it.run(20)
    assert it.command(n.FUNCTION_LOCATE) == 0
    assert it.run(60, lambda: it.response.is_active)
    assert it.run(900, lambda: not it.response.is_active)
    assert it.isolation.marks == 1 << PrK | 1 << DESTINY
    it.run(5)
    assert it.command(n.FUNCTION_VERIFY_REPAIR, [PrK]) == 0


def test_an_alarm_that_waits_leaves_nothing_in_the_heap_when_a_search_is_commanded():
    """The overlay of the alarm is three modules; the search comes after the first of them."""
    it = board({})

    it.run(150)
    it.service._wanted = 2  # _ALARM, as `_guard` does after three seconds
    it.service.turn()
    assert it.service._alarm_overlay.loaded == 1
    assert it.command(n.FUNCTION_LOCATE) == 0
    it.run(20)
    assert it.response.is_active
    assert it.service._alarm_overlay.loaded == 0


# --- leaks that go on ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("strategy", [0, 1])
@pytest.mark.parametrize("leak", [3e-5, 8e-5])
@pytest.mark.parametrize("by", ["alarm", "command"])
def test_a_second_leak_is_found_while_the_first_one_leaks_on_behind_its_cut(strategy, leak, by):
    it = isolated(strategy=strategy)
    it.run(300)
    it.bench.told.clear()
    it.bench.leaks_pa_m3_s[DESTINY] = leak
    if by == "alarm":
        assert it.run(300, lambda: it.bench.events(n.EVENT_LEAK_ALARM))
        (modules, _, _) = it.bench.events(n.EVENT_LEAK_ALARM)[0]
        assert modules >> DESTINY & 1 and not modules >> PrK & 1
    else:
        it.run(1)
        assert it.command(n.FUNCTION_LOCATE) == 0
    assert it.run(60, lambda: it.response.is_active)
    assert it.run(1900, lambda: not it.response.is_active)
    assert it.isolation.marks >> DESTINY & 1, it.bench.told


def test_a_leak_that_grew_during_the_search_does_not_go_on_unnoticed():
    it = board({}, seed=5)
    it.run(200)
    it.bench.leaks_pa_m3_s[PrK] = 3e-4
    assert it.run(300, lambda: it.response.phase == n.PHASE_SETTLE)
    it.bench.leaks_pa_m3_s[PrK] = 3e-3
    assert it.run(900, lambda: it.response.phase >= n.PHASE_DONE and not it.response.is_active)
    it.run(600)
    assert it.isolation.marks >> PrK & 1, it.bench.told


@pytest.mark.parametrize("continues", [1])
@pytest.mark.parametrize("strategy", [0, 1])
@pytest.mark.parametrize("after_s", [17, 62, 107, 152, 197])
def test_a_reset_at_any_moment_ends_with_the_leak_shut_off(continues, strategy, after_s):
    it = board({PrK: 1e-3}, continues=continues, strategy=strategy)
    it.run(3)
    assert it.command(n.FUNCTION_LOCATE) == 0
    it.run(after_s)
    was_active = it.response.is_active
    it.reset()
    it.run(700)
    if was_active:
        assert it.response.part == 1 << PrK, it.bench.told
        assert it.response.phase == n.PHASE_DONE


# --- leaks that were there before anybody watched -----------------------------------------------------------


def test_a_leak_that_is_there_at_the_start_is_told_and_sought():
    it = board({PrK: 1e-3})
    assert it.run(150, lambda: it.bench.events(n.EVENT_LEAK_ALARM))
    assert it.run(600, lambda: it.response.phase == n.PHASE_DONE)
    assert it.isolation.marks == 1 << PrK
    it.run(300)
    assert len(it.bench.events(n.EVENT_LEAK_ALARM)) == 1, "what is shut off goes on leaking, and is no news"


def test_a_leak_that_could_not_be_found_is_told_and_not_sought_again():
    it = board({PrK: 1e-3})
    it.bench.values[n.PARAMETER_MEASURE_MOST_S] = 60
    it.bench.stuck.update(dict.fromkeys(range(5), n.POSITION_OPEN))
    it.bench.failing.update(range(5))
    assert it.run(900, lambda: it.response.phase in (n.PHASE_INCONCLUSIVE, n.PHASE_BLOCKED))
    it.motion.orders.clear()
    alarms = len(it.bench.events(n.EVENT_LEAK_ALARM))
    it.run(400)
    assert len(it.bench.events(n.EVENT_LEAK_ALARM)) == alarms + 1
    assert it.motion.orders == []
