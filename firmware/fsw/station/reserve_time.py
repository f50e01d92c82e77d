"""How long until a leak brings a gas volume down to its pressure floor, in whole seconds.

All differences are those to the pressure outside, without sign: above it or below, a leak makes them smaller.
With r = how fast the difference D shrinks now, and F the difference at the floor (Bernoulli and Poiseuille;
derivations: D shrinks with the flow, which is constant, as D, or as the root of D):

    linear    (D - F)/r                        always the shortest: the safe one
    laminar   D/r ln(D/F)                      capillary, most small leaks
    orifice   2 D/r (1 - sqrt(F/D))            hole in a thin wall
"""

from fsw.station.fixed import isqrt, ln_q16

FOREVER = 0xFFFFFFFF


def floor_q8_pa(start_q8_pa, floor_permille):
    """Return the difference to outside at the floor: `floor_permille` of the one there was at the start."""
    return abs(start_q8_pa) * floor_permille // 1000


def linear_s(difference_q8_pa, floor_q8_pa, loss_upa_s):
    """Return (D - F)/r; 0 at the floor and beyond, FOREVER if nothing is lost."""
    return _seconds(difference_q8_pa - floor_q8_pa, loss_upa_s)


def laminar_s(difference_q8_pa, floor_q8_pa, loss_upa_s):
    """Return D/r ln(D/F); 0 at the floor and beyond, FOREVER if nothing is lost or the floor is outside's."""
    if difference_q8_pa <= floor_q8_pa:
        return 0
    if floor_q8_pa <= 0:
        return FOREVER
    fold_q16 = ln_q16((difference_q8_pa << 16) // floor_q8_pa)
    fall_q8_pa = difference_q8_pa * fold_q16 >> 16
    least_q8_pa = difference_q8_pa - floor_q8_pa  # near the floor a logarithm of 16 bits may fall below it
    return _seconds(max(fall_q8_pa, least_q8_pa), loss_upa_s)


def orifice_s(difference_q8_pa, floor_q8_pa, loss_upa_s):
    """Return 2 D/r (1 - sqrt(F/D)); 0 at the floor and beyond, FOREVER if nothing is lost."""
    if difference_q8_pa <= floor_q8_pa:
        return 0
    return _seconds(2 * (difference_q8_pa - isqrt(difference_q8_pa * floor_q8_pa)), loss_upa_s)


def _seconds(fall_q8_pa, loss_upa_s):
    if fall_q8_pa <= 0:
        return 0
    if loss_upa_s <= 0:
        return FOREVER
    return min(fall_q8_pa * 15625 // (4 * loss_upa_s), FOREVER)  # 1e6/256
