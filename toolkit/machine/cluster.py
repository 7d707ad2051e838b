"""Runs the work on a Dask cluster: the workers read batches of files and merge the results as a tree.

A batch is repeated elsewhere if its worker is lost. A file that repeatedly kills workers is lost,
but the run continues. Dask is imported only if a cluster is requested.
"""

from __future__ import annotations

import logging
import pickle
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from .. import __version__
from ..errors import CannotRun

if TYPE_CHECKING:
    from distributed import Client, Future

AT_ONCE = 16  # things per batch
AHEAD = 4  # batches in progress per worker
FAN_IN = 8  # results merged into one
RETRIES = 3  # of a failed task
WITHOUT_WORKERS = 300  # seconds that a local cluster may be without any worker
FOR_A_WORKER = 600  # seconds that a local cluster waits for a worker to start again

T = TypeVar("T")
R = TypeVar("R")
M = TypeVar("M")


class On(Generic[T, R, M]):
    """One function over many things on the workers of `client`; yields results in the order of `things`.

    `leaf` condenses each batch where it was read. `merge` joins several of these, level by level,
    until one is left; `merged()` returns it, after the last result. A thing that repeatedly kills
    workers has the result `lost(thing)`.
    """

    def __init__(
        self,
        client: Client,
        function: Callable[[T], R],
        things: Sequence[T],
        lost: Callable[[T], R],
        leaf: Callable[[Sequence[T], Sequence[R]], M],
        merge: Callable[[Sequence[M]], M],
    ) -> None:
        _same_version(client)
        self.client: Any = client
        self.things, self.lost, self.leaf, self.merge = things, lost, leaf, merge
        # As the result of a task it is sent to each worker once, and recomputed if that worker is lost.
        self._function = self._submit(pickle.loads, pickle.dumps(function))
        self._leaves: list[Future[M]] = []

    def __iter__(self) -> Iterator[R]:
        left = deque(self.things[n : n + AT_ONCE] for n in range(0, len(self.things), AT_ONCE))
        under_way: deque[tuple[Sequence[T], Future[list[R]], Future[M]]] = deque()
        while left or under_way:
            while left and len(under_way) < AHEAD * max(1, len(self.client.nthreads())):
                batch = left.popleft()
                results = self._submit(_each, self._function, batch)
                under_way.append((batch, results, self._submit(self.leaf, batch, results)))
            yield from self._results(*under_way.popleft())

    def _results(self, batch: Sequence[T], results: Future[list[R]], leaf: Future[M]) -> list[R]:
        from distributed.scheduler import KilledWorker

        try:
            found = _awaited(results)
        except KilledWorker:
            found = [self._alone(thing) for thing in batch]
            leaf = self._submit(self.leaf, batch, found)
        self._leaves.append(leaf)
        return found

    def _alone(self, thing: T) -> R:
        from distributed.scheduler import KilledWorker

        try:
            return cast(R, _awaited(self._submit(_each, self._function, [thing]))[0])
        except KilledWorker:
            return self.lost(thing)

    def merged(self) -> M:
        """Merges the condensed batches on the workers and returns the result; call it after the iteration."""
        level = self._leaves
        while len(level) > 1:
            level = [self._submit(self.merge, level[n : n + FAN_IN]) for n in range(0, len(level), FAN_IN)]
        return _awaited(level[0])

    def _submit(self, work: Callable[..., Any], *given: Any) -> Future[Any]:
        return cast("Future[Any]", self.client.submit(work, *given, pure=False, retries=RETRIES))


def _awaited(future: Future[T]) -> T:
    from distributed.scheduler import NoValidWorkerError, NoWorkerError

    try:
        return future.result()
    except (NoWorkerError, NoValidWorkerError) as e:
        raise CannotRun(
            "集群的工作进程都已退出，没有重新启动。", "请用 --jobs 减少进程数后重试，或去掉 --cluster。"
        ) from e


def _each(function: Callable[[Any], Any], things: Sequence[Any]) -> list[Any]:
    return [function(thing) for thing in things]


@contextmanager
def connected(address: str, jobs: int | None = None) -> Iterator[Client]:
    """Yields a client of the cluster at `address` (tcp://HOST:PORT); `local` starts `jobs` processes here.

    Raises CannotRun.
    """
    try:
        import dask
        import distributed
    except ImportError as e:
        raise CannotRun("要用集群，请先安装：pip install dangjian[cluster]") from e
    made: Callable[..., Client] = distributed.Client
    patience = {
        "distributed.scheduler.no-workers-timeout": f"{WITHOUT_WORKERS}s",
        # On a busy machine, restarting a dead worker takes longer than Dask waits by default.
        "distributed.deploy.lost-worker-timeout": f"{FOR_A_WORKER}s",
    }
    with dask.config.set(patience):
        try:
            if address != "local":
                client = made(address, timeout=10)
            else:
                # Whoever reaches a scheduler can run code as its user. A certificate of this run alone, which never
                # leaves the memory of its processes, closes it to the other users of this machine.
                client = made(
                    n_workers=jobs,
                    threads_per_worker=1,
                    security=True,
                    host="127.0.0.1",
                    dashboard_address=None,
                    silence_logs=logging.ERROR,
                )
        except ImportError as e:  # cryptography, for the certificate
            raise CannotRun("要用集群，请先安装：pip install dangjian[cluster]") from e
        except (OSError, ValueError) as e:
            raise CannotRun(f"连不上集群 {address}：{e}。地址写成 tcp://主机:端口，或用 local。") from e
        with client:
            yield client


def _version() -> str:
    return __version__


def _same_version(client: Client) -> None:
    others = {v for v in client.run(_version).values() if v != __version__}
    if others:
        raise CannotRun(f"集群上安装的是 {'、'.join(sorted(others))} 版，本机是 {__version__} 版：请先统一版本。")
