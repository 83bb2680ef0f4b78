"""Reports: one file that needs nothing else, holds the numbers of the result, and appears complete or not at all."""

import os
import re
from collections import Counter
from html.parser import HTMLParser

import pytest

import tariffsim as ts
from tariffsim import report
from tariffsim.plot import words
from tariffsim.report import page as page_module
from tariffsim.report import wording
from tariffsim.report.atomic import write_text

VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """What the tests ask of a page: tags with attributes, texts by tag, tables by caption, and that tags are closed."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.source, self.tags, self.open, self.words = text, [], [], []
        self.feed(text)
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data):
        if "style" not in self.open and "svg" not in self.open:
            self.words.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", "".join(self.words))

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def eq(world, war):
    return ts.solve(world, war)


@pytest.fixture(scope="module")
def truce(world):
    scenario = ts.Scenario("30 percent on China").tariff("USA", "CHN", "goods", rate=0.3, operation="add")
    return ts.solve(world, scenario)


@pytest.fixture(scope="module")
def single(eq, tmp_path_factory):
    path = eq.report(tmp_path_factory.mktemp("report") / "war.html")
    return Page(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def double(eq, truce, tmp_path_factory):
    path = report.compare([eq, truce], tmp_path_factory.mktemp("report") / "both.html", title="War and truce")
    return Page(path.read_text(encoding="utf-8"))


@pytest.fixture(params=["single", "double"])
def page(request):
    return request.getfixturevalue(request.param)


# ---- the page stands alone


def test_nothing_is_fetched(page):
    assert not page.all("script") and not page.all("link") and not page.all("img") and not page.all("iframe")
    for tag, attrs in page.tags:
        for name, value in attrs.items():
            if name in ("src", "srcset", "data", "poster", "action"):
                pytest.fail(f"<{tag} {name}={value!r}>")
            if name in ("href", "xlink:href"):
                assert value.startswith(("#", "data:image/png;base64,")), f"<{tag} {name}={value!r:.80}>"
    assert all(target.startswith("#") for target in re.findall(r"url\(\s*([^)]*)\)", page.source))
    assert "@import" not in page.source and "@font-face" not in page.source
    addresses = set(re.findall(r"https?://[^\s\"'<)]+", page.source))
    assert addresses <= {"http://www.w3.org/1999/xlink"}  # a name space, which no browser opens


def test_page_is_small(page):
    assert len(page.source.encode()) < 5_000_000


def test_every_reference_has_its_target(page):
    ids = Counter(attrs["id"] for _, attrs in page.tags if "id" in attrs)
    assert [name for name, count in ids.items() if count > 1] == []
    hrefs = [value for _, attrs in page.tags for name, value in attrs.items() if name in ("href", "xlink:href")]
    wanted = {value[1:] for value in hrefs if not value.startswith("data:")}
    wanted |= {name.strip("#\"' ") for name in re.findall(r"url\(([^)]+)\)", page.source)}
    wanted |= {attrs["aria-labelledby"] for _, attrs in page.tags if "aria-labelledby" in attrs}
    assert wanted and wanted <= set(ids)


def test_readable_without_eyes_and_without_mouse(page):
    assert page.all("html")[0]["lang"] == "en" and page.all("title")
    pictures = page.all("svg")
    assert len(pictures) >= 12
    for attrs in pictures:
        assert attrs["role"] == "img" and len(attrs["aria-label"]) > 30
    sections = [attrs["id"] for attrs in page.all("section")]
    contents = [attrs["href"][1:] for attrs in page.all("a") if attrs.get("href", "").startswith("#")]
    assert set(sections) <= set(contents)
    for tag, attrs in page.tags:
        if attrs.get("class", "").startswith("scroll") and "role" in attrs:
            assert attrs["tabindex"] == "0" and attrs["aria-label"], tag
    headings = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert headings[0] == 1 and headings.count(1) == 1
    assert all(after - before <= 1 or (before, after) == (2, 4) for before, after in zip(headings, headings[1:]))


def test_dark_pages_and_prints_are_foreseen(page):
    assert "@media (prefers-color-scheme: dark)" in page.source and "@media print" in page.source
    used = set(re.findall(r"var\((--[a-z-]+)\)", page.source))
    assert used <= set(re.findall(r"(--[a-z-]+):", page.source))
    from tariffsim.plot import style

    for picture in re.findall(r"<svg.*?</svg>", page.source, flags=re.DOTALL):
        assert not [color for color in (style.INK, style.MUTED, style.RULE, style.PAPER) if color in picture]


# ---- the page tells the result


def test_tables_hold_the_numbers(single, eq):
    income, worth = eq.real_income_pct, eq.equivalent_variation
    for code in eq.observed.regions.index:
        row = f"{eq.observed.regions['name'][code]}{code}{words.percent(income[code], 3)}{words.percent(worth[code] / 1e3)}"
        assert row in single.text.replace("\n", ""), code
    formula = eq.welfare_first_order.loc["USA"]
    cells = [income["USA"], formula["total_pct"], formula["terms_of_trade_pct"], formula["volume_of_trade_pct"]]
    assert "United States" + "".join(words.percent(x, 3) for x in cells) in single.text


def test_sections_of_the_task(single):
    ids = [attrs["id"] for attrs in single.all("section")]
    assert ids == [
        *("short", "scenario", "welfare", "markets", "flows", "volumes"),
        *("sectors", "balances", "formula", "assumptions", "certificate", "data"),
    ]


def test_assumptions_certificate_and_sources(single, eq):
    text = single.text
    assert "Deficits: fixed_world_share" in text and "Numeraire: world_value_added" in text
    for name, residual in eq.certificate.residuals.items():
        assert name.replace("_", " ") in text and f"{residual.value:.1e}" in text
    assert f"{eq.certificate.walras:.1e}" in text and f"Largest relative residual {eq.certificate.worst:.1e}" in text
    assert f"evaluations of the system{eq.evaluations}" in text
    for row in eq.observed.sources.itertuples():
        assert row.title in text and row.license in text and row.publisher in text
    assert eq.observed.attribution in text
    for defect in eq.observed.known_defects:
        assert re.sub(r"\s+", " ", defect) in text


def test_the_scenario_as_declared_and_as_it_acts(world, war, eq, single, double, tmp_path):
    assert eq.scenario is war
    assert "As declared: tariff set 0.6 on importer USA; exporter CHN; sector goods" in single.text
    assert double.text.count("As declared:") == 2
    for page in (single, double):
        assert "Import tariffs that change, percent" in page.text
    arrays = ts.solve(world, war.compile(world))
    assert arrays.scenario is None
    assert "As declared" not in Page(arrays.report(tmp_path / "arrays.html").read_text(encoding="utf-8")).text


def test_the_package_brings_report_and_plot_along():
    assert ts.report is report and {"plot", "report"} <= set(dir(ts))
    with pytest.raises(AttributeError, match="no attribute 'reports'"):
        ts.reports


def test_the_market_that_was_hit(single, eq):
    assert "United States: goods from China and Hong Kong, and who replaces them" in single.text
    goods = list(eq.observed.sectors.index[eq.observed.sectors["kind"] == "goods"])
    sold = eq.import_sources("USA", goods).loc["CHN"]
    before, after = (words.signed(sold[x] / 1e3, sign=False) for x in ("base", "counterfactual"))
    fall = words.percent(100 * (sold["counterfactual"] / sold["base"] - 1), 1)
    assert (
        f"imports of goods from China and Hong Kong go from {before} to {after} bn USD a year ({fall} percent)"
        in single.text
    )
    assert f"value, bn USD{before}{after}{fall}" in single.text


def test_two_results_stand_side_by_side(double, eq, truce):
    for result in (eq, truce):
        assert double.text.count(result.title) >= 10
        assert words.percent(result.real_income_pct["VNM"], 3) in double.text
    assert double.text.startswith(" War and truce")
    assert 'class="many"' in double.source


def test_same_result_same_bytes(tiny, tmp_path):
    eq = ts.solve(tiny, ts.Scenario("60 percent").tariff("A", "B", rate=0.6))
    first = eq.report(tmp_path / "a.html").read_bytes()
    assert eq.report(tmp_path / "b.html").read_bytes() == first


def test_titles_are_text(tiny, tmp_path):
    title = '<script>alert("1")</script> & more'
    eq = ts.solve(tiny, ts.Scenario(title).tariff("A", "B", rate=0.1))
    page = Page(eq.report(tmp_path / "x.html").read_text(encoding="utf-8"))
    assert not page.all("script") and title in page.text


# ---- other worlds, other changes


def test_a_world_without_map_and_sources(tiny, tmp_path):
    eq = ts.solve(tiny, ts.Scenario("60 percent").tariff("A", "B", rate=0.6), ts.Closure("balanced"))
    page = Page(eq.report(tmp_path / "tiny.html").read_text(encoding="utf-8"))
    assert "The data name no source and no licence." in page.text and "The data name none." in page.text
    assert not [attrs for attrs in page.all("svg") if "map" in attrs["aria-label"]]
    assert "Deficits: balanced" in page.text
    assert f"A{words.percent(eq.real_income_pct['A'], 3)}" in page.text.replace("AA", "A")


@pytest.mark.parametrize(
    ("scenario", "sentence"),
    [
        (ts.Scenario("ban").ban("A", "B"), "Trade is banned on 1 flow."),
        (
            ts.Scenario("costs").trade_cost(["A", "B"], "C", factor=1.25),
            "Trade costs are multiplied by 1.25 on 2 flows.",
        ),
        (ts.Scenario("productivity").productivity("B", factor=1.02), "Productivity is multiplied by 1.02 in 1 cell."),
        (ts.Scenario("taxes").export_tax("*", "C", rate=0.1), "Export taxes change on 2 flows."),
        (ts.Scenario("taste").taste("A", "B", factor=0.5), "these numbers are not comparable"),
        (ts.Scenario("nothing"), "Real income changes nowhere."),
    ],
)
def test_what_is_no_tariff_is_told_too(tiny, tmp_path, scenario, sentence):
    eq = ts.solve(tiny, scenario)
    page = Page(eq.report(tmp_path / "other.html", markets=1).read_text(encoding="utf-8"))
    assert sentence in page.text
    if not eq.shock.only_tariffs:
        assert "so the formula does not apply" in page.text
    assert not re.search(r"\bnan\b|\binf\b", page.text)


def test_counts_are_those_of_the_summary_and_add_up(eq, truce):
    for result in (eq, truce):
        told = " ".join(wording.in_short(result))
        gain, lose = (int(re.search(rf"that {word}: (\d+)", told)[1]) for word in ("gain", "lose"))
        tables = " ".join(result.summary().tables)
        assert f"Who gains ({gain} of 27" in tables and f"Who loses ({lose} of 27" in tables and gain + lose == 27


def test_regions_that_do_not_change_are_counted():
    apart = ts.World.from_flows([[80, 8, 0], [8, 150, 0], [0, 0, 70]], 4.0)  # R3 trades with nobody
    eq = ts.solve(apart, ts.Scenario("war").tariff("R1", "R2", rate=0.5).tariff("R2", "R1", rate=0.5))
    assert "Regions that gain: 0; that lose: 2; that change by no more than 0.0000005 percent: 1." in " ".join(
        wording.in_short(eq)
    )


def test_a_ban_is_called_a_ban(world, tmp_path):
    eq = ts.solve(world, ts.Scenario("ban").ban("USA", "CHN", "goods"))
    page = Page(eq.report(tmp_path / "ban.html", markets=1).read_text(encoding="utf-8"))
    assert "Duties on them, % (announced: banned)12.0banned" in page.text
    assert "12.0 before, banned announced, banned paid" in page.source


def test_without_a_yardstick_nobody_gains(tiny):
    told = " ".join(wording.in_short(ts.solve(tiny, ts.Scenario("taste").taste("A", "B", factor=0.5))))
    assert "no common yardstick" in told and "not comparable" in told
    assert "gain" not in told and "worth" not in told


def test_regions_have_their_article(single):
    assert "imports of goods from the United States go from" in single.text
    assert "The market of the United States" in single.text and "What the United States buys" in single.text


def test_heat_maps_have_the_width_of_the_page(page):
    assert page.source.count('<div class="panels stacked">') == 1
    assert ".panels.stacked, .stacked .pictures { grid-template-columns: minmax(0, 1fr); }" in page.source


# ---- files


def test_no_result_no_file(world, war, eq, tmp_path):
    stalled = ts.solve(world, war, max_evaluations=1)
    with pytest.raises(ts.NotConverged):
        stalled.report(tmp_path / "stalled.html")
    with pytest.raises(ts.NotConverged):
        report.compare([eq, stalled], tmp_path / "stalled.html")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_old_file(eq, tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    path.write_text("old")
    monkeypatch.setattr(page_module.tables, "welfare", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        eq.report(path)
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "report.html"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "new \ud800")  # half of a surrogate pair cannot be encoded
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_the_folder_is_made_and_what_is_in_the_way_is_named(eq, tmp_path):
    assert write_text(tmp_path / "new" / "page.html", "x") is None
    assert (tmp_path / "new" / "page.html").read_text() == "x"
    with pytest.raises(ts.InvalidInput, match="is a folder"):
        eq.report(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(ts.InvalidInput, match="cannot be written"):
        write_text(tmp_path / "file" / "page.html", "x")


def test_a_pipe_is_refused_and_stays_a_pipe(eq, tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    monkeypatch.setattr(page_module, "render", lambda *_: pytest.fail("refused only after the work"))
    for name in ("pipe", "link"):
        with pytest.raises(ts.InvalidInput, match="is a device, a pipe or a socket"):
            eq.report(tmp_path / name)
    assert (tmp_path / "pipe").is_fifo() and (tmp_path / "link").is_symlink()


def test_a_link_stays_and_its_file_is_written(tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "old.html").write_text("old")
    for name in ("old.html", "new.html"):  # to a file, and to one that is yet to be
        (tmp_path / name).symlink_to(tmp_path / "site" / name)
        write_text(tmp_path / name, "new")
        assert (tmp_path / name).is_symlink() and (tmp_path / "site" / name).read_text() == "new"
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(ts.InvalidInput, match="cannot be written"):
        write_text(tmp_path / "loop", "new")


def test_compare_refuses_what_cannot_stand_side_by_side(eq, tiny, tmp_path):
    other = ts.solve(tiny, ts.Scenario("other").tariff("A", "B", rate=0.1))
    with pytest.raises(ts.InvalidInput, match="'other' has other regions or sectors than '60 percent, both ways'"):
        report.compare([eq, other], tmp_path / "x.html")
    with pytest.raises(ts.InvalidInput, match="got no result"):
        report.compare([], tmp_path / "x.html")
