"""Frames against the cobs package, and against streams cut anywhere."""

from __future__ import annotations

import itertools

from cobs import cobs
from hypothesis import given
from hypothesis import strategies as st

from hatchwatch.link.frames import FrameSplitter, encode_frame

packets = st.lists(st.binary(min_size=1, max_size=300), max_size=6)


@given(packets, st.lists(st.integers(0, 2000), max_size=8))
def test_packets_survive_any_cut_of_the_stream(sent: list[bytes], cuts: list[int]):
    stream = b"".join(encode_frame(packet) for packet in sent)
    splitter = FrameSplitter()
    received: list[bytes] = []
    edges = sorted({0, len(stream), *(min(cut, len(stream)) for cut in cuts)})
    for start, end in itertools.pairwise(edges):
        received += splitter.feed(stream[start:end])
    assert received == sent
    assert splitter.bad_frames == 0


@given(st.binary(max_size=400), packets)
def test_garbage_costs_at_most_the_frame_it_runs_into(garbage: bytes, sent: list[bytes]):
    splitter = FrameSplitter()
    splitter.feed(garbage)
    received = splitter.feed(b"\0" + b"".join(encode_frame(packet) for packet in sent))
    assert received[len(received) - len(sent) :] == sent


def test_the_frame_is_plain_cobs():
    packet = bytes(range(256)) * 2
    assert cobs.decode(encode_frame(packet)[:-1]) == packet
    assert 0 not in encode_frame(packet)[:-1]


def test_text_of_a_repl_is_kept_to_be_shown():
    splitter = FrameSplitter()
    assert splitter.feed(b"\r\nMicroPython v1.27.0\r\n>>> ") == []
    assert splitter.unfinished.endswith(b">>> ")
    splitter.feed(b"\0")
    assert splitter.bad_frames == 1
    assert b"MicroPython" in splitter.last_bad


def test_a_stream_without_delimiters_does_not_pile_up():
    splitter = FrameSplitter(max_frame_bytes=100)
    splitter.feed(b"x" * 1000)
    assert splitter.unfinished == b""
    assert splitter.bad_frames == 1
