"""Real packets of the emulated board, each read by three decoders that share no code, and what they say.

    python host/benchmarks/decoders.py [--json FILE]

* ours: the codec of `hatchwatch.link`, from the dictionary;
* XTCE: `space-packet-parser` with the file that `hatchwatch dictionary --xtce` writes for this bench;
* spacepackets: headers, time, CRC and acknowledgements by `spacepackets`, and the data bytes, which must be
  those that our codec packs from the values it read.

Every command is built by `spacepackets` alone, from the numbers in `firmware/docs/dictionary.md`. Fails if a
value differs, or if the board accepts a command and does not send what that asks for.
"""

from __future__ import annotations

import argparse
import json
import struct
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import space_packet_parser
from spacepackets.ecss.pus_1_verification import ManagedParams, ManagedParamsVerification, Service1Tm
from spacepackets.ecss.tc import PusTc
from spacepackets.ecss.tm import PusTm

from hatchwatch.bench import Bench, open_bench
from hatchwatch.errors import WaitTimeoutError
from hatchwatch.link.codec import pack_fields, unpack_fields
from hatchwatch.link.dictionary import dictionary
from hatchwatch.link.export.xtce import BenchShape, dictionary_xtce
from hatchwatch.link.export.xtce_names import flattened

BENCH = "pair"
SEED = 1
APID, TIME_BYTES, DATA_AT = 0x42, 6, 19
SETTLE_S = 0.3


@dataclass(frozen=True)
class Order:
    """A command as another program would build it: `answer` is the packet that accepting it promises."""

    service: int
    subtype: int
    data: bytes = b""
    answer: str | None = None
    wait_s: float = SETTLE_S


# Functions of service 8 and all other numbers as the documentation lists them.
ORDERS = (
    Order(17, 1, answer="pong"),
    Order(17, 128, answer="identity"),
    Order(17, 130, b"to and fro", "echo"),
    Order(3, 27, bytes((2, 1, 2)), "housekeeping"),
    Order(3, 27, bytes((1, 3)), "calibration"),
    Order(3, 27, bytes((1, 4)), "response"),
    Order(3, 27, bytes((1, 5)), "alarm"),
    Order(5, 6, bytes((1, 22)), None),  # hatch_moving is not told any more
    Order(5, 7, answer="disabled_events"),
    Order(5, 5, bytes((1, 22))),
    Order(9, 128, answer="time"),
    Order(12, 13, answer="monitoring_status"),
    Order(17, 3, b"\0", "sensor_test"),
    Order(19, 6, answer="action_status"),
    Order(20, 1, b"\0", "parameter_values"),
    Order(20, 3, bytes((2, 22)) + struct.pack(">iBi", 109000, 24, 1)),  # pressure_low over what is there
    Order(20, 3, bytes((1, 21)) + struct.pack(">i", 2), None, 2.5),  # the check is active: it finds that
    Order(8, 1, bytes((11,)), None, 1.5),  # defaults: all is within limits again
    Order(8, 1, bytes((10,)), "event_parameters_saved"),
    Order(8, 1, bytes((1, 0xFF, 0xFF)), "refused"),  # no interval is that long
    Order(8, 1, bytes((3, 0, 2)), None, 0.0),  # door shut ...
    Order(8, 1, bytes((3, 0, 1)), "event_hatch_arrived", 2.0),  # ... or rather open: the first one fails
    Order(8, 1, bytes((4, 1, 1)), "event_injector_arrived", 1.5),
    Order(8, 1, bytes((5,)), None, 1.5),
    Order(8, 1, bytes((3, 0, 2)), "event_hatch_arrived", 1.5),
    Order(8, 1, bytes((9, 1, 1)), "event_module_isolated"),
    Order(8, 1, bytes((8, 0)), "event_hatch_armed"),
    Order(8, 1, bytes((9, 1, 0)), "event_module_isolated"),
    Order(5, 128, bytes(2), "logged_event", 1.0),
)


@dataclass
class Kind:
    """One kind of packet: how many were seen, and how many values each decoder read alike in them."""

    name: str
    packets: int = 0
    values: int = 0
    differences: list[str] = field(default_factory=list)


@dataclass
class Findings:
    """What a whole session brought to light."""

    kinds: dict[str, Kind]
    accepted: int
    refused: list[str]
    unanswered: list[str]

    @property
    def good(self) -> bool:
        return not self.unanswered and not any(kind.differences for kind in self.kinds.values())


def session() -> tuple[list[bytes], Bench]:
    """All packets of a board that is given every order and has a sensor break and come back."""
    packets: list[bytes] = []
    with open_bench(BENCH, seed=SEED, on_packet=lambda _time_s, raw, _body: packets.append(raw)) as bench:
        for number, order in enumerate(ORDERS):
            bench.link.send_packet(build(order, number))
            pass_time(bench, order.wait_s)
        assert bench.emulated is not None
        bench.emulated.side.fault("silence", "right")
        pass_time(bench, 1.5)
        bench.emulated.side.clear("silence", "right")
        pass_time(bench, 2.5)
    return packets, bench


def build(order: Order, number: int) -> bytes:
    """The packet as `spacepackets` makes it, in the second half of the sequence counts."""
    return bytes(
        PusTc(
            apid=APID,
            service=order.service,
            message_subtype=order.subtype,
            app_data=order.data,
            seq_count=8192 + number,
            ack_flags=0b1001,
        ).pack()
    )


def pass_time(bench: Bench, seconds: float) -> None:
    with suppress(WaitTimeoutError):
        bench.link.wait(lambda _: False, since=len(bench.link.history), timeout_s=seconds)


def investigate() -> Findings:
    """Run the session, and read every packet three times."""
    packets, bench = session()
    reader = _reader(bench)
    kinds: dict[str, Kind] = {}
    for raw in packets:
        name, layout, head = _declaration(raw)
        kind = kinds.setdefault(name, Kind(name))
        kind.packets += 1
        _compare(raw, name, layout, head, reader, kind)
    stages = _stages(packets)
    refused, unanswered, accepted = [], [], 0
    for number, order in enumerate(ORDERS):
        stage = stages.get(build(order, number)[:4])
        label = f"[{order.service},{order.subtype}] {order.data.hex()}"
        if stage == 1:
            accepted += 1
            if order.answer is not None and order.answer not in kinds:
                unanswered.append(f"{label}: {order.answer}")
        elif order.answer != "refused" or stage != 2:
            refused.append(label)
    return Findings(kinds, accepted, refused, unanswered)


def _reader(bench: Bench) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.xml"
        path.write_text(dictionary_xtce(dictionary(), BenchShape.of(bench.names)), "utf-8")
        return space_packet_parser.load_xtce(path)


def _declaration(raw: bytes) -> tuple[str, Any, int]:
    """Name, fields and length of the number before them, by the bytes alone."""
    service, subtype, first = raw[7], raw[8], raw[DATA_AT : DATA_AT + 1]
    known = dictionary()
    if service == 5 and subtype <= 4:
        event = known.events[first[0]]
        return f"event_{event.name}", event.layout, 1
    structure = first[0] if service == 3 else None
    entry = known.telemetry_by_type[service, subtype, structure]
    return entry.name, entry.layout, 0 if structure is None else 1


def _compare(raw: bytes, name: str, layout: Any, head: int, reader: Any, kind: Kind) -> None:
    data = raw[DATA_AT + head : -2]
    ours = unpack_fields(layout, data)
    theirs = reader.parse_bytes(raw)
    plain = PusTm.unpack(raw, timestamp_len=TIME_BYTES)  # raises if the CRC is wrong
    pairs: list[tuple[str, Any, Any]] = [
        ("service", theirs["PUS_SERVICE"], plain.service),
        ("subtype", theirs["PUS_SUBTYPE"], plain.message_subtype),
        ("sequence", theirs["PKT_SEQ_COUNT"], plain.seq_count),
        ("message counter", theirs["PUS_MESSAGE_COUNT"], plain.pus_tm_sec_header.message_counter),
        ("time", theirs["BOARD_TIME"].raw_value, int.from_bytes(plain.timestamp, "big")),
        ("data", raw[DATA_AT : DATA_AT + head] + pack_fields(layout, ours), bytes(plain.source_data)),
    ]
    for parameter, value in flattened(name, layout, ours):
        read = theirs[parameter]
        pairs.append((parameter, value, str(read) if isinstance(value, str) else read.raw_value))
    if plain.service == 1:
        pairs += _acknowledgement(raw, ours)
    kind.values += len(pairs)
    kind.differences += [f"{what}: {one!r} and {other!r}" for what, one, other in pairs if one != other]


def _acknowledgement(raw: bytes, ours: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    report = Service1Tm.unpack(
        raw, ManagedParams(TIME_BYTES), ManagedParamsVerification(bytes_step_id=1, bytes_err_code=1)
    )
    pairs = [("request", ours["request_id"].to_bytes(4, "big"), report.tc_req_id.pack())]
    if report.failure_notice is not None:
        notice = report.failure_notice
        pairs.append(("code", ours["code"], notice.code.val))
        pairs.append(("detail", ours["detail"].to_bytes(4, "big", signed=True), bytes(notice.data)))
    return pairs


def _stages(packets: list[bytes]) -> dict[bytes, int]:
    """First acknowledgement of each command, by the first four bytes of its packet."""
    stages: dict[bytes, int] = {}
    for raw in packets:
        if raw[7] == 1:
            stages.setdefault(raw[DATA_AT : DATA_AT + 4], raw[8])
    return stages


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, help="write the findings there, too")
    options = parser.parse_args()
    found = investigate()
    print(f"{'packet':<28} {'packets':>8} {'values':>8}  ours = XTCE = spacepackets")
    names = [*dictionary().telemetry, *(f"event_{event.name}" for event in dictionary().events.values())]
    for name in names:
        kind = found.kinds.get(name)
        if kind is None:
            print(f"{name:<28} {'-':>8} {'-':>8}  not seen in this session")
            continue
        print(
            f"{name:<28} {kind.packets:>8} {kind.values:>8}  {'equal' if not kind.differences else 'DIFFER'}"
        )
        for difference in kind.differences[:3]:
            print(f"    {difference}")
    print(f"{found.accepted} of {len(ORDERS)} commands of spacepackets accepted, 1 to be refused")
    for text in found.refused:
        print(f"    not accepted: {text}")
    for text in found.unanswered:
        print(f"    unanswered: {text}")
    if options.json:
        options.json.write_text(json.dumps(asdict(found), indent=1), "utf-8")
    return 0 if found.good else 1


if __name__ == "__main__":
    sys.exit(main())
