"""Shares of variance: known ones of additive and multiplicative functions, of outcomes of worlds, and refusals."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import tariffsim as ts

pytest.importorskip("SALib", reason="the sweep extra is not installed")


def close(found, statistic, parameter, expected):
    """Within two margins, which are half-widths of 95 percent intervals."""
    margin = float(found.sel(statistic=f"{statistic}_margin", parameter=parameter))
    assert margin < 0.2
    assert float(found.sel(statistic=statistic, parameter=parameter)) == pytest.approx(expected, abs=2 * margin + 1e-3)


def test_an_additive_function_has_known_shares():
    """Variances of 1, 4 and 4/3: shares of 3/19, 12/19 and 4/19; first order and total are the same."""
    over = {"a": ts.normal(1, 1), "b": ts.normal(0, 2), "c": ts.uniform(-2, 2)}

    def answer(a, b, c):
        return a + b + c

    found = ts.variance_shares(None, answer, over, n=1024)["answer"]
    assert list(found["parameter"]) == ["a", "b", "c"]
    for parameter, share in {"a": 3 / 19, "b": 12 / 19, "c": 4 / 19}.items():
        close(found, "first_order", parameter, share)
        close(found, "total", parameter, share)
    assert float(found.sel(statistic="first_order").sum()) == pytest.approx(1, abs=0.05)


def test_what_numbers_explain_together_is_in_the_total():
    """a b with means 0: neither explains anything alone. (1 + a)(1 + b): first order 1/3 each, total 2/3."""
    over = {"a": ts.normal(0, 1), "b": ts.normal(0, 1)}
    product = ts.variance_shares(None, lambda a, b: a * b, over, n=2048)["outcome"]
    shifted = ts.variance_shares(None, lambda a, b: (1 + a) * (1 + b), over, n=2048)["outcome"]
    for parameter in over:
        close(product, "first_order", parameter, 0.0)
        close(product, "total", parameter, 1.0)
        close(shifted, "first_order", parameter, 1 / 3)
        close(shifted, "total", parameter, 2 / 3)


def test_labels_of_the_answer_stay():
    over = {"a": ts.uniform(0, 1), "b": ts.uniform(0, 1)}
    found = ts.variance_shares(
        None, lambda a, b: pd.Series({"X": a, "Y": b, "Z": 1.0}).rename_axis("region"), over, n=256
    )
    shares = found["outcome"]
    assert shares.dims == ("statistic", "parameter", "region") and list(shares["region"]) == ["X", "Y", "Z"]
    close(shares.sel(region="X"), "total", "a", 1.0)
    close(shares.sel(region="X"), "total", "b", 0.0)
    assert (shares.sel(region="Z") == 0).all()  # what does not vary has no shares
    again = ts.variance_shares(
        None, lambda a, b: pd.Series({"X": a, "Y": b, "Z": 1.0}).rename_axis("region"), over, n=256
    )
    assert again.identical(found)


def test_small_shocks_of_a_world_share_the_variance_by_their_derivatives(tiny):
    """Real income is linear in small shocks, so the shares are squares of derivatives times variances."""
    over = {"a": ts.uniform(-0.01, 0.01), "b": ts.uniform(-0.02, 0.02)}

    def case(a, b):
        return (
            ts.Scenario("better machines").productivity("A", factor=math.exp(a)).productivity("B", factor=math.exp(b))
        )

    found = ts.variance_shares(tiny, case, over, "real_income_pct", n=256)["real_income_pct"]
    step = {
        name: ts.solve(tiny, ts.Scenario().productivity(name, factor=math.exp(1e-4))).real_income_pct
        for name in ("A", "B")
    }
    for region in ("A", "B", "C"):
        parts = {"a": step["A"][region] ** 2, "b": 4 * step["B"][region] ** 2}
        for parameter, part in parts.items():
            close(found.sel(region=region), "total", parameter, part / sum(parts.values()))


def test_cases_without_an_equilibrium_take_their_block_with_them():
    def answer(a, b):
        return math.nan if a > 0.99 else a + b

    over = {"a": ts.uniform(0, 1), "b": ts.uniform(0, 1)}
    with pytest.warns(UserWarning, match="blocks of the design are left out"):
        found = ts.variance_shares(None, answer, over, n=512)
    assert 400 < found.attrs["n"] < 512 and found.attrs["solves"] == 512 * 4
    close(found["answer"], "total", "a", 0.5)
    with pytest.raises(ts.NotConverged, match="without an equilibrium"):
        ts.variance_shares(None, lambda a: math.nan, {"a": ts.uniform(0, 1)}, n=16)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda w: ts.variance_shares(None, abs, {"a": 3.0}), "no distribution"),
        (lambda w: ts.variance_shares(None, abs, {"a": ts.normal(0, 1)}, n=100), "power of two"),
        (lambda w: ts.variance_shares(None, abs, {"a": ts.normal(0, 1)}, level=95), "between 0 and 1"),
        (lambda w: ts.variance_shares(None, abs, {"a": ts.normal(0, 1)}, "real_income_pct"), "of sweeps"),
        (lambda w: ts.variance_shares(w, abs, {"a": ts.normal(0, 1)}), "outcomes"),
        (lambda w: ts.variance_shares(None, lambda a: "many", {"a": ts.normal(0, 1)}, n=4), "answer of the function"),
    ],
)
def test_what_is_wrong_is_said(tiny, make, message):
    with pytest.raises(ts.InvalidInput, match=message):
        make(tiny)


def test_margins_shrink_with_the_design():
    over = {"a": ts.normal(0, 1), "b": ts.normal(0, 1)}
    margins = [
        float(
            ts.variance_shares(None, lambda a, b: a + b, over, n=n)["outcome"].sel(
                statistic="total_margin", parameter="a"
            )
        )
        for n in (64, 4096)
    ]
    assert margins[1] < 0.4 * margins[0] and np.isfinite(margins).all()
