"""Driver for the I2C multiplexer TCA9548A or PCA9548A: eight channels behind one address, up to 400 kHz."""

import micropython


class TCA9548A:
    """One multiplexer.

    Writes only when the channel changes; allocates nothing. Faults of the bus are counted in `bus_errors`;
    after one the connected channel counts as unknown, so that the next `select` writes again.
    """

    def __init__(self, i2c, address=0x70):
        """`i2c` is a `machine.I2C`; `address` 0x70..0x77 is strapped by A2..A0. Writes nothing yet."""
        if not 0x70 <= address <= 0x77:
            raise ValueError("a TCA9548A has address 0x70..0x77, not %s" % hex(address))
        self.bus_errors = 0
        self._write = i2c.writeto
        self._address = address
        self._channels = [bytes((1 << channel,)) for channel in range(8)]
        self._selected = -1  # unknown: the chip keeps its channel over a reset of the board

    @micropython.native
    def select(self, channel):
        """Connect `channel` (0..7) and no other; return False if the chip does not answer."""
        return channel == self._selected or self._put(self._channels[channel], channel)

    def disable(self):
        """Disconnect all channels; return False if the chip does not answer."""
        return self._put(b"\0", -1)

    def forget(self):
        """Let the next `select` write in any case: after power went off, or somebody else used the bus."""
        self._selected = -1

    @micropython.native
    def _put(self, control, channel):
        self._selected = -1
        try:
            self._write(self._address, control)
        except OSError:
            self.bus_errors += 1
            return False
        self._selected = channel
        return True
