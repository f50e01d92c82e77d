"""The bench: the one object that command line, tests and methods hold."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from hatchwatch.bench.meeting import meet, wait_until_gone
from hatchwatch.bench.readings import ReadingsBlock
from hatchwatch.boards.names import pick
from hatchwatch.deploy.record import recall
from hatchwatch.errors import SensorError, UsageError
from hatchwatch.link.commands import command
from hatchwatch.link.dictionary import dictionary
from hatchwatch.link.packets import Housekeeping, Readings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hatchwatch.bench.emulated import EmulatedBoard
    from hatchwatch.bench.operator import Operator
    from hatchwatch.boards import BenchFile
    from hatchwatch.boards.model import Servo
    from hatchwatch.link.commands import Command
    from hatchwatch.link.link import Link
    from hatchwatch.link.packets import Identity

__all__ = ["Bench", "Position"]

Position = Literal["open", "shut"]

READINGS_MS = 100
TICK_S = READINGS_MS / 1000
MOVE_MARGIN_S = 2.0  # beyond the travel time: acknowledgement, queue, one slow turn of the loop
READINGS_LATE_S = 2.0  # board time without readings after which they are held for lost
MEAN_S = 2.0  # how long an ambient sensor is averaged


class Bench:
    """One bench with a board that runs our firmware. All times are board time.

    Use `open_bench`, which meets the board, starts the readings and ends everything well.
    """

    def __init__(
        self,
        file: BenchFile,
        connect: Callable[[], Link],
        *,
        emulated: EmulatedBoard | None = None,
        operator: Operator | None = None,
    ) -> None:
        """Meet the board over a link made by `connect`; start the readings (errors: `meeting.meet`)."""
        self.file = file
        self.emulated = emulated
        self.operator = operator
        self._connect = connect
        self._cursor = 0  # first packet that `collect` has not handed out yet
        self._waited_until_s = -TICK_S  # when the last wait was over
        self.link: Link
        self.identity: Identity
        self._meet(booting=emulated is not None)

    def close(self) -> None:
        """Let the port go; the board goes on as it is."""
        self.link.close()

    @property
    def names(self) -> dict[str, list[str]]:
        """Names by the indexes that the link uses, for the texts of events."""
        return self.file.part_names

    @property
    def manifest(self) -> bytes | None:
        """Lists the board's files, with the SHA-256 of each; None if they don't come from this computer."""
        return recall(self.identity) if self.emulated is None else self.emulated.manifest

    # --- time and readings -----------------------------------------------------------------------------

    @property
    def board_time_s(self) -> float:
        """Board time of the newest packet."""
        return self.link.board_time_s

    def collect(self, duration_s: float) -> ReadingsBlock:
        """All readings up to `duration_s` from now, and those since the last call: none is lost.

        Raises WaitTimeoutError when readings stop to arrive, PortError when the port goes away.
        """
        since = self._cursor
        self.wait(duration_s)
        self._cursor = len(self.link.history)
        return ReadingsBlock.from_packets(self.link.history.since(since), len(self.file.modules))

    def wait(self, duration_s: float) -> None:
        """Let `duration_s` of board time pass; waits that follow each other add up without a rest."""
        now_s = self.board_time_s
        start_s = self._waited_until_s if 0.0 <= now_s - self._waited_until_s < TICK_S else now_s
        self._waited_until_s = start_s + duration_s
        while self.board_time_s < self._waited_until_s - TICK_S / 2:
            self._wait_for_readings()

    def _wait_for_readings(self) -> None:
        self.link.wait(
            lambda packet: isinstance(packet.body, Readings),
            since=len(self.link.history),
            timeout_s=READINGS_LATE_S,
            waiting_for="the next readings",
        )

    def housekeeping(self) -> Housekeeping:
        """Ask how the firmware does."""
        structure = dictionary().telemetry["housekeeping"].structure
        sent = self.link.execute(command("report_once", structures=[{"sid": structure}]))
        answer = self.link.wait(
            lambda packet: isinstance(packet.body, Housekeeping),
            since=sent.since,
            timeout_s=READINGS_LATE_S,
            waiting_for="the housekeeping report",
        )
        assert isinstance(answer.body, Housekeeping)
        return answer.body

    def check_sensors(self, modules: Sequence[str] | None = None) -> None:
        """Make sure that the sensors of `modules` (all by default) and an ambient one give data.

        Raises SensorError that names each silent one, its place and what is wrong.
        """
        self._wait_for_readings()  # those that come next may have been measured before now
        latest = self.link.wait(
            lambda packet: isinstance(packet.body, Readings),
            since=len(self.link.history),
            timeout_s=READINGS_LATE_S,
            waiting_for="the first readings",
        ).body
        assert isinstance(latest, Readings)
        silent = [
            f"{module.name} ({_place(module.sensor)}): {state.replace('_', ' ')}"
            for module, state in zip(self.file.modules, latest.state, strict=True)
            if state not in {"fresh", "stale"}
            and (modules is None or module.name in modules or module.ambient)
        ]
        if silent:
            raise SensorError(
                f"{len(silent)} of {len(self.file.modules)} sensors give no data: {'; '.join(silent)}.",
                cure="Check power, SDO strap and wires against `hatchwatch boards show`, or leave these "
                "modules out with --modules.",
            )

    def require_crew_clear(self, *, crew_clear: bool) -> None:
        """Refuse to shut hatches of a real bench with crew aboard, unless somebody says that they are clear.

        Raises UsageError.
        """
        aboard = [module.name for module in self.file.modules if module.occupied]
        if aboard and self.emulated is None and not crew_clear:
            raise UsageError(
                f"Hatches would shut, and crew is aboard in {', '.join(aboard)}.",
                cure="Make sure that nobody is cut off from the lifeboat, then add --crew-clear.",
            )

    # --- hatches and injectors -------------------------------------------------------------------------

    def move_hatch(self, name: str, position: Position, *, arm: bool = False) -> None:
        """Move one hatch and wait until it is there, as far as time and pressures tell.

        A hatch to a module that is marked isolated opens only with `arm`, which sends the command for that
        first. How long to wait counts on the board's default parameters for checks and retries.

        Raises UsageError for an unknown name, BoardError when the board refuses or the hatch fails,
        WaitTimeoutError without an answer.
        """
        names = [hatch.name for hatch in self.file.hatches]
        index = _index_of(name, names, "hatch")
        hatch = self.file.hatches[index]
        if arm and position == "open":
            self.link.execute(_called(f"arming {hatch.name}", command("arm_hatch", hatch=index)))
        move = _called(
            f"hatch {hatch.name} {position}", command("move_hatch", hatch=index, position=position)
        )
        self.link.execute(move, timeout_s=_checked_move_s([hatch.servo]))

    def move_injector(self, module: str, position: Position) -> None:
        """Move one module's injector and wait until its travel time is over; errors as for `move_hatch`."""
        fitted = [item for item in self.file.modules if item.injector is not None]
        index = _index_of(module, [item.name for item in fitted], "module with an injector")
        servo = fitted[index].injector
        assert servo is not None
        self.link.execute(
            command("move_injector", injector=index, position=position), timeout_s=_move_s([servo])
        )

    def safe(self) -> None:
        """Put everything into the declared safe state and wait until it is there.

        Hatches to modules that are marked isolated are not opened. Raises BoardError if a hatch failed.
        """
        servos = [hatch.servo for hatch in self.file.hatches]
        servos += [module.injector for module in self.file.modules if module.injector is not None]
        self.link.execute(command("safe"), timeout_s=_checked_move_s(servos))

    # --- start and restart ------------------------------------------------------------------------------

    def reset(self) -> None:
        """Restart the board and meet it again: its time restarts, hatch positions are unknown then."""
        self.link.wait_accepted(self.link.send(command("reset")))
        if self.emulated is None:
            wait_until_gone(self.link)
        self.meet_again()

    def meet_again(self) -> None:
        """Meet a board that has restarted, over a new link; its history starts empty."""
        self.link.close()
        self._meet(booting=True)

    def _meet(self, *, booting: bool) -> None:
        self.link = self._connect()
        self.link.start()
        try:
            self.identity = meet(self.link, self.file, booting=booting)
            self.link.execute(command("readings_start", interval_ms=READINGS_MS))
        except BaseException:
            self.link.close()
            raise
        self._cursor = len(self.link.history)

    # --- surroundings ----------------------------------------------------------------------------------

    def ambient(self) -> tuple[float, float]:
        """Pressure outside and its standard uncertainty, both in Pa.

        From the ambient module if the bench has one. An emulated bench has a barometer on its side channel.
        Raises SensorError when neither is there.
        """
        outside = [index for index, module in enumerate(self.file.modules) if module.ambient]
        if outside:
            block = self.collect(MEAN_S)
            usable = block.usable[:, outside[0]]
            if not usable.any():
                raise SensorError(
                    f"The ambient sensor {self.file.modules[outside[0]].name} gives no data.",
                    cure="Check its wires against `hatchwatch boards show`.",
                )
            mean_pa = float(block.pressure_pa[usable, outside[0]].mean())
            return mean_pa, self.file.sensors.pressure_offset_pa
        if self.emulated is None:
            raise SensorError(
                "Nothing on this bench knows the pressure outside.",
                fault="the bench file: no module is marked ambient",
                cure="Let the test vent and zero the bench, or add an open sensor with `ambient = true`.",
            )
        standard_pa = self.file.ambient.ambient_uncertainty_pa
        return self.emulated.barometer_pa(standard_pa), standard_pa

    def truth(self) -> dict[str, Any] | None:
        """What the plant of an emulated bench knows now; None on a real bench."""
        return None if self.emulated is None else self.emulated.side.truth()


def _move_s(servos: Sequence[Servo]) -> float:
    return sum(servo.travel_ms for servo in servos) / 1000 + MOVE_MARGIN_S


def _checked_move_s(servos: Sequence[Servo]) -> float:
    """How long moves may take that the pressures are asked about, retries counted, by default parameters."""
    parameters = dictionary().parameters
    tries = 1 + parameters["hatch_retries"].default
    return tries * (_move_s(servos) + parameters["hatch_check_s"].default)


def _called(name: str, sent: Command) -> Command:
    """The same command, called by what it is for in errors and recordings."""
    return replace(sent, name=name)


def _index_of(name: str, names: Sequence[str], what: str) -> int:
    return names.index(pick(what, name, names))


def _place(sensor: Any) -> str:
    if sensor.cs is not None:
        return f"{sensor.bus}, chip select GP{sensor.cs}"
    bus = f"mux {sensor.mux} channel {sensor.channel}" if sensor.mux else sensor.bus
    return f"{bus}, address 0x{sensor.address:02x}"
