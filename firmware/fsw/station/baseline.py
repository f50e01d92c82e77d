"""What a gas volume should hold: a straight line through its past, carried on.

The line is fitted to means of 1 s in an expanding memory that fades over `baseline_s` (Morrison, Introduction
to Sequential Smoothing and Prediction, 1969), so normal loss and slow drifts are baseline. It ends a quarter
of its memory ago and is carried on from there, so a leak is not learned while it is looked for. A temperature
that moves shortens the memory, and what it may have done to the residuals is allowed for.

The same source runs on the board (viper) and under CPython, with the same bits.
"""

# ptr8 and the like are names of viper; ruff checks all others.
# pyright: reportUndefinedVariable=false

import micropython
from micropython import const

_WATCHED = const(1)  # states
_HELD = const(2)
_LEARN_S = const(52)  # places of parameters
_BASELINE_S = const(53)
_AMBIENT_PA = const(55)

# Of the words of a gas volume; `detection` has them all.
_LEVEL = const(0)
_SLOPE = const(1)
_START = const(2)
_START_REST = const(3)
_LENGTH = const(4)
_LAG = const(5)
_STATE = const(7)
_BELOW = const(8)
_OLD = const(12)
_OLDS = const(13)
_DEPARTURES = const(14)
_SENSORS = const(15)
_MEMORY_S = const(16)
_PRESSURE_PA = const(17)
_ALLOWANCE = const(19)
_ERRORS = const(20)
_CALM_S = const(21)
_STIRRED_S = const(22)
_SLOW_CUSUM = const(44)
_SLOW_THRESHOLD = const(46)

_STEEPEST = const(0x20000000)  # slope, q24 Pa/s: 32 Pa/s
_STEEPER = const(0x800000)  # the same in q18
_LONGEST_LAG_S = const(96)
_BEGUN_S = const(32)  # carried on while nothing is learned, a line through less leads anywhere: begin anew
_STEADY_S = const(32)  # memory of a temperature that does not move
_CHANCE_Q20_K = const(4000)  # 3.8 mK: three deviations of a mean of one temperature by noise
_ALLOWED = const(12)  # nine times 345 Pa/K, from q20 to q12: what moves has moved on, and the chip lags
_SURE_S = const(64)  # memory of a temperature from which its noise is small
_UNSURE_Q12_PA = const(14000)  # three deviations of what one temperature's noise does, times root of memory
_EARLIER_S = const(6)  # a temperature moves before that is seen, and has still to be followed when no more is
_RING = const(128)  # seconds in the history
_SIDE_PA = const(16)  # nearer to ambient a volume stays on the side where it was
_INVERSE_ROOTS = bytes((255, 255, 181, 148, 128, 114, 105, 97, 91, 85, 81, 77, 74, 71, 68, 66, 64))  # q8


@micropython.viper
def follow(volume, parameters):  # noqa: C901 - a call in viper costs more than what it would take out
    """Take what the sensors said at the lag into the line, and carry it on to the second that begins."""
    v = ptr32(volume)
    parameter = ptr32(parameters)
    n = v[_LENGTH]
    if v[_MEMORY_S] < _STEADY_S and n > v[_MEMORY_S] << 2:
        n = v[_MEMORY_S] << 2
    lag = v[_LAG]
    slope = v[_SLOPE]
    longest = n >> 2
    if longest > _LONGEST_LAG_S:
        longest = _LONGEST_LAG_S
    if lag < longest:  # time stands still
        lag += 1
    else:
        rise = (slope >> 6) * (lag + 1 - longest)
        lag = longest
        if 2 * v[_SLOW_CUSUM] > v[_SLOW_THRESHOLD]:
            pass  # what may be a leak is not learned
        elif v[_OLDS] == 0:
            n -= n >> 4
        elif lag <= v[_STIRRED_S] + _EARLIER_S and lag >= v[_CALM_S] - _EARLIER_S:
            n -= (n >> 6) + 1
            if n < _BEGUN_S:
                n = 0
                slope = 0
                v[_SLOPE] = 0
        else:
            n += 1
            if n > parameter[_BASELINE_S]:
                n = parameter[_BASELINE_S]
            error = v[_OLD] // v[_OLDS] - (slope >> 12)
            # 8/(2n + 3) is 2(2n - 1)/(n(n + 1)) to 2 % from n = 3 on
            rise += ((error << 9) + n) // (2 * n + 3)
            part = n * (n + 1)
            error *= 384  # 6/(n(n + 1)), to q24
            if n < 64:
                error = (error + (part >> 1)) // part
                if error > _STEEPER:
                    error = _STEEPER
                if error < 0 - _STEEPER:
                    error = 0 - _STEEPER
                slope += error << 6
            else:
                part >>= 6
                slope += (error + (part >> 1)) // part
            if slope > _STEEPEST:
                slope = _STEEPEST
            if slope < 0 - _STEEPEST:
                slope = 0 - _STEEPEST
            v[_SLOPE] = slope
        rise += v[_START_REST]
        v[_START] += rise >> 6
        v[_START_REST] = rise & 63
        v[_LENGTH] = n
    v[_LAG] = lag
    v[_LEVEL] = v[_START] + ((slope >> 6) * (lag + 1) >> 6)


@micropython.viper
def allow(volume):
    """Set what is allowed for temperatures that move, and note when they do."""
    v = ptr32(volume)
    roots = ptr8(_INVERSE_ROOTS)
    v[_STIRRED_S] += 1
    v[_CALM_S] += 1
    v[_ALLOWANCE] = 0
    sensors = v[_SENSORS]
    if sensors:
        moved = v[_DEPARTURES] // sensors * 8 // 3  # its noise is 3/8 of that of one mean
        if moved < 0:
            moved = 0 - moved
        lately = v[_ERRORS] // sensors
        if lately < 0:
            lately = 0 - lately
        if moved < lately:
            moved = lately
        chance = _CHANCE_Q20_K * roots[sensors] >> 8
        moved -= chance
        if moved > 0:
            v[_ALLOWANCE] = moved * _ALLOWED
            if moved > chance >> 1:
                if v[_CALM_S] > _RING:
                    v[_STIRRED_S] = 0
                v[_CALM_S] = 0
        memory = v[_MEMORY_S]
        if memory < _SURE_S:
            v[_ALLOWANCE] += (_UNSURE_Q12_PA * roots[memory >> 2] >> 9) * roots[sensors] >> 8


@micropython.viper
def judge(volume, parameters):
    """Set the state, and on which side of ambient the volume is."""
    v = ptr32(volume)
    parameter = ptr32(parameters)
    known_s = v[_LENGTH] + v[_LAG]
    if known_s >= parameter[_LEARN_S] or known_s >= parameter[_BASELINE_S]:
        v[_STATE] = _WATCHED
    if v[_STATE] and (known_s < parameter[_LEARN_S] or v[_CALM_S] < _EARLIER_S):
        v[_STATE] = _HELD
    if v[_SENSORS]:
        side = v[_PRESSURE_PA] - parameter[_AMBIENT_PA]
        if side < 0 - _SIDE_PA:
            v[_BELOW] = 1
        if side > _SIDE_PA:
            v[_BELOW] = 0
