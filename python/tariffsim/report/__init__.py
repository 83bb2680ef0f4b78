"""Reports: one self-contained HTML page on a result, or on several side by side.

`eq.report(path)` writes the page of one result; `tariffsim.report.compare([eq1, eq2], path)` that of several.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tariffsim.errors import InvalidInput
from tariffsim.report.atomic import final_target, write_text

if TYPE_CHECKING:
    import os

    from tariffsim.equilibrium import Equilibrium

__all__ = ["compare", "write_report"]


def write_report(
    eq: Equilibrium,
    path: str | os.PathLike[str],
    *,
    title: str | None = None,
    markets: int = 2,
) -> Path:
    """Writes a page on one result that opens without a network: tables, pictures, assumptions, certificate, sources.

    Parameters
    ----------
    eq : Equilibrium
    path : path
        The file; its folder is made where it is missing. It appears complete or not at all. A link to a file stays a link.
    title : str
        That of the scenario where absent.
    markets : int
        So many of the markets that were hit are shown in detail.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    NotConverged
        Where there is no result to report.
    InvalidInput
        Where the file cannot be written, or the path is a folder, a device or a pipe.
    """
    return compare([eq], path, title=title, markets=markets)


def compare(
    eqs: Sequence[Equilibrium],
    path: str | os.PathLike[str],
    *,
    title: str | None = None,
    markets: int = 2,
) -> Path:
    """Writes one page on several results of worlds with the same regions and sectors, on common scales, side by side.

    Parameters and errors as in `write_report`; the results carry the titles of their scenarios.
    """
    from tariffsim.report.page import render

    results, target = list(eqs), Path(path)
    final_target(target)  # refused before the work, not after it
    if not results:
        raise InvalidInput("compare", "got no result", "give one or more equilibria")
    for eq in results:
        eq.require_converged()
        if not (
            eq._axes.regions.equals(results[0]._axes.regions) and eq._axes.sectors.equals(results[0]._axes.sectors)
        ):
            raise InvalidInput(
                "compare",
                f"'{eq.title}' has other regions or sectors than '{results[0].title}'",
                "compare results of one world",
            )
    write_text(target, render(results, title, markets))
    return target
