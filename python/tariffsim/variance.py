"""variance_shares(): how much of the variance of an outcome is due to each uncertain number (Sobol indices, by SALib)."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tariffsim import _core
from tariffsim.designs import Sample, laws_of
from tariffsim.errors import InvalidInput, NotConverged
from tariffsim.labels import integer, is_data_array, is_frame, is_series, number, numbers

if TYPE_CHECKING:
    import xarray as xr

    from tariffsim.distributions import Distribution
    from tariffsim.labels import FloatArray
    from tariffsim.world import World

__all__ = ["variance_shares"]

_STATISTICS = ("first_order", "first_order_margin", "total", "total_margin")
# A spread smaller than this of the size of an outcome is rounding of the solver, and has no shares.
_NO_SPREAD = 1e-9


def variance_shares(
    world: World | None,
    case: Callable[..., Any],
    over: Mapping[str, Distribution],
    outcomes: Any = None,
    n: int = 256,
    *,
    level: float = 0.95,
    seed: int = 0,
    **options: Any,
) -> xr.Dataset:
    """Shares of the variance of each outcome by uncertain number: Sobol indices from a design of Saltelli.

    The first-order share of a number is what it alone explains: by how much the variance would fall, on average, were it known.
    Its total share adds what it explains together with others. First-order shares sum to one where the outcome is a sum of
    functions of one number each. The numbers must be independent.

    Parameters
    ----------
    world : World
        None where `case` is a plain function whose answer is the outcome.
    case : function
        As in `sweep`: of the numbers by name, gives a Scenario, Shock or Case. Without a world it gives a number, or numbers with
        labels (Series, DataArray).
    over : dict of distributions by name
    outcomes : str or list of str
        As in `sweep`.
    n : int
        Size of the design, a power of two; it takes n × (numbers + 2) solves.
    level : float
        Of the margins, which are half-widths of bootstrap intervals.
    seed : int
        Of the design and the bootstrap.
    options
        For `sweep`: workers, executor, progress.

    Returns
    -------
    Dataset
        A variable for each outcome, with the dimensions statistic (first_order, first_order_margin, total, total_margin), parameter
        and those of the outcome. Estimates may leave 0 to 1 by their margin. An outcome that does not vary has shares of zero.

    Raises
    ------
    InvalidInput
        Where something is no distribution, n is no power of two, or an answer is no number.
    NotConverged
        Where most of the design has no equilibrium.
    ImportError
        Where SALib is not installed.
    """
    import xarray as xr

    names, laws = laws_of(over, "variance_shares")
    size = integer(n, "variance_shares: n")
    if size < 4 or size & (size - 1):
        raise InvalidInput("variance_shares: n", f"is {size}", "give a power of two, such as 256")
    confidence = number(level, "variance_shares: level")
    if not 0 < confidence < 1:
        raise InvalidInput("variance_shares: level", f"is {level}", "give a share between 0 and 1, such as 0.95")
    problem = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
    start = integer(seed, "variance_shares: seed") + 1  # zero means none to SALib
    sample = _saltelli(problem, laws, size, start)
    if world is None:
        if outcomes is not None or options:
            raise InvalidInput(
                "variance_shares", "outcomes and options are of sweeps", "leave them out, or give a world"
            )
        data = _answers(case, sample)
    else:
        data = _sweep(world, case, sample, outcomes, options)
    blocks, kept = _whole_blocks(data, sample.dim, len(names) + 2)
    found = {}
    for name, values in data.data_vars.items():
        rows = values.transpose(sample.dim, ...)
        shares = _indices(problem, rows.values[blocks].astype(float), confidence, start)
        dims = ("statistic", "parameter", *rows.dims[1:])
        coords = {d: rows.coords[d] for d in rows.dims[1:] if d in rows.coords}
        found[name] = xr.DataArray(shares, {"statistic": list(_STATISTICS), "parameter": list(names), **coords}, dims)
    return xr.Dataset(
        found, attrs={"n": kept, "solves": len(sample), "level": confidence, "method": "Saltelli 2010, SALib"}
    )


def _saltelli(problem: dict[str, Any], laws: list[Distribution], n: int, seed: int) -> Sample:
    try:
        from SALib.sample import sobol
    except ImportError as error:
        raise ImportError("variance_shares needs SALib: pip install 'tariffsim[sweep]'") from error

    points = sobol.sample(problem, n, calc_second_order=False, scramble=True, seed=seed)
    inside = np.clip(points, 1e-12, 1 - 1e-12)  # where the quantiles of the normal distribution are finite
    return Sample(tuple(problem["names"]), _core.draws(laws, inside, None), method="Saltelli")


def _sweep(
    world: World, case: Callable[..., Any], sample: Sample, outcomes: Any, options: dict[str, Any]
) -> xr.Dataset:
    from tariffsim.sweep import sweep

    wanted = [outcomes] if isinstance(outcomes, str) else list(outcomes or [])
    if not wanted:
        raise InvalidInput("variance_shares: outcomes", "there are none", 'give one such as "real_income_pct"')
    found = sweep(world, case, over=sample, outcomes=wanted, **options)
    return found[wanted]


def _answers(case: Callable[..., Any], sample: Sample) -> xr.Dataset:
    """The answers of a plain function, labelled as it labels them."""
    import xarray as xr

    rows = []
    for point in sample:
        answer = case(**point)
        if is_series(answer):
            answer = answer.to_xarray()
        elif is_frame(answer):
            answer = xr.DataArray(answer)
        elif not is_data_array(answer):
            answer = xr.DataArray(numbers(answer, "variance_shares: the answer of the function"))
        rows.append(answer)
    name = getattr(case, "__name__", "outcome").replace("<lambda>", "outcome")
    table: xr.Dataset = xr.concat(rows, sample.dim).to_dataset(name=name)
    return table


def _whole_blocks(data: xr.Dataset, dim: str, size: int) -> tuple[FloatArray, int]:
    """Rows of the blocks in which every row has an answer: one point and its neighbours belong together."""
    good = np.ones(data.sizes[dim], dtype=bool)
    for values in data.data_vars.values():
        array = values.transpose(dim, ...).values.astype(float)
        good &= np.isfinite(array).reshape(len(array), -1).all(axis=1)
    whole: Any = good.reshape(-1, size).all(axis=1)
    kept, lost = int(whole.sum()), int((~whole).sum())
    if kept < 4 or lost > kept:
        raise NotConverged(
            f"variance_shares: {lost} of {len(whole)} blocks of the design have a case without an equilibrium"
        )
    if lost:
        text = f"variance_shares: {lost} of {len(whole)} blocks of the design are left out: a case in them has no equilibrium"
        warnings.warn(text, stacklevel=3)
    return np.repeat(whole, size), kept


def _indices(problem: dict[str, Any], values: FloatArray, level: float, seed: int) -> FloatArray:
    """Statistics x parameters x the dimensions of the outcome."""
    from SALib.analyze import sobol

    flat = values.reshape(len(values), -1)
    found = np.zeros((len(_STATISTICS), problem["num_vars"], flat.shape[1]))
    for k in range(flat.shape[1]):
        column = flat[:, k]
        if np.ptp(column) <= _NO_SPREAD * max(1.0, float(np.abs(column).max())):
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a resample without spread, which the margin shows
            result = sobol.analyze(problem, column, calc_second_order=False, conf_level=level, seed=seed)
        found[:, :, k] = [result[key] for key in ("S1", "S1_conf", "ST", "ST_conf")]
    return found.reshape(*found.shape[:2], *values.shape[1:])
