"""The byte parser: frames pass whole, noise never does, and Ctrl-C is told from data."""

from cobs import cobs
from hypothesis import given
from hypothesis import strategies as st
from spacepackets.ecss.tc import PusTc

from fsw.link.parser import BAD_FRAME, FRAME, INTERRUPT, NOTHING, FrameParser


def command(data=b"", sequence=0, apid=0x42):
    packet = PusTc(apid=apid, service=17, message_subtype=130, app_data=data, seq_count=sequence)
    return cobs.encode(packet.pack()) + b"\0"


def feed(parser, data):
    """All results but NOTHING, with the frame where there is one."""
    results = []
    for byte in data:
        result = parser.feed(byte)
        if result == FRAME:
            results.append(bytes(parser.buffer[: parser.count]))
        elif result != NOTHING:
            results.append(result)
    return results


@given(st.lists(st.tuples(st.binary(max_size=200), st.integers(0, 16383)), max_size=5))
def test_any_payload_passes(commands):
    frames = [command(data, sequence) for data, sequence in commands]
    assert feed(FrameParser(260), b"".join(frames)) == [frame[:-1] for frame in frames]


def test_every_byte_value_at_every_position_passes():
    parser = FrameParser(260)
    for position in range(24):
        for value in range(256):
            frame = command(bytes(position) + bytes((value,)) + b"\r\x03" * 4)
            assert feed(parser, frame) == [frame[:-1]], (position, value)


def test_mpremote_is_recognised_at_once():
    assert feed(FrameParser(260), b"\r\x03") == [INTERRUPT]
    assert feed(FrameParser(260), command() + b"\r\x03") == [command()[:-1], INTERRUPT]


def test_ctrl_c_typed_by_hand():
    assert feed(FrameParser(260), b"\x03") == [INTERRUPT]
    assert feed(FrameParser(260), b"what is this\r\x03") == [INTERRUPT]
    assert feed(FrameParser(260), b"what is this\x03") == []


def test_ctrl_c_after_a_frame_whose_sender_went_away():
    parser = FrameParser(260)
    assert feed(parser, command(b"unfinished")[:-3]) == []
    assert parser.within_frame
    parser.abandon()
    assert not parser.within_frame
    assert feed(parser, b"\r\x03") == [INTERRUPT]


def test_the_caller_may_go_on_after_an_interrupt():
    parser = FrameParser(260)
    assert feed(parser, b"\r\x03garbage\0") == [INTERRUPT, BAD_FRAME]
    assert feed(parser, command()) == [command()[:-1]]


@given(st.binary(max_size=600), st.binary(max_size=200))
def test_after_noise_and_a_delimiter_a_command_passes(noise, data):
    parser = FrameParser(260)
    feed(parser, noise + b"\0")
    frame = command(data)
    assert feed(parser, frame) == [frame[:-1]]


@given(st.binary(max_size=400))
def test_frames_never_exceed_the_buffer(noise):
    parser = FrameParser(40)
    for byte in noise:
        parser.feed(byte)
        assert parser.count <= 40
        assert len(parser.buffer) == 40


def test_a_frame_that_is_too_long_is_bad():
    assert feed(FrameParser(20), command(bytes(30))) == [BAD_FRAME]


def test_empty_frames_are_nothing():
    assert feed(FrameParser(20), b"\0\0\0") == []
