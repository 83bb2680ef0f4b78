"""A real Dask cluster of worker processes on this machine: the same bits, also where a worker is killed in the middle."""

import os
import signal

import numpy as np
import pytest

import tariffsim as ts

distributed = pytest.importorskip("distributed")

OVER = {"rate": np.linspace(0, 1.5, 200), "scale": [0.8, 1.0, 1.25]}
OUTCOMES = ["real_income_pct", "flows[CHN->USA]"]


def case(rate, scale):
    scenario = ts.Scenario().tariff(importer="USA", exporter="CHN", sector="goods", rate=rate)
    return ts.Case(scenario, theory=ts.Theory(elasticity_scale=scale))


def same(a, b):
    assert a.identical(b)
    for name in a.variables:
        if a[name].dtype != object:
            assert a[name].values.tobytes() == b[name].values.tobytes(), name


@pytest.fixture(scope="module")
def alone(world):
    return ts.sweep(world, case, OVER, OUTCOMES, workers=1)


@pytest.fixture
def cluster():
    with distributed.LocalCluster(
        n_workers=3, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None, silence_logs=50
    ) as workers:
        with distributed.Client(workers) as client:
            client.wait_for_workers(3)
            yield client


def test_a_cluster_gives_the_same_bits(cluster, alone, world):
    same(alone, ts.sweep(world, case, OVER, OUTCOMES, executor=cluster))
    solved = cluster.run(lambda: len(__import__("tariffsim.sweep_worker").sweep_worker._solvers._held))
    assert sum(solved.values()) > 1  # more than one process took part
    assert cluster.submit(int, "3").result() == 3  # it stays open


def test_a_worker_killed_in_the_middle_costs_nothing(cluster, alone, world, tmp_path):
    processes = cluster.run(os.getpid)
    killed = []

    def kill(now):
        if now.stage == "solving" and now.done >= 128 and not killed:
            killed.append(next(iter(processes.values())))
            os.kill(killed[0], signal.SIGKILL)

    same(alone, ts.sweep(world, case, OVER, OUTCOMES, executor=cluster, progress=kill, out=tmp_path / "out"))
    assert killed and killed[0] not in cluster.run(os.getpid).values()
    table = ts.read_sweep(tmp_path / "out")
    np.testing.assert_array_equal(table["real_income_pct"], alone["real_income_pct"])


def test_the_executor_of_a_client_works_too(cluster, alone, world):
    same(alone, ts.sweep(world, case, OVER, OUTCOMES, executor=cluster.get_executor(), workers=3))


def test_what_does_not_fit_is_said_from_there_too(cluster, world):
    def wrong(rate, numeraire):
        return ts.Case(ts.Scenario().tariff("USA", rate=rate), ts.Closure(numeraire=numeraire))

    with pytest.raises(ts.InvalidInput, match=r"row 1 \(rate=0.1, numeraire=XYZ\)"):
        ts.sweep(world, wrong, {"rate": [0.1], "numeraire": ["USA", "XYZ"]}, executor=cluster)
