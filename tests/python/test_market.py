"""Markets of products: reading, building from tables, solving under each theory, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tariffsim as ts


@pytest.fixture
def flows() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("A", "C", "010121", 60.0, 0.1),
            ("B", "C", "010121", 40.0, 0.1),
            ("C", "C", "010121", 100.0, None),
            ("A", "B", "010121", 10.0, 0.0),
            ("A", "C", "870323", 30.0, 0.2),
            ("B", "C", "870323", 5.0, 0.2),
        ],
        columns=["exporter", "importer", "product", "value", "tariff"],
    )


@pytest.fixture
def products() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "code": ["010121", "870323"],
            "sector": ["AGR", "MOT"],
            "demand": [-1.25, None],
            "substitution": [5.0, 6.0],
            "supply": [1.5, np.inf],
        }
    )


@pytest.fixture
def market(flows: pd.DataFrame, products: pd.DataFrame) -> ts.Market:
    return ts.Market.from_frames(flows, products, demand=-2.0, groups={"AB": ["A", "B"]}, unit="million USD")


def free(importer: str = "C", exporter: str = "A") -> ts.Scenario:
    return ts.Scenario("free").tariff(importer=importer, exporter=exporter, rate=0.0)


def package(folder: Path, **files: str) -> Path:
    texts = {
        "regions": "region,name\nA,Aland\nB,Borduria\n",
        "sectors": "sector,name,kind,trade_elasticity\nS,Stuff,goods,4\n",
        "flows": "exporter,importer,sector,value\nA,B,S,10\nB,A,S,5\n",
        "elasticities": "region,demand,supply\nA,-1,2\nB,-1.5,3\n",
        **files,
    }
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_a_market_shows_what_it_holds(market: ts.Market) -> None:
    assert len(market) == 6
    assert list(market.regions.index) == ["A", "B", "C"]
    assert market.products.loc["870323", "sector"] == "MOT"
    assert market.flows.loc[("A", "C", "870323"), "tariff"] == 0.2
    assert market.flows.loc[("C", "C", "010121"), "tariff"] == 0
    assert market.demand.loc[("C", "870323"), "demand"] == -2
    assert np.isinf(market.supply[("B", "870323")])
    assert market.fallbacks == {"demand": 1, "supply": 0, "substitution": 0}
    assert "2 products, 3 regions, 6 flows" in repr(market)
    with pytest.raises(ValueError, match="read-only"):
        market._core.value[0] = 1


def test_a_folder_and_the_same_tables_give_the_same_market(tmp_path: Path) -> None:
    read = ts.Market.read(package(tmp_path))
    flows = pd.DataFrame({"exporter": ["A", "B"], "importer": ["B", "A"], "product": "S", "value": [10, 5]})
    built = ts.Market.from_frames(
        flows, demand={"A": -1, "B": -1.5}, supply=pd.Series({"A": 2, "B": 3}), substitution=5
    )
    pd.testing.assert_frame_equal(read.flows, built.flows)
    pd.testing.assert_frame_equal(read.demand, built.demand)
    pd.testing.assert_series_equal(read.supply, built.supply)
    assert read.fallbacks == {"demand": 0, "supply": 0, "substitution": 0}


def test_parquet_goes_through_pandas(
    market: ts.Market, flows: pd.DataFrame, products: pd.DataFrame, tmp_path: Path
) -> None:
    pytest.importorskip("pyarrow")
    flows.astype({"product": "category"}).to_parquet(tmp_path / "flows.parquet")
    again = ts.Market.from_frames(pd.read_parquet(tmp_path / "flows.parquet"), products, demand=-2.0)
    pd.testing.assert_frame_equal(again.flows, market.flows)


def test_tariffs_may_be_a_table_of_their_own(market: ts.Market, flows: pd.DataFrame, products: pd.DataFrame) -> None:
    tariffs = flows.dropna().rename(columns={"tariff": "rate"}).drop(columns="value").iloc[::-1]
    apart = ts.Market.from_frames(flows.drop(columns="tariff"), products, tariffs=tariffs, demand=-2.0)
    pd.testing.assert_frame_equal(apart.flows, market.flows)
    with pytest.raises(ts.InvalidInput, match="one of the two"):
        ts.Market.from_frames(flows, products, tariffs=tariffs, demand=-2.0)


def test_the_exact_form_has_its_closed_form(market: ts.Market) -> None:
    eq = ts.solve(market, free())
    assert eq.converged and eq.theory == ts.Theory("partial")
    # World prices of 870323 are given: P is a CES index of the new tariffs.
    spent = np.array([30 * 1.2, 5 * 1.2])
    price = (spent / spent.sum() @ np.array([1 / 1.2, 1.0]) ** (1 - 6)) ** (1 / (1 - 6))
    assert eq.buyers.loc[("C", "870323"), "price_hat"] == pytest.approx(price, rel=1e-12)
    assert eq.flows.loc[("A", "C", "870323"), "quantity_hat"] == pytest.approx(
        (1 / 1.2 / price) ** -6 * price**-2, rel=1e-12
    )
    assert eq.buyers.loc[("C", "870323"), "consumer_surplus"] == pytest.approx(42 * (1 / price - 1), rel=1e-12)
    assert eq.certificate.worst < 1e-11
    assert eq.markets["iterations"].min() > 0


def test_results_add_up_by_region_and_sector(market: ts.Market) -> None:
    eq = ts.solve(market, free())
    assert eq.sectors["net_welfare"].sum() == pytest.approx(eq.regions["net_welfare"].sum())
    assert eq.by_region_and_sector["net_welfare"].sum() == pytest.approx(eq.regions["net_welfare"].sum())
    foreign = eq.flows[eq.flows.index.get_level_values("exporter") != eq.flows.index.get_level_values("importer")]
    assert eq.regions["exports"].sum() == pytest.approx(foreign["value"].sum())
    surplus = eq.suppliers["producer_surplus"].sum() + eq.buyers["consumer_surplus"].sum()
    revenue = (eq.buyers["tariff_revenue"] - eq.buyers["tariff_revenue_base"]).sum()
    assert eq.regions["net_welfare"].sum() == pytest.approx(surplus + revenue)
    assert (
        eq.by_region_and_sector.loc[("A", "AGR"), "world_price_hat"]
        == eq.suppliers.loc[("A", "010121"), "world_price_hat"]
    )


def test_scopes_name_products_sectors_and_groups(market: ts.Market) -> None:
    eq = ts.solve(market, ts.Scenario().tariff(importer="C", exporter="AB", sector="MOT", rate=0.5))
    assert eq.flows.loc[(slice(None), "C", "870323"), "tariff"].eq(0.5).all()
    assert eq.markets.loc["010121", "iterations"] == 0
    one = ts.solve(market, ts.Scenario().tariff(importer="C", sector="870323", rate=0.5))
    pd.testing.assert_frame_equal(one.flows, eq.flows)
    table = pd.DataFrame({"exporter": ["A"], "importer": ["C"], "sector": ["870323"], "rate": [0.3]})
    listed = ts.solve(market, ts.Scenario().tariff(importer="C", exporter="A", sector="870323", rate=table))
    assert listed.flows.loc[("A", "C", "870323"), "tariff"] == 0.3


def test_gsim_is_printed_with_its_parameters_and_nears_the_exact_form(market: ts.Market) -> None:
    small = ts.Scenario("small").tariff(importer="C", exporter="A", sector="AGR", rate=0.1001)
    exact, linear = ts.solve(market, small), ts.solve(market, small, theory="gsim")
    np.testing.assert_allclose(exact.suppliers["world_price_hat"], linear.suppliers["world_price_hat"], atol=1e-7)
    text = ts.solve(market, free(), theory=ts.Theory("gsim", published_sign=True)).summary()
    assert "Theory('gsim', published_sign=True)" in text
    assert "million USD" in text and "demand of 1" in text


def test_published_sign_overstates_losses_alone(market: ts.Market) -> None:
    rise = ts.Scenario().tariff(importer="C", rate=0.4)
    correct = ts.solve(market, rise, theory="gsim").buyers["consumer_surplus"]
    published = ts.solve(market, rise, theory=ts.Theory("gsim", published_sign=True)).buyers["consumer_surplus"]
    assert (published[correct < 0] < correct[correct < 0]).all()
    pd.testing.assert_series_equal(published[correct > 0], correct[correct > 0])


def test_a_linear_form_beyond_its_range_says_so(market: ts.Market) -> None:
    eq = ts.solve(market, ts.Scenario().tariff(importer="C", exporter="B", rate=1.0), theory="gsim")
    assert "below zero" in eq.summary()


def test_smart_takes_one_importer(market: ts.Market) -> None:
    eq = ts.solve(market, free(), theory=ts.Theory("smart", importer="C"))
    assert set(eq.flows.index.get_level_values("importer")) == {"C"}
    assert ("C", "C", "010121") not in eq.flows.index
    by_product = eq.flows.groupby("product")["trade_diversion"].sum()
    np.testing.assert_allclose(by_product, 0, atol=1e-12)
    # 30 of A and 5 of B, a tariff of 20 percent gone, s = 6.
    assert eq.flows.loc[("B", "C", "870323"), "trade_diversion"] == pytest.approx(-30 * 5 / 35 * 0.2 / 1.2 * 6)
    with pytest.raises(ts.InvalidInput, match="smart takes one importer"):
        ts.solve(market, ts.Scenario().tariff(importer="B", rate=0.1), theory=ts.Theory("smart", importer="C"))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ts.Theory("two_tier"), "domestic_import: is missing"),
        (lambda: ts.Theory("magic"), "unknown theory 'magic'"),
        (lambda: ts.Theory("partial", importer="C"), "no parameter 'importer'"),
        (lambda: ts.Theory("gsim", published_sign=1), "True or False"),
        (lambda: ts.Theory("smart"), "code of one region"),
    ],
)
def test_theories_that_are_none(make, message: str) -> None:
    with pytest.raises(ts.InvalidInput, match=message):
        make()


def test_worlds_and_markets_keep_apart(market: ts.Market) -> None:
    world = ts.World.from_flows([[80.0, 20.0], [10.0, 90.0]], trade_elasticity=4.0)
    with pytest.raises(ts.InvalidInput, match="single markets"):
        ts.solve(world, ts.Scenario(), theory="gsim")
    with pytest.raises(ts.InvalidInput, match="theory of worlds"):
        ts.solve(market, ts.Scenario(), theory="krugman")
    with pytest.raises(ts.InvalidInput, match="closure"):
        ts.solve(market, ts.Scenario(), "balanced")
    with pytest.raises(ts.InvalidInput, match="import tariffs alone"):
        ts.solve(market, ts.Scenario().export_tax(exporter="A", rate=0.1))
    with pytest.raises(ts.InvalidInput, match="dated"):
        ts.solve(market, ts.Scenario.load("us-china-2018").on("2019-01-01"))


def test_tables_that_are_wrong(flows: pd.DataFrame, products: pd.DataFrame) -> None:
    def refuse(message: str, flows: pd.DataFrame = flows, products: pd.DataFrame = products, **known) -> None:
        with pytest.raises(ts.InvalidInput, match=message):
            ts.Market.from_frames(flows, products, **{"demand": -2.0, **known})

    refuse("no column 'value'", flows.drop(columns="value"))
    refuse("unknown product code '999999'", flows.replace("870323", "999999"))
    refuse(r"importer=C, product=010121\): value is -1", flows.replace(60.0, -1.0))
    refuse("listed twice", pd.concat([flows, flows.iloc[:1]]))
    refuse("above -1", flows.replace(0.2, -1.0))
    refuse("with its sign", demand=1.25)
    refuse(r"demand elasticity\(product=870323, region=C\): is missing", demand=None)
    refuse("unknown region code 'Z'", demand={"Z": -1.0})
    refuse("no column 'sector'", products=products.drop(columns="sector"))


def test_a_folder_that_is_wrong_names_file_and_line(tmp_path: Path) -> None:
    package(tmp_path, flows="exporter,importer,sector,value\nA,B,S,10\nA,B,S,3\n")
    with pytest.raises(ts.InvalidInput, match=r"flows\.csv:3: the cell is listed twice, first in line 2"):
        ts.Market.read(tmp_path)


def test_import_stays_light() -> None:
    code = "import sys, tariffsim; print('pandas' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_gsim_of_francois_and_hall_to_the_digits_printed(shared_data: Path) -> None:
    folder = shared_data / "gsim4x4"
    us_eu = free("USA", "EUR").tariff(importer="EUR", exporter="USA", rate=0.0)
    eq = ts.solve(ts.Market.read(folder), us_eu, theory=ts.Theory("gsim", published_sign=True))
    printed = pd.read_csv(folder / "expected" / "published_digits.csv", index_col="region")
    columns = ["producer_surplus", "consumer_surplus", "tariff_revenue_change", "net_welfare"]
    pd.testing.assert_frame_equal(eq.regions[columns].round(3), printed[columns], check_like=True, atol=1e-9)
    price = eq.suppliers["world_price_hat"].droplevel("product") - 1
    np.testing.assert_allclose(price.round(4)[printed.index], printed["producer_price_change"], atol=1e-9)


def test_a_market_without_a_price_level_has_no_numbers() -> None:
    flows = pd.DataFrame({"exporter": ["A", "B"], "importer": "C", "product": "P", "value": [1.0, 2.0]})
    market = ts.Market.from_frames(flows, demand=0, supply=0, substitution=5)
    eq = ts.solve(market, ts.Scenario().tariff(importer="C", exporter="A", rate=0.1))
    assert not eq.converged and eq.markets.loc["P", "status"] == "infeasible"
    assert "no result" in eq.summary()
    with pytest.raises(ts.NotConverged, match="product P"):
        _ = eq.flows
