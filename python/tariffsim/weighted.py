"""Sums over weighted draws: means, standard deviations, quantiles, and how exact they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tariffsim.errors import InvalidInput

if TYPE_CHECKING:
    from tariffsim.labels import FloatArray

__all__ = ["Draws", "weighted_quantiles"]


@dataclass(frozen=True)
class Draws:
    """How draws count. Arrays have draws first; what is no number (NaN) is left out, and the other weights are scaled up."""

    dim: str
    weights: FloatArray | None
    replicates: int = 1
    quadrature: bool = False

    def require_draws(self, what: str) -> None:
        """Refuses what points of quadrature cannot say."""
        if self.quadrature or (self.weights is not None and (self.weights < 0).any()):
            problem = "the points are a rule of quadrature, which is made for means and standard deviations"
            raise InvalidInput(what, problem, "sweep over ts.sobol or ts.random_draws")

    def shares(self, values: FloatArray) -> FloatArray:
        """Weights in the shape of the values, zero where they are no numbers, with sums of one."""
        weights = np.full(len(values), 1 / len(values)) if self.weights is None else self.weights
        shares = np.where(np.isnan(values), 0.0, weights.reshape(-1, *[1] * (values.ndim - 1)))
        total = shares.sum(axis=0)
        if (total <= 0).any():
            raise InvalidInput("weights", "those of the draws with an equilibrium sum to nothing", "give others")
        result: FloatArray = shares / total
        return result

    def mean(self, values: FloatArray) -> FloatArray:
        result: FloatArray = (self.shares(values) * np.nan_to_num(values)).sum(axis=0)
        return result

    def sd(self, values: FloatArray) -> FloatArray:
        """Of the draws as they are; with equal weights those of independent draws, n / (n - 1)."""
        shares = self.shares(values)
        variance = (shares * np.nan_to_num(values - self.mean(values)) ** 2).sum(axis=0)
        if not self.quadrature:
            variance = variance / np.maximum(1 - (shares**2).sum(axis=0), 1e-300) if len(values) > 1 else variance
        elif (variance < -1e-12 * np.abs(self.mean(values)) ** 2).any():
            problem = "negative weights of the rule give a negative variance"
            raise InvalidInput("sd", problem, "use ts.gauss, or ts.stroud with degree 3")
        result: FloatArray = np.sqrt(np.maximum(variance, 0.0))
        return result

    def quantiles(self, values: FloatArray, p: FloatArray) -> FloatArray:
        """Levels first."""
        if self.weights is None and not np.isnan(values).any():
            return np.quantile(values, p, axis=0, method="hazen")
        shares = self.shares(values)
        flat, weights = values.reshape(len(values), -1), shares.reshape(len(values), -1)
        found = [weighted_quantiles(flat[:, k], weights[:, k], p) for k in range(flat.shape[1])]
        return np.array(found).T.reshape(len(p), *values.shape[1:])

    def first(self, values: FloatArray, count: int) -> tuple[Draws, FloatArray]:
        """The first draws of each replicate."""
        each = len(values) // self.replicates
        keep = np.concatenate([np.arange(count) + k * each for k in range(self.replicates)])
        weights = None if self.weights is None else self.weights[keep]
        return Draws(self.dim, weights, self.replicates, self.quadrature), values[keep]

    def standard_error(
        self,
        read: Callable[[Draws, FloatArray], FloatArray],
        influence: Callable[[Draws, FloatArray], FloatArray],
        values: FloatArray,
    ) -> FloatArray:
        """Of a statistic, from its spread over the replicates, or from what each draw adds to it."""
        if self.quadrature:
            raise InvalidInput(
                "standard error", "the points are a rule of quadrature, not draws", "sweep over ts.sobol"
            )
        if self.replicates > 1:
            each = len(values) // self.replicates
            found = []
            for k in range(self.replicates):
                part = slice(k * each, (k + 1) * each)
                weights = None if self.weights is None else self.weights[part]
                found.append(read(Draws(self.dim, weights), values[part]))
            of_replicates: FloatArray = np.std(found, axis=0, ddof=1) / np.sqrt(self.replicates)
            return of_replicates
        shares = self.shares(values)
        squares = (shares**2).sum(axis=0)
        spread = (shares**2 * np.nan_to_num(influence(self, values)) ** 2).sum(axis=0)
        result: FloatArray = np.sqrt(spread / np.maximum(1 - squares, 1e-300))
        return result


def weighted_quantiles(values: FloatArray, shares: FloatArray, p: FloatArray) -> FloatArray:
    """Quantiles of one number: each draw stands in the middle of its weight, straight lines between (Hazen's with equal ones)."""
    kept = shares > 0
    order = np.argsort(values[kept], kind="stable")
    ordered, weights = values[kept][order], shares[kept][order]
    return np.interp(p, np.cumsum(weights) - 0.5 * weights, ordered)
