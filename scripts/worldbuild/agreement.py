"""Comparison of a world that was built here with the package of the same size in the shared data."""

import math
from dataclasses import dataclass

import numpy as np

from .aggregate import gross_output, implied_final_demand, zero_output
from .tables import Tables

# Largest differences that count as rounding. Flows are compared relatively, the rest absolutely.
TOLERANCE = {
    "flows": 1e-14,
    "tariffs": 1e-15,
    "value_added": 1e-14,
    "inputs": 1e-14,
    "trade_elasticity": 0.0,
}


@dataclass(frozen=True)
class Agreement:
    """How far `built` is from `shared`, and what became of the tariff revenue of `large`."""

    flows_absolute: float
    differences: dict[str, float]
    elasticity_unrounded: float
    cells_in_one_only: int
    labels_differ: int
    revenue_large: float
    revenue_built: float
    revenue_shared: float
    revenue_domestic: float
    domestic_rates: int
    domestic_rate_largest: float
    final_demand_smallest: float
    filled: int

    def failures(self) -> list[str]:
        """Every condition that does not hold, in words."""
        found = [
            f"{table} differs by {difference:.3g}, more than {TOLERANCE[table]:.0e}"
            for table, difference in self.differences.items()
            if not difference <= TOLERANCE[table]
        ]
        if self.cells_in_one_only:
            found.append(f"{self.cells_in_one_only} cells are zero in one of the two packages only")
        if self.labels_differ:
            found.append(f"{self.labels_differ} labels of regions or sectors differ")
        if abs(self.revenue_built / self.revenue_large - 1) > 1e-14:
            found.append(f"tariff revenue {self.revenue_built!r} is not that of the source, {self.revenue_large!r}")
        if self.final_demand_smallest < 0:
            found.append(f"an implied final demand is negative: {self.final_demand_smallest:.3g}")
        return found

    def rows(self) -> list[tuple[str, str, str]]:
        """(check, unit, value) of the table in the documentation."""
        largest = [
            ("flows, largest difference", "million USD", f"{self.flows_absolute:.2g}"),
            ("flows, largest relative difference", "ratio", f"{self.differences['flows']:.2g}"),
            ("tariffs off the domestic cells, largest difference", "rate", f"{self.differences['tariffs']:.2g}"),
            ("value_added, largest difference", "share", f"{self.differences['value_added']:.2g}"),
            ("inputs, largest difference", "share", f"{self.differences['inputs']:.2g}"),
            ("trade_elasticity, largest difference", "elasticity", f"{self.differences['trade_elasticity']:.2g}"),
            ("trade_elasticity before rounding to six decimals", "elasticity", f"{self.elasticity_unrounded:.2g}"),
            ("cells that are zero in one package only, domestic tariffs aside", "cells", f"{self.cells_in_one_only}"),
            ("region and sector labels that differ", "labels", f"{self.labels_differ}"),
        ]
        lost = 100 * (self.revenue_shared / self.revenue_large - 1)
        revenue = [
            ("tariff revenue of the 81 x 28 source", "million USD", f"{self.revenue_large:.3f}"),
            ("tariff revenue here", "million USD", f"{self.revenue_built:.3f}"),
            ("tariff revenue of the shared package", "million USD", f"{self.revenue_shared:.3f}"),
            ("shared package against the source", "percent", f"{lost:.4f}"),
            ("tariff revenue on domestic cells here", "million USD", f"{self.revenue_domestic:.3f}"),
            ("domestic cells with a tariff here", "cells", f"{self.domestic_rates}"),
            ("largest tariff on a domestic cell here", "percent", f"{100 * self.domestic_rate_largest:.4f}"),
        ]
        accounts = [
            ("smallest implied final demand here", "million USD", f"{self.final_demand_smallest:.4f}"),
            ("region-sectors without output, filled with world average technology", "cells", f"{self.filled}"),
        ]
        return largest + revenue + accounts


def compare(built: Tables, shared: Tables, large: Tables, theta_unrounded: np.ndarray) -> Agreement:
    """Compare `built` with `shared` table by table, and its tariff revenue with that of `large`."""
    domestic = built.domestic
    foreign = ~domestic
    traded = (built.flows > 0) & (shared.flows > 0)
    pairs = [
        (built.flows, shared.flows),
        (built.tariffs[foreign], shared.tariffs[foreign]),
        (built.inputs, shared.inputs),
        (built.value_added, shared.value_added),
    ]
    return Agreement(
        flows_absolute=_largest(built.flows - shared.flows),
        differences={
            "flows": _largest(built.flows[traded] / shared.flows[traded] - 1),
            "tariffs": _largest(built.tariffs[foreign] - shared.tariffs[foreign]),
            "value_added": _largest(built.value_added - shared.value_added),
            "inputs": _largest(built.inputs - shared.inputs),
            "trade_elasticity": _largest(built.trade_elasticity - shared.trade_elasticity),
        },
        elasticity_unrounded=_largest(theta_unrounded - shared.trade_elasticity),
        cells_in_one_only=sum(int(((a == 0) != (b == 0)).sum()) for a, b in pairs),
        labels_differ=_unequal_labels(built, shared),
        revenue_large=total(large.revenue),
        revenue_built=total(built.revenue),
        revenue_shared=total(shared.revenue),
        revenue_domestic=total(built.revenue[domestic]),
        domestic_rates=int((built.tariffs[domestic] != 0).sum()),
        domestic_rate_largest=float(built.tariffs[domestic].max()),
        final_demand_smallest=float(implied_final_demand(built).min()),
        filled=len(zero_output(built)),
    )


def accounts_residual(world: Tables) -> float:
    """Largest relative gap of: final demand = value added + tariff revenue + imports - exports, by region."""
    income = (world.value_added * gross_output(world.flows)).sum(axis=1) + world.revenue.sum(axis=(0, 2))
    deficit = world.flows.sum(axis=(0, 2)) - world.flows.sum(axis=(1, 2))
    return _largest(implied_final_demand(world).sum(axis=1) / (income + deficit) - 1)


def total(values: np.ndarray) -> float:
    """Correctly rounded sum."""
    return math.fsum(values.ravel().tolist())


def _unequal_labels(built: Tables, shared: Tables) -> int:
    return sum(
        int((a[column].to_numpy() != b[column].to_numpy()).sum())
        for a, b, columns in [
            (built.regions, shared.regions, ["region", "name"]),
            (built.sectors, shared.sectors, ["sector", "name", "kind"]),
        ]
        for column in columns
    )


def _largest(difference: np.ndarray) -> float:
    return float(np.abs(difference).max())
