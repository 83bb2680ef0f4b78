#!/usr/bin/env bash
# Solves a grid of rates with the command line: one scenario file per rate, one folder of answers each.
set -euo pipefail

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

scenario() {  # scenario RATE: RATE more on all goods between the USA and China, both ways
  cat <<TOML
title = "$1 more, both ways"
[[measure]]
kind = "tariff"
importer = "USA"
exporter = "CHN"
sector = "goods"
operation = "add"
rate = $1
[[measure]]
kind = "tariff"
importer = "CHN"
exporter = "USA"
sector = "goods"
operation = "add"
rate = $1
TOML
}

# column FILE NAME: the number in that column of the row that begins with USA
column() {
  awk -F, -v name="$2" 'NR == 1 { for (k = 1; k <= NF; k++) if ($k == name) at = k } $1 == "USA" { print $at }' "$1"
}

echo "rate,real_income_pct,tariff_revenue"
for rate in 0.0 0.1 0.2 0.4 0.6 0.8 1.0; do
  scenario "$rate" >"$work/scenario.toml"
  tariffsim run --world world-2022-27x12 --scenario "$work/scenario.toml" --out "$work/$rate" --quiet
  echo "$rate,$(column "$work/$rate/regions.csv" real_income_pct),$(column "$work/$rate/regions.csv" tariff_revenue)"
done
