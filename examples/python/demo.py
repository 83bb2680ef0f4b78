"""The US-China tariff war of 2025 in the world of 2022: who loses, who gains, where the goods go.

Two scenarios, each a duty added to those already in force, on all goods: the peak of April 2025 (145 percent on China, 125 on
the United States) and the truce of May 2025 (30 and 10). Prints tables, and writes a report and pictures to a folder.

usage: demo.py [FOLDER]        (default: out/demo)
"""

from __future__ import annotations

import argparse
import sys
import textwrap
import time
from pathlib import Path

WIDTH = 92
DUTIES = {"peak": (1.45, 1.25), "truce": (0.30, 0.10)}


def scenario(ts, name):
    """The duties of both sides as measures."""
    on_china, on_usa = DUTIES[name]
    title = f"{name.capitalize()}: {100 * on_china:.0f} percent on China, {100 * on_usa:.0f} on the United States"
    return (
        ts.Scenario(title)
        .tariff(importer="USA", exporter="CHN", sector="goods", rate=on_china, operation="add")
        .tariff(importer="CHN", exporter="USA", sector="goods", rate=on_usa, operation="add")
    )


# ---- text


def heading(text):
    print(f"\n{text}\n{'-' * len(text)}")


def say(text):
    print(textwrap.fill(" ".join(text.split()), WIDTH))


def table(header, rows, first=30):
    """Text to the left, numbers to the right; a row of None is a line."""
    widths = [max(len(row[k]) for row in [header, *filter(None, rows)]) for k in range(1, len(header))]
    for row in [header, None, *rows]:
        if row is None:
            print("  " + "-" * (first + sum(widths) + 2 * len(widths)))
        else:
            line = f"  {row[0]:<{first}.{first}}" + "".join(f"  {cell:>{w}}" for cell, w in zip(row[1:], widths))
            print(line.rstrip())


def signed(value, places):
    """With its sign, unless it rounds to zero."""
    text = f"{value:+,.{places}f}"
    return text[1:] if float(text.replace(",", "")) == 0 else text


def change(before, after):
    return f"{100 * (after / before - 1):+.1f} %"


# ---- what happened


def welfare(results, names):
    """Real income, exact, and what it is worth."""
    income = {name: eq.real_income_pct for name, eq in results.items()}
    worth = {name: eq.equivalent_variation / 1e3 for name, eq in results.items()}  # million to billion USD
    ranked = income["peak"].sort_values().index

    def row(code):
        return [
            names[code],
            *(cell for n in results for cell in (signed(income[n][code], 3), signed(worth[n][code], 1))),
        ]

    heading("Who loses, who gains")
    say(
        "Exact change in real income, percent; and what it is worth a year at the prices of the base (equivalent variation)."
    )
    print()
    middle = len(ranked) - 13
    between = {n: income[n][ranked[5:-8]] for n in results}
    rest = [f"... {middle} more, from {between['peak'].min():+.3f} to {between['peak'].max():+.3f}", *[""] * 4]
    total = ["all regions, summed", *(cell for n in results for cell in ("", signed(worth[n].sum(), 1)))]
    rows = [*map(row, ranked[:5]), rest, *map(row, ranked[-8:]), None, total]
    table(["", "peak, %", "bn USD", "truce, %", "bn USD"], rows, first=40)
    print()
    both = all(worth[n][code] < 0 for n in results for code in ("USA", "CHN"))
    gainers = sum(income["peak"] > 0.0005)
    say(
        f"{'Both sides lose in both scenarios.' if both else ''} {gainers} of {len(ranked)} regions gain at the peak, mostly those"
        " that sell what China sold to the United States; all gains together are worth"
        f" {worth['peak'].clip(lower=0).sum():.0f} bn USD, all losses {-worth['peak'].clip(upper=0).sum():.0f}."
    )
    formula = results["peak"].welfare_first_order["total_pct"]
    say(
        f"The literature's first-order formula gives {formula['USA']:+.3f} percent for the United States and"
        f" {formula['CHN']:+.3f} for China at the peak. It is made for small changes; the table is exact."
    )


def goods(results, names, region, buying, title, text):
    """Trade in goods of one region by partner, before and after."""
    trade = {
        name: (eq.import_sources if buying else eq.export_destinations)(region, "goods") / 1e3
        for name, eq in results.items()
    }
    base, peak, truce = trade["peak"]["base"], trade["peak"]["counterfactual"], trade["truce"]["counterfactual"]
    partners = base.index.drop(region)
    order = (peak - base)[partners].abs().sort_values(ascending=False).index

    def row(label, codes):
        b, p, t = (values[codes].sum() for values in (base, peak, truce))
        return [label, f"{b:,.1f}", f"{p:,.1f}", change(b, p), f"{t:,.1f}", change(b, t)]

    heading(title)
    say(text)
    print()
    rows = [row(names[code], [code]) for code in order[:9]]
    rows += [row(f"{len(order) - 9} others", order[9:]), None, row("all abroad", partners)]
    rows.append(row(f"{names[region]}, own {'producers' if buying else 'market'}", [region]))
    table(["bn USD a year", "base", "peak", "change", "truce", "change"], rows)


def duties(results, names):
    """Duties announced and paid, and what they bring in."""

    def mean(eq, importer, exporters, rates, flows):
        chosen = {"importer": importer, "exporter": exporters, "sector": goods_codes}
        value = flows.sel(chosen)
        return f"{100 * float((rates.sel(chosen) * value).sum() / value.sum()):.1f}"

    peak = results["peak"]
    kinds = peak.observed.sectors["kind"]
    goods_codes = list(kinds.index[kinds == "goods"])
    rows = []
    for importer, exporter in (("USA", "CHN"), ("CHN", "USA")):
        abroad = [code for code in names.index if code != importer]
        for label, sellers in (
            (f"{names[importer]} on {names[exporter]}", [exporter]),
            (f"{names[importer]} on all", abroad),
        ):
            cells = [mean(peak, importer, sellers, peak.tariffs_base, peak.flows_base)]
            for eq in results.values():
                cells += [
                    mean(eq, importer, sellers, eq.tariffs, eq.flows_base),
                    mean(eq, importer, sellers, eq.tariffs, eq.flows),
                ]
            rows.append([label, *cells])
    for importer in ("USA", "CHN"):
        cells = [f"{peak.tariff_revenue_base[importer] / 1e3:.1f}"]
        for eq in results.values():
            cells += ["", f"{eq.tariff_revenue[importer] / 1e3:.1f}"]
        rows.append([f"{names[importer]}: revenue, bn USD", *cells])
    rows.insert(4, None)
    heading("Duties announced, duties paid")
    say(
        "Mean duty on goods, percent of their value at the border. Announced: the new rates on the purchases of the base. Paid:"
        " the new rates on what is bought then. A duty that stops trade collects nothing."
    )
    print()
    table(["", "base", "peak, announced", "paid", "truce, announced", "paid"], rows)


def balances(results, names):
    """Goods and services balances: what the closure fixes and what it leaves free."""
    rows = []
    for code in ("USA", "CHN"):
        for kind in ("goods", "services", "all"):
            cells = [f"{results['peak'].balances().loc[code, (kind, 'balance_base')] / 1e3:+,.0f}"]
            cells += [f"{eq.balances().loc[code, (kind, 'balance')] / 1e3:+,.0f}" for eq in results.values()]
            rows.append([f"{names[code]}: {'goods and services' if kind == 'all' else kind}", *cells])
    heading("Balances")
    say(
        "Exports less imports, bn USD. The closure holds each deficit at its share of world value added, so the sum cannot move:"
        " these numbers say nothing about whether tariffs close a deficit."
    )
    print()
    table(["", "base", "peak", "truce"], rows, first=44)


def caveats(world):
    heading("Before you quote a number")
    for text in (
        "Long run, static: two equilibria are compared. No unemployment, no investment, no stocks, no exchange rates, no way"
        " from one to the other. Not a forecast.",
        f"The base is the trade of {world.info.year} with US duties of 2024, so section 301 is in the base and the war comes on top of it."
        " China's retaliation of 2018-2020 is not visible in its average rates.",
        "All goods pay: the exemptions of April 2025 (electronics, and others) are not in these scenarios.",
        "Elasticities are estimates per sector; input shares are a proxy from 2011. The report lists all known defects.",
    ):
        print(textwrap.fill(text, WIDTH, initial_indent="  * ", subsequent_indent="    "))


# ---- files


def write_files(ts, results, folder):
    """Pictures and numbers of each result, and one report on both; returns the report's path. The report holds all pictures."""
    import matplotlib

    matplotlib.use("Agg")  # files only, no window
    import matplotlib.pyplot as plt

    pictures = {
        "world-map": lambda plot: plot.world_map(),
        "welfare": lambda plot: plot.welfare_bars(),
        "us-purchases": lambda plot: plot.who_replaces_whom(
            "USA", "goods", title="Who replaces China in the United States"
        ),
        "china-sales": lambda plot: plot.where_it_goes("CHN", "goods", title="Where China's goods go instead"),
        "duties": lambda plot: plot.tariff_change(),
        "trade-change": lambda plot: plot.heat_map(show="change"),
        "volumes-and-values": lambda plot: plot.volumes_beside_values(),
        "us-sectors": lambda plot: plot.sector_detail("USA"),
        "china-sectors": lambda plot: plot.sector_detail("CHN"),
    }
    brief = ("world-map", "welfare", "us-purchases", "china-sales")
    for name, eq in results.items():
        for picture, draw in pictures.items():
            if name == "truce" and picture not in brief:
                continue
            axes = draw(eq.plot)
            figure = (axes[0] if isinstance(axes, list) else axes).figure
            figure.savefig(folder / f"{name}-{picture}.png")
            plt.close(figure)
        eq.write(folder / name)
    return ts.report.compare(
        list(results.values()), folder / "report.html", title="The US-China tariff war of 2025"
    )


def run(ts, folder):
    """The main job."""
    folder.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    world = ts.World.load("world-2022")
    loaded = time.perf_counter()
    solver = ts.Solver(world, ts.Closure(deficits="fixed_world_share"))
    results = {name: solver.solve(scenario(ts, name)).require_converged() for name in DUTIES}

    names = world.regions["name"].str.replace(r" \(.*\)", "", regex=True)
    title = f"The US-China tariff war of 2025 in the world of {world.info.year}"
    print(f"{title}\n{'=' * len(title)}")
    say(
        f"{len(world.regions)} regions, {len(world.sectors)} sectors, input-output linkages. Duties are added to those of the"
        " base, on all goods:"
    )
    for name, (on_china, on_usa) in DUTIES.items():
        print(
            f"  {name:<6} {100 * on_china:>4.0f} percent on China's goods in the USA, {100 * on_usa:>4.0f} on US goods in China"
        )

    welfare(results, names)
    goods(
        results, names, "USA", True, "What the United States buys",
        "Goods by seller, at the border before duty. Not all that China sold comes home: other regions step in, and buyers pay"
        " more than before.",
    )  # fmt: skip
    goods(
        results, names, "CHN", False, "What China sells",
        "Goods by buyer. What the United States no longer takes goes elsewhere only in part. World value added is held at its"
        " base, so China's home sales fall with its wages.",
    )  # fmt: skip
    duties(results, names)
    balances(results, names)
    caveats(world)

    heading("How it was solved")
    for name, eq in results.items():
        print(
            f"  {name:<6} {eq.status}, {1e3 * eq.seconds:.1f} ms, {eq.evaluations} evaluations,"
            f" largest relative residual {eq.certificate.worst:.0e}"
        )
    print(f"  data   loaded and validated in {1e3 * (loaded - started):.0f} ms")

    print("\nwriting the report and the pictures ...", flush=True)
    drawing = time.perf_counter()
    page = write_files(ts, results, folder)
    print(f"  report    {page}\n  pictures  {folder}/*.png\n  numbers   {folder}/peak, {folder}/truce (CSV)")
    print(f"  in {time.perf_counter() - drawing:.0f} s")


def main():
    parser = argparse.ArgumentParser(description="The US-China tariff war of 2025 in the world of 2022.")
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path("out/demo"), help="for report and pictures (default: %(default)s)"
    )
    folder = parser.parse_args().folder
    try:
        import tariffsim as ts
    except ImportError as error:
        print(
            f"error: tariffsim cannot be imported ({error})\n  remedy: run ./scripts/demo, or pip install .",
            file=sys.stderr,
        )
        return 2
    try:
        run(ts, folder)
    except ts.NotConverged as error:
        print(f"error: {error}", file=sys.stderr)
        return 3
    except (ts.InvalidInput, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
