"""What the alarm of a leak says: since when, how fast, how much, and how long the pressure lasts.

Loaded when there is one, and gone again afterwards.

Gas that expands cools, and for some seconds, until the walls have warmed it, the pressure falls up to k = 7/5
times as fast as the gas leaves; the sensors' own temperature does not show it. So the lower end of the leak's
interval is by so much below what the slope says.
"""

from fsw.station.fixed import isqrt
from fsw.station.graph import members
from fsw.station.onset import Kink, Steady, leak_interval_npa_m3_s, leak_npa_m3_s
from fsw.station.reserve_time import floor_q8_pa, laminar_s, linear_s

_LARGEST = 0x7FFFFFFF


class Alarm:
    """`fields` are those of the report `alarm` in the dictionary; `age_s` is how long the leak lasts already.

    `leak_npa_m3_s` and `reserve_s` are what the event says: the leak, and the shortest time to the floor.
    """

    def __init__(self, station, detector, volume, modules, pressure_pa, now_s, ambient_pa, floor_permille):
        """`modules` are those of the gas volume that leaks, with their pressures; `now_s` is board time."""
        kink = _kink(detector, volume, now_s)
        inside = list(members(modules))
        volume_ul = sum([station.volume_ul[module] for module in inside])
        sd_ul = isqrt(sum([station.volume_sd_ul[module] ** 2 for module in inside]))
        sign = -1 if detector.is_below(volume) else 1
        leak = sign * leak_npa_m3_s(kink.slope_upa_s, volume_ul)
        interval = [sign * end for end in leak_interval_npa_m3_s(kink, volume_ul, sd_ul)]
        known = [pressure_pa[module] for module in inside if pressure_pa[module]]
        difference_q8 = abs(sum(known) // len(known) - ambient_pa) << 8
        floor_q8 = floor_q8_pa(difference_q8, floor_permille)
        slopes = (kink.slope_upa_s, kink.slope_low_upa_s, kink.slope_high_upa_s)
        loss_upa_s = -sign * kink.slope_upa_s
        most_upa_s = max([-sign * slope for slope in slopes])
        self.age_s = kink.age_s
        self.leak_npa_m3_s = _within(leak)
        self.reserve_s = linear_s(difference_q8, floor_q8, most_upa_s)
        self.fields = (
            modules,
            now_s,
            now_s - kink.age_s,
            now_s - kink.age_high_s,
            now_s - kink.age_low_s,
            _within(kink.slope_upa_s),
            _within(kink.slope_low_upa_s),
            _within(kink.slope_high_upa_s),
            self.leak_npa_m3_s,
            _within(_warm(min(interval))),
            _within(max(interval)),
            linear_s(difference_q8, floor_q8, loss_upa_s),
            laminar_s(difference_q8, floor_q8, loss_upa_s),
            self.reserve_s,
        )


def _kink(detector, volume, now_s):
    deviation_q12_pa = detector.deviation_q12_pa(volume, 2)
    if detector.is_steady(volume):
        learned_s, more_s = detector.learned_s(volume)
        return Steady(
            detector.slope_upa_s(volume), deviation_q12_pa, learned_s, min(learned_s + more_s, now_s), now_s
        )
    residuals, learned_s = detector.residuals(volume)
    return Kink(residuals, deviation_q12_pa, learned_s)


def _warm(leak_npa_m3_s):
    return leak_npa_m3_s * 5 // 7 if leak_npa_m3_s > 0 else leak_npa_m3_s


def _within(value):
    return max(-_LARGEST, min(value, _LARGEST))
