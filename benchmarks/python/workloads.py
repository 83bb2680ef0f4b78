"""The worlds that are measured, with the change that is solved on each."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
import tariffsim as ts

REPOSITORY = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("TARIFFSIM_SHARED", REPOSITORY.parent / "shared")) / "data"
NAFTA = ["MEX", "CAN", "USA"]


@dataclass(frozen=True)
class Workload:
    """A world and a change of it."""

    folder: Path
    deficits: str

    @property
    def closure(self) -> ts.Closure:
        return ts.Closure(deficits=self.deficits)

    def world(self) -> ts.World:
        if not self.folder.is_dir():
            pytest.skip(f"there is no data package in {self.folder}; set TARIFFSIM_SHARED to the folder that holds data/")
        return ts.World.read(self.folder)

    def scenario(self) -> ts.Scenario:
        if self.folder.name == "cp2015":
            table = pd.read_csv(self.folder / "tariffs_2005.csv")
            return ts.Scenario("NAFTA").tariff(importer=NAFTA, exporter=NAFTA, sector="*", rate=table)
        if self.folder.name == "liberation2023":
            table = pd.read_csv(self.folder / "tariffs_liberation_day.csv")
            return ts.Scenario("2 April 2025").tariff(importer="USA", exporter="*", sector="*", rate=table)
        return (
            ts.Scenario("60 percent, both ways")
            .tariff(importer="USA", exporter="CHN", sector="goods", rate=0.60)
            .tariff(importer="CHN", exporter="USA", sector="goods", rate=0.60)
        )


EMBEDDED = REPOSITORY / "python" / "tariffsim" / "worlds"
WORKLOADS = {
    "cp2015": Workload(DATA / "cp2015", "balanced"),
    "27x12": Workload(EMBEDDED / "world-2022-27x12", "fixed_world_share"),
    "44x21": Workload(EMBEDDED / "world-2022", "fixed_world_share"),
    "81x28": Workload(DATA / "world2022-81x28", "fixed_world_share"),
    "liberation2023": Workload(DATA / "liberation2023", "fixed_world_share"),
}
