"""Aggregation of a world: every value of the small world is a sum or a weighted mean of the large one's.

| table            | rule                                                                            |
|------------------|---------------------------------------------------------------------------------|
| flows            | sum                                                                             |
| tariffs          | revenue over flow, on domestic cells too: the revenue between merged regions stays |
| value_added      | value added over output                                                         |
| inputs           | spending on the input over spending on materials                                |
| trade_elasticity | mean weighted with the international flows of the large world, to six decimals  |

A region-sector without output gets the world average technology of its sector; it has no effect.
"""

import math

import numpy as np
import pandas as pd

from .tables import Tables

ELASTICITY_DECIMALS = 6


def aggregate(
    large: Tables,
    theta: np.ndarray,
    regions: pd.DataFrame,
    sectors: pd.DataFrame,
    region_map: dict[str, str],
    sector_map: dict[str, str],
) -> Tables:
    """Aggregate `large` to the labels `regions` and `sectors`; `theta` is its unrounded trade elasticity."""
    region = _positions(large.region_codes, regions["region"].tolist(), region_map, "region")
    sector = _positions(large.sector_codes, sectors["sector"].tolist(), sector_map, "sector")
    n, j = len(regions), len(sectors)

    cell = (region[:, None, None] * n + region[None, :, None]) * j + sector
    flows = exact_sums(cell, large.flows, n * n * j).reshape(n, n, j)
    tariffs = weighted_mean(cell, large.tariffs, large.flows, n * n * j).reshape(n, n, j)

    own = region[:, None] * j + sector
    output = gross_output(large.flows)
    value_added = weighted_mean(own, large.value_added, output, n * j).reshape(n, j)

    materials = (1.0 - large.value_added) * output
    shares = np.array([_sum_inputs(block, sector, j) for block in large.inputs])  # [N large, j, J large]
    column = (region[:, None, None] * j + np.arange(j)[:, None]) * j + sector
    weights = np.broadcast_to(materials[:, None, :], shares.shape)
    inputs = weighted_mean(column, shares, weights, n * j * j).reshape(n, j, j)

    sold = gross_output(flows)
    return Tables(
        regions=regions[["region", "name"]],
        sectors=sectors[["sector", "name", "kind"]],
        trade_elasticity=np.round(mean_elasticity(large, theta, sector, j), ELASTICITY_DECIMALS),
        flows=flows,
        tariffs=np.nan_to_num(tariffs),  # no flow, no rate
        value_added=_fill(value_added, sold),
        inputs=_fill_inputs(inputs, (1.0 - np.nan_to_num(value_added)) * sold),
    )


def mean_elasticity(large: Tables, theta: np.ndarray, sector: np.ndarray, size: int) -> np.ndarray:
    """Trade elasticity by sector, weighted with the flows between different regions of the large world."""
    international = np.where(large.domestic[:, :, None], 0.0, large.flows)
    weights = np.array([math.fsum(international[:, :, k].ravel().tolist()) for k in range(len(theta))])
    return weighted_mean(sector, theta, weights, size)


def gross_output(flows: np.ndarray) -> np.ndarray:
    """[N, J] sales of each region to all regions."""
    n, _, j = flows.shape
    group = np.broadcast_to((np.arange(n)[:, None] * j + np.arange(j))[:, None, :], flows.shape)
    return exact_sums(group, flows, n * j).reshape(n, j)


def exact_sums(group: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    """Sum `values` by `group` (0 … size-1), correctly rounded, so the order of the terms has no say."""
    group, values = group.ravel(), values.ravel()
    order = np.argsort(group, kind="stable")
    bounds = np.searchsorted(group[order], np.arange(size + 1)).tolist()
    terms = values[order].tolist()
    return np.array([math.fsum(terms[a:b]) for a, b in zip(bounds[:-1], bounds[1:], strict=True)])


def weighted_mean(group: np.ndarray, values: np.ndarray, weights: np.ndarray, size: int) -> np.ndarray:
    """Weighted mean of `values` by `group`; NaN where the weights of a group are all zero.

    Where all values of positive weight are equal the mean is that value itself, free of rounding.
    """
    group, values, weights = group.ravel(), values.ravel(), weights.ravel()
    total = exact_sums(group, weights, size)
    used = weights > 0
    low, high = np.full(size, np.inf), np.full(size, -np.inf)
    np.minimum.at(low, group[used], values[used])
    np.maximum.at(high, group[used], values[used])
    mean = np.full(size, np.nan)
    np.divide(exact_sums(group, values * weights, size), total, out=mean, where=total > 0)
    return np.where(low == high, low, mean)


def zero_output(world: Tables) -> list[tuple[str, str]]:
    """Region-sectors that sell nothing."""
    cells = np.argwhere(gross_output(world.flows) == 0)
    return [(world.region_codes[n], world.sector_codes[j]) for n, j in cells]


def implied_final_demand(world: Tables) -> np.ndarray:
    """[N, J] spending at tariff-inclusive prices less the spending on materials."""
    spending = (world.flows + world.revenue).sum(axis=0)
    materials = (1.0 - world.value_added) * gross_output(world.flows)
    return spending - (world.inputs * materials[:, None, :]).sum(axis=2)


def _positions(codes: list[str], targets: list[str], mapping: dict[str, str], what: str) -> np.ndarray:
    position = {code: n for n, code in enumerate(targets)}
    for code in codes:
        if mapping.get(code) not in position:
            raise SystemExit(f"error: {what} map: '{code}' goes to '{mapping.get(code)}', which is not a {what}")
    unused = set(targets) - {mapping[code] for code in codes}
    if unused:
        raise SystemExit(f"error: {what} map: nothing goes to {sorted(unused)}")
    return np.array([position[mapping[code]] for code in codes])


def _sum_inputs(shares: np.ndarray, sector: np.ndarray, size: int) -> np.ndarray:
    """Sum the input rows of one region's [J, J] shares to the small sectors: [size, J]."""
    columns = shares.shape[1]
    group = sector[:, None] * columns + np.arange(columns)
    return exact_sums(group, shares, size * columns).reshape(size, columns)


def _fill(value_added: np.ndarray, output: np.ndarray) -> np.ndarray:
    """Replace NaN by the world's share of the sector."""
    group = np.broadcast_to(np.arange(output.shape[1]), output.shape)
    world = weighted_mean(group, np.nan_to_num(value_added), output, output.shape[1])
    return np.where(np.isnan(value_added), world, value_added)


def _fill_inputs(inputs: np.ndarray, materials: np.ndarray) -> np.ndarray:
    """Replace NaN columns by the world's input mix of the sector."""
    j = materials.shape[1]
    group = np.broadcast_to(np.arange(j * j).reshape(j, j), inputs.shape)
    weights = np.broadcast_to(materials[:, None, :], inputs.shape)
    world = weighted_mean(group, np.nan_to_num(inputs), weights, j * j).reshape(j, j)
    return np.where(np.isnan(inputs), world, inputs)
