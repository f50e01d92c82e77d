"""Who and what took part in a run, as rows of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from hatchwatch.evidence.result import Identity, Session

__all__ = ["Identified", "identity_rows"]

Row = tuple[str, str, str]  # what, in words, exact (hash or serial number) or empty


class Identified(Protocol):
    """A document of any kind of run."""

    @property
    def identity(self) -> Identity:
        """What took part."""

    @property
    def session(self) -> Session:
        """When and where."""


def identity_rows(document: Identified) -> list[Row]:
    """Bench, board, image, firmware, tool, emulation, session."""
    identity, session = document.identity, document.session
    rows = [("bench", identity.bench.name, f"sha256 {identity.bench.sha256}"), _board_row(identity)]
    if identity.image is not None:
        exact = f"sha256 {identity.image.sha256}" if identity.image.sha256 else ""
        rows.append(("MicroPython", identity.image.version, exact))
    if identity.firmware is not None:
        rows.append(("firmware", identity.firmware.version, f"dictionary {identity.firmware.dictionary}"))
        if identity.firmware.manifest_sha256:
            rows.append(("files on the board", "", f"manifest sha256 {identity.firmware.manifest_sha256}"))
    rows.append(("tool", f"hatchwatch {identity.tool.version}, Python {identity.tool.python}", ""))
    if identity.emulation is not None:
        emulation = identity.emulation
        rows.append(("emulation", f"seed {emulation.seed}, plant {emulation.plant}", ""))
    rows += [
        ("started", session.started_utc, ""),
        ("finished", session.finished_utc, ""),
        ("port", session.port, ""),
        ("host", session.platform, ""),
    ]
    if session.command:
        rows.append(("command", "", session.command))
    return rows


def _board_row(identity: Identity) -> Row:
    kind = "emulated" if identity.board.kind == "emulated" else "on a serial port"
    exact = f"unit {identity.board.unit_id}" if identity.board.unit_id else ""
    return ("board", f"{identity.board.type}, {kind}", exact)
