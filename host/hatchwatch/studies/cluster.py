"""Scenarios done by the workers of a dask cluster."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from hatchwatch.errors import BlockedError, UsageError
from hatchwatch.studies.identity import code_digest
from hatchwatch.studies.work import Done, do

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from hatchwatch.studies.scenarios import Plan

__all__ = ["ClusterWorkers"]

_AHEAD = 3  # scenarios handed out for each thread of a worker
_CONNECT_S = 20
_CLOSE_S = 2
_ADDRESS = re.compile(r"(\w+://)?([^\s/:]+|\[[0-9a-fA-F:.]+\]):(\d{1,5})")  # the protocol is tcp if left out


def _checked(address: str) -> str:
    """The address of a scheduler; raises UsageError if it can't be one."""
    written = _ADDRESS.fullmatch(address)
    if written is None or not 0 < int(written[3]) < 65_536:
        raise UsageError(
            f"{address} is no address of a dask scheduler.",
            cure="Write tcp://HOST:PORT, as it prints itself.",
        )
    return address


class ClusterWorkers:
    """The workers behind a dask scheduler at `address`, such as tcp://10.0.0.1:8786.

    Raises UsageError when dask is not installed or the address is none, BlockedError when there is no
    scheduler or no worker.
    """

    def __init__(self, address: str, tell: Callable[[str], None], connect_s: float = _CONNECT_S) -> None:
        try:
            import distributed  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise UsageError(
                "--dask needs dask.distributed, which is not installed.",
                cure="Run `pip install 'hatchwatch[cluster]'`, here and on every worker.",
            ) from error
        self._distributed: Any = distributed  # it has hardly any types
        self._tell = tell
        self._client = self._connected(_checked(address), connect_s)
        self._workers = self._present()
        if not self._workers:
            self._client.close()
            raise BlockedError(
                f"The scheduler at {address} has no workers.",
                fault="the cluster",
                cure=f"Start some with `dask worker {address}`.",
            )

    def _connected(self, address: str, connect_s: float) -> Any:
        # In two steps, so that a client that fails half-way can be closed: left alone it would try that when
        # Python ends, and wait a minute for a loop that runs no more.
        client = self._distributed.Client.__new__(self._distributed.Client)
        try:
            client.__init__(address, timeout=connect_s, set_as_default=False)
        except (OSError, ValueError) as error:
            client.close(timeout=_CLOSE_S)
            raise BlockedError(
                f"No dask scheduler answers at {address}: {error}.",
                fault="the cluster or its address",
                cure="Start one with `dask scheduler`, and workers with `dask worker ADDRESS`.",
            ) from error
        return client

    @property
    def jobs(self) -> int:
        """How many scenarios the cluster does at a time."""
        return sum(int(worker["nthreads"]) for worker in self._workers.values())

    def done(self, plan: Plan, numbers: Iterable[int]) -> Iterator[Done]:
        """Do the scenarios in any order; the scheduler hands what a lost worker had begun to another one."""
        waiting = iter(numbers)
        digest = code_digest()

        def hand_out(most: int) -> list[Any]:
            return [
                self._client.submit(
                    _do_on_worker, plan, number, digest, key=f"{digest}-{number}-{id(waiting)}", pure=False
                )
                for number in islice(waiting, most)
            ]

        try:
            running = self._distributed.as_completed(hand_out(_AHEAD * self.jobs), loop=self._client.loop)
            for future in running:
                yield self._result(future)
                self._watch_workers()
                for more in hand_out(1):
                    running.add(more)
        finally:
            self._client.close()

    def _result(self, future: Any) -> Done:
        number = int(future.key.split("-")[1])
        try:
            return future.result()  # type: ignore[no-any-return]
        except BlockedError:
            raise
        except Exception as error:  # noqa: BLE001 - KilledWorker, or what the network says
            return Done(number, None, f"{type(error).__name__}: {error}")

    def _watch_workers(self) -> None:
        present = self._present()
        for address in self._workers.keys() - present.keys():
            self._tell(f"Worker {address} went away; what it was doing is done again.")
        self._workers = present

    def _present(self) -> dict[str, Any]:
        workers: dict[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        return workers


def _do_on_worker(plan: Plan, number: int, digest: str) -> Done:
    if code_digest() != digest:
        raise BlockedError(
            "A worker of the cluster has another version of hatchwatch or of the firmware.",
            fault="the cluster",
            cure="Install the same version on every worker.",
        )
    return do(plan, number)
