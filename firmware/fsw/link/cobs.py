"""Consistent Overhead Byte Stuffing (Cheshire and Baker, 1999): no zeros inside, so that zero can end it."""

# ptr8 and the like are names of viper; ruff checks all others.
# pyright: reportUndefinedVariable=false

import micropython


@micropython.viper
def cobs_encode(data: ptr8, count: int, frame: ptr8) -> int:
    """Write the frame of the first `count` bytes, its closing zero included; return the frame's length.

    `frame` must hold count + count // 254 + 2 bytes and be another buffer.
    """
    code_at = 0
    end = 1
    i = 0
    while i < count:
        byte = data[i]
        i += 1
        if byte:
            frame[end] = byte
            end += 1
            # A full block is followed by a new one, but not at the end of the packet.
            if end - code_at < 255 or i == count:
                continue
        frame[code_at] = end - code_at
        code_at = end
        end += 1
    frame[code_at] = end - code_at
    frame[end] = 0
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
