"""Indexes stay what they were, however old the history grows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hatchwatch.link.history import History
from hatchwatch.link.packets import Echo, Packet, Pong


def packet(number: int) -> Packet:
    return Packet(b"", float(number), 0, 17, 131, 0, Echo(bytes((number % 256,))))


@given(st.integers(0, 60), st.integers(1, 10), st.integers(0, 60))
def test_indexes_never_change(count: int, limit: int, index: int):
    history = History(limit)
    for number in range(count):
        history.append(packet(number))
    assert len(history) == count
    kept = [each.board_time_s for each in history.since(index)]
    assert kept == [float(number) for number in range(count)][max(index, count - len(kept)) :]
    assert len(history.since(0)) >= min(count, limit)
    assert len(history.since(0)) <= 2 * limit + 1


def test_latest_of_a_kind():
    history = History()
    assert history.last is None
    assert history.latest(Echo) is None
    for number in range(3):
        history.append(packet(number))
    history.append(Packet(b"", 9.0, 0, 17, 2, 0, Pong()))
    assert history.latest(Echo) == Echo(b"\x02")
    assert history.latest(Echo, since=3) is None
    assert [body.data for body in history.bodies(Echo, since=1)] == [b"\x01", b"\x02"]
    assert history.last is not None
    assert history.last.body == Pong()
