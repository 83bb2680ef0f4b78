"""The small examples run, and print what the library says."""

import re
import subprocess
import sys

import pytest

import tariffsim as ts
from conftest import REPOSITORY

EXAMPLES = REPOSITORY / "examples" / "python"


def run(name, folder):
    """What an example prints."""
    done = subprocess.run(
        [sys.executable, EXAMPLES / f"{name}.py"], capture_output=True, text=True, cwd=folder, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return done.stdout


def test_first_tariff(tmp_path):
    """The digits of the reference cases."""
    text = run("first_tariff", tmp_path)
    for line in ("A  -0.948157 percent", "B  -0.588806 percent", "C  +0.125752 percent"):
        assert line in text
    assert "Trade that was hit (2 pairs" in text


def test_sweep(tmp_path, world):
    rows = [line.split() for line in run("sweep", tmp_path).splitlines()[1:]]
    assert [float(row[0]) for row in rows] == [0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0]
    losses = [float(row[1]) for row in rows]
    assert losses[0] == 0 and losses == sorted(losses, reverse=True) and losses[-1] < -0.2
    both = (
        ts.Scenario()
        .tariff("USA", "CHN", "goods", rate=1.0, operation="add")
        .tariff("CHN", "USA", "goods", rate=1.0, operation="add")
    )
    eq = ts.solve(world, both)
    assert losses[-1] == pytest.approx(eq.real_income_pct["USA"], abs=6e-5)
    assert float(rows[-1][4]) == pytest.approx(eq.tariff_revenue["USA"] / 1e3, abs=0.06)


def test_batch(tmp_path, world):
    lines = run("batch", tmp_path).splitlines()
    assert lines[0] == "63 rows, 63 converged; the same again: True"
    table = {float(line.split()[0]): [float(cell) for cell in line.split()[1:]] for line in lines[3:]}
    both = (
        ts.Scenario()
        .tariff("USA", "CHN", "goods", rate=0.5, operation="add")
        .tariff("CHN", "USA", "goods", rate=0.5, operation="add")
    )
    for scale, value in zip((0.5, 1.0, 2.0), table[0.5]):
        eq = ts.solve(world, both, theory=ts.Theory(elasticity_scale=scale))
        assert value == pytest.approx(eq.real_income_pct["USA"], abs=6e-5)


def test_own_data(tmp_path):
    text = run("own_data", tmp_path)
    assert "refused: frame 'flows', row" in text and "'FRAM'" in text and "use 'FARM'" in text
    assert re.search(r"ZONE +ZONE|ZONE +NORTH \(ZONE\)", text)
