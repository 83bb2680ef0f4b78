"""gegravity's own Monte Carlo over its estimated coefficients beside the same draws as a sweep, by trial."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tariffsim as ts
from pytest_benchmark.fixture import BenchmarkFixture

gegravity = pytest.importorskip("gegravity", reason="gegravity is not installed: pip install '.[bench]'")

from gegravity_sample import COSTS, PAIR, SIGMA, Sample

CLOSURE = ts.Closure(deficits="fixed_income_share")
GEGRAVITY_TRIALS, TRIALS = 3, 1000


@pytest.fixture(scope="module")
def sample(reference_data: Path) -> Sample:
    return Sample(reference_data / "gegravity2006")


def test_gegravity_monte_carlo(benchmark: BenchmarkFixture, sample: Sample, reference_data: Path) -> None:
    """A baseline and an experiment for each trial; the time is of all trials."""
    estimates = pd.read_csv(reference_data / "gegravity2006" / "cost_coefficients.csv")
    estimates = estimates[estimates.variable != "constant"].reset_index(drop=True)
    spread = np.where(estimates.variable == "pta", estimates.stderr, 1e-9)  # the agreement's coefficient alone is drawn
    coefficients = gegravity.CostCoeffs(
        estimates=estimates,
        identifier_col="variable",
        coeff_col="beta",
        stderr_col="stderr",
        covar_matrix=pd.DataFrame(np.diag(spread**2), index=estimates.variable, columns=estimates.variable),
    )
    experiment = sample.baseline().baseline_data.copy()
    for importer, exporter in PAIR:
        experiment.loc[(experiment.importer == importer) & (experiment.exporter == exporter), "pta"] = 1

    def run() -> None:
        model = gegravity.MonteCarloGE(
            sample.data,
            year="2006",
            trials=GEGRAVITY_TRIALS,
            expend_var_name="E",
            output_var_name="Y",
            sigma=SIGMA,
            reference_importer="DEU",
            cost_variables=COSTS,
            cost_coeff_values=coefficients,
            seed=1,
            allow_singular_covar=True,
        )
        model.run_trials(experiment_data=experiment, omr_rescale=10000, quiet=True)

    benchmark.extra_info["trials"] = GEGRAVITY_TRIALS
    benchmark.pedantic(run, rounds=1)


def test_tariffsim_monte_carlo(benchmark: BenchmarkFixture, sample: Sample) -> None:
    """The same: for each draw the trade that it implies, and that with the agreement; each certified."""
    model = sample.with_experiment(sample.baseline())
    model.simulate()
    world = sample.world(model)
    table = model.baseline_data
    members = table[table.pta == 1][["exporter", "importer"]]
    theta = SIGMA - 1.0
    central = sample.agreement
    index = world.regions.index
    member, joins = np.zeros((2, len(index), len(index), 1), dtype=bool)
    member[index.get_indexer(members.exporter), index.get_indexer(members.importer)] = True
    for exporter, importer in PAIR:
        joins[index.get_loc(exporter), index.get_loc(importer)] = True

    def shock(beta: float, agreement: float) -> ts.Shock:
        log = np.where(member, beta - central, 0.0) + np.where(joins, agreement * beta, 0.0)
        return ts.Shock(trade_cost_hat=np.exp(-log / theta))

    draws = ts.sobol(ts.normal(mean=central, sd=0.1076578), TRIALS)

    def run() -> None:
        found = ts.sweep(
            world, shock, {"beta": draws, "agreement": [0.0, 1.0]}, ["real_income_pct", "flows[CAN->JPN]"], closure=CLOSURE
        )
        assert (found.status == "converged").all()

    benchmark.extra_info["trials"] = TRIALS
    benchmark.pedantic(run, rounds=3)
