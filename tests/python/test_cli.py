"""The command line: its files, its exit codes, its words, and what an interrupt leaves."""

from __future__ import annotations

import csv
import json
import math
import os
import pty
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
WORLDS = REPOSITORY / "python" / "tariffsim" / "worlds"
EXAMPLES = REPOSITORY / "examples"
WORLD = "world-2022-27x12"

WAR = """\
title = "60 percent, both ways"
[[measure]]
kind = "tariff"
importer = "USA"
exporter = "CHN"
sector = "goods"
rate = 0.60
[[measure]]
kind = "tariff"
importer = "CHN"
exporter = "USA"
sector = "goods"
rate = 0.60
"""

FLOW_COLUMNS = "exporter importer sector observed base counterfactual quantity_hat price_hat tariff_base tariff".split()
REGION_COLUMNS = (
    "region wage_hat price_hat income_hat real_wage_pct real_income_pct equivalent_variation welfare_first_order_pct "
    "terms_of_trade_pct volume_of_trade_pct tariff_revenue_base tariff_revenue deficit_base deficit"
).split()
SECTOR_COLUMNS = "region sector price_hat cost_hat output_base output".split()


@pytest.fixture
def war(tmp_path) -> Path:
    file = tmp_path / "war.toml"
    file.write_text(WAR)
    return file


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as text:
        return list(csv.DictReader(text))


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


# --- run ---------------------------------------------------------------------------------------------------------


def test_run_writes_the_four_files(cli, war):
    done = cli("run", "--world", WORLD, "--scenario", war, "--out", "answer")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    answer = cli.folder / "answer"
    assert sorted(contents(answer)) == ["flows.csv", "regions.csv", "sectors.csv", "summary.json"]

    regions = {row["region"]: row for row in rows(answer / "regions.csv")}
    assert list(regions["USA"]) == REGION_COLUMNS
    assert len(regions) == 27
    assert float(regions["USA"]["real_income_pct"]) < -0.1
    assert float(regions["CHN"]["real_income_pct"]) < -0.1
    assert float(regions["VNM"]["real_income_pct"]) > 0.1
    sectors = rows(answer / "sectors.csv")
    assert list(sectors[0]) == SECTOR_COLUMNS
    assert len(sectors) == 27 * 12

    flows = rows(answer / "flows.csv")
    assert list(flows[0]) == FLOW_COLUMNS
    goods = [f for f in flows if (f["exporter"], f["importer"]) == ("CHN", "USA") and f["sector"] != "SVC"]
    assert len(goods) == 11
    for flow in goods:
        assert float(flow["tariff"]) == 0.6
        assert float(flow["counterfactual"]) < float(flow["base"]) == float(flow["observed"])
    for file in ("regions.csv", "sectors.csv", "flows.csv"):
        for row in rows(answer / file):
            numbers = [value for key, value in row.items() if key not in ("region", "exporter", "importer", "sector")]
            assert all(value == "" or math.isfinite(float(value)) for value in numbers)


def test_summary_says_how_well_the_equations_hold(cli, war):
    assert cli("run", "--world", WORLD, "--scenario", war, "--out", "answer", "--quiet").stdout == ""
    summary = json.loads((cli.folder / "answer" / "summary.json").read_text())
    assert summary["status"] == "converged"
    assert summary["scenario"]["title"] == "60 percent, both ways"
    assert summary["scenario"]["shocked"] == ["tariffs"]
    assert summary["world"]["regions"] == 27
    assert summary["closure"]["deficits"] == "fixed_world_share"
    assert summary["tolerance"] == 1e-10
    assert summary["evaluations"] >= 1
    assert summary["seconds_solve"] > 0
    conditions = ["zero_profit", "expenditure_shares", "goods_market", "budget_balance", "market_clearing", "trade_balance"]
    for condition in conditions:
        assert 0 <= summary["certificate"][condition]["residual"] <= 1e-9
        assert summary["certificate"][condition]["region"]
    assert summary["certificate"]["complementarity"] == {"residual": 0}  # there is no limit
    for key in ("iterations", "theory", "versions", "base"):
        assert key in summary


def test_the_printed_table_names_losers_winners_and_flows(cli, war):
    text = cli("run", "--world", WORLD, "--scenario", war, "--out", "answer").stdout
    losers, gainers = text.index("Who loses"), text.index("Who gains")
    assert text.startswith("60 percent, both ways\n")
    assert losers < text.index("USA  United States") < gainers
    assert gainers < text.index("VNM  Viet Nam") < text.index("Where trade changes most")
    assert re.search(r"CHN +USA +[\d ]+ +[\d ]+ +-[\d ]+ +-\d\d\.\d", text)
    assert all(len(line) <= 100 for line in text.splitlines())


def test_the_same_run_twice_gives_the_same_tables(cli, war):
    for name in ("one", "two"):
        assert cli("run", "--world", WORLD, "--scenario", war, "--out", name).returncode == 0
    one, two = contents(cli.folder / "one"), contents(cli.folder / "two")
    for file in ("regions.csv", "sectors.csv", "flows.csv"):
        assert one[file] == two[file]


def test_a_world_by_path_is_the_world_by_name(cli, war):
    assert cli("run", "--world", WORLD, "--scenario", war, "--out", "name").returncode == 0
    assert cli("run", "--world", WORLDS / WORLD, "--scenario", war, "--out", "path").returncode == 0
    name, path = contents(cli.folder / "name"), contents(cli.folder / "path")
    assert name["regions.csv"] == path["regions.csv"]


@pytest.mark.parametrize("closure", ["balanced", "fixed_world_share", "fixed_income_share"])
def test_closures_from_the_file_and_from_the_option_agree(cli, war, closure):
    (cli.folder / "closed.toml").write_text(WAR.replace("[[", f'[closure]\ndeficits = "{closure}"\n[[', 1))
    assert cli("run", "--world", WORLD, "--scenario", "closed.toml", "--out", "file").returncode == 0
    assert cli("run", "--world", WORLD, "--scenario", war, "--closure", closure, "--out", "option").returncode == 0
    file, option = contents(cli.folder / "file"), contents(cli.folder / "option")
    assert json.loads(file["summary.json"])["closure"]["deficits"] == closure
    for table in ("regions.csv", "sectors.csv", "flows.csv"):
        assert file[table] == option[table]
    assert json.loads(file["summary.json"])["base"]["resolved"] == (closure == "balanced")


def test_numeraire_rescales_nominal_results_only(cli, war):
    assert cli("run", "--world", WORLD, "--scenario", war, "--out", "world").returncode == 0
    assert cli("run", "--world", WORLD, "--scenario", war, "--out", "wage", "--numeraire", "DEU").returncode == 0
    world = {row["region"]: row for row in rows(cli.folder / "world" / "regions.csv")}
    wage = {row["region"]: row for row in rows(cli.folder / "wage" / "regions.csv")}
    assert float(wage["DEU"]["wage_hat"]) == pytest.approx(1, abs=1e-14)
    for region, row in world.items():
        assert float(row["real_income_pct"]) == pytest.approx(float(wage[region]["real_income_pct"]), abs=1e-10)


def test_a_table_beside_the_scenario_is_found_from_elsewhere(cli):
    folder = cli.folder / "scenarios"
    folder.mkdir()
    (folder / "rates.csv").write_text("exporter,importer,sector,rate\nCHN,USA,ELE,0.5\n")
    (folder / "s.toml").write_text(
        'title = "t"\n[[measure]]\nkind = "tariff"\nimporter = "USA"\nexporter = "CHN"\nsector = "ELE"\ntable = "rates.csv"\n'
    )
    assert cli("run", "--world", WORLD, "--scenario", "scenarios/s.toml", "--out", "answer").returncode == 0
    (rate,) = [
        row["tariff"]
        for row in rows(cli.folder / "answer" / "flows.csv")
        if (row["exporter"], row["importer"], row["sector"]) == ("CHN", "USA", "ELE")
    ]
    assert rate == "0.5"


# --- bad input: exit 2, the place and the remedy on the standard error, nothing written -----------------------------


def refused(cli, *arguments, expect):
    before = sorted(path.name for path in cli.folder.iterdir())
    done = cli(*arguments)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    for part in expect:
        assert part in done.stderr
    assert sorted(path.name for path in cli.folder.iterdir()) == before
    return done


@pytest.mark.parametrize(
    ("change", "expect"),
    [
        (("rate = 0.60", "rates = 0.60"), ["war.toml:7:1", "unknown key 'rates'", "remedy: use 'rate'"]),
        (('"USA"', '"USB"'), ["war.toml:2 measure 1 (tariff): importer", "'USB'", "remedy: use 'USA'"]),
        (('"goods"', '"good"'), ["measure 1 (tariff): sector", "'good'", "remedy: "]),
        (('title = "60', "title = 60"), ["war.toml:1:", "is not valid TOML", "remedy: "]),
        (("rate = 0.60", 'table = "none.csv"'), ["none.csv: there is no such file", "war.toml:7:9", "remedy: "]),
        (("rate = 0.60", "rate = -1"), ["war.toml:7:8", "out of range", "remedy: "]),
    ],
)
def test_bad_scenarios(cli, war, change, expect):
    war.write_text(WAR.replace(*change, 1))
    refused(cli, "run", "--world", WORLD, "--scenario", war, "--out", "answer", expect=expect)


def test_bad_worlds_and_files(cli, war):
    run = ("run", "--scenario", war, "--out", "answer", "--world")
    refused(cli, *run, "world-2023", expect=["'world-2023'", "remedy: ", "world-2022"])
    refused(cli, *run, "./nowhere", expect=["./nowhere: there is no such folder", "remedy: "])
    broken = cli.folder / "broken"
    shutil.copytree(WORLDS / WORLD, broken)
    text = (broken / "flows.csv").read_text().splitlines()
    text[41] = text[41].rsplit(",", 1)[0] + ",-1"
    (broken / "flows.csv").write_text("\n".join(text))
    refused(cli, *run, broken, expect=["broken/flows.csv:42: value is -1", "remedy: "])
    refused(cli, "world", "check", broken, expect=["broken/flows.csv:42: value is -1", "remedy: "])
    refused(cli, "world", "info", broken, expect=["broken/flows.csv:42: value is -1", "remedy: "])
    refused(cli, "run", "--world", WORLD, "--scenario", "none.toml", "--out", "a", expect=["none.toml", "no such file"])
    refused(cli, *run, WORLD, "--numeraire", "DEX", expect=["numeraire", "'DEX'", "remedy: use 'DEU'"])


@pytest.mark.parametrize(
    ("arguments", "expect"),
    [
        ((), "subcommand"),
        (("solve",), "there is no sub-command 'solve'"),
        (("run", "--world", WORLD, "--out", "answer"), "--scenario is required"),
        (("run", "--world", WORLD, "--scenario", "war.toml", "--out", "answer", "--fast"), "--fast"),
        (("run", "--world", WORLD, "--scenario", "war.toml", "--out", "a", "--closure", "open"), "fixed_world_share"),
        (("run", "--world", WORLD, "--scenario", "war.toml", "--out", "a", "--tolerance", "2"), "between 1e-14 and 0.01"),
        (("world",), "subcommand"),
        (("world", "info"), "world is required"),
        (("world", "aggregate", "--world", WORLD, "--out", "a"), "--regions or --sectors"),
        (("market",), "subcommand"),
        (("market", "run", "--scenario", "war.toml"), "--market is required"),
        (("market", "link", "--market", "m"), "--scenario is required"),
    ],
)
def test_bad_usage(cli, war, arguments, expect):
    refused(cli, *arguments, expect=[expect, "--help"])


def test_a_folder_of_somebody_else_is_left_alone(cli, war):
    mine = cli.folder / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    run = ("run", "--world", WORLD, "--scenario", war, "--out")
    refused(cli, *run, "mine", expect=["mine: holds 'thesis.txt'", "remedy: name a new folder"])
    refused(cli, *run, "mine/thesis.txt", expect=["is a file, not a folder", "remedy: "])
    refused(cli, *run, ".", expect=["remedy: "])
    assert (mine / "thesis.txt").read_text() == "years of work"


def test_an_earlier_answer_is_replaced(cli, war):
    run = ("run", "--world", WORLD, "--scenario", war, "--out", "deep/er/answer")
    assert cli(*run).returncode == 0
    first = contents(cli.folder / "deep/er/answer")
    war.write_text(WAR.replace("0.60", "0.10"))
    assert cli(*run).returncode == 0
    second = contents(cli.folder / "deep/er/answer")
    assert first["flows.csv"] != second["flows.csv"]
    assert [path.name for path in (cli.folder / "deep/er").iterdir()] == ["answer"]


# --- no equilibrium: exit 3, the diagnosis and no answer ------------------------------------------------------------


def test_no_equilibrium_writes_its_diagnosis_alone(cli, war):
    assert cli("run", "--world", WORLD, "--scenario", war, "--out", "answer").returncode == 0
    # Nobody trades with Viet Nam, so its surplus has no way out.
    war.write_text(
        'title = "alone"\n[[measure]]\nkind = "ban"\nimporter = "*"\nexporter = "VNM"\nsector = "*"\n'
        '[[measure]]\nkind = "ban"\nimporter = "VNM"\nexporter = "*"\nsector = "*"\n'
    )
    done = cli("run", "--world", WORLD, "--scenario", war, "--out", "answer")
    assert done.returncode == 3
    assert "answer/summary.json" in done.stderr
    assert [path.name for path in (cli.folder / "answer").iterdir()] == ["summary.json"]
    summary = json.loads((cli.folder / "answer" / "summary.json").read_text())
    assert summary["status"] == "infeasible"
    assert re.search(r"region [A-Z]{3}\b", summary["diagnosis"])
    assert summary["diagnosis"] in done.stderr
    assert summary["certificate"] is None
    assert cli("run", "--world", WORLD, "--scenario", war, "--out", "answer", "--closure", "balanced").returncode == 0


# --- interrupts and progress ----------------------------------------------------------------------------------------


@pytest.fixture
def slow(program, cli, shared_data):
    """Starts a run that takes long: 100 million percent on everything, in the largest world."""
    (cli.folder / "slow.toml").write_text(
        'title = "slow"\n[[measure]]\nkind = "tariff"\nimporter = "*"\nexporter = "*"\nsector = "*"\nrate = 1e6\n'
    )
    world = shared_data / "world2022-81x28"
    command = [program, "run", "--world", str(world), "--scenario", "slow.toml", "--out", "answer"]

    def start(**streams):
        return subprocess.Popen(command, cwd=cli.folder, env=cli.environment, **streams)

    return start


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_solve_leaves_nothing(cli, slow, sent, code):
    for delay in (1.5, 0.7, 0.3, 0.1):  # the later ones for a quicker machine or solver
        process = slow(stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(delay)
        if process.poll() is None:
            break
        process.communicate()
        shutil.rmtree(cli.folder / "answer")
    process.send_signal(sent)
    out, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert out == ""
    assert "nothing was written" in err
    assert sorted(path.name for path in cli.folder.iterdir()) == ["slow.toml"]


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_while_reading_leaves_nothing(program, cli, sent, code):
    os.mkfifo(cli.folder / "pipe.toml")  # the program waits for the rest of its scenario
    command = [program, "run", "--world", WORLD, "--scenario", "pipe.toml", "--out", "answer"]
    process = subprocess.Popen(command, cwd=cli.folder, env=cli.environment, stderr=subprocess.PIPE, text=True)
    with (cli.folder / "pipe.toml").open("w") as pipe:
        pipe.write(WAR[:40])
        pipe.flush()
        process.send_signal(sent)
        time.sleep(0.1)
        assert process.poll() is None
        pipe.write(WAR[40:])
    assert "nothing was written" in process.communicate(timeout=60)[1]
    assert process.returncode == code
    assert sorted(path.name for path in cli.folder.iterdir()) == ["pipe.toml"]


def test_slow_work_shows_progress_on_a_terminal(cli, slow):
    main, side = pty.openpty()
    process = slow(stdout=subprocess.DEVNULL, stderr=side)
    os.close(side)
    shown = b""
    while b"solving: " not in shown:
        try:
            shown += os.read(main, 4096)
        except OSError:  # the program has ended
            break
    process.kill()
    process.wait()
    os.close(main)
    if b"solving: " not in shown:
        seconds = json.loads((cli.folder / "answer" / "summary.json").read_text())["seconds_solve"]
        assert seconds < 2, "slow work without a progress line"
        pytest.skip(f"the solve took only {seconds:.2f} s")
    assert re.search(rb"solving: [\d.]+ s, \d+ evaluations, largest residual \S+", shown)


# --- world ----------------------------------------------------------------------------------------------------------


def test_list_names_the_embedded_worlds(cli):
    done = cli("world", "list")
    assert done.returncode == 0
    for line in (r"world-2022 +2022 +44 +21 ", r"world-2022-27x12 +2022 +27 +12 "):
        assert re.search(line, done.stdout)


def test_info_shows_size_totals_sources_and_defects(cli):
    text = cli("world", "info", WORLD).stdout
    for part in ("27 regions x 12 sectors", "million USD", "United States", "Pharmaceuticals", "EU27:", "OECD", "Known defects"):
        assert part in text
    assert re.search(r"value added +96 280 000", text)


def test_check_lists_what_is_suspicious(cli):
    done = cli("world", "check", WORLD)
    assert done.returncode == 0
    assert re.search(r"valid, \d+ things to look at", done.stdout)
    assert "TWN" in done.stdout


def test_aggregate_keeps_flows_and_tariff_revenue(cli):
    (cli.folder / "regions.csv").write_text("old,new\nUSA,NAM\nMEX,NAM\nCAN,NAM\n")
    (cli.folder / "sectors.csv").write_text("old,new\nELE,EQP\nMAC,EQP\n")
    arguments = ("--world", WORLD, "--regions", "regions.csv", "--sectors", "sectors.csv", "--out", "small")
    done = cli("world", "aggregate", *arguments, "--title", "North America as one")
    assert done.returncode == 0, done.stderr
    small = cli.folder / "small"
    descriptor = json.loads((small / "datapackage.json").read_text())
    assert (descriptor["name"], descriptor["title"]) == ("small", "North America as one")
    assert len(rows(small / "regions.csv")) == 25
    assert len(rows(small / "sectors.csv")) == 11

    def total(folder, revenue):
        rates = {(r["exporter"], r["importer"], r["sector"]): float(r["rate"]) for r in rows(folder / "tariffs.csv")}
        flows = [(float(f["value"]), (f["exporter"], f["importer"], f["sector"])) for f in rows(folder / "flows.csv")]
        return math.fsum(value * (rates.get(cell, 0) if revenue else 1) for value, cell in flows)

    for revenue in (False, True):
        assert total(small, revenue) == pytest.approx(total(WORLDS / WORLD, revenue), rel=1e-12)
    assert cli("world", "check", small).returncode == 0
    again = contents(small)
    assert cli("world", "aggregate", *arguments, "--title", "North America as one").returncode == 0
    assert contents(small) == again


def test_bad_maps_are_refused(cli):
    aggregate = ("world", "aggregate", "--world", WORLD, "--out", "small", "--regions", "map.csv")
    for text, expect in (
        ("old,new\nUSA,NAM\nUSB,NAM\n", ["map.csv:3", "'USB'", "remedy: use 'USA'"]),
        ("old,new\nUSA,NAM\nUSA,USA\n", ["map.csv:3", "'USA' is mapped twice", "remedy: "]),
        ("old,new\nUSA,\n", ["map.csv:2", "has no new code", "remedy: "]),
        ("from,to\nUSA,NAM\n", ["map.csv:1", "there is no column 'old'", "remedy: "]),
    ):
        (cli.folder / "map.csv").write_text(text)
        refused(cli, *aggregate, expect=expect)


# --- market ---------------------------------------------------------------------------------------------------------

CARS = {
    "regions": "region,name\nUSA,United States\nCHN,China\nDEU,Germany\n",
    "sectors": "sector,name,kind\nVEH,Vehicles,goods\nTEX,Textiles,goods\n",
    "products": "code,sector,demand,supply,substitution\nCARS,VEH,-1.2,inf,6\nPARTS,VEH,-0.8,inf,4\nSHIRTS,TEX,-1,2,\n",
    "elasticities": "sector,demand,supply,substitution\nTEX,-1,2,5\n",
    "flows": "exporter,importer,product,value,tariff\nUSA,USA,CARS,400000,\nCHN,USA,CARS,5000,0.025\nDEU,USA,CARS,30000,0.025\n"
    "DEU,DEU,CARS,150000,\nCHN,DEU,CARS,4000,0.1\nUSA,DEU,CARS,8000,0.1\nCHN,USA,PARTS,15000,0.02\nUSA,USA,PARTS,200000,\n"
    "CHN,USA,SHIRTS,20000,0.1\nDEU,USA,SHIRTS,1000,0.1\n",
    "groups": "group,region\nOTHERS,CHN\nOTHERS,DEU\n",
}
ON_CARS = """\
title = "25 percent on cars"
[[measure]]
kind = "tariff"
importer = "USA"
exporter = "OTHERS"
sector = "CARS"
operation = "add"
rate = 0.25
"""
MARKET_FILES = "buyers.csv flows.csv region_sectors.csv regions.csv sectors.csv summary.json suppliers.csv".split()


@pytest.fixture
def cars(cli) -> Path:
    """A market of three products, with on_cars.toml beside it."""
    folder = cli.folder / "cars"
    folder.mkdir()
    for name, text in CARS.items():
        (folder / f"{name}.csv").write_text(text)
    (cli.folder / "on_cars.toml").write_text(ON_CARS)
    return folder


def test_market_info_fits_a_screen(cli, cars):
    done = cli("market", "info", cars)
    assert done.returncode == 0, done.stderr
    assert re.search(r"size +3 products in 2 sectors, 3 regions, 10 flows", done.stdout)
    assert re.search(r"flows between regions +83 000 +9\.\d\d percent of all", done.stdout)
    assert re.search(r"flows with a tariff +7 +of 7 between regions, the highest 10 percent", done.stdout)
    assert re.search(r"VEH +Vehicles +goods +2 +812 000", done.stdout)
    assert re.search(r"substitution +4 +5.5 +6 +1 of 3", done.stdout)
    assert re.search(r"supply +2 +inf +inf +0 of 3", done.stdout)
    assert "OTHERS: CHN DEU" in done.stdout
    lines = done.stdout.splitlines()
    assert len(lines) < 40
    assert all(len(line) <= 100 for line in lines)


def test_market_run_writes_its_files(cli, cars):
    run = ("market", "run", "--market", cars, "--scenario", "on_cars.toml", "--out", "answer")
    done = cli(*run)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout.startswith("25 percent on cars\n")
    assert re.search(r"theory +partial\n", done.stdout)
    assert "products that take their sector's elasticity: demand 0, supply 0, substitution 1\n" in done.stdout
    assert re.search(r"solved +in \S+ s; 1 of 3 products change; largest residual", done.stdout)
    assert done.stdout.index("Who loses") < done.stdout.index("USA  United States")
    assert all(len(line) <= 100 for line in done.stdout.splitlines())
    answer = cli.folder / "answer"
    assert sorted(contents(answer)) == MARKET_FILES
    flows = {(f["exporter"], f["importer"], f["product"]): f for f in rows(answer / "flows.csv")}
    assert len(flows) == 10
    changed = [flow for flow, row in flows.items() if row["tariff"] != row["tariff_base"]]
    assert changed == [("CHN", "USA", "CARS"), ("DEU", "USA", "CARS")]
    assert float(flows["DEU", "USA", "CARS"]["tariff"]) == 0.275
    assert flows["CHN", "USA", "SHIRTS"]["quantity_hat"] == "1"
    regions = {row["region"]: row for row in rows(answer / "regions.csv")}
    assert float(regions["USA"]["net_welfare"]) < 0 < float(regions["USA"]["tariff_revenue"])
    summary = json.loads((answer / "summary.json").read_text())
    assert (summary["answer"], summary["status"], summary["theory"]) == ("market", "converged", {"name": "partial"})
    assert summary["products"] == {"all": 3, "changed": 1, "converged": 3, "stalled": 0, "infeasible": 0}
    assert summary["elasticities_not_of_the_product"] == {"demand": 0, "supply": 0, "substitution": 1}
    first = contents(answer)
    assert cli(*run, "--quiet").stdout == ""
    second = contents(answer)
    assert all(second[file] == first[file] for file in MARKET_FILES if file != "summary.json")


def test_the_theory_of_a_market_is_that_of_the_option_or_the_file(cli, cars):
    named = ON_CARS.replace("[[measure]]", '[theory]\nname = "gsim"\npublished_sign = true\n[[measure]]')
    (cli.folder / "gsim.toml").write_text(named)
    run = ("market", "run", "--market", cars, "--quiet", "--out")
    assert cli(*run, "file", "--scenario", "gsim.toml").returncode == 0
    assert cli(*run, "option", "--scenario", "on_cars.toml", "--theory", "gsim,published_sign=true").returncode == 0
    assert cli(*run, "smart", "--scenario", "gsim.toml", "--theory", "smart,importer=USA").returncode == 0
    theories = [json.loads((cli.folder / name / "summary.json").read_text())["theory"] for name in ("file", "option", "smart")]
    published = {"name": "gsim", "published_sign": True}
    assert theories == [published, published, {"name": "smart", "importer": "USA"}]
    assert contents(cli.folder / "file")["buyers.csv"] == contents(cli.folder / "option")["buyers.csv"]
    assert "trade_diversion" in rows(cli.folder / "smart" / "flows.csv")[0]
    # No world is solved under it, unless the option names one of worlds.
    remedy = "remedy: use tariffsim market run, or name a theory of worlds"
    world = ("run", "--world", WORLD, "--scenario", "none.toml")
    (cli.folder / "none.toml").write_text('title = "nothing"\n[theory]\nname = "gsim"\n')
    refused(cli, *world, expect=["none.toml: theory: 'gsim' is a theory of markets", remedy])
    assert cli(*world, "--quiet", "--theory", "krugman").returncode == 0


def test_the_gsim_example_from_the_command_line(cli):
    """The digits that Francois and Hall (2003) print, as tests/golden/gsim_test.cpp has them."""
    market, scenario = EXAMPLES / "markets" / "gsim4x4", EXAMPLES / "scenarios" / "us-eu-free-trade.toml"
    done = cli("market", "run", "--market", market, "--scenario", scenario, "--out", "free")
    assert done.returncode == 0, done.stderr
    assert "gsim (published_sign)" in done.stdout
    regions = {row["region"]: float(row["net_welfare"]) for row in rows(cli.folder / "free" / "regions.csv")}
    expected = {"USA": 18.2, "JPN": -34.5, "EUR": 14.5, "ROW": -40.8}
    assert regions == pytest.approx(expected, abs=0.06)


def test_market_without_an_equilibrium_names_the_product(cli, cars):
    (cars / "products.csv").write_text(CARS["products"].replace("CARS,VEH,-1.2,inf,6", "CARS,VEH,0,0,6"))
    done = cli("market", "run", "--market", cars, "--scenario", "on_cars.toml", "--out", "answer")
    assert done.returncode == 3
    assert done.stdout == ""
    assert "the market of product CARS is infeasible" in done.stderr
    assert "answer/summary.json" in done.stderr
    assert [path.name for path in (cli.folder / "answer").iterdir()] == ["summary.json"]
    summary = json.loads((cli.folder / "answer" / "summary.json").read_text())
    assert summary["status"] == "infeasible"
    assert summary["products"]["first_failed"]["product"] == "CARS"
    assert summary["diagnosis"] in done.stderr


def test_bad_markets_and_scenarios(cli, cars):
    run = ("market", "run", "--out", "answer", "--scenario", "on_cars.toml", "--market")
    refused(cli, *run, "nowhere", expect=["nowhere: there is no such folder", "remedy: "])
    refused(cli, "market", "info", "nowhere", expect=["nowhere: there is no such folder", "remedy: "])
    for theory, expect in (
        ("gsin", ["--theory: theory: unknown theory 'gsin'", "remedy: of a market, use 'partial', 'gsim' or 'smart'"]),
        ("krugman", ["unknown theory 'krugman'", "remedy: of a market"]),
        ("gsim,importer=USA", ["theory 'gsim': has no parameter 'importer'", "remedy: it has 'published_sign'"]),
        ("gsim,published_sign=1", ["published_sign: is neither true nor false", "remedy: give true or false"]),
        ("smart", ["theory 'smart': importer: is missing", "remedy: "]),
        ("smart,importer=USB", ["unknown region code 'USB'", "remedy: use 'USA'"]),
        ("smart,importer=DEU", ["the shock changes tariffs of USA too", "remedy: "]),
    ):
        refused(cli, *run, cars, "--theory", theory, expect=expect)
    scenario = cli.folder / "on_cars.toml"
    for change, expect in (
        (('"CARS"', '"CARDS"'), ["on_cars.toml:2 measure 1 (tariff)", "'CARDS'", "remedy: "]),
        (('"tariff"', '"ban"'), ["on_cars.toml:", "remedy: "]),
        (("rate = 0.25", "rate = -2"), ["on_cars.toml: tariff(", "rate is -1.975", "remedy: "]),
        (("[[measure]]", '[theory]\nname = "smart"\n[[measure]]'), ["on_cars.toml:2:1", "importer: is missing", "remedy: "]),
    ):
        scenario.write_text(ON_CARS.replace(*change, 1))
        refused(cli, *run, cars, expect=expect)
    scenario.write_text(ON_CARS)
    (cars / "flows.csv").write_text(CARS["flows"].replace("5000,0.025", "-5000,0.025"))
    refused(cli, *run, cars, expect=["cars/flows.csv:3: value is -5000", "remedy: "])
    (cars / "flows.csv").write_text(CARS["flows"])
    (cli.folder / "mine").mkdir()
    (cli.folder / "mine" / "thesis.txt").write_text("years of work")
    refused(cli, *run, cars, "--out", "mine", expect=["--out"])  # given twice
    mine = ("market", "run", "--scenario", "on_cars.toml", "--market", cars, "--out", "mine")
    refused(cli, *mine, expect=["mine: holds 'thesis.txt'", "remedy: name a new folder"])


def test_market_link_writes_both_answers(cli, cars):
    link = ("market", "link", "--market", cars, "--world", WORLD, "--scenario", "on_cars.toml", "--out", "answer")
    done = cli(*link)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert re.search(r"linked +\d+ flows of the world in \d+ rounds and \S+ s; market and world differ by \S+", done.stdout)
    assert re.search(r"DEU +USA +VEH +\+\d+\.\d+ ", done.stdout)
    assert all(len(line) <= 120 for line in done.stdout.splitlines())
    answer = cli.folder / "answer"
    assert sorted(path.name for path in answer.iterdir()) == ["linked_flows.csv", "market", "summary.json", "world"]
    assert sorted(contents(answer / "market")) == MARKET_FILES
    assert sorted(contents(answer / "world")) == ["flows.csv", "regions.csv", "sectors.csv", "summary.json"]
    assert "cost_hat" in rows(answer / "market" / "suppliers.csv")[0]
    duties = {(r["exporter"], r["importer"], r["sector"]): float(r["duty_hat"]) for r in rows(answer / "linked_flows.csv")}
    assert duties["DEU", "USA", "VEH"] > 1.05
    assert duties["CHN", "USA", "TEX"] == pytest.approx(1, abs=1e-6)  # the same duty, other weights
    summary = json.loads((answer / "summary.json").read_text())
    assert (summary["answer"], summary["status"], summary["unlinked"]) == ("link", "converged", {"flows": 0, "value": 0.0})
    assert summary["gap"] <= 1e-9
    welfare = {row["region"]: float(row["real_income_pct"]) for row in rows(answer / "world" / "regions.csv")}
    assert welfare["DEU"] < 0 < welfare["MEX"]
    # Again over the same folder, with more in the world, another theory and closure, tables alone.
    (cli.folder / "rest.toml").write_text(
        'title = "food too"\n[[measure]]\nkind = "tariff"\nimporter = "USA"\nexporter = "MEX"\nsector = "FOO"\nrate = 0.5\n'
    )
    options = ("--with", "rest.toml", "--theory", "two_tier,domestic_import=2", "--closure", "balanced", "--quiet")
    assert cli(*link, *options).stdout == ""
    summary = json.loads((answer / "summary.json").read_text())
    assert summary["scenario"] == {"market": "25 percent on cars", "world": "25 percent on cars, with food too"}
    assert (summary["theory"]["name"], summary["closure"]["deficits"]) == ("two_tier", "balanced")
    (flow,) = [
        row
        for row in rows(answer / "world" / "flows.csv")
        if (row["exporter"], row["importer"], row["sector"]) == ("MEX", "USA", "FOO")
    ]
    assert float(flow["tariff"]) == 0.5


def test_bad_links(cli, cars):
    link = ("market", "link", "--market", cars, "--world", WORLD, "--out", "answer", "--scenario", "on_cars.toml")
    refused(cli, *link, "--theory", "gsim", expect=["unknown theory 'gsim'", "remedy: "])
    refused(cli, *link, "--tolerance", "1", expect=["between 1e-11 and 0.001"])
    refused(cli, *link, "--closure", "open", expect=["fixed_world_share"])
    rest = cli.folder / "rest.toml"
    linked = 'title = "r"\n[[measure]]\nkind = "tariff"\nimporter = "USA"\nexporter = "CHN"\nsector = "VEH"\nrate = 0.5\n'
    rest.write_text(linked)
    refused(cli, *link, "--with", "rest.toml", expect=["it changes a flow that the market decides on", "remedy: "])
    rest.write_text(linked.replace("CHN", "CHM"))
    refused(cli, *link, "--with", "rest.toml", expect=["rest.toml:2 measure 1 (tariff): exporter", "'CHM'", "remedy: "])
    rest.write_text('title = "r"\n[theory]\nname = "gsim"\n')
    refused(cli, *link, "--with", "rest.toml", expect=["rest.toml: theory: 'gsim' is a theory of markets", "remedy: "])
    (cli.folder / "on_cars.toml").write_text(ON_CARS.replace("[[", '[theory]\nname = "gsim"\n[[', 1))
    refused(cli, *link, expect=["on_cars.toml: theory: 'gsim' cannot be linked", 'remedy: use "partial"'])
    (cli.folder / "on_cars.toml").write_text(ON_CARS)
    (cars / "sectors.csv").write_text(CARS["sectors"].replace("TEX,", "TXT,"))
    (cars / "products.csv").write_text(CARS["products"].replace("TEX,", "TXT,"))
    (cars / "elasticities.csv").write_text(CARS["elasticities"].replace("TEX,", "TXT,"))
    refused(cli, *link, expect=["market: sector: unknown sector code 'TXT'", "remedy: "])


def test_an_interrupted_link_leaves_nothing(program, cli, shared_data):
    world, market = shared_data / "world2022-81x28", cli.folder / "market"
    market.mkdir()
    for table in ("regions", "sectors", "flows", "tariffs"):
        shutil.copy(world / f"{table}.csv", market)
    elasticities = "".join(f"{row['sector']},-0.9,inf\n" for row in rows(world / "sectors.csv"))
    (market / "elasticities.csv").write_text("sector,demand,supply\n" + elasticities)
    (cli.folder / "up.toml").write_text(ON_CARS.replace('"OTHERS"', '"*"').replace('"CARS"', '"goods"'))
    command = [program, "market", "link", "--market", "market", "--world", str(world), "--scenario", "up.toml", "--out", "answer"]
    process = subprocess.Popen(command, cwd=cli.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(1)
    if process.poll() is not None:
        pytest.skip("the link took less than a second")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert "nothing was written to answer" in err
    assert sorted(path.name for path in cli.folder.iterdir()) == ["market", "up.toml"]


# --- help -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expect"),
    [
        ((), ["tariffsim run --world", "title = ", "Exit codes: 0"]),
        (("run",), ["--world WORLD", "--scenario FILE", "--out FOLDER", "Example", "[[measure]]"]),
        (("world",), ["list", "info", "check", "aggregate", "flows.csv"]),
        (("world", "aggregate"), ["old,new", "Example"]),
        (("world", "check"), ["Exit code 0", "Example"]),
        (("market",), ["info", "run", "link", "flows.csv"]),
        (("market", "run"), ["--market FOLDER", "--theory THEORY", "smart,importer=USA", "Example"]),
        (("market", "link"), ["--world WORLD", "--with FILE", "--closure RULE", "Example"]),
    ],
)
def test_help_teaches(cli, arguments, expect):
    done = cli(*arguments, "--help")
    assert done.returncode == 0
    for part in expect:
        assert part in done.stdout
    assert all(len(line) <= 125 for line in done.stdout.splitlines())


def test_the_scenario_in_the_help_runs(cli):
    text = cli("--help").stdout
    start = text.index("  title = ")
    lines = [line[2:] for line in text[start : text.index("\n\n", start)].splitlines()]
    (cli.folder / "help.toml").write_text("\n".join(lines) + "\n")
    done = cli("run", "--world", WORLD, "--scenario", "help.toml", "--out", "answer")
    assert done.returncode == 0, done.stderr


def test_version(cli):
    assert re.fullmatch(r"tariffsim \d+\.\d+\.\d+\n", cli("--version").stdout)
