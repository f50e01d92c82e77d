"""Two multiplexers on one bus: never two channels at once."""

from hypothesis import given
from hypothesis import strategies as st

from fsw.station.muxes import share


class Chip:
    """What matters of a TCA9548A: which channel is connected, and whether it answers."""

    def __init__(self):
        self.channel = 7  # as somebody left it
        self.answers = True

    def select(self, channel):
        if self.answers:
            self.channel = channel
        return self.answers

    def disable(self):
        if self.answers:
            self.channel = None
        return self.answers

    def forget(self):
        pass


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 7)), min_size=1, max_size=20))
def test_only_one_channel_of_a_bus_is_connected(selections):
    chips = [Chip(), Chip(), Chip()]
    muxes = share(chips, [0, 1, 0])
    for n, channel in selections:
        assert muxes[n].select(channel)
        assert chips[n].channel == channel
        if n != 1:
            assert [chips[0].channel, chips[2].channel].count(None) == 1


def test_a_mux_alone_on_its_bus_is_left_as_it_is():
    chips = [Chip(), Chip()]
    assert share(chips, [0, 1]) == chips


def test_a_mux_that_does_not_let_go_is_an_error():
    chips = [Chip(), Chip()]
    first, second = share(chips, [0, 0])
    assert first.select(1)
    chips[0].answers = False
    assert not second.select(2)
    chips[0].answers = True
    assert second.select(2)
    assert chips[0].channel is None
