"""The parameters of a board: read, set, saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hatchwatch.link.commands import command
from hatchwatch.link.dictionary import dictionary
from hatchwatch.link.packets import Report

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hatchwatch.bench.bench import Bench

__all__ = ["read_parameters", "report_settings", "restore_defaults", "save_parameters", "set_parameters"]

SAVE_S = 5.0  # a save waits for a turn of its own


def read_parameters(bench: Bench, names: Sequence[str] = ()) -> dict[str, int]:
    """The values in use, of all parameters without `names`.

    Raises BoardError when the board refuses, WaitTimeoutError when it does not answer.
    """
    wanted = [{"parameter": name} for name in names]
    sent = bench.link.execute(command("report_parameters", parameters=wanted))
    found: dict[str, int] = {}
    for report in bench.link.history.bodies(Report, sent.since):
        if report.name == "parameter_values":
            found.update((str(one["parameter"]), one["value"]) for one in report.fields["parameters"])
    return found


def report_settings(bench: Bench) -> None:
    """Have the board tell all that its decisions depend on: parameters and stored calibration."""
    read_parameters(bench)
    sid = dictionary().telemetry["calibration"].structure
    bench.link.execute(command("report_once", structures=[{"sid": sid}]))


def set_parameters(bench: Bench, values: Mapping[str, int]) -> None:
    """Use these values from now on: all of them or none; errors as for `read_parameters`."""
    rows = [{"parameter": name, "value": value} for name, value in values.items()]
    bench.link.execute(command("set_parameters", parameters=rows))


def save_parameters(bench: Bench) -> None:
    """Keep the values in use over resets; errors as for `read_parameters`."""
    bench.link.execute(command("save_parameters"), timeout_s=SAVE_S)


def restore_defaults(bench: Bench) -> None:
    """Use the default of every parameter; what is saved stays. Errors as for `read_parameters`."""
    bench.link.execute(command("restore_defaults"))
