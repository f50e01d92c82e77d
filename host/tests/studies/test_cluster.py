from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest

from hatchwatch.errors import BlockedError, UsageError
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


@pytest.mark.parametrize("address", ["foo", "tcp://10.0.0.1", "tcp://:8786", "tcp://x:0", "x:99999", "x:y"])
def test_what_is_no_address_is_told_at_once(address: str) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(UsageError, match="no address") as caught:
        ClusterWorkers(address, print)
    assert "tcp://HOST:PORT" in str(caught.value.cure)


def test_a_client_that_can_not_be_made_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    closed: list[object] = []
    real = distributed.Client.close
    monkeypatch.setattr(
        distributed.Client,
        "close",
        lambda self, *given, **named: (closed.append(self), real(self, *given, **named))[1],
    )
    with pytest.raises(BlockedError, match="No dask scheduler answers"):
        ClusterWorkers("nonsense://10.0.0.1:8786", print, connect_s=1)
    assert closed


def test_no_scheduler_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(BlockedError, match="No dask scheduler answers"):
        ClusterWorkers(f"tcp://127.0.0.1:{port}", print, connect_s=1)
