"""Solving from Python, on the same worlds as the C++ benchmarks."""

from __future__ import annotations

import tariffsim as ts
from pytest_benchmark.fixture import BenchmarkFixture
from workloads import Workload


def test_cold(benchmark: BenchmarkFixture, workload: Workload) -> None:
    world, scenario = workload.world(), workload.scenario()
    eq = benchmark(ts.solve, world, scenario, workload.closure)
    assert eq.status == "converged"


def test_resolve(benchmark: BenchmarkFixture, workload: Workload) -> None:
    solver = ts.Solver(workload.world(), workload.closure)
    scenario = workload.scenario()
    eq = benchmark(solver.solve, scenario)
    assert eq.status == "converged"
    benchmark.extra_info["evaluations"] = eq.evaluations
