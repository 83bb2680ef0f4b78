"""Sweeps on the command line: the folder, its rows, and what kills, interrupts and second writers leave."""

from __future__ import annotations

import csv
import json
import os
import pty
import random
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

RATES = """\
title = "How welfare falls as tariffs rise"
[[measure]]
kind = "tariff"
importer = "USA"
exporter = "CHN"
sector = "goods"
rate = "$rate"
[theory]
elasticity_scale = "$scale"
[sweep]
world = "world-2022-27x12"
outcomes = ["real_income_pct", "flows[CHN->USA]", "output[CHN, ELE]"]
[sweep.over]
rate = { from = 0, to = 1.5, count = 40 }
scale = { sobol = 16, lognormal = { median = 1, sd = 0.3 } }
"""
ROWS = 640  # three parts


@pytest.fixture
def rates(cli) -> Path:
    file = cli.folder / "rates.toml"
    file.write_text(RATES)
    return file


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as text:
        return list(csv.DictReader(text))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def joined(cli, folder: str) -> bytes:
    done = cli("sweep", "join", folder, "--out", f"{folder}.csv")
    assert done.returncode == 0, done.stderr
    return (cli.folder / f"{folder}.csv").read_bytes()


def refused(cli, *arguments: object, expect: list[str]) -> None:
    done = cli("sweep", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    for part in expect:
        assert part in done.stderr


def test_a_sweep_writes_its_rows_and_joins_them(cli, rates):
    done = cli("sweep", rates, "--out", "answer", "--workers", 2)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout.startswith("How welfare falls as tariffs rise\n640 rows in answer; 640 rows in ")
    answer = cli.folder / "answer"
    assert names(answer) == [".lock", "part-00000.csv", "part-00001.csv", "part-00002.csv", "sweep.json"]
    plan = json.loads((answer / "sweep.json").read_text())
    assert (plan["rows"], plan["part_rows"], plan["world"]) == (ROWS, 256, "world-2022-27x12")
    assert [(dim["name"], dim["size"]) for dim in plan["dims"]] == [("rate", 40), ("draw", 16)]
    assert plan["outcomes"][1] == {"name": "flows[CHN->USA]", "dims": [], "unit": "world's currency"}
    joined(cli, "answer")
    table = rows(cli.folder / "answer.csv")
    assert [int(row["row"]) for row in table] == list(range(ROWS))
    assert list(table[0]) == plan["columns"]
    assert {row["status"] for row in table} == {"converged"}
    assert all(float(row["residual"]) <= 1e-9 and row["diagnosis"] == "" for row in table)
    rate = [float(row["rate"]) for row in table]
    assert (rate[0], rate[-1], rate[16 * 7]) == (0, 1.5, 7 * (1.5 / 39))
    first, last = table[0], table[-1]
    assert float(last["flows[CHN->USA]"]) < float(first["flows[CHN->USA]"])
    assert float(last["real_income_pct[CHN]"]) < float(first["real_income_pct[CHN]"])


def test_one_row_is_the_scenario_by_itself(cli, rates):
    rates.write_text(RATES.replace("{ from = 0, to = 1.5, count = 40 }", "[0.1, 0.6]"))
    assert cli("sweep", rates, "--out", "answer", "--quiet").stdout == ""
    joined(cli, "answer")
    row = rows(cli.folder / "answer.csv")[-1]
    text = RATES.split("[sweep]")[0].replace('"$rate"', row["rate"]).replace('"$scale"', row["scale"])
    (cli.folder / "one.toml").write_text(text)
    assert cli("run", "--world", "world-2022-27x12", "--scenario", "one.toml", "--out", "one").returncode == 0
    for region in rows(cli.folder / "one" / "regions.csv"):
        # The largest relative residual that is left is 1e-10, so percentages agree to 1e-8 and a little.
        assert float(row[f"real_income_pct[{region['region']}]"]) == pytest.approx(float(region["real_income_pct"]), abs=2e-8)


def test_bits_do_not_depend_on_workers(cli, rates):
    answers = []
    for workers in (1, 2, 4):
        assert cli("sweep", rates, "--out", f"w{workers}", "--workers", workers, "--quiet").returncode == 0
        answers.append(joined(cli, f"w{workers}"))
    assert answers[0] == answers[1] == answers[2]


def test_a_sweep_that_is_killed_fifty_times_ends_as_if_it_had_not_been(program, cli, rates):
    start = time.monotonic()
    assert cli("sweep", rates, "--out", "whole", "--workers", 1, "--quiet").returncode == 0
    whole = time.monotonic() - start
    expected = joined(cli, "whole")
    command = [program, "sweep", "rates.toml", "--out", "killed", "--workers", "2", "--resume", "--quiet"]
    chance = random.Random(5)
    killed = finished = 0
    for _ in range(50):
        process = subprocess.Popen(command, cwd=cli.folder, env=cli.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(chance.uniform(0, 0.7 * whole))
        process.kill()
        _, err = process.communicate(timeout=60)
        assert process.returncode in (0, -signal.SIGKILL), err
        killed += process.returncode != 0
        if process.returncode == 0:
            finished += 1
            assert joined(cli, "killed") == expected
            shutil.rmtree(cli.folder / "killed")
    assert killed > 10
    done = cli(*command[1:])
    assert (done.returncode, done.stderr) == (0, "")
    assert joined(cli, "killed") == expected
    assert names(cli.folder / "killed") == names(cli.folder / "whole")


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(program, cli, rates):
    rates.write_text(RATES.replace("count = 40", "count = 4000"))
    process = subprocess.Popen(
        [program, "sweep", "rates.toml", "--out", "answer", "--workers", "2"],
        cwd=cli.folder, env=cli.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    part = cli.folder / "answer" / "part-00000.csv"
    until = time.monotonic() + 60
    while not part.exists() and time.monotonic() < until:
        time.sleep(0.02)
    # A second process is refused while the first one writes.
    second = cli("sweep", rates, "--out", "answer", "--resume")
    assert second.returncode == 2
    assert f"is being written by process {process.pid}" in second.stderr
    assert "remedy: " in second.stderr
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    kept = re.search(r"interrupted; ([\d ]+) rows of 64 000 rows are in answer\n  go on with: (.*)\n", err)
    assert kept, err
    assert kept[2] == "tariffsim sweep rates.toml --out answer --resume"
    parts = [name for name in names(cli.folder / "answer") if name.startswith("part-")]
    assert int(kept[1].replace(" ", "")) == 256 * len(parts) >= 256
    assert not [name for name in names(cli.folder / "answer") if name.endswith(".writing")]
    refused(cli, "join", "answer", "--out", "all.csv", expect=["parts are missing", "remedy: resume"])
    assert cli("sweep", "join", "answer", "--out", "all.csv", "--unfinished").returncode == 0
    assert len(rows(cli.folder / "all.csv")) == 256 * len(parts)


def test_the_progress_line_has_the_rate_and_the_time_left(program, cli, rates):
    rates.write_text(RATES.replace("count = 40", "count = 4000"))
    control, terminal = pty.openpty()
    process = subprocess.Popen(
        [program, "sweep", "rates.toml", "--out", "answer"], cwd=cli.folder, env=cli.environment,
        stdout=subprocess.DEVNULL, stderr=terminal,
    )  # fmt: skip
    os.close(terminal)
    shown, until = b"", time.monotonic() + 60
    while b"left" not in shown and time.monotonic() < until:
        try:
            shown += os.read(control, 4096)
        except OSError:
            break
    process.send_signal(signal.SIGINT)
    process.wait(timeout=60)
    os.close(control)
    assert re.search(rb"sweeping: \d+ of 64000 rows, \S+ rows a second, .* left", shown)


def test_a_sweep_is_not_begun_twice_and_another_one_not_resumed(cli, rates):
    small = RATES.replace("count = 40", "count = 2")
    rates.write_text(small)
    assert cli("sweep", rates, "--out", "answer", "--resume").returncode == 0  # begins it
    refused(cli, rates, "--out", "answer", expect=["answer: holds a sweep already, with 1 of 1 part", "remedy: resume it"])
    again = cli("sweep", rates, "--out", "answer", "--resume")
    assert (again.returncode, again.stderr) == (0, "")
    assert "32 rows in answer, 32 rows of them from before\n" in again.stdout
    rates.write_text(small.replace("to = 1.5", "to = 1"))
    refused(cli, rates, "--out", "answer", "--resume", expect=["holds another sweep: 'dims' number 0", "is 1.5 there and 1.0 here"])
    rates.write_text(small.replace('importer = "USA"', 'importer = "JPN"'))
    refused(cli, rates, "--out", "answer", "--resume", expect=["holds another sweep: 'digests.sweep_file' is"])
    (cli.folder / "mine").mkdir()
    (cli.folder / "mine" / "thesis.txt").write_text("years of work")
    refused(cli, rates, "--out", "mine", "--resume", expect=["mine: holds 'thesis.txt' and no sweep", "remedy: "])
    assert names(cli.folder / "mine") == ["thesis.txt"]


def test_rows_without_an_equilibrium_are_counted_and_said(cli):
    (cli.folder / "bans.toml").write_text("""\
title = "Bans"
[[measure]]
kind = "ban"
importer = "$who"
exporter = "*"
sector = "*"
[[measure]]
kind = "tariff"
importer = "USA"
exporter = "CHN"
sector = "goods"
rate = "$rate"
[closure]
deficits = "fixed_world_share"
[sweep]
world = "world-2022-27x12"
[sweep.over]
who = ["VNM", "NGA"]
rate = [0.1, 0.2]
""")
    done = cli("sweep", "bans.toml", "--out", "answer")
    joined(cli, "answer")
    unsolved = [row for row in rows(cli.folder / "answer.csv") if row["status"] != "converged"]
    for row in unsolved:
        assert row["diagnosis"]
        assert row["real_income_pct[USA]"] == ""
    assert done.returncode == (3 if len(unsolved) == 4 else 0)
    assert bool(unsolved) == ("have no equilibrium; the first is row" in done.stderr)


def test_rows_are_listed_without_solving(cli, rates):
    done = cli("sweep", rates, "--rows")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "row,rate,scale"
    assert len(lines) == 1 + ROWS
    assert lines[1] == "0,0,1"  # the first Sobol point is the median
    assert not (cli.folder / "answer").exists()


def test_a_dated_scenario_is_swept_over_its_days(cli):
    (cli.folder / "days.toml").write_text("""\
title = "A war, week by week"
scenario = "us-world-2025"
[sweep]
world = "world-2022-27x12"
outcomes = ["real_income_pct[CHN]"]
date = "$day"
[sweep.over]
day = { from = 2025-03-01, to = 2025-06-01, every_days = 31 }
""")
    done = cli("sweep", "days.toml", "--out", "days")
    assert done.returncode == 0, done.stderr
    joined(cli, "days")
    found = rows(cli.folder / "days.csv")
    assert [row["day"] for row in found] == ["2025-03-01", "2025-04-01", "2025-05-02"]
    day = ("--world", "world-2022-27x12", "--scenario", "us-world-2025", "--date", "2025-05-02", "--out", "one")
    assert cli("run", *day).returncode == 0
    china = next(row for row in rows(cli.folder / "one" / "regions.csv") if row["region"] == "CHN")
    assert float(found[-1]["real_income_pct[CHN]"]) == pytest.approx(float(china["real_income_pct"]), abs=2e-8)


def test_bad_sweeps(cli, rates):
    refused(cli, expect=["there is no sweep file", "remedy: name one"])
    refused(cli, rates, expect=["there is no --out", "remedy: "])
    refused(cli, "nowhere.toml", "--out", "answer", expect=["nowhere.toml", "remedy: "])
    refused(cli, rates, "--out", "answer", "--workers", "0", expect=["--workers"])
    refused(cli, "join", "nowhere", "--out", "x.csv", expect=["nowhere: there is no such folder", "remedy: "])
    for change, expect in (
        (('"$rate"', '"$rat"'), ['rates.toml:7:8: "$rat" has no values', "'rate'"]),
        (('exporter = "CHN"', 'exporter = "CHM"'), ["rates.toml:2", "'CHM'", "in row 0 (rate=0, scale=1)", "'CHN'"]),
        (("to = 1.5", "to = -1.5"), ["rates.toml:7:8", "out of range, in row 416 (rate=-1, scale=1)"]),
        (('"real_income_pct"', '"real_incme_pct"'), ["unknown quantity 'real_incme_pct'", "'real_income_pct'"]),
        (("sd = 0.3", "sd = 0"), ["rates.toml:15", "sd is 0"]),
        (('"world-2022-27x12"', '"world-2022-27x13"'), ["world-2022-27x13"]),
    ):
        rates.write_text(RATES.replace(*change, 1))
        refused(cli, rates, "--out", "answer", expect=[*expect, "remedy: "])
        assert not (cli.folder / "answer").exists()


def test_the_example_runs(cli):
    done = cli("sweep", REPOSITORY / "examples" / "sweeps" / "war.toml", "--out", "war", "--workers", 2)
    assert done.returncode == 0, done.stderr
    assert "256 rows in war" in done.stdout


def test_the_sweep_in_the_help_runs(cli):
    text = cli("sweep", "--help").stdout
    assert all(len(line) <= 125 for line in text.splitlines())
    start = text.index("  title = ")
    lines = [line[2:] for line in text[start : text.index("\n\n", start)].splitlines()]
    (cli.folder / "rates.toml").write_text("\n".join(lines) + "\n")
    done = cli("sweep", "rates.toml", "--out", "rates", "--workers", 2)
    assert done.returncode == 0, done.stderr


def test_python_reads_the_folder(cli, rates):
    import numpy as np

    import tariffsim as ts

    assert cli("sweep", rates, "--out", "answer", "--workers", 2, "--quiet").returncode == 0
    read = ts.read_sweep(cli.folder / "answer")
    assert dict(read.sizes) == {"rate": 40, "draw": 16, "region": 27}
    np.testing.assert_array_equal(read["rate"], np.linspace(0, 1.5, 40))
    np.testing.assert_array_equal(read["scale"], ts.sobol(ts.lognormal(median=1, sd=0.3), 16)["value"])
    joined(cli, "answer")
    row = rows(cli.folder / "answer.csv")[16 * 7 + 3]
    cell = read.isel(rate=7, draw=3)
    assert float(cell["real_income_pct"].sel(region="CHN")) == float(row["real_income_pct[CHN]"])
    assert float(cell["flows[CHN->USA]"]) == float(row["flows[CHN->USA]"])


def test_python_and_the_command_line_solve_the_same_bits(cli, rates):
    import numpy as np

    import tariffsim as ts

    world = ts.World.load("world-2022-27x12")

    def case(rate, scale):
        war = ts.Scenario().tariff(importer="USA", exporter="CHN", sector="goods", rate=rate)
        return ts.Case(war, theory=ts.Theory(elasticity_scale=scale))

    over = {"rate": np.linspace(0, 1.5, 40), "scale": ts.sobol(ts.lognormal(median=1, sd=0.3), 16)}
    here = ts.sweep(world, case, over=over, outcomes=["real_income_pct", "flows[CHN->USA]"], workers=2)
    assert cli("sweep", rates, "--out", "answer", "--quiet").returncode == 0
    there = ts.read_sweep(cli.folder / "answer")
    for name in ("real_income_pct", "flows[CHN->USA]", "evaluations", "residual"):
        np.testing.assert_array_equal(here[name], there[name])
