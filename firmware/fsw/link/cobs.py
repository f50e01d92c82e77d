"""Consistent Overhead Byte Stuffing (Cheshire and Baker, 1999): no zeros inside, so that zero can end it."""

# ptr8 and the like are names of viper; ruff checks all others.
# pyright: reportUndefinedVariable=false

import micropython


@micropython.viper
def cobs_encode(frame: ptr8, count: int) -> int:
    """Turn the packet frame[1 : count + 1] into its frame where it lies; return the frame's length.

    Each zero gives way to the distance of the next one, so there may be 254 bytes without a zero at the end
    of the packet, and 253 before a zero. 22 cycles for a byte on the RP2040; copying them takes 50 more.
    """
    end = count + 1
    frame[end] = 0
    zero_at = end
    while count:
        if frame[count] == 0:
            frame[count] = zero_at - count
            zero_at = count
        count -= 1
    frame[0] = zero_at
    return end + 1


@micropython.viper
def cobs_decode(data: ptr8, count: int) -> int:
    """Decode the first `count` bytes (without the closing zero) in place; return the packet's length.

    Returns -1 if a block goes beyond the end: the frame is damaged.
    """
    end = 0
    i = 0
    while i < count:
        code = data[i]
        i += 1
        stop = i + code - 1
        if code == 0 or stop > count:
            return -1
        while i < stop:
            data[end] = data[i]
            end += 1
            i += 1
        if code < 255 and i < count:
            data[end] = 0
            end += 1
    return end
