from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest

from hatchwatch.errors import BlockedError
from hatchwatch.studies.cluster import ClusterWorkers
from hatchwatch.studies.runner import Run, run_study

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from distributed import LocalCluster

    from hatchwatch.studies.scenarios import Plan


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50
    ) as cluster:
        yield cluster


def test_a_cluster_gives_the_same_rows_as_this_process(
    cluster: LocalCluster, plan: Plan, run: Run, tmp_path: Path
) -> None:
    workers = ClusterWorkers(cluster.scheduler_address, print)
    assert workers.jobs == 2
    done = run_study(plan, tmp_path, workers, lambda *_: None)
    assert [row | {"wall_s": 0} for row in done.rows] == [row | {"wall_s": 0} for row in run.rows]
    assert done.troubles == {}


def test_a_worker_that_goes_away_is_told_and_costs_nothing(
    cluster: LocalCluster, plan: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workers = ClusterWorkers(cluster.scheduler_address, print)
    killed = threading.Event()

    def kill_one(doing: str, done: int, total: int | None) -> None:
        if done >= 3 and not killed.is_set():
            killed.set()
            next(iter(cluster.workers.values())).process.process._process.kill()

    done = run_study(plan, tmp_path, workers, kill_one)
    assert len(done.rows) == len(plan)
    assert done.troubles == {}
    assert "went away; what it was doing is done again" in capsys.readouterr().out


def test_no_scheduler_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(BlockedError, match="No dask scheduler answers"):
        ClusterWorkers(f"tcp://127.0.0.1:{port}", print, connect_s=1)
