"""Pictures: they show the numbers of the result, nothing is cut off, and what is no number is not drawn as one."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import PatchCollection
from matplotlib.colors import to_hex
from matplotlib.text import Text

import tariffsim as ts
from tariffsim import plot
from tariffsim.plot import geography, style, words
from tariffsim.plot.replacement import partner_changes
from tariffsim.plot.tariff_change import market_tariff, tariff_rows
from tariffsim.plot.trade import default_market, sector_codes


@pytest.fixture(scope="module")
def eq(world, war):
    return ts.solve(world, war)


@pytest.fixture(scope="module")
def large(war):
    """44 regions, the most that must stay readable."""
    return ts.solve(ts.World.load("world-2022"), war)


@pytest.fixture(scope="module")
def banned(world):
    """All trade in goods from China to the USA forbidden."""
    return ts.solve(world, ts.Scenario("ban").ban("USA", "CHN", "goods"))


@pytest.fixture(scope="module")
def nothing():
    """No change at all, whose rounding noise is no result."""
    return ts.solve(ts.World.load("world-2022"), ts.Scenario("nothing"))


@pytest.fixture(scope="module")
def taste(world):
    return ts.solve(world, ts.Scenario("taste").taste("USA", "CHN", "goods", factor=0.5))


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


PICTURES = {
    "welfare_bars": lambda p: p.welfare_bars(),
    "welfare_bars, top": lambda p: p.welfare_bars(top=8, first_order=False),
    "world_map": lambda p: p.world_map(),
    "heat_map": lambda p: p.heat_map(),
    "heat_map, all": lambda p: p.heat_map("*", show="change", top=None),
    "who_replaces_whom": lambda p: p.who_replaces_whom(),
    "where_it_goes": lambda p: p.where_it_goes(),
    "trade_change": lambda p: p.trade_change(),
    "tariff_change": lambda p: p.tariff_change(),
    "volumes_beside_values": lambda p: p.volumes_beside_values(),
    "volumes_beside_values, one market": lambda p: p.volumes_beside_values("USA", "goods"),
    "sector_detail": lambda p: p.sector_detail(),
    "sector_detail, exporter": lambda p: p.sector_detail("CHN"),
}
NAMES_REGIONS = {"volumes_beside_values, one market", "sector_detail, exporter"}


def first(axes):
    return axes[0] if isinstance(axes, list) else axes


def texts(figure):
    return [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]


def drawn_texts(figure):
    """All texts without the labels of ticks that lie outside the axes, which are not drawn."""
    hidden = set()
    for ax in figure.axes:
        for axis, limits in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim())):
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                if not min(limits) <= tick.get_loc() <= max(limits) or not ax.axison:
                    hidden |= {tick.label1, tick.label2}
    return [t for t in texts(figure) if t not in hidden]


def row_labels(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


# ---- every picture


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("size", ["eq", "large", "nothing", "taste"])
@pytest.mark.parametrize("dpi", [100, 207])
def test_no_text_is_cut_off(name, size, dpi, request):
    figure = first(PICTURES[name](request.getfixturevalue(size).plot)).figure
    figure.set_dpi(dpi)  # letters do not grow exactly with the resolution
    figure.draw_without_rendering()
    width, height = figure.get_size_inches() * figure.dpi
    shown = drawn_texts(figure)
    assert len(shown) > 5
    for text in shown:
        box = text.get_window_extent()
        inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1
        assert inside, f"{text.get_text()!r} reaches outside the picture: {box}"


@pytest.mark.parametrize(
    "name", ["welfare_bars", "who_replaces_whom", "sector_detail", "trade_change", "tariff_change"]
)
def test_row_labels_and_values_do_not_overlap(name, large):
    ax = first(PICTURES[name](large.plot))
    ax.figure.draw_without_rendering()
    labels = [label.get_window_extent() for label in ax.get_yticklabels()]
    for above, below in zip(labels, labels[1:]):
        assert above.y0 >= below.y1 - 0.5
    left = max(box.x1 for box in labels)
    for text in ax.texts:
        assert text.get_window_extent().x0 >= left - 1, f"{text.get_text()!r} covers the row labels"


@pytest.mark.parametrize("name", PICTURES)
def test_what_is_no_number_is_not_written(name, banned):
    words = [t.get_text() for t in texts(first(PICTURES[name](banned.plot)).figure)]
    assert not [word for word in words if "nan" in word.lower() or "inf" in word.lower()]


@pytest.mark.parametrize("name", [name for name in PICTURES if name not in NAMES_REGIONS])
def test_a_world_of_three_regions_and_one_sector_has_pictures(name, tiny):
    eq = ts.solve(tiny, ts.Scenario("60 percent").tariff("A", "B", rate=0.6))
    assert texts(first(PICTURES[name](eq.plot)).figure)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", [name for name in PICTURES if name not in NAMES_REGIONS])
def test_a_world_of_one_region_has_pictures(name):
    eq = ts.solve(ts.World.from_flows([[100]], 4.0), ts.Scenario("one"))
    assert texts(first(PICTURES[name](eq.plot)).figure)


@pytest.mark.parametrize("name", [name for name in PICTURES if name != "tariff_change"])
def test_no_change_is_drawn_as_none(name, nothing):
    """Noise has neither bars nor a scale of its own: every number that is not a base is zero, on an axis of one percent."""
    axes = PICTURES[name](nothing.plot)
    for ax in [axes[-1]] if name == "heat_map" else axes if isinstance(axes, list) else [axes]:
        ax.figure.draw_without_rendering()
        assert not any(bar.get_width() for bar in ax.patches if hasattr(bar, "get_width"))
        if ax.images:
            assert not np.ma.compressed(ax.images[0].get_array()).any()
        elif name == "trade_change":
            assert all(len(set(line.get_xdata())) == 1 for line in ax.lines)
        elif name != "world_map":
            assert ax.get_xlim() == (-1, 1) and ax.get_xlabel().endswith("no change")
        else:
            assert ax.figure.axes[-1].get_xlabel().endswith("no change") and not ax.texts
            assert "5" in [label.get_text() for label in ax.figure.axes[-1].get_xticklabels()]


def test_noise_is_no_reason_to_choose_a_market(nothing):
    """Without a change the picture shows the largest importer."""
    imports = nothing.flows_base.sum("sector").to_pandas().to_numpy().copy()
    np.fill_diagonal(imports, 0.0)
    largest = nothing.observed.regions.index[imports.sum(axis=0).argmax()]
    assert default_market(nothing).importer == largest


def test_a_picture_goes_onto_given_axes(eq):
    figure, axes = plt.subplots(1, 2, figsize=(14, 9))
    assert eq.plot.welfare_bars(axes[0]) is axes[0]
    assert eq.plot.world_map(axes[1], title="here") is axes[1]
    assert axes[1].get_title(loc="left") == "here"
    assert plt.get_fignums() == [figure.number]


def test_methods_are_the_functions(eq):
    names = [name for name in dir(eq.plot) if not name.startswith("_")]
    assert set(names) <= set(plot.__all__) and len(names) == 9
    for name in names:
        assert getattr(eq.plot, name).__doc__ == getattr(plot, name).__doc__
        assert name in repr(eq.plot)


def test_the_settings_of_the_caller_stay(eq):
    before = dict(matplotlib.rcParams)
    eq.plot.tariff_change()
    assert dict(matplotlib.rcParams) == before


def test_no_result_no_picture(world, war):
    stalled = ts.solve(world, war, max_evaluations=1)
    assert stalled.status == "stalled"
    for draw in PICTURES.values():
        with pytest.raises(ts.NotConverged):
            draw(stalled.plot)


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda p: p.who_replaces_whom("USB"), "importer: unknown code 'USB'\n  remedy: did you mean USA"),
        (lambda p: p.where_it_goes("CHM"), "exporter: unknown code 'CHM'\n  remedy: did you mean CHN"),
        (lambda p: p.sector_detail("usa"), "region: unknown code 'usa'"),
        (lambda p: p.trade_change("USA", "good"), "sector: unknown code or kind 'good'\n  remedy: did you mean goods"),
        (lambda p: p.heat_map([]), "sector: is empty"),
        (lambda p: p.heat_map(show="later"), "show: is 'later'\n  remedy: use 'before', 'after', 'change'"),
        (lambda p: p.heat_map(ax=plt.gca()), "ax: holds one picture\n  remedy: give show='change'"),
    ],
)
def test_errors_name_the_word_and_the_remedy(eq, draw, message):
    with pytest.raises(ts.InvalidInput) as caught:
        draw(eq.plot)
    assert message in str(caught.value)


# ---- each picture shows its numbers


def test_welfare_bars_are_real_income(eq):
    ax = eq.plot.welfare_bars()
    ranked = eq.real_income_pct.sort_values(ascending=False)
    np.testing.assert_allclose([bar.get_width() for bar in ax.patches], ranked)
    assert row_labels(ax) == [words.short_names(eq.observed, 28)[code] for code in ranked.index]
    colors = [to_hex(bar.get_facecolor()) for bar in ax.patches]
    assert colors == [style.GAIN if value >= 0 else style.LOSS for value in ranked]
    diamonds = next(line for line in ax.lines if line.get_marker() == "D")
    np.testing.assert_allclose(diamonds.get_xdata(), eq.welfare_first_order["total_pct"][ranked.index])


def test_welfare_bars_keep_the_largest_and_say_what_they_hide(eq):
    ax = eq.plot.welfare_bars(top=6)
    kept = eq.real_income_pct.abs().nlargest(6).index
    np.testing.assert_allclose(sorted(bar.get_width() for bar in ax.patches), sorted(eq.real_income_pct[kept]))
    note = ax.figure.get_supxlabel()
    rest = eq.real_income_pct.drop(kept)
    assert note.startswith(f"The other {len(rest)} regions: {words.percent(rest.min())} to {words.percent(rest.max())}")


def test_the_formula_is_not_shown_where_it_does_not_apply(world):
    eq = ts.solve(world, ts.Scenario("better machines").productivity("DEU", factor=1.1))
    assert not [line for line in eq.plot.welfare_bars().lines if line.get_marker() == "D"]


def test_real_incomes_that_cannot_be_compared_say_so(taste):
    assert "not comparable" in taste.plot.welfare_bars().get_xlabel()


def test_heat_map_holds_the_flows(eq):
    before, after, change = eq.plot.heat_map("goods", top=None)
    goods = sector_codes(eq.observed, "goods")
    f, g = (x.sel(sector=goods).sum("sector").to_pandas() for x in (eq.flows_base, eq.flows))
    order = [label.get_text().split()[-1] for label in before.get_yticklabels()]
    assert sorted(order) == sorted(f.index)
    for ax, expected in ((before, f / 1e3), (after, g / 1e3), (change, 100 * (g / f - 1))):
        shown = np.ma.filled(ax.images[0].get_array(), np.nan)
        wanted = expected.loc[order, order].to_numpy().copy()
        np.fill_diagonal(wanted, np.nan)
        np.testing.assert_allclose(shown, wanted, rtol=1e-12)


def test_heat_map_of_some_regions_keeps_the_sum(eq):
    before = eq.plot.heat_map("goods", show="before", top=6)
    shown = np.ma.filled(before.images[0].get_array(), np.nan)
    assert shown.shape == (7, 7)
    goods = sector_codes(eq.observed, "goods")
    flows = eq.flows_base.sel(sector=goods).sum("sector").to_numpy().copy()
    np.fill_diagonal(flows, 0.0)
    assert np.nansum(shown) == pytest.approx(flows.sum() / 1e3)
    assert [label.get_text() for label in before.get_xticklabels()][-1] == "others"
    assert {"USA", "CHN"} <= {label.get_text() for label in before.get_xticklabels()}


def test_heat_map_of_a_ban(banned):
    _, after, change = banned.plot.heat_map(top=8)
    codes = [label.get_text() for label in change.get_xticklabels()]
    cell = (codes.index("USA"), codes.index("CHN"))  # column, row
    written = {tuple(t.get_position()): t.get_text() for t in change.texts}
    assert written[cell] == "\u2212100"
    assert {tuple(t.get_position()): t.get_text() for t in after.texts}[cell] == "0"
    assert not [position for position in written if position[0] == position[1] and codes[position[0]] != "others"]


def test_who_replaces_whom_adds_up(eq):
    ax = eq.plot.who_replaces_whom("USA", "goods", top=5)
    goods = sector_codes(eq.observed, "goods")
    change = (eq.flows - eq.flows_base).sel(importer="USA", sector=goods).sum("sector").to_pandas() / 1e3
    widths = [bar.get_width() for bar in ax.patches]
    assert len(widths) == 7  # five sellers, the others, its own producers
    assert sum(widths) == pytest.approx(change.sum(), rel=1e-9)
    losses, gains = [w for w in widths if w < 0], [w for w in widths if w >= 0]
    assert widths == sorted(losses) + sorted(gains, reverse=True)
    assert widths[0] == pytest.approx(change["CHN"]) and row_labels(ax)[0] == "China and Hong Kong"
    own = next(bar for bar in ax.patches if bar.get_hatch())
    assert own.get_width() == pytest.approx(change["USA"])


def test_where_it_goes_adds_up(eq):
    table = partner_changes(eq, "CHN", sector_codes(eq.observed, "goods"), buying=False, top=4, own=True)
    sold = eq.export_destinations("CHN", "goods")
    assert table["change"].sum() == pytest.approx(sold["change"].sum(), rel=1e-9)
    assert table.loc["USA", "before"] == pytest.approx(sold.loc["USA", "base"])
    assert table.loc["own", "after"] == pytest.approx(sold.loc["CHN", "counterfactual"])


def test_regions_of_one_customs_territory_count_as_the_own_market(tiny):
    parts = tiny.split("A", {"A1": 0.5, "A2": 0.5})
    eq = ts.solve(parts, ts.Scenario("tariff").tariff("A1", "B", rate=0.5).tariff("A2", "B", rate=0.5))
    table = partner_changes(eq, "A1", list(parts.sectors.index), buying=True, top=9, own=True)
    assert set(table.index) == {"B", "C", "own"}
    assert table.loc["own", "before"] == pytest.approx(
        float(eq.flows_base.sel(importer="A1", exporter=["A1", "A2"]).sum())
    )


def test_import_shares_sum_to_a_hundred(eq):
    ax = eq.plot.trade_change("USA", "goods", top=100)
    filled = [line for line in ax.lines if len(line.get_xdata()) == 2]
    before, after = (sum(line.get_xdata()[k] for line in filled) for k in (0, 1))
    assert before == pytest.approx(100) and after == pytest.approx(100)


def test_tariffs_agree_with_the_analysis(tiny):
    """In a world of one sector the market is all imports, so the library's effective tariff must come out."""
    eq = ts.solve(tiny, ts.Scenario("tariff").tariff("A", "B", rate=0.6).tariff("A", "C", rate=0.2))
    expected = eq.effective_tariff("importer").loc["A"]
    found = market_tariff(eq, "A", ["A", "B", "C"], list(tiny.sectors.index))
    np.testing.assert_allclose(found, expected.to_numpy())
    pair = market_tariff(eq, "A", ["B"], list(tiny.sectors.index))
    np.testing.assert_allclose(pair, [0, 0.6, 0.6])


def test_tariff_rows_name_the_pairs(eq):
    assert list(tariff_rows(eq).index) == [
        "United States, all goods",
        "United States from China and Hong Kong",
        "China and Hong Kong, all goods",
        "China and Hong Kong from United States",
    ]
    assert tariff_rows(eq).loc["United States from China and Hong Kong", "announced"] == pytest.approx(0.6)


def test_a_ban_is_called_a_ban(banned):
    ax = banned.plot.tariff_change()
    assert [text.get_text() for text in ax.texts][1] == "12.0 \u2192 banned"
    assert row_labels(ax)[1] == "United States from China and Hong Kong"
    announced = next(line for line in ax.lines if line.get_label() == "announced")
    assert np.isnan(announced.get_xdata()[1])  # there is no rate to draw


def test_volumes_and_values_differ_by_prices(eq):
    table = plot.trade_volumes(eq, "goods")
    goods = sector_codes(eq.observed, "goods")
    for code in ("USA", "CHN", "DEU"):
        # Exports of one region: value over volume is a mean of its own export prices.
        ratio = (100 + table.loc[code, "exports_value_pct"]) / (100 + table.loc[code, "exports_volume_pct"])
        prices = eq.flow_price_hat.sel(exporter=code, sector=goods)
        assert float(prices.min()) <= ratio <= float(prices.max())
    flows = [x.sel(exporter="USA", sector=goods).drop_sel(importer="USA").sum() for x in (eq.flows_base, eq.flows)]
    assert table.loc["USA", "exports_base"] == pytest.approx(float(flows[0]))
    assert table.loc["USA", "exports_value_pct"] == pytest.approx(float(100 * (flows[1] / flows[0] - 1)))


def test_volumes_panels_show_the_table(eq):
    exports, imports = eq.plot.volumes_beside_values(sector="goods", top=5)
    names = words.short_names(eq.observed, 20)
    table = plot.trade_volumes(eq, "goods").set_axis(names.to_numpy())
    rows = row_labels(exports)
    assert {"United States", "China and Hong Kong"} <= set(rows) and len(rows) == 5
    for ax, flow in ((exports, "exports"), (imports, "imports")):
        lines = [
            line
            for line in ax.lines
            if len(line.get_xdata()) == 2 and line.get_linestyle() == "-" and len(set(line.get_ydata())) == 1
        ]
        for line, name in zip(lines, rows):
            np.testing.assert_allclose(line.get_xdata(), table.loc[name, [f"{flow}_value_pct", f"{flow}_volume_pct"]])


def test_sector_detail_shows_output(eq):
    ax = eq.plot.sector_detail("USA")
    volume = (eq.output / eq.output_base / eq.cost_hat - 1).loc["USA"] * 100
    np.testing.assert_allclose([bar.get_width() for bar in ax.patches], volume.sort_values(ascending=False))


@pytest.mark.parametrize("region", ["CHN", "USA", "VNM", "TWN"])
def test_output_and_its_change_do_not_run_into_each_other(large, region):
    ax = large.plot.sector_detail(region)
    ax.figure.draw_without_rendering()
    edge = max(label.get_window_extent().x1 for label in ax.get_yticklabels())
    letter = 0.6 * 7.5 * ax.figure.dpi / 72
    assert min(text.get_window_extent().x0 for text in ax.texts) >= edge + 2.5 * letter


def test_a_sector_without_output_has_no_bar(large):
    ax = large.plot.sector_detail("HKG")
    assert large.output_base.loc["HKG", "ENR"] == 0
    assert len(ax.patches) == 20 and len(ax.get_yticklabels()) == 21
    assert [t.get_text() for t in ax.texts].count("makes none") == 1
    assert row_labels(ax)[-1].startswith("Coal, oil and gas")


# ---- the map


def test_every_country_has_the_colour_of_its_region(eq):
    ax = eq.plot.world_map()
    collection = next(c for c in ax.collections if isinstance(c, PatchCollection))
    shapes = list(geography.outlines())
    region = {
        country: code for code in eq.observed.regions.index for country in eq.observed.members.get(code) or [code]
    }
    _, norm = style.classes(float(eq.real_income_pct.abs().max()))
    for country, face in zip(shapes, collection.get_facecolors()):
        if country in region:
            assert to_hex(face) == to_hex(style.DIVERGING(norm(eq.real_income_pct[region[country]]))), country
        else:
            assert to_hex(face) == style.NO_DATA
    assert region["AUT"] == region["SWE"]  # members of one aggregate


def test_countries_outside_the_world_are_grey(tiny):
    named = ts.World.from_flows([[80, 6], [8, 150]], 4.0, regions=["FRA", "DEU"])
    eq = ts.solve(named, ts.Scenario("tariff").tariff("FRA", "DEU", rate=0.5))
    ax = eq.plot.world_map()
    collection = next(c for c in ax.collections if isinstance(c, PatchCollection))
    shapes = list(geography.outlines())
    colored = {country for country, face in zip(shapes, collection.get_facecolors()) if to_hex(face) != style.NO_DATA}
    assert colored == {"FRA", "DEU"}
    names = [t.get_text() for t in ax.texts]
    assert len(names) == 2 and any(name.startswith("FRA\n") for name in names)


def test_small_places_get_a_point(large):
    ax = large.plot.world_map()
    points = [c for c in ax.collections if not isinstance(c, PatchCollection)]
    places = {tuple(np.round(offset, 9)) for c in points for offset in c.get_offsets()}
    expected = {tuple(np.round(geography.points()[code], 9)) for code in ("SGP", "HKG")}
    assert places == expected


def test_names_on_the_map_do_not_cover_each_other(large):
    ax = large.plot.world_map(named=4)
    ax.figure.draw_without_rendering()
    boxes = [Text.get_window_extent(t) for t in ax.texts]  # of the words, without the line that leads to the place
    assert len(boxes) == 8
    for k, box in enumerate(boxes):
        for other in boxes[k + 1 :]:
            width = min(box.x1, other.x1) - max(box.x0, other.x0)
            height = min(box.y1, other.y1) - max(box.y0, other.y0)
            assert width <= 2 or height <= 2


def test_the_projection_keeps_areas():
    """Cells of one degree have the area of the sphere, wherever they lie."""
    step = np.radians(1.0)
    for latitude in (-60.0, -20.0, 0.0, 33.0, 70.0, 85.0):
        for longitude in (-170.0, 0.0, 95.0):
            corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], dtype=float) * 1e-2 + (longitude, latitude)
            x, y = geography.project(corners[:, 0], corners[:, 1])
            area = abs((x * np.roll(y, -1) - y * np.roll(x, -1)).sum()) / 2
            assert area == pytest.approx((1e-2 * step) ** 2 * np.cos(np.radians(latitude + 0.005)), rel=1e-5)
    assert geography.project(0.0, 0.0) == (0.0, 0.0)


# ---- what they are made of


@pytest.mark.parametrize("limit", [0.0, 3e-7, 0.0101, 0.5, 0.66, 1.0, 99.9, 4200.0])
def test_classes_are_a_series_below_the_limit(limit):
    edges, norm = style.classes(limit)
    upper = edges[5:]
    assert edges == [-edge for edge in reversed(edges)] and len(edges) == 10 and upper == sorted(upper)
    assert all(f"{edge:e}"[0] in "125" and f"{edge:.0e}" == f"{float(f'{edge:.6e}'):.0e}" for edge in upper)
    if limit:
        assert upper[-1] < limit <= 2.5 * upper[-1] * 1.0001
    middles = [(low + high) / 2 for low, high in zip(edges, edges[1:])]
    shown = [to_hex(style.DIVERGING(norm(value))) for value in (1.5 * edges[0], *middles, 1.5 * edges[-1])]
    assert shown == [to_hex(color) for color in style.DIVERGING.colors]  # a colour of its own for every class


def test_shocked_markets_rank_by_trade_and_wedge(world, war, banned):
    markets = plot.shocked_markets(ts.solve(world, war))
    assert [(m.importer, m.exporters) for m in markets] == [("USA", ("CHN",)), ("CHN", ("USA",))]
    assert list(markets[0].sectors) == sector_codes(world, "goods")
    assert markets[0].weight > markets[1].weight
    only = plot.shocked_markets(banned)
    assert [m.importer for m in only] == ["USA"] and np.isfinite(only[0].weight)
    assert plot.shocked_markets(ts.solve(world, ts.Scenario("none"))) == []


@pytest.mark.parametrize(
    ("unit", "value_added", "expected"),
    [
        ("million USD", 1e8, (1e3, "bn USD")),
        ("thousand USD", 1e11, (1e6, "bn USD")),
        ("million USD", 500.0, (1.0, "million USD")),
        ("", 1e8, (1.0, "units of the data")),
    ],
)
def test_amounts_are_shown_in_billions_where_large(unit, value_added, expected):
    flows = np.array([[0.9, 0.1], [0.1, 0.9]]) * value_added / 2
    money = words.Money.of(ts.World.from_flows(flows, 4.0, unit=unit))
    assert (money.per, money.unit) == expected


def test_numbers_as_text():
    assert [words.signed(x) for x in (0.0, -1234.5, 12.345, -0.01234)] == ["0", "\u22121,234", "+12.3", "\u22120.0123"]
    assert words.signed(float("nan")) == "n/a" and words.percent(float("inf")) == "n/a"
    assert words.percent(-0.0004) == "0.00" and words.percent(1.005, 1, sign=False) == "1.0"
    assert words.listed(["a"]) == "a" and words.listed(["a", "b", "c"]) == "a, b and c"


def test_names_have_their_article():
    with_article = ["United States", "United Kingdom", "Netherlands", "Philippines", "Russian Federation"]
    with_article += ["United Arab Emirates", "Rest of the World", "Czech Republic", "USA", "European Union"]
    assert [words.the(name) for name in with_article] == [f"the {name}" for name in with_article]
    for name in ("China", "China and Hong Kong", "Other EU27", "USB", "Viet Nam", "the Gambia", "Korea"):
        assert words.the(name) == name


def test_short_names_stay_apart():
    sectors = {"sector": ["G"], "trade_elasticity": [4.0]}
    import pandas as pd

    regions = pd.DataFrame({"region": ["AA", "BB", "CC"], "name": ["Land (north)", "Land (south)", ""]})
    flows = pd.DataFrame(
        [(x, y, "G", 1.0) for x in regions["region"] for y in regions["region"]],
        columns=["exporter", "importer", "sector", "value"],
    )
    world = ts.World.from_frames(regions=regions, sectors=pd.DataFrame(sectors), flows=flows)
    assert list(words.short_names(world)) == ["Land AA", "Land BB", "CC"]
