"""The result as a short text: who loses, who gains, what happens to the trade that was hit."""

from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from tariffsim.equilibrium import Equilibrium
    from tariffsim.labels import FloatArray

__all__ = ["Summary"]

THEORY = (
    "perfect competition, CES over exporters, Cobb-Douglas over sectors, input-output linkages "
    "(Caliendo and Parro 2015)"
)
