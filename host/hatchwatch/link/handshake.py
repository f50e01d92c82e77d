"""Find out who is on the line, bring the firmware back from the MicroPython prompt, and compare versions."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from hatchwatch.errors import BoardError, WaitTimeoutError
from hatchwatch.link.commands import command
from hatchwatch.link.dictionary import dictionary
from hatchwatch.link.frames import DELIMITER
from hatchwatch.link.packets import ACCEPTED, Identity, Packet

if TYPE_CHECKING:
    from collections.abc import Callable

    from hatchwatch.link.link import Link

__all__ = ["check_identity", "identify", "is_alive", "wake_firmware"]

CTRL_C = b"\x03"
INTERRUPT = b"\r\x03\x03"  # Ctrl-C twice: stops a program, empties a line, leaves paste mode
FRIENDLY_PROMPT = b"\x02"  # Ctrl-B: from the raw prompt to the friendly one; only there Ctrl-D starts main.py
SOFT_RESET = b"\x04"
PROMPT_ANSWER_S = 0.3  # of board time
LISTEN_S = 1.5  # housekeeping comes every second
BOOT_S = 6.0  # a slow emulated board's, with sensors that don't answer
START_SLICE_S = 1.0
START_SLICES = 40  # an emulated board on a busy machine takes half a minute for what takes a real one 1 s
PROMPT = ">>>"


def is_alive(link: Link) -> bool:
    """Whether our firmware, of any version, runs on the board, or is about to.

    Listens first, then looks whether MicroPython's prompt answers to the return key, then pings; a board that
    answers nothing may be booting and gets its time. No Ctrl-C is sent, which would stop a start.
    """
    since = len(link.history)
    if not _hears(link, _anything, LISTEN_S, since=since):
        if _shows_prompt(link):
            return False
        if not _answers(link) and not _hears(link, _anything, BOOT_S, since=since):
            return False
    return _answers(link)


def wake_firmware(link: Link) -> bool:
    """Make sure that the firmware runs, and start it from the MicroPython prompt if it does not.

    mpremote leaves the board at the prompt. A firmware that answers is left alone. Returns whether it had to
    be started: then hatch positions are unknown.

    Raises:
        BoardError: nothing answers, or MicroPython does but without our firmware.
        PortError: the port went away.
    """
    if is_alive(link):
        return False
    for keys in (INTERRUPT, FRIENDLY_PROMPT):
        link.stream.write(keys)
        _let_pass(link, PROMPT_ANSWER_S)
    since = len(link.history)
    link.stream.write(SOFT_RESET)
    for _ in range(START_SLICES):
        # What speaks may have been on its way before the keys; an answer is behind them and the start.
        if _hears(link, _anything, START_SLICE_S, since=since) and _answers(link):
            return True
        if link.stream.console_text.rstrip().endswith(PROMPT):
            break
    raise _nobody(link)


def identify(link: Link, timeout_s: float = 2.0) -> Identity:
    """Ask the board who it is.

    Raises:
        WaitTimeoutError: no answer; `wake_firmware` may help.
    """
    sent = link.send(command("identify"))
    packet = link.wait(
        lambda packet: isinstance(packet.body, Identity),
        since=sent.since,
        timeout_s=timeout_s,
        waiting_for="the board's identity",
    )
    assert isinstance(packet.body, Identity)
    return packet.body


def check_identity(identity: Identity, *, bench_name: str, bench_hash: int) -> None:
    """Compare a board with what this installation would deploy for a bench.

    `bench_hash` is the first eight bytes of the SHA-256 of `bench.json`, as a big endian number.

    Raises:
        BoardError: another dictionary, another firmware, no bench file, or another one.
    """
    known = dictionary()
    cure = "Renew the board: hatchwatch deploy --port PORT BENCH"
    if identity.dictionary_hash != known.hash:
        raise BoardError(
            f"The board speaks dictionary {identity.dictionary_hash:08x}, this program {known.hash:08x}: "
            f"its firmware is of another version than {known.firmware_version}.",
            cure=cure,
        )
    if identity.firmware_version != known.firmware_version:
        raise BoardError(
            f"The board runs firmware {identity.firmware_version}, this program {known.firmware_version}.",
            cure=cure,
        )
    if identity.bench_state != "valid":
        text = known.enum_texts["bench_state"][known.enum_value("bench_state", identity.bench_state)]
        raise BoardError(f"The board runs our firmware, but {text}.", cure=cure)
    if identity.bench_name != bench_name or identity.bench_hash != bench_hash:
        raise BoardError(
            f"The board is set up for bench {identity.bench_name} ({identity.bench_hash:016x}), "
            f"this bench is {bench_name} ({bench_hash:016x}).",
            fault="the board's bench file, or the one given here",
            cure=cure,
        )


def _shows_prompt(link: Link) -> bool:
    """Press return, which a firmware that runs or starts takes for a bad frame at worst."""
    link.stream.write(b"\r")
    _let_pass(link, PROMPT_ANSWER_S)
    return link.stream.console_text.rstrip().endswith(PROMPT)


def _answers(link: Link) -> bool:
    """Ping the board; whether the firmware completed this very ping, and so has taken all bytes before it."""
    link.stream.write(DELIMITER)  # keys may stand before the ping
    sent = link.send(command("ping"), without=CTRL_C)

    return _hears(
        link, lambda packet: packet.acknowledges(sent.request_id) > ACCEPTED, LISTEN_S, since=sent.since
    )


def _anything(_: Packet) -> bool:
    return True


def _hears(link: Link, what: Callable[[Packet], bool], timeout_s: float, *, since: int) -> bool:
    """Whether such a packet comes; an unsuccessful wait is no error here."""
    usual_silence_s, link.silence_s = link.silence_s, timeout_s
    try:
        link.wait(what, since=since, timeout_s=timeout_s)
    except WaitTimeoutError:
        return False
    finally:
        link.silence_s = usual_silence_s
    return True


def _let_pass(link: Link, seconds: float) -> None:
    """Give the prompt time to act; it tells nothing that could be waited for."""
    if link.pump is not None:
        link.pump(seconds)
    else:
        time.sleep(seconds)


def _nobody(link: Link) -> BoardError:
    text = link.stream.console_text
    if PROMPT in text or "MicroPython" in text:
        return BoardError(
            f"MicroPython answers on {link.url}, but not our firmware. It said: {text[-200:].strip()!r}",
            cure="Put the firmware on the board: hatchwatch deploy --port PORT BENCH",
        )
    said = f"Only this came: {text[-80:]!r}." if text.strip("\0\r\n ") else "Nothing came back."
    return BoardError(
        f"Nobody answers on {link.url} as a board with MicroPython would. {said}",
        fault="the port, the cable, or the board",
        cure="Check that this is the Pico's port; without MicroPython, flash it first (README, BOOTSEL).",
    )
