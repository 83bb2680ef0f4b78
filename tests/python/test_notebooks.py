"""Every page with code is run from its first cell to its last, the notebooks among them; an error in a cell fails the test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

jupytext = pytest.importorskip("jupytext", reason="the test extra is not installed")
nbclient = pytest.importorskip("nbclient", reason="the test extra is not installed")

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = sorted(page for page in DOCS.rglob("*.md") if "\n```{code-cell}" in page.read_text(encoding="utf-8"))
REFERENCE = {"nafta.md"}  # these say more where the reference data are


def run(page: Path):
    notebook = jupytext.read(page, fmt="md:myst")
    # Without a display, and with the reference data where the other tests find them.
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(page.parent)}}).execute()
    return notebook


def printed(notebook) -> str:
    parts = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            parts.append(output.get("text", "") or output.get("data", {}).get("text/plain", ""))
    return "\n".join(parts)


def test_pages_are_found() -> None:
    assert {"quickstart.md", "first_tariff.md", "nafta.md"} <= {page.name for page in PAGES}


@pytest.mark.parametrize("page", [page for page in PAGES if page.name not in REFERENCE], ids=lambda page: page.stem)
def test_page_runs(page: Path) -> None:
    notebook = run(page)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code and all(cell.execution_count for cell in code)


def test_nafta_reproduces_the_published_numbers(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TARIFFSIM_SHARED", str(shared_data.parent))
    text = printed(run(DOCS / "notebooks" / "nafta.md"))
    assert "skipped" not in text
    for number in ("1.3121", "-0.0638", "0.0848", "0.0073"):  # the formula for MEX, CAN, USA; exact for MEX
        assert number in text, f"{number} is not printed:\n{text}"


def test_nafta_skips_with_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TARIFFSIM_SHARED", os.fspath(tmp_path))
    text = printed(run(DOCS / "notebooks" / "nafta.md"))
    assert text.startswith("skipped: no reference data in")
    assert len(text.strip().split("\n")) == 1
