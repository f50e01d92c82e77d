from __future__ import annotations

import json
import socket
from dataclasses import astuple

import pytest
import serial

from hatchwatch.emulator.flash import build_filesystem, read_filesystem
from hatchwatch.emulator.side import SideChannel
from hatchwatch.errors import EmulatorError

BOOTED_NS = 1_000_000_000
MS = 1_000_000

SCRIPT = (
    b"\r",
    b"import os, time, machine\r",
    b"print([os.urandom(4), time.ticks_us(), machine.reset_cause()])\r",
    b"f = open('x', 'w'); f.write('y' * 5000); f.close(); print(os.statvfs('/'))\r",
    b"for i in range(20): print(i, time.ticks_us()); time.sleep_ms(7)\r\r",
)


class Driver:
    """Drives one emulator in lockstep and keeps what the board says."""

    def __init__(self, process) -> None:
        self.side = process.side
        self.port = serial.serial_for_url(process.serial_url, timeout=20)
        began = self.side.time()
        self.now_ns = began.board_ns
        self._in_total = began.serial_in_total
        self._out_total = began.serial_out_total

    def turn(self, sent: bytes, duration_ns: int) -> bytes:
        self.port.write(sent)
        self._in_total += len(sent)
        reached = self.side.advance(self.now_ns + duration_ns, self._in_total)
        self.now_ns = reached.board_ns
        heard = self.port.read(reached.serial_out_total - self._out_total)
        self._out_total = reached.serial_out_total
        return heard

    def ask(self, line: bytes, duration_ns: int = 50 * MS) -> bytes:
        return self.turn(line + b"\r", duration_ns)

    def use_until_it_fails(self) -> None:
        for _ in range(10):
            self.port.write(b"x")
            self.port.read(1)

    def boot(self) -> None:
        self.turn(b"", BOOTED_NS)
        self.turn(b"\r", 50 * MS)


@pytest.fixture
def driver(start):
    driver = Driver(start(lockstep=True))
    yield driver
    driver.port.close()


def _run_script(process) -> list[object]:
    driver = Driver(process)
    log: list[object] = [driver.turn(b"", 300 * MS)]
    for line in SCRIPT:
        log.append(driver.turn(line, 30 * MS))
        log.append(astuple(process.side.time()))
    log.append(driver.turn(b"", 200 * MS))
    process.side.reset()
    log.append(driver.turn(b"", 400 * MS))
    log.append(driver.turn(b"\rprint(1)\r", 30 * MS))
    process.side.power(on=False)
    process.side.power(on=True)
    log.append(driver.turn(b"", 400 * MS))
    log.append(driver.turn(b"\rprint(2)\r", 30 * MS))
    log.append(astuple(process.side.time()))
    driver.port.close()
    return log


def test_lockstep_gives_the_same_bytes_times_and_cycles_on_any_transport(start):
    logs = [_run_script(start(lockstep=True, seed=3, transport=kind)) for kind in ("pty", "tcp", "pty")]
    assert logs[0] == logs[1] == logs[2]
    said = b"".join(entry for entry in logs[0] if isinstance(entry, bytes))
    assert b"\r\n19 " in said


def test_board_time_stands_still_until_it_is_granted(driver):
    assert driver.side.time().board_ns == 0
    reached_ns = driver.side.advance(5 * MS, 0).board_ns
    assert 5 * MS <= reached_ns < 5 * MS + 200
    assert driver.side.time().board_ns == reached_ns


def test_bytes_beyond_the_total_wait_for_their_turn(driver):
    driver.boot()
    driver.port.write(b"print(1)\rprint(2)\r")
    total = driver.side.time().serial_in_total
    first = driver.turn(b"", 0)
    assert first == b""
    driver._in_total = driver._in_total + len(b"print(1)\r")
    assert b"1\r\n>>> " in driver.turn(b"", 50 * MS)
    assert driver.side.time().serial_in_total >= total
    driver._in_total += len(b"print(2)\r")
    assert b"2\r\n>>> " in driver.turn(b"", 50 * MS)


def test_free_run_and_back(driver):
    driver.side.lockstep(on=False)
    with pytest.raises(EmulatorError, match="advance needs lockstep"):
        driver.side.advance(10**9, 0)
    driver.port.write(b"\rprint('fr' + 'ee')\r")
    driver.port.read_until(b"free")
    driver.side.lockstep(on=True)
    moment = driver.side.time()
    assert moment.board_ns > 0
    assert driver.side.time() == moment


def test_reset_power_and_flash(driver):
    driver.boot()
    driver.ask(b"kept = 1; f = open('kept.txt', 'w'); f.write('here'); f.close()")
    assert read_filesystem(driver.side.flash_read())["kept.txt"] == b"here"
    driver.side.reset()
    driver.boot()
    assert b"NameError" in driver.ask(b"print(kept)")
    assert b"\r\nhere\r\n" in driver.ask(b"print(open('kept.txt').read())")
    driver.side.power(on=False)
    assert driver.side.hello()["powered"] is False
    assert driver.turn(b"print(3)\r", BOOTED_NS) == b""
    driver.side.flash_write(build_filesystem({"other.txt": b"there"}))
    driver.side.power(on=True)
    driver.boot()
    assert b"['other.txt']" in driver.ask(b"import os; print(os.listdir())")


def test_power_cut_at_a_flash_operation(driver):
    driver.boot()
    before = driver.side.flash_operations()
    driver.side.cut_power_at_flash(before + 2)
    driver.ask(b"f = open('x', 'w'); f.write('y' * 5000); f.close()", 200 * MS)
    assert driver.side.flash_operations() == before + 2
    assert driver.side.hello()["powered"] is False
    with pytest.raises(EmulatorError, match="has gone by"):
        driver.side.cut_power_at_flash(before + 2)


def test_time_counts_what_nobody_heard(start):
    process = start(lockstep=True)
    process.side.advance(BOOTED_NS, 0)
    with serial.serial_for_url(process.serial_url) as port:
        port.write(b"\r")
        process.side.advance(2 * BOOTED_NS, 1)
    moment = process.side.time()
    assert moment.serial_out_total + moment.serial_lost_total > 50  # the greeting and a prompt
    assert 500_000 < moment.cycles < 5_000_000


def test_unplugged_port_is_gone_while_the_board_goes_on(driver):
    driver.boot()
    driver.side.unplug()
    with pytest.raises((serial.SerialException, OSError)):
        driver.use_until_it_fails()
    reached = driver.side.advance(driver.now_ns + BOOTED_NS, 0)
    assert reached.board_ns == driver.now_ns + BOOTED_NS


def test_several_clients_are_served(driver):
    with SideChannel(driver.side.address) as second:
        assert second.time() == driver.side.time()
        second.reset()
    assert driver.side.time().board_ns == 0


def test_bare_board_has_no_plant(driver):
    for request in (driver.side.truth, driver.side.vent, lambda: driver.side.fault("stuck", "hatch")):
        with pytest.raises(EmulatorError, match="without a bench file"):
            request()


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"nonsense", "not a line of JSON"),
        (b'{"id": 1, "do": "fly"}', "no command 'fly'; there are: hello, time"),
        (b'{"id": 1, "do": "advance", "until": 5}', "advance: missing a required argument: 'until_ns'"),
        (
            b'{"id": 1, "do": "power", "on": true, "now": 1}',
            "power: got an unexpected keyword argument 'now'",
        ),
        (
            b'{"id": 1, "do": "flash_write", "image": "AAAA"}',
            "a file system image has 868352 bytes, this one 3",
        ),
    ],
)
def test_requests_that_make_no_sense_are_answered_in_words(driver, line, error):
    host, _, port = driver.side.address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(line + b"\n")
        reply = json.loads(connection.makefile().readline())
    assert error in reply["error"]


def test_nobody_at_the_address_is_told():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(EmulatorError, match=f"127.0.0.1:{port} does not answer"):
        SideChannel(f"127.0.0.1:{port}")
