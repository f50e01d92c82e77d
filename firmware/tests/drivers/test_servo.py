"""Servos: the queue under CPython, the pulses on the pins of the emulated chip."""

import pytest
from emulated_board import EmulatedBoard

from fsw.drivers.servo import MOVING, OPEN, SHUT, UNKNOWN, Servo, ServoQueue

OPEN_US, SHUT_US, TRAVEL_MS = 1900, 1100, 500
WRAP_MS = 1 << 30  # of time.ticks_ms


class PulseLog(Servo):
    """A servo that notes its pulse widths instead of putting them on a pin."""

    def __init__(self, **settings):
        super().__init__(None, OPEN_US, SHUT_US, travel_ms=TRAVEL_MS, **settings)
        self.widths_us = []

    def _pulse(self, width_us):
        self.widths_us.append(width_us)


def test_position_is_unknown_until_a_command():
    servo = PulseLog()
    assert servo.position == UNKNOWN
    assert servo.widths_us == []


def test_a_move_takes_its_time_then_pulses_end():
    servo, queue = PulseLog(), ServoQueue()
    queue.move(servo, SHUT)
    assert queue.busy
    queue.tick(1000)
    queue.tick(1000 + TRAVEL_MS - 1)
    assert servo.position == MOVING
    queue.tick(1000 + TRAVEL_MS)
    assert servo.position == SHUT
    assert servo.widths_us == [SHUT_US, 0]
    assert not queue.busy


def test_held_servos_keep_their_pulses():
    servo, queue = PulseLog(hold=True), ServoQueue()
    queue.move(servo, OPEN)
    queue.tick(0)
    queue.tick(TRAVEL_MS)
    assert (servo.position, servo.widths_us) == (OPEN, [OPEN_US])


@pytest.mark.parametrize("max_moving", [1, 2, 3])
def test_no_more_move_at_a_time_than_the_supply_bears_and_in_order(max_moving):
    servos, queue = [PulseLog() for _ in range(7)], ServoQueue(max_moving)
    for servo in servos:
        queue.move(servo, OPEN)
    started = []
    for now_ms in range(0, 8 * TRAVEL_MS, 100):
        queue.tick(now_ms)
        assert sum(servo.position == MOVING for servo in servos) <= max_moving
        started += [i for i, servo in enumerate(servos) if servo.widths_us and i not in started]
    assert started == list(range(7))
    assert all(servo.position == OPEN for servo in servos)
    assert queue.moving == 0


def test_time_may_wrap_during_a_move():
    servo, queue = PulseLog(), ServoQueue()
    queue.move(servo, OPEN)
    queue.tick(WRAP_MS - 10)
    queue.tick(TRAVEL_MS - 11)
    assert servo.position == MOVING
    queue.tick(TRAVEL_MS - 10)
    assert servo.position == OPEN


def test_a_waiting_command_is_replaced():
    first, second, queue = PulseLog(), PulseLog(), ServoQueue()
    queue.move(first, OPEN)
    queue.tick(0)
    queue.move(second, OPEN)
    queue.move(second, SHUT)
    assert queue.waits(second)
    queue.tick(TRAVEL_MS)
    queue.tick(2 * TRAVEL_MS)
    assert second.widths_us == [SHUT_US, 0]


def test_a_servo_on_its_way_turns_after_it_arrived_and_lets_others_pass():
    turning, other, queue = PulseLog(), PulseLog(), ServoQueue(2)
    queue.move(turning, OPEN)
    queue.tick(0)
    queue.move(turning, SHUT)
    queue.move(other, OPEN)
    queue.tick(10)
    assert other.position == MOVING
    assert turning.widths_us == [OPEN_US]
    queue.tick(TRAVEL_MS)
    assert turning.widths_us == [OPEN_US, 0, SHUT_US]


def test_clear_drops_what_waits_and_lets_the_mover_arrive():
    first, second, queue = PulseLog(), PulseLog(), ServoQueue()
    queue.move(first, OPEN)
    queue.move(second, OPEN)
    queue.tick(0)
    queue.clear()
    queue.tick(TRAVEL_MS)
    assert (first.position, second.position, queue.busy) == (OPEN, UNKNOWN, False)


def test_off_leaves_a_mover_nowhere_and_the_others_where_they_are():
    mover, resting, queue = PulseLog(), PulseLog(), ServoQueue()
    queue.move(resting, SHUT)
    queue.tick(0)
    queue.tick(TRAVEL_MS)
    queue.move(mover, OPEN)
    queue.tick(TRAVEL_MS + 1)
    queue.off()
    assert (mover.position, resting.position, queue.moving) == (UNKNOWN, SHUT, 0)


def test_a_full_queue_says_so():
    queue = ServoQueue(size=2)
    for _ in range(2):
        queue.move(PulseLog(), OPEN)
    with pytest.raises(ValueError, match="2 servos wait"):
        queue.move(PulseLog(), OPEN)


@pytest.mark.parametrize("position", [UNKNOWN, MOVING, 7])
def test_servos_go_to_open_or_shut_only(position):
    with pytest.raises(ValueError, match="OPEN or SHUT"):
        ServoQueue().move(PulseLog(), position)


@pytest.mark.parametrize(("open_us", "shut_us"), [(2300, 1100), (1900, 700)])
def test_pulses_outside_the_limits_are_refused(open_us, shut_us):
    with pytest.raises(ValueError, match="allowed are 800..2200"):
        Servo(None, open_us, shut_us)


@pytest.fixture
def board():
    """Two servos on pins 0 and 1, which share a PWM slice; their pulses as (start, width) in s."""
    board = EmulatedBoard()
    board.pulses = {pin: pulse_log(board, pin) for pin in (0, 1)}
    board.run("""
        from machine import Pin
        from fsw.drivers.servo import OPEN, SHUT, Servo
        left = Servo(Pin(0), 1900, 1100)
        right = Servo(Pin(1), 2000, 1000)
    """)
    return board


def pulse_log(board, pin):
    pulses, rose = [], []

    def changed(*_):
        if board.chip.mcu.gpio[pin].output_value:
            rose[:] = [board.time_s]
        elif rose:
            pulses.append((rose[0], board.time_s - rose[0]))
            rose.clear()

    board.chip.mcu.gpio[pin].add_listener(changed)
    return pulses


def test_pins_are_quiet_before_the_first_command(board):
    board.pass_time(0.1)
    assert board.pulses == {0: [], 1: []}


def test_pulses_have_the_commanded_width_at_50_hz(board):
    board.run("left.command(OPEN)")
    board.pass_time(0.2)
    starts, widths = zip(*board.pulses[0], strict=True)
    assert all(abs(width - 1.9e-3) < 1e-6 for width in widths)
    assert all(abs(b - a - 0.02) < 1e-5 for a, b in zip(starts, starts[1:], strict=False))
    assert board.pulses[1] == []


def test_servos_on_one_pwm_slice_do_not_disturb_each_other(board):
    board.run("left.command(OPEN)")
    board.pass_time(0.1)
    board.run("right.command(SHUT)")
    board.pass_time(0.1)
    board.run("left.arrived()")
    board.pass_time(0.03)
    ended = len(board.pulses[0])
    running = len(board.pulses[1])
    board.pass_time(0.1)
    assert len(board.pulses[0]) == ended
    assert len(board.pulses[1]) >= running + 4
    assert all(abs(width - 1.9e-3) < 1e-6 for _, width in board.pulses[0])
    assert all(abs(width - 1.0e-3) < 1e-6 for _, width in board.pulses[1])


def test_moves_take_no_heap_once_the_pwm_exists(board):
    board.run("""
        import micropython
        from fsw.drivers.servo import ServoQueue
        queue = ServoQueue()
        left.command(OPEN)
        left.arrived()
        def cycle():
            micropython.heap_lock()
            queue.move(left, SHUT)
            queue.tick(0)
            queue.tick(500)
            micropython.heap_unlock()
            return left.position == SHUT
    """)
    assert board.value("cycle()") is True
