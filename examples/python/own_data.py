"""Your own tables: two countries and two industries as pandas frames, checked, split and solved."""

import pandas as pd

import tariffsim as ts

pairs = pd.MultiIndex.from_product([["NORTH", "SOUTH"], ["NORTH", "SOUTH"], ["FARM", "FACTORY"]])
flows = pd.DataFrame(
    {"value": [90.0, 300.0, 5.0, 60.0, 25.0, 10.0, 120.0, 80.0]},
    index=pairs.set_names(["exporter", "importer", "sector"]),
)  # before the importer's tariff, domestic sales included
world = ts.World.from_frames(
    regions=["NORTH", "SOUTH"],
    sectors=pd.DataFrame({"sector": ["FARM", "FACTORY"], "trade_elasticity": [4.0, 6.0]}),
    flows=flows,
    tariffs=pd.DataFrame({"exporter": ["SOUTH"], "importer": ["NORTH"], "sector": ["FARM"], "rate": [0.20]}),
    name="two-countries",
    unit="million crowns",
)
print(world)
print()

# What a mistake looks like: the frame, the row and the remedy.
try:
    ts.World.from_frames(
        regions=["NORTH", "SOUTH"],
        sectors=pd.DataFrame({"sector": ["FARM", "FACTORY"], "trade_elasticity": [4.0, 6.0]}),
        flows=flows.rename(index={"FARM": "FRAM"}, level="sector"),
    )
except ts.InvalidInput as error:
    print(f"refused: {error}")
    print()

# A tenth of the north becomes a free-trade zone: the farm tariff does not hold there.
zoned = world.split("NORTH", {"NORTH": 0.9, "ZONE": 0.1}, separate_customs=True)
eq = ts.solve(zoned, ts.Scenario("A free zone").tariff(importer="ZONE", rate=0.0))
print(eq.summary())
