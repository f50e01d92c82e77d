"""Several multiplexers on one bus: only one may have a channel connected, or two sensors answer at once."""


class SharedBusMux:
    """One multiplexer among `others` of the same bus, which it disconnects before it connects a channel."""

    def __init__(self, mux):
        self._mux = mux
        self._connected = False
        self.others = []

    def select(self, channel):
        """Connect `channel` and nothing else on the bus; return False if a multiplexer does not answer."""
        for other in self.others:
            if not other.disconnect():
                return False
        self._connected = True
        return self._mux.select(channel)

    def disconnect(self):
        """Disconnect all channels; return False if the multiplexer does not answer."""
        if self._connected and self._mux.disable():
            self._connected = False
        return not self._connected

    def forget(self):
        """Let the next `select` write in any case."""
        self._connected = True
        self._mux.forget()


def share(muxes, buses):
    """Return `muxes`, of which the n-th is on bus buses[n], such that those of one bus keep out of each
    other's way.
    """
    shared = [SharedBusMux(mux) for mux in muxes]
    for n, mux in enumerate(shared):
        mux.others = [other for m, other in enumerate(shared) if m != n and buses[m] == buses[n]]
        mux.forget()  # the chip keeps its channel over a reset of the board
    return [mux if mux.others else muxes[n] for n, mux in enumerate(shared)]
