"""The same figures from a Dask cluster, also when a worker is lost in the middle."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from support.units import many

from toolkit.errors import CannotRun
from toolkit.figures.digest import merge_periods
from toolkit.machine import cluster
from toolkit.model import Catalog
from toolkit.submissions.files import How
from toolkit.submissions.intake import Order, lost, merged_periods, read_packed
from toolkit.submissions.rerun import Aggregation, Outcome
from toolkit.submissions.store import Store

pytest.importorskip("distributed")
FILES = 48


@pytest.fixture(scope="module")
def folder(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("units")
    many(catalog, folder, FILES)
    return folder


def outcome(catalog: Catalog, folder: Path, address: str | None) -> Outcome:
    with Store(catalog, None) as store:
        return Aggregation(catalog, [folder], store, how=How(2, address)).outcome


def test_figures_are_the_same_to_the_digit(catalog: Catalog, folder: Path) -> None:
    assert outcome(catalog, folder, "local") == outcome(catalog, folder, None)


def test_a_lost_worker_changes_nothing(catalog: Catalog, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker is killed after the first batch has come back."""
    true, killed = cluster.On.__iter__, []

    def disturbed(self: cluster.On[Any, Any, Any]) -> Iterator[Any]:
        for n, result in enumerate(true(self)):
            if n == 1:
                killed.append(next(iter(self.client.run(os.getpid).values())))
                os.kill(killed[0], signal.SIGKILL)
            yield result

    monkeypatch.setattr(cluster.On, "__iter__", disturbed)
    assert outcome(catalog, folder, "local") == outcome(catalog, folder, None)
    assert len(killed) == 1


def slow_to_die(catalog: Catalog, order: Order) -> object:
    if order.path.endswith("007.xlsx"):
        os.abort()
    return read_packed(catalog, order)


def test_a_file_at_which_workers_die_costs_that_file(catalog: Catalog, folder: Path) -> None:
    orders = [Order(str(p)) for p in sorted(folder.glob("*.xlsx"))[:16]]
    with cluster.connected("local", 2) as client:
        client.run(sys.path.append, str(Path(__file__).parent))
        read = partial(slow_to_die, catalog)
        work = cluster.On(client, read, orders, partial(lost, catalog), merged_periods, merge_periods)
        found = list(work)
        (digest,) = work.merged().values()  # one period
    assert [p.sha256 == "" for p in found] == [n == 7 for n in range(16)]
    assert sorted(digest.units) == [f"AA{n:03}" for n in range(16) if n != 7]


def test_a_cluster_whose_workers_do_not_come_back_is_a_message(
    catalog: Catalog, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "WITHOUT_WORKERS", 1)
    orders = [Order(str(p)) for p in sorted(folder.glob("*.xlsx"))[:16]]
    read, instead = (partial(f, catalog) for f in (read_packed, lost))
    with cluster.connected("local", 1) as client:
        work = cluster.On(client, read, orders, instead, merged_periods, merge_periods)
        client.cluster.scale(0)
        with pytest.raises(CannotRun, match="工作进程都已退出"):
            list(work)


def test_a_cluster_that_is_not_there_is_a_message(catalog: Catalog, folder: Path) -> None:
    with pytest.raises(CannotRun, match="连不上集群"):
        outcome(catalog, folder, "tcp://127.0.0.1:9")


def test_a_local_cluster_is_closed_to_other_users() -> None:
    import distributed

    with cluster.connected("local", 1) as client:
        address = client.scheduler_info()["address"]
        assert address.startswith("tls://127.0.0.1:")
        for stranger in (address, address.replace("tls://", "tcp://")):
            with pytest.raises((OSError, TypeError, ValueError)):
                distributed.Client(stranger, timeout=2)
