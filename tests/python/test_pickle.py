"""What travels to other processes comes back the same, to the bit; and nothing else is read."""

import copy
import dataclasses
import pickle

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import tariffsim as ts
from tariffsim import _core


def again(thing):
    return pickle.loads(pickle.dumps(thing))


def same_bits(a, b):
    assert np.asarray(a).tobytes() == np.asarray(b).tobytes()


ARRAYS = (
    "flows",
    "tariffs",
    "export_taxes",
    "input_shares",
    "trade_elasticity",
    "value_added_share",
    "output",
    "deficit",
)


@pytest.mark.parametrize("name", ["world-2022-27x12", "world-2022"])
def test_a_world(name):
    world = ts.World.load(name)
    back = again(world)
    for array in ARRAYS:
        same_bits(getattr(back._core, array), getattr(world._core, array))
    for about in ("regions", "sectors", "check"):
        a, b = (getattr(w, about) for w in (back, world))
        pd.testing.assert_frame_equal(a() if callable(a) else a, b() if callable(b) else b)
    assert (back.groups, back.members) == (world.groups, world.members)
    assert back.info == world.info and back._core.info.tariffs_date == world._core.info.tariffs_date
    assert back._core.sector_members == world._core.sector_members
    assert _core.pack(back._core) == _core.pack(world._core)


def test_a_small_world_with_everything_absent(tiny):
    back = again(tiny)
    assert _core.pack(back._core) == _core.pack(tiny._core) and back._core.data().final_demand_share is None
    same_bits(copy.deepcopy(tiny).flows, tiny.flows)


THEORIES = [
    ts.Theory(),
    ts.Theory("krugman"),
    ts.Theory("melitz_chaney", firm_substitution=3.5),
    ts.Theory("external_economies", scale={"*": 0.1, "MAC": 0.2}),
    ts.Theory("two_tier", domestic_import=2.0, sources={"*": 4.0, "AGR": 6.0}, elasticity_source="a paper"),
    ts.Theory("elastic_labour", labour_supply={"USA": 0.5, "*": 0.25}),
    ts.Theory(horizon="boehm_levchenko_pandalai_nayar", years=2.0),
    ts.Theory(horizon={"short_run": 0.5, "speed": 0.1}, elasticity_scale={"*": 0.9, "AGR": 1.3}),
    ts.Theory(
        factors={"land": {"share": 0.1, "mobility": 0.5, "supply": 0.3, "answers_to": "nominal"}},
        final_demand=0.7, value_added_materials=0.3, materials=0.2, distribution_margin=0.1, pass_through=0.8,
        labour_mobility=1.5,
    ),
    ts.Theory("smart", importer="USA"),
]  # fmt: skip


@pytest.mark.parametrize("theory", THEORIES, ids=lambda theory: repr(theory)[:40])
def test_a_theory(theory):
    back = again(theory)
    assert back == theory and repr(back) == repr(theory) and str(back) == str(theory) and hash(back) == hash(theory)


@pytest.mark.parametrize("closure", [ts.Closure(), ts.Closure("endogenous", "USA", "wasted", 0.75)])
def test_a_closure(closure):
    assert again(closure) == closure
    assert ts.Closure._of(_core.unpack_closure(_core.pack(closure._core()))) == closure


def everything(world):
    """A scenario with every kind of change and limit."""
    table = pd.DataFrame({"exporter": ["CHN"], "importer": ["USA"], "sector": ["TEX"], "rate": [0.3]})
    labelled = xr.DataArray(
        np.full(len(world.regions), 1.1), dims=["exporter"], coords={"exporter": list(world.regions.index)}
    )
    return (
        ts.Scenario("everything")
        .tariff("USA", "CHN", "goods", rate=0.6)
        .tariff("USA", "CHN", "TEX", rate=table)
        .tariff("IND", "CHN", rate=world.tariffs.values, operation="add")
        .specific_tariff("USA", "IND", "AGR", rate=0.1)
        .trade_cost("USA", "JPN", factor=labelled)
        .export_tax("USA", "CHN", "EXT", rate=-0.05)
        .ban("USA", "RUS", "EXT")
        .taste("USA", "CHN", "TEX", factor=0.9)
        .productivity("DEU", factor=1.02)
        .final_demand("USA", "AGR", factor=0.98)
        .quota("USA", "CHN", "MAC", at_most=0.8, rent="exporter")
        .purchase("CHN", "USA", "AGR", at_least=1.5)
        .share_cap("USA", "CHN", "CHM", at_most=0.05)
        .tariff_rate_quota("USA", "BRA", "AGR", quota=0.9, out_of_quota=0.2)
        .group("pair", ["USA", "CHN"])
        .preference("JPN", "ANZ", "AGR", rate=0.0, utilisation=0.7, compliance_cost=0.01)
    )


def arrays_of(shock):
    names = (
        "tariffs",
        "export_taxes",
        "trade_cost_hat",
        "taste_hat",
        "productivity_hat",
        "final_demand_share",
        "deficits",
    )
    return {name: getattr(shock, name) for name in names}


def test_a_shock(world):
    shock = everything(world).compile(world)
    for back in (again(shock), ts.Shock._of(_core.unpack_shock(_core.pack(shock._core, world._core), world._core))):
        for name, array in arrays_of(shock).items():
            other = getattr(back, name)
            assert (other is None) == (array is None)
            if array is not None:
                same_bits(other, array)
        assert _core.pack(back._core) == _core.pack(shock._core)  # limits, duties and ways too
    first, second = (ts.solve(world, each) for each in (shock, again(shock)))
    assert first.status == second.status
    if first.converged:
        same_bits(first.flows, second.flows)


def test_differences_from_a_world_are_small_and_need_it(world, war):
    shock = war.compile(world)._core
    small, large = _core.pack(shock, world._core), _core.pack(shock)
    assert len(small) < len(large) / 4
    with pytest.raises(ts.InvalidInput, match="give the world"):
        _core.unpack_shock(small)


def test_signs_of_zero_and_infinities_travel(tiny):
    rates = np.zeros((3, 3, 1))
    rates[0, 1, 0] = -0.0
    cost = np.ones((3, 3, 1))
    cost[0, 1, 0] = np.inf
    shock = ts.Shock(tariffs=rates, trade_cost_hat=cost)
    for world in (None, tiny._core):
        back = ts.Shock._of(_core.unpack_shock(_core.pack(shock._core, world), world))
        same_bits(back.tariffs, shock.tariffs)
        same_bits(back.trade_cost_hat, shock.trade_cost_hat)


def test_a_scenario(world):
    scenario = (
        everything(world)
        .during("2025-01-01", "2025-06-01", ts.Scenario().tariff("CAN", "USA", rate=0.2))
        .on("2025-03-01")
    )
    back = again(scenario)
    assert repr(back) == repr(scenario) and back.groups == scenario.groups and back.date == scenario.date
    assert _core.pack(back.compile(world)._core) == _core.pack(scenario.compile(world)._core)
    assert repr(again(back)) == repr(scenario)
    case = ts.Case(scenario, ts.Closure("balanced"), ts.Theory("krugman"))
    assert dataclasses.astuple(again(case))[1:] == dataclasses.astuple(case)[1:] and again(case).theory == case.theory


@pytest.mark.parametrize("name", ts.Scenario.list().index)
def test_dated_measures(name):
    world = ts.World.load("world-2022-27x12")
    scenario = ts.Scenario.load(name)
    back = again(scenario)
    pd.testing.assert_frame_equal(back.measures, scenario.measures)
    pd.testing.assert_frame_equal(back.events, scenario.events)
    days = scenario.dates("2025-01-01", "2025-12-31") if scenario.dated else []
    for day in days[:3]:
        a, b = (each.on(day).compile(world)._core for each in (back, scenario))
        assert _core.pack(a) == _core.pack(b)
    packed = [_core.pack(each._skeleton()) for each in (back, scenario)]
    assert packed[0] == packed[1]


def test_damage_is_noticed(tiny):
    packed = _core.pack(tiny._core)
    for cut in (0, 1, 10, 20, 40, len(packed) // 2, len(packed) - 1):
        with pytest.raises(ts.InvalidInput):
            _core.unpack_world(packed[:cut])
    for place in range(0, len(packed), 7):
        damaged = bytearray(packed)
        damaged[place] ^= 0x10
        with pytest.raises(ts.InvalidInput, match="damaged|packed by"):
            _core.unpack_world(bytes(damaged))
    with pytest.raises(ts.InvalidInput, match="another kind"):
        _core.unpack_theory(packed)
    with pytest.raises(ts.InvalidInput, match="same version"):
        _core.unpack_world(packed.replace(b"tariffsim 0", b"tariffsim 9", 1))


def test_errors_travel():
    error = again(ts.InvalidInput("here", "is wrong", "mend it"))
    assert (error.where, error.problem, error.remedy) == ("here", "is wrong", "mend it")
