"""The main job: scripts/demo ends in this program."""

import os
import re
import subprocess
import sys

import pytest

import tariffsim as ts
from conftest import REPOSITORY

DEMO = REPOSITORY / "examples" / "python" / "demo.py"


def run(*arguments, cwd):
    environment = {**os.environ, "MPLBACKEND": "Agg"}
    return subprocess.run(
        [sys.executable, DEMO, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=900,
        env=environment,
    )


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    result = run("pictures", cwd=folder)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    return result.stdout, folder / "pictures"


@pytest.fixture(scope="module")
def peak():
    """The peak, declared here once more."""
    war = (
        ts.Scenario("peak")
        .tariff(importer="USA", exporter="CHN", sector="goods", rate=1.45, operation="add")
        .tariff(importer="CHN", exporter="USA", sector="goods", rate=1.25, operation="add")
    )
    return ts.solve(ts.World.load("world-2022"), war, ts.Closure(deficits="fixed_world_share"))


def numbers(text, label):
    line = next(line for line in text.splitlines() if line.strip().startswith(label))
    return [float(word.replace(",", "")) for word in re.findall(r"[-+]?\d[\d,]*\.?\d*", line[len(label) + 2 :])]


def test_the_table_holds_the_result(done, peak):
    text, _ = done
    for code, name in (("USA", "United States"), ("CHN", "China"), ("VNM", "Viet Nam"), ("MEX", "Mexico")):
        income, worth, *_ = numbers(text, name)
        assert income == pytest.approx(peak.real_income_pct[code], abs=6e-4)
        assert worth == pytest.approx(peak.equivalent_variation[code] / 1e3, abs=0.06)
    goods = peak.observed.sectors.index[peak.observed.sectors["kind"] == "goods"]
    sold = peak.import_sources("USA", list(goods)).loc["CHN"] / 1e3
    bought = text[text.index("What the United States buys") :]
    base, after, *_ = numbers(bought, "China ")
    assert (base, after) == (pytest.approx(sold["base"], abs=0.06), pytest.approx(sold["counterfactual"], abs=0.06))
    assert "peak   converged, " in text and "largest relative residual" in text


def test_the_columns_add_up(done):
    text, _ = done
    start = text.index("What the United States buys")
    rows = text[start : text.index("What China sells")].splitlines()
    rows = [line for line in rows if line.startswith("  ") and re.search(r"%", line)]
    *sellers, total, own = [[float(x.replace(",", "")) for x in re.findall(r"[-+]?[\d,]+\.\d", line)] for line in rows]
    assert len(sellers) == 10 and len(own) == 5
    for column in (0, 1, 3):
        assert sum(row[column] for row in sellers) == pytest.approx(total[column], abs=0.6)


def test_plain_text_for_a_terminal(done):
    text, _ = done
    assert text.isascii() and "\x1b" not in text and "nan" not in text
    assert max(map(len, text.splitlines())) <= 100


def test_it_names_the_files_and_they_are_there(done):
    text, folder = done
    assert f"report    {folder.name}/report.html" in text and f"pictures  {folder.name}/*.png" in text
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "</html>" in page and "Peak: 145 percent on China, 125 on the United States" in page
    pictures = sorted(path.name for path in folder.glob("*.png"))
    for name in ("peak-world-map", "peak-us-purchases", "truce-world-map", "truce-us-purchases"):
        assert f"{name}.png" in pictures
    for picture in folder.glob("*.png"):
        assert picture.read_bytes().startswith(b"\x89PNG") and picture.stat().st_size > 10_000
    for name in ("peak", "truce"):
        assert {path.name for path in (folder / name).iterdir()} == {
            "summary.json",
            "regions.csv",
            "sectors.csv",
            "flows.csv",
        }


def test_caveats_stand_with_the_numbers(done):
    text, _ = done
    for words in (
        "Not a forecast",
        "section 301",
        "Elasticities are estimates",
        "say nothing about whether tariffs close a deficit",
    ):
        assert words in re.sub(r"\s+", " ", text)


def test_a_file_in_the_way_is_named(tmp_path):
    (tmp_path / "taken").write_text("mine")
    result = run("taken", cwd=tmp_path)
    assert result.returncode == 2 and "Traceback" not in result.stderr
    assert "error:" in result.stderr and "taken" in result.stderr
    assert (tmp_path / "taken").read_text() == "mine"
