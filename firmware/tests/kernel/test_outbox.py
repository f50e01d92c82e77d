"""What waits for a host that does not read: in order, whole, and with room kept for alarms."""

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from fsw.kernel.outbox import Outbox
from fsw.link.telemetry import ACKNOWLEDGEMENT, ALARM

frames = st.binary(min_size=1, max_size=257).map(lambda data: data.replace(b"\0", b"\1") + b"\0")
steps = st.lists(
    st.one_of(
        st.tuples(frames, st.sampled_from([ACKNOWLEDGEMENT, ALARM])),
        st.integers(0, 320),  # so many bytes could be sent
    ),
    max_size=60,
)


def taken(outbox, limit):
    count = outbox.whole_frames(limit)
    data = bytes(outbox.buffer[outbox.start : outbox.start + count])
    outbox.forget(count)
    return data


@given(steps)
def test_frames_come_out_whole_and_in_order(steps):
    outbox, kept = Outbox(), deque()
    for step in steps:
        if isinstance(step, int):
            data = taken(outbox, step)
            assert len(data) <= step
            while data:
                frame = kept.popleft()
                assert data.startswith(frame)
                data = data[len(frame) :]
            assert not kept or len(kept[0]) > 0
        else:
            frame, rank = step
            if outbox.put(frame + b"what else is in the buffer", len(frame), rank):
                kept.append(frame)
        assert outbox.used == sum(map(len, kept))


@given(st.lists(frames, min_size=1, max_size=4), st.integers(0, 320))
def test_as_many_as_the_limit_lets(waiting, limit):
    outbox = Outbox()
    for frame in waiting:
        assert outbox.put(frame, len(frame), ALARM)
    first = taken(outbox, limit)
    more = b"".join(waiting)[len(first) :]
    following = more[: more.find(b"\0") + 1]
    assert not following or len(first) + len(following) > limit


def test_a_flood_of_acknowledgements_leaves_room_for_alarms():
    outbox = Outbox()
    acknowledgement, alarm = b"k" * 26 + b"\0", b"a" * 30 + b"\0"
    count = 0
    while outbox.put(acknowledgement, len(acknowledgement), ACKNOWLEDGEMENT):
        count += 1
    assert count >= 40
    for _ in range(8):
        assert outbox.put(alarm, len(alarm), ALARM)
    while outbox.put(alarm, len(alarm), ALARM):
        count += 1
    assert not outbox.put(acknowledgement, len(acknowledgement), ACKNOWLEDGEMENT)
    assert outbox.used <= len(outbox.buffer)
