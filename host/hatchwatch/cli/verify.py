"""`hatchwatch verify`: the board compares a module that it has shut off with what it lost before."""

from __future__ import annotations

import shlex
import sys
from typing import Annotated

from cyclopts import Parameter

from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.cli.isolate import print_response
from hatchwatch.cli.messages import result_of_error
from hatchwatch.cli.options import BenchName, Json, OutFolder, PlantName, Port, Seed
from hatchwatch.cli.progress import obtain_image
from hatchwatch.cli.response_view import ResponseView
from hatchwatch.evidence.folder import RunFolder
from hatchwatch.evidence.response.session import Surroundings
from hatchwatch.evidence.response.verify import checked_module, run_verification

__all__ = ["verify"]


def verify(
    bench: BenchName,
    module: Annotated[str, Parameter(help="The module that was shut off and repaired.")],
    *,
    port: Port = None,
    plant: PlantName = "quiet",
    seed: Seed = 1,
    out: OutFolder = None,
    json_: Json = False,
) -> int:
    """Let the board measure a module that it has shut off once more, and say what a repair has done.

    No hatch moves unless you agree. The board must have found and shut off the module before: use --port with
    the board on which `hatchwatch isolate` ran, a real one or one that `hatchwatch emulate` runs. Exit codes:
    0 tight or better; 1 same or worse; 2 inconclusive; 3 blocked or error; 130 stopped.
    """
    where = Surroundings(
        bench,
        "verification",
        port=port,
        seed=seed,
        plant=plant,
        out=out,
        command=shlex.join(["hatchwatch", *sys.argv[1:]]),
    )
    file = load_bench_file(find_bench_file(bench))
    named = checked_module(bench, module)
    RunFolder.require_free(out)
    obtain_image(port)
    with result_of_error(as_json=json_), ResponseView(file) as view:
        run = run_verification(where, named, view)
    print_response(run, as_json=json_)
    return run.document.exit_code
