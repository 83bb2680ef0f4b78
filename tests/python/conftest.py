"""What several tests need: small worlds, and the reference data where they are there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # imported inside, for tests of the data alone run without the extension
    import tariffsim as ts

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of reference data beside the checkout."""
    folder = Path(os.environ.get("TARIFFSIM_SHARED", REPOSITORY.parent / "shared")) / "data"
    if not folder.is_dir():
        reason = f"no reference data in {folder}; set TARIFFSIM_SHARED to their parent folder"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def world() -> ts.World:
    """27 regions, 12 sectors, materials and tariffs."""
    import tariffsim as ts

    return ts.World.load("world-2022-27x12")


@pytest.fixture(scope="session")
def tiny() -> ts.World:
    """Three regions, one sector, balanced trade, no tariffs."""
    import tariffsim as ts

    return ts.World.from_flows([[80, 6, 9], [8, 150, 12], [7, 14, 60]], trade_elasticity=4.0, regions=["A", "B", "C"])


@pytest.fixture(scope="session")
def war() -> ts.Scenario:
    """60 percent both ways on all goods between the USA and China."""
    import tariffsim as ts

    return (
        ts.Scenario("60 percent, both ways")
        .tariff(importer="USA", exporter="CHN", sector="goods", rate=0.60)
        .tariff(importer="CHN", exporter="USA", sector="goods", rate=0.60)
    )


@pytest.fixture(scope="session")
def program() -> str:
    beside = Path(sys.executable).with_name("tariffsim")  # where pip puts it
    found = os.environ.get("TARIFFSIM_CLI") or (str(beside) if beside.exists() else shutil.which("tariffsim"))
    if not found:
        reason = "no program: pip install the package, or set TARIFFSIM_CLI to a program built by CMake"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return found


@pytest.fixture
def cli(program, tmp_path):
    """Runs the program in a folder of its own."""
    environment = {**os.environ, "TARIFFSIM_WORLDS": str(REPOSITORY / "python" / "tariffsim" / "worlds")}

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, *map(str, arguments)], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )

    run.environment = environment
    run.folder = tmp_path
    return run
