"""Fuzzed frames against the codecs of both sides and against the whole firmware; counts must add up."""

import random
from collections import Counter
from itertools import pairwise

import fuzz

from fsw.link import telecommand
from fsw.link.parser import BAD_FRAME, FRAME, FrameParser
from hatchwatch.link.frames import FrameSplitter
from hatchwatch.link.packets import PacketError, Verification, parse_packet

LINE_BYTES_PER_S = 20_000  # what the board takes in at least, commands among it
AT_ONCE = 250  # frames


def outcome(parser, line):
    """What the firmware's parser makes of one frame with its delimiter; Ctrl-C it leaves to its caller."""
    results = Counter()
    for byte in line:
        result = parser.feed(byte)
        if result == FRAME:
            opened = telecommand.open_telecommand(parser.buffer, parser.count)
            results["command" if opened else fuzz.BAD] += 1
        elif result == BAD_FRAME:
            results[fuzz.BAD] += 1
    return results


def through_the_parser(rng, count):
    """Feed frames to the firmware's codec under CPython; return how many became what."""
    parser = FrameParser(fuzz.LONGEST_FRAME)
    cases, expected = fuzz.some(fuzz.Commands(rng), count)
    rng.shuffle(cases)
    for case in cases:
        wanted = {fuzz.BAD: {fuzz.BAD: 1}, fuzz.NOTHING: {}}.get(case.becomes, {"command": 1})
        assert outcome(parser, case.line) == wanted, (case.becomes, case.line.hex(" "))
    return expected


def through_the_host(rng, count):
    """Feed telemetry and noise to the host's codec in pieces; return how many became what."""
    splitter = FrameSplitter()
    contents = [content for content, _ in zip(fuzz.telemetry(rng), range(count))]
    expected = sum(map(fuzz.is_telemetry, contents))
    stream = b"\0".join((*contents, b""))
    bodies = Counter()
    while stream:
        size = rng.randint(1, 4000)
        for raw in splitter.feed(stream[:size]):
            try:
                bodies[type(parse_packet(raw).body).__name__] += 1
            except PacketError:
                splitter.reject(raw)
        stream = stream[size:]
    assert bodies.total() == expected
    assert bodies.total() + splitter.bad_frames == count
    return Counter(packets=expected, bad=splitter.bad_frames) + bodies


def through_the_board(board, rng, count):
    """Send frames as fast as USB takes them; return how many became what.

    Every frame must be accepted, refused or counted as bad; no servo moves, no turn slips, no packet is
    lost.
    """
    frames = fuzz.Commands(rng)
    board.pass_time(1.1)
    before, since = board.housekeeping(), len(board.packets) - 1
    levers = board.world.devices.truth()["servos"]
    expected = Counter()
    while expected.total() < count:
        cases, counts = fuzz.some(frames, min(AT_ONCE, count - expected.total()))
        rng.shuffle(cases)
        expected += counts
        line = b"".join(case.line for case in cases)
        board.write(line)
        board.pass_time(len(line) / LINE_BYTES_PER_S)
    board.pass_time(2.1)
    after = board.housekeeping()
    assert (after.commands_accepted - before.commands_accepted) % 65536 == expected[fuzz.ACCEPTED]
    assert (after.commands_refused - before.commands_refused) % 65536 == expected[fuzz.REFUSED]
    assert (after.frames_bad - before.frames_bad) % 65536 == expected[fuzz.BAD]
    assert after.slips == before.slips
    assert after.packets_dropped == before.packets_dropped
    assert after.boot_count == before.boot_count
    assert set(after.hatches) == {"unknown"}
    assert board.world.devices.truth()["servos"] == levers
    packets = board.packets[since:]
    assert all((later.sequence - packet.sequence) % 16384 == 1 for packet, later in pairwise(packets))
    assert "internal_error" not in board.events(since)
    return expected


def answer_to_a_good_command_s(board):
    """Send a ping; return the time to its acceptance, which must be the first answer."""
    since, sent_s = len(board.packets), board.chip.board_ns / 1e9
    request = board.send("ping")
    board.pass_time(0.1)
    answers = [packet for packet in board.packets[since:] if isinstance(packet.body, Verification)]
    assert [packet.body.stage for packet in answers] == ["accepted", "completed"]
    assert {packet.body.request_id for packet in answers} == {request}
    return answers[0].board_time_s - sent_s


def seeded(seed):
    return random.Random(seed)
