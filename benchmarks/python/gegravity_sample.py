"""The experiment of gegravity's documentation on its own sample: Canada and Japan in one preferential agreement."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import tariffsim as ts

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import gegravity

COSTS = ["lndist", "contiguity", "pta", "common_language", "international"]
SIGMA = 5.0
PAIR = (("CAN", "JPN"), ("JPN", "CAN"))


class Sample:
    """The data as gegravity wants them."""

    def __init__(self, folder: Path) -> None:
        totals = pd.read_csv(folder / "output_expenditure.csv").set_index("region")
        flows = pd.read_csv(folder / "flows.csv")[["exporter", "importer", "value"]]
        table = pd.read_csv(folder / "trade_costs.csv").merge(flows, how="left").fillna({"value": 0.0})
        table["year"] = "2006"
        table["Y"] = table.exporter.map(totals.output)
        table["E"] = table.importer.map(totals.expenditure)
        self.data = gegravity.BaselineData(
            table,
            imp_var_name="importer",
            exp_var_name="exporter",
            year_var_name="year",
            trade_var_name="value",
            expend_var_name="E",
            output_var_name="Y",
        )
        estimates = pd.read_csv(folder / "cost_coefficients.csv")
        self.agreement = float(estimates.set_index("variable").beta["pta"])
        self.coefficients = gegravity.CostCoeffs(
            estimates=estimates[estimates.variable != "constant"], identifier_col="variable", coeff_col="beta", stderr_col="stderr"
        )

    def baseline(self) -> gegravity.OneSectorGE:
        """A model whose baseline is solved."""
        model = gegravity.OneSectorGE(
            self.data,
            year="2006",
            expend_var_name="E",
            output_var_name="Y",
            cost_coeff_values=self.coefficients,
            cost_variables=COSTS,
            reference_importer="DEU",
            sigma=SIGMA,
            quiet=True,
        )
        model.build_baseline(omr_rescale=10000)
        return model

    def with_experiment(self, model: gegravity.OneSectorGE) -> gegravity.OneSectorGE:
        """The agreement, ready to be simulated."""
        table = model.baseline_data.copy()
        for importer, exporter in PAIR:
            table.loc[(table.importer == importer) & (table.exporter == exporter), "pta"] = 1
        model.define_experiment(table)
        return model

    def world(self, model: gegravity.OneSectorGE) -> ts.World:
        """The baseline trade that gegravity modelled, as a world."""
        trade = model.bilateral_trade_results["baseline modeled trade"].unstack("importer")
        return ts.World.from_flows(trade, trade_elasticity=SIGMA - 1.0)

    def scenario(self) -> ts.Scenario:
        """The same agreement as a change in trade cost."""
        factor = float(np.exp(-self.agreement / (SIGMA - 1.0)))
        change = ts.Scenario("CAN-JPN agreement")
        for importer, exporter in PAIR:
            change = change.trade_cost(importer=importer, exporter=exporter, factor=factor)
        return change
