"""Reads what the benchmarks wrote and prints one table: python benchmarks/table.py RESULTS [--base RESULTS] [--json FILE]."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

#: Milliseconds of a re-solve, certificate included, on one core.
TARGETS = {"cp2015": 4.0, "44x21": 1.5, "81x28": 8.0}
GEGRAVITY_TARGET = 1000.0

#: Dated policy: what is measured, with the counter that says how much of it, and the targets by world, milliseconds.
POLICY = {
    "rates": ("rates of a day, {in_force:.0f} of {measures:.0f} measures in force", {}),
    "rates_of_many": ("rates of a day, {in_force:.0f} of {measures:.0f} measures in force", {"81x28": 5.0}),
    "path": ("a path of {days:.0f} days", {"44x21": 500.0}),
    "attribution": ("a day's effect among {players:.0f} players", {}),
}

#: Re-solves under theories over the plain one, by name, with the largest ratio asked for.
THEORIES = {
    "theory_two_tier": ("two tiers", None),
    "theory_ces_inputs": ("CES inputs and demand", None),
    "theory_specific": ("specific factors", None),
    "theory_full": ("all three", 4.0),
}

Row = dict[str, Any]


def read_rows(folder: Path) -> dict[str, Row]:
    """One row by world from cpp.json and memory.txt."""
    rows: dict[str, Row] = {}
    for run in json.loads((folder / "cpp.json").read_text())["benchmarks"]:
        what, world = run["name"].split("/")[:2]
        if run.get("error_occurred"):
            raise SystemExit(f"error: benchmark {what}/{world} failed: {run['error_message']}")
        row = rows.setdefault(world, {})
        row[f"{what}_ms"], row[f"{what}_best_ms"] = run["median_ms"], run["best_ms"]
        if what in POLICY:
            row[what] = POLICY[what][0].format_map(run)
        if what in THEORIES:
            row[f"{what}_evaluations"] = int(run["evaluations"])
        if what == "resolve":
            row["evaluations"], row["certificate"] = int(run["evaluations"]), run["certificate"]
    for line in (folder / "memory.txt").read_text().split("\n"):
        if line:
            world, kilobytes = line.split()
            rows[world]["peak_mb"] = int(kilobytes) / 1024
    for world, row in rows.items():
        row["evaluation_ms"] = row["resolve_ms"] / row["evaluations"]
        row["floor_ms"] = row["evaluations"] * row["pass_ms"]
        row["to_floor"] = row["resolve_ms"] / row["floor_ms"]
        row["certificate_share"] = row["certificate_ms"] / row["resolve_ms"]
        row["target_ms"] = TARGETS.get(world)
    return rows


def read_python(folder: Path) -> dict[str, float]:
    """Median milliseconds by test; empty where Python was not measured."""
    path = folder / "python.json"
    if not path.is_file():
        return {}
    return {run["name"]: 1e3 * run["stats"]["median"] for run in json.loads(path.read_text())["benchmarks"]}


def aligned(header: list[str], lines: list[list[str]]) -> str:
    """Columns of equal width, numbers to the right."""
    widths = [max(len(line[k]) for line in [header, *lines]) for k in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(w) if k == 0 else cell.rjust(w) for k, (cell, w) in enumerate(zip(line, widths))).rstrip()
        for line in [header, *lines]
    )


def solve_table(rows: dict[str, Row]) -> str:
    """The main table."""
    header = ["world", "cold ms", "re-solve ms", "best ms", "target ms", "evals", "ms/eval", "equations ms", "floor ms"]
    header += ["x floor", "certificate", "share", "peak MB", "read ms", "aggregate ms"]
    lines = []
    for world, r in rows.items():
        target = verdict(r["resolve_ms"], r["target_ms"])
        lines.append(
            [world, f"{r['cold_ms']:.2f}", f"{r['resolve_ms']:.3f}", f"{r['resolve_best_ms']:.3f}", target]
            + [f"{r['evaluations']}", f"{r['evaluation_ms']:.3f}", f"{r['equations_ms']:.3f}", f"{r['floor_ms']:.3f}"]
            + [f"{r['to_floor']:.1f}", f"{r['certificate']:.0e}", f"{100 * r['certificate_share']:.0f} %"]
            + [f"{r['peak_mb']:.1f}", f"{r['read_ms']:.1f}", f"{r['aggregate_ms']:.2f}"]
        )
    return aligned(header, lines)


def verdict(milliseconds: float, target: float | None) -> str:
    """A target and whether it is met."""
    return "-" if target is None else f"{target:g}" + (" met" if milliseconds <= target else " MISSED")


def policy_table(rows: dict[str, Row]) -> str:
    """Dated policy."""
    lines = []
    for what, (_, targets) in POLICY.items():
        for world, r in rows.items():
            if what in r:
                times = [f"{r[f'{what}_ms']:.2f}", f"{r[f'{what}_best_ms']:.2f}"]
                lines.append([f"{r[what]}, {world}", *times, verdict(r[f"{what}_ms"], targets.get(world))])
    return aligned(["us-world-2025", "ms", "best ms", "target ms"], lines)


def theory_table(rows: dict[str, Row]) -> str:
    """Re-solves under theories as ratios to the plain one of the same run."""
    lines = []
    for what, (title, target) in THEORIES.items():
        for world, r in rows.items():
            if f"{what}_ms" in r:
                ratios = [r[f"{what}_{kind}"] / r[f"resolve_{kind}"] for kind in ("ms", "best_ms")]
                cells = [f"{r[f'{what}_ms']:.2f}", *(f"{ratio:.2f}" for ratio in ratios), f"{r[f'{what}_evaluations']}"]
                lines.append([f"{title}, {world}", *cells, verdict(ratios[0], target)])
    return aligned(["theory", "ms", "x plain", "best runs", "evals", "target x"], lines)


def ratio_table(rows: dict[str, Row], base: dict[str, Row]) -> str:
    """Times over those of the base commit; below one is faster."""
    kinds = ["cold", "resolve", "equations", "certificate", "compile", "read", "aggregate"]
    lines = []
    for world in rows:
        if world in base:
            ratios = [f"{rows[world][f'{k}_best_ms'] / base[world][f'{k}_best_ms']:.2f}" for k in kinds]
            lines.append([world, *ratios, f"{rows[world]['evaluations'] - base[world]['evaluations']:+d}"])
    return aligned(["this / base, best runs", *kinds, "evaluations"], lines)


def python_lines(times: dict[str, float]) -> list[str]:
    """Python on the same worlds, frames, and gegravity side by side."""
    lines = []
    names = [name.split("[")[1].rstrip("]") for name in times if name.startswith("test_resolve[")]
    if names:
        cells = [[w, *(f"{times[f'test_{what}[{w}]']:.2f}" for what in ("cold", "resolve", "read"))] for w in names]
        lines.append(aligned(["from Python", "ts.solve ms", "Solver.solve ms", "World.read ms"], cells))
    if "test_million_rows" in times:
        lines.append(f"World.from_frames, 1,024,000 flows and as many tariffs: {times['test_million_rows'] / 1e3:.2f} s")
    if "test_gegravity_simulate" in times:
        for what, theirs, ours, call in (
            ("from the solved baseline", "test_gegravity_simulate", "test_tariffsim_resolve", "Solver.solve"),
            ("baseline included", "test_gegravity_whole", "test_tariffsim_whole", "ts.solve"),
        ):
            ratio = times[theirs] / times[ours]
            outcome = "met" if ratio >= GEGRAVITY_TARGET else "MISSED"
            lines.append(
                f"gegravity's sample, {what}: gegravity {times[theirs]:.0f} ms, {call} {times[ours]:.3f} ms: "
                f"{ratio:,.0f} times (target {GEGRAVITY_TARGET:,.0f}: {outcome})"
            )
    lines += monte_carlo_lines(times)
    return lines


def monte_carlo_lines(times: dict[str, float]) -> list[str]:
    """gegravity's Monte Carlo beside a sweep over the same draws, by trial; trials as in test_speed_monte_carlo.py."""
    theirs, ours = times.get("test_gegravity_monte_carlo"), times.get("test_tariffsim_monte_carlo")
    if theirs is None or ours is None:
        return []
    theirs, ours = theirs / 3, ours / 1000
    return [
        f"a trial of gegravity's Monte Carlo (baseline and experiment): gegravity {theirs:.0f} ms, "
        f"ts.sweep {ours:.3f} ms: {theirs / ours:,.0f} times"
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("--base", type=Path, help="results of the base commit")
    parser.add_argument("--json", type=Path, help="also write the numbers to this file")
    options = parser.parse_args()
    rows, python = read_rows(options.results), read_python(options.results)
    machine = json.loads((options.results / "cpp.json").read_text())["context"]
    load = ", ".join(f"{value:.1f}" for value in machine["load_avg"]) or "unknown"
    print(f"{machine['num_cpus']} cores at {machine['mhz_per_cpu']} MHz, load {load}; medians of processor time on one core\n")
    print(solve_table(rows))
    print("\nequations: one evaluation of equations 1 to 6; floor: evaluations x one read of A, B and the materials coefficients")
    print("\n" + policy_table(rows))
    if any("theory_full_ms" in row for row in rows.values()):
        print("\n" + theory_table(rows))
    base = read_rows(options.base) if options.base else {}
    if base:
        print("\n" + ratio_table(rows, base))
    for block in python_lines(python):
        print("\n" + block)
    batches = options.results / "batches.txt"
    if batches.exists():
        print("\nBatches on all cores, wall-clock time\n" + batches.read_text())
    if options.json:
        options.json.write_text(json.dumps({"machine": machine, "worlds": rows, "base": base, "python_ms": python}, indent=1) + "\n")
        print(f"\nwritten to {options.json}")


if __name__ == "__main__":
    main()
