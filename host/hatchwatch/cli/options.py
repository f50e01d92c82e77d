"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter, validators

__all__ = ["BenchName", "CrewClear", "Json", "OutFolder", "PlantName", "Port", "Seed"]

BenchName = Annotated[
    str, Parameter(help="A bench file, or the name of a shipped one: station6, pair, single.")
]
Port = Annotated[
    str | None,
    Parameter(
        name="--port", help="Serial port of a real board (or socket://HOST:PORT). Without it: emulated."
    ),
]
CrewClear = Annotated[
    bool, Parameter(name="--crew-clear", negative="", help="Nobody will be cut off by shut hatches.")
]
Seed = Annotated[
    int,
    Parameter(
        name="--seed",
        validator=validators.Number(gte=0),
        help="Seed of the emulated bench: same seed, same run.",
    ),
]
PlantName = Annotated[
    Literal["quiet", "desk"],
    Parameter(
        name="--plant", help="Surroundings of the emulated bench: a quiet room, or a desk with weather."
    ),
]
OutFolder = Annotated[
    Path | None,
    Parameter(
        name="--out",
        help="Folder for the result (JSON), run.mcap and report.html, without an earlier run in it. "
        "By default a new one below runs/, named by date.",
    ),
]
Json = Annotated[bool, Parameter(name="--json", negative="", help="Print the result as JSON.")]
