"""Arrays are views of what C++ holds: not copied, read-only, and alive as long as anyone looks."""

import gc
import weakref

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import tariffsim as ts

WORLD_VIEWS = (
    *("flows", "tariffs", "export_taxes", "input_shares", "value_added_share", "trade_elasticity"),
    *("output", "expenditure", "final_demand_share", "value_added", "income", "deficit", "tariff_revenue"),
)
RESULT_VIEWS = (
    *("wage_hat", "consumer_price_hat", "price_hat", "cost_hat", "flows", "flows_base", "tariffs", "tariffs_base"),
    *("output", "output_base", "expenditure", "expenditure_base", "income", "income_base", "value_added", "deficit"),
)
RESULT_COMPUTED = (
    *("real_income_pct", "real_wage_pct", "equivalent_variation", "income_hat", "expenditure_share", "flows_hat"),
    *("flow_price_hat", "flow_quantity_hat"),
)


@pytest.fixture(scope="module")
def eq(world, war):
    return ts.solve(world, war)


def array(thing):
    """The numpy array under a labelled object, without a copy."""
    return thing.values


def address(thing):
    return array(thing).__array_interface__["data"][0]


@pytest.mark.parametrize("name", WORLD_VIEWS)
def test_world_arrays_are_views(world, name):
    assert address(getattr(world, name)) == address(getattr(world, name))


@pytest.mark.parametrize("name", RESULT_VIEWS)
def test_result_arrays_are_views(eq, name):
    assert address(getattr(eq, name)) == address(getattr(eq, name))


def test_a_view_is_the_memory_of_the_core(world, eq):
    assert address(world.flows) == world._core.flows.__array_interface__["data"][0]
    assert address(eq.flows) == eq._core.counterfactual.flows.__array_interface__["data"][0]
    assert not array(eq.flows).flags.owndata
    assert address(eq.observed.flows) == address(world.flows)  # a world in a result is not a copy either
    shock = eq.shock
    assert shock.tariffs.__array_interface__["data"][0] == address(eq.tariffs)


@pytest.mark.parametrize("name", [*WORLD_VIEWS, *(f"eq.{name}" for name in (*RESULT_VIEWS, *RESULT_COMPUTED))])
def test_nothing_can_be_written(world, eq, name):
    thing = getattr(eq, name[3:]) if name.startswith("eq.") else getattr(world, name)
    values = array(thing)
    assert not values.flags.writeable
    before = values.copy()
    with pytest.raises(ValueError, match="read-only"):
        values[(0,) * values.ndim] = 7.0
    if isinstance(thing, xr.DataArray):
        with pytest.raises(ValueError, match=r"read-only|is a view"):
            thing[(0,) * thing.ndim] = 7.0
    elif isinstance(thing, pd.Series):
        with pytest.raises(ValueError, match="read-only"):
            thing.iloc[0] = 7.0
    np.testing.assert_array_equal(array(thing), before)


@pytest.mark.parametrize("name", ["flows", "income", "output"])
def test_the_flag_cannot_be_set_back(world, eq, name):
    for view in (array(getattr(world, name)), array(getattr(eq, name))):
        base = view
        while isinstance(base, np.ndarray) and isinstance(base.base, np.ndarray):
            base = base.base
        with pytest.raises(ValueError, match="WRITEABLE"):
            base.flags.writeable = True


@pytest.mark.parametrize("name", ["flows", "flows_base", "wage_hat", "expenditure_share", "tariffs", "tariffs_base"])
def test_a_view_keeps_its_owner_alive(tiny, name):
    eq = ts.solve(tiny, ts.Scenario().tariff("A", "B", rate=0.1))
    view = array(getattr(eq, name))
    copy = view.copy()
    del eq
    gc.collect()
    rubbish = [np.full(copy.shape, np.nan) for _ in range(1000)]  # takes memory that was wrongly freed
    np.testing.assert_array_equal(view, copy)
    assert len(rubbish) == 1000


def test_owners_are_freed_with_their_last_view(tiny):
    eq = ts.solve(tiny, ts.Scenario().tariff("A", "B", rate=0.1))
    result = weakref.ref(eq._core)
    view = array(eq.flows)
    del eq
    gc.collect()
    assert result() is not None
    del view
    gc.collect()
    assert result() is None

    world = ts.World.from_flows([[1, 2], [3, 4]], 2.0)
    core = weakref.ref(world._core)
    view = array(world.flows)
    del world
    gc.collect()
    assert core() is not None and view.sum() == 10
    del view
    gc.collect()
    assert core() is None


def test_what_comes_in_is_copied():
    flows = np.array([[80.0, 6], [8, 150]])
    world = ts.World.from_flows(flows, 4.0)
    flows[:] = 0
    assert float(world.flows.sum()) == 244


def test_labelled_results_can_be_changed_as_copies(eq):
    changed = eq.real_income_pct.copy()
    changed["USA"] = 0.0
    assert eq.real_income_pct["USA"] != 0
