"""The hot path of the BMP280 driver: from one burst to pressure and temperature, in integers, without heap.

The formula is the one of the datasheet (BST-BMP280-DS001-26, section 8.1), with t_fine kept as a real number
as in the worked example of section 3.12. `fold` turns the trimming values into 13 integers once; `sample`
evaluates

    x = adc_T - centre                       d = d0 + x*(b + x*a)                         °C above 25 °C
    n = 2^20 - adc_P - o0 - d*(o1 + d*o2)    g = g0 + d*(g1 + d*g2)                       steps 1 to 7
    p = n/g                                  P = p + p*(P8 + p*P9/2^16)/2^19 + P7/16      steps 8 to 10

in fixed point ("q8" in a name: units of 1/256). Products of two numbers of 25 bits are put together from
halves of 12 to 14 bits, so that no intermediate value leaves 32 bits; n/g is one division by 16 bits and one
Newton step. Over 300..1100 hPa and -40..85 °C the result stays within 0.006 Pa and 0.00003 °C of the
double-precision formula (0.002 Pa of that is the rounding to 1/256 Pa); firmware/benchmarks measures it.

The same source runs on the board (viper) and under CPython, with the same bits.
"""

# ptr8 and the like are names of viper; ruff checks all others.
# pyright: reportUndefinedVariable=false

from struct import pack_into

import micropython
from micropython import const

# What `sample` returns.
FRESH = 0  # results are valid
STALE = 1  # the same six bytes several times in a row: no conversion takes place; results left as they were
SKIPPED = 2  # the chip holds no measurement: none since its reset, or it lost its settings; results left
BUS_ERROR = 3  # no answer, retry included; results left
OUT_OF_RANGE = 4  # far outside of what the chip can measure; results left

# The work area: 32-bit words, of which the first two hold the six bytes of the burst.
_ADDRESS = const(2)
_STALE_AFTER = const(3)
_REPEATS = const(4)
_LAST_P = const(5)
_LAST_T = const(6)
_SMOOTH = const(7)
_SMOOTH_D = const(8)
_CENTRE = const(9)
_A = const(10)
_B = const(11)
_D0 = const(12)
_O0 = const(13)
_O1 = const(14)
_O2 = const(15)
_G0 = const(16)
_G1 = const(17)
_G2 = const(18)
_P7 = const(19)
_P8 = const(20)
_P9 = const(21)
_MISSED = const(22)  # 1: the last burst failed
_WORDS = const(23)
MISSED_BYTE = 4 * _MISSED

_JUMP_Q18_C = const(5243)  # 0.02 °C: a larger step is no noise, the low-pass starts anew there


def work_area():
    """Return an empty work area; its first six bytes receive the burst."""
    return bytearray(4 * _WORDS)


def _nearest(numerator, denominator):
    return (2 * numerator + denominator) // (2 * denominator)


def fold(work, trimming, address, stale_after, smooth):
    """Fill the work area of `sample`.

    `trimming` is (T1, T2, T3, P1, ... P9) of the datasheet, already found plausible. `address` goes to the
    bus with every burst. The same six bytes repeated `stale_after` times are STALE. `smooth` 1..6 passes the
    temperature through a low-pass of 2^smooth readings before it corrects the pressure; 0 takes it as is.
    """
    t1, t2, t3, p1, p2, p3, p4, p5, p6, p7, p8, p9 = trimming
    # t_fine = (dt*T2*2^20 + dt^2*T3)/2^34, dt = adc_T - 16*T1. At 25 °C it is 128000: Newton finds that dt.
    dt = _nearest(128000 << 14, t2)
    for _ in range(3):
        dt += _nearest((128000 << 34) - ((dt * t2) << 20) - dt * dt * t3, t2 << 20)
    pack_into(
        "<21i",
        work,
        8,
        address,
        stale_after,
        0,
        -1,  # no measurement yet
        -1,
        smooth,
        1 << 30,  # far from any temperature: the low-pass starts with the first reading
        16 * t1 + dt,
        # d = (t_fine - 128000)/5120 in 2^-18 °C: the polynomial t_fine(dt + x) times 51.2
        _nearest(t3 << 5, 5),
        _nearest(((t2 << 20) + 2 * dt * t3) << 8, 5 << 17),
        _nearest((((dt * t2) << 20) + dt * dt * t3 - (128000 << 34)) << 8, 5 << 34),
        # o = 16*P4 + v*P5/2^13 + v^2*P6/2^29 in 1/256 LSB, where v = t_fine/2 - 64000 = d/102.4
        (1 << 28) - (p4 << 12),
        (p5 * 5) << 15,
        p6 * 25,
        # g = P1/6250*(1 + v*P2/2^34 + v^2*P3/2^53) in 2^-26 LSB/Pa
        _nearest(p1 << 26, 6250),
        _nearest((p1 * p2) << 8, 625),
        _nearest(p1 * p3, 500),
        (p7 << 8) + 8,
        p8 << 10,
        p9,
        0,
    )


def sampler(sensor, read_into, work, results):
    """Return the function `sample()` that reads the newest measurement and returns a status.

    It calls `read_into(address, register, buffer)` for one burst of six bytes and leaves the pressure in
    1/256 Pa in `results[0]`, the temperature in 1/65536 °C in `results[1]`, an array of type "i". Where the
    bus fails it returns what `sensor.on_bus_error()` returns; for the same bytes again and again,
    `sensor.on_unchanged()`.

    Reading and arithmetic share one function that has captured what it needs: on the board a call costs half
    as much as the arithmetic, an attribute looked up a quarter, one stored half. Not more than five things
    may be captured, or the call takes heap.
    """
    raw = memoryview(work)[:6]

    @micropython.viper
    def sample() -> int:
        k = ptr32(work)
        try:
            read_into(k[_ADDRESS], 0xF7, raw)
        except OSError:
            return int(sensor.on_bus_error())
        k[_MISSED] = 0
        byte = ptr8(k)
        adc_p = byte[0] << 12 | byte[1] << 4 | byte[2] >> 4
        adc_t = byte[3] << 12 | byte[4] << 4 | byte[5] >> 4
        if adc_p == k[_LAST_P] and adc_t == k[_LAST_T]:
            k[_REPEATS] += 1
            if k[_REPEATS] < k[_STALE_AFTER]:
                return 0
            return int(sensor.on_unchanged())
        if adc_p == 0x80000 and adc_t == 0x80000:  # alone, either may be a measurement
            return 2
        x = adc_t - k[_CENTRE]
        if (x + 0x40000) >> 19:  # some 80 K away from 25 °C
            return 4

        # d in 2^-18 °C, 25 bits
        c = ((x >> 1) * k[_A] >> 13) + k[_B]
        d = (((x * (c & 0xFFF) >> 12) + x * (c >> 12)) >> 5) + k[_D0]
        n = k[_SMOOTH]
        if n:
            c = d - k[_SMOOTH_D]
            if c > -_JUMP_Q18_C and c < _JUMP_Q18_C:
                d -= c - (c >> n)
            k[_SMOOTH_D] = d
        high = d >> 12
        low = d & 0xFFF

        # n = 2^20 - adc_P - o in 1/256 LSB, 28 bits
        c = ((d >> 6) * k[_O2] >> 4) + k[_O1]
        ch = c >> 12
        n = k[_O0] - (adc_p << 8) - ((((high * (c & 0xFFF) + low * ch) >> 12) + high * ch) >> 5)

        # g in 2^-26 LSB/Pa, 29 bits
        c = k[_G2]
        c = (((low * c >> 12) + high * c) >> 6) + k[_G1]
        ch = c >> 12
        g = ((((high * (c & 0xFFF) + low * ch) >> 12) + high * ch) >> 2) + k[_G0]

        # p = n/g in 1/4096 Pa, 29 bits: 1/g from its upper half, corrected to first order by the remainder
        ch = g >> 13
        r = 0x3FFFFFFF // ch  # 2^30 itself would be a big integer
        p = ((n & 0x3FFF) * r >> 13) + ((n >> 14) * r << 1)
        c = ((0x3FFFFFFF - ch * r) << 13) - (g & 0x1FFF) * r
        p += (p >> 15) * (c >> 14) >> 14

        # P = p + p*(P8 + p*P9/2^16)/2^19 + P7/16
        high = p >> 14
        low = p & 0x3FFF
        c = k[_P9]
        c = (((low * c >> 14) + high * c) >> 4) + k[_P8]
        ch = c >> 12
        p += (((high * (c & 0xFFF) >> 12) + (low * ch >> 14) + high * ch) >> 3) + k[_P7]
        if p >> 29:  # below 0 or over 1310 hPa
            return 4
        k[_LAST_P] = adc_p
        k[_LAST_T] = adc_t
        k[_REPEATS] = 0
        out = ptr32(results)
        out[0] = p >> 4
        out[1] = (d >> 2) + 1638400
        return 0

    return sample
