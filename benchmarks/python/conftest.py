"""Fixtures: each world in turn, and the reference data."""

from __future__ import annotations

from pathlib import Path

import pytest
from workloads import DATA, WORKLOADS, Workload


@pytest.fixture(params=WORKLOADS)
def workload(request: pytest.FixtureRequest) -> Workload:
    """Each of the five in turn."""
    return WORKLOADS[request.param]


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """The folder of reference data beside the checkout."""
    if not DATA.is_dir():
        pytest.skip(f"no reference data in {DATA}; set TARIFFSIM_SHARED to their parent folder")
    return DATA
