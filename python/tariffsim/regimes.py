"""regimes(): what to expect, and what to fear, when it is not known which scenario will hold."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Union

import numpy as np

from tariffsim.changes import settled_pct
from tariffsim.closure import Closure
from tariffsim.designs import Sample
from tariffsim.errors import InvalidInput, NotConverged
from tariffsim.labels import number
from tariffsim.risk import at_mean_tariff, cvar, weighted_mean
from tariffsim.scenario import Case, Scenario
from tariffsim.scenario_tree import Leaf, leaves, probability_of
from tariffsim.theory import Theory
from tariffsim.uncertainty import Uncertainty
from tariffsim.weighted import Draws

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes

    from tariffsim.labels import FloatArray
    from tariffsim.world import World

    #: By region, by name: what the region does on top of the regime's scenario.
    Actions = Mapping[str, Mapping[str, Callable[[Any], Any]]]
    TheoryOrDraw = Union[Theory, str, Callable[..., Union[Theory, str]], None]

__all__ = ["Regimes", "regimes"]

#: The action of a region that does nothing of its own.
NONE = "none"
MEAN = "at the mean tariff"


class Regimes:
    """A tree of scenarios with probabilities on one world. Made by `regimes`; solves an outcome when it is first asked for.

    Regions do not know which regime will hold. Outcomes are better where they are higher, as real income is; where they are
    worse, such as prices, say higher_is_better=False.
    """

    def __init__(
        self,
        world: World,
        tree: list[Leaf],
        closure: Closure | str | None,
        theory: TheoryOrDraw,
        samples: Sample | None,
        actions: dict[str, dict[str, Callable[[Any], Any]]],
        options: dict[str, Any],
    ) -> None:
        self._world, self._leaves, self._closure, self._theory = world, tree, closure, theory
        self._samples, self._actions, self._options = samples, actions, options
        self._mean, self._no_mean = at_mean_tariff(world, tree)
        self._solved: dict[str, xr.DataArray] = {}
        self._means: dict[str, FloatArray] = {}

    @property
    def world(self) -> World:
        """The observed world."""
        return self._world

    @property
    def samples(self) -> Sample | None:
        """Draws of uncertain numbers, the same in each regime."""
        return self._samples

    @property
    def probabilities(self) -> pd.Series[float]:
        """By regime; those of a tree multiplied along its branches."""
        import pandas as pd

        found = {leaf.name: leaf.probability for leaf in self._leaves}
        return pd.Series(found, name="probability").rename_axis("regime")

    @property
    def actions(self) -> dict[str, list[str]]:
        """By region what it can do of its own, "none" first."""
        return {region: [NONE, *own] for region, own in self._actions.items()}

    def with_probabilities(self, probabilities: Mapping[str, float]) -> Regimes:
        """The same regimes with other probabilities; what is solved already is not solved again.

        Raises
        ------
        InvalidInput
            Where a regime is missing or unknown, or they do not sum to one.
        """
        names = [leaf.name for leaf in self._leaves]
        if sorted(map(str, probabilities)) != sorted(names):
            raise InvalidInput(
                "probabilities", f"are of {', '.join(map(str, probabilities))}", f"give those of {', '.join(names)}"
            )
        new = [
            Leaf(leaf.name, probability_of(probabilities[leaf.name], leaf.name), leaf.change) for leaf in self._leaves
        ]
        total = sum(leaf.probability for leaf in new)
        if abs(total - 1) > 1e-9:
            raise InvalidInput("probabilities", f"sum to {total:g}", "together they are certain, 1")
        other = copy.copy(self)
        other._leaves, other._means = new, {}
        other._mean, other._no_mean = at_mean_tariff(self._world, new)
        return other

    def outcome(self, outcome: str = "real_income_pct") -> xr.DataArray:
        """An outcome by regime (and draw), where no region does anything of its own.

        Parameters
        ----------
        outcome : str
            As in `sweep`: "real_income_pct", "flows[CHN->USA]".
        """
        return self._all(outcome).sel(action=NONE, drop=True)

    def summary(
        self, outcome: str = "real_income_pct", level: float = 0.9, *, higher_is_better: bool = True
    ) -> pd.DataFrame:
        """What each region may expect and fear.

        Parameters
        ----------
        outcome : str
            As in `sweep`.
        level : float
            Of cvar: 0.9 looks at the worst tenth.
        higher_is_better : bool

        Returns
        -------
        DataFrame
            By region: expected (mean of the outcomes, not the outcome at the mean tariff), sd, worst and best regime with their
            outcomes, and cvar, the expected outcome in the worst 1 - level of all cases. With samples also sd_of_regimes, the part
            of the spread that is due to the regimes; worst and best are then means over the draws.
            `at_mean_tariff` stands beside for comparison, where regimes differ in tariffs alone: one solve with the mean of the
            tariffs, which is not what is expected. With actions: best_action (by the expected outcome), minimax_regret_action,
            minimax_regret, and value_of_knowing, what it would be worth to know the regime before acting.
        """
        import pandas as pd

        values = self.outcome(outcome)
        p, tail = self._p, _tail(level)
        by_regime = self._over_draws(values.values)
        good = by_regime if higher_is_better else -by_regime
        possible = np.where((p > 0).reshape(-1, *[1] * (good.ndim - 1)), good, np.nan)
        worst, best = np.nanargmin(possible, axis=0), np.nanargmax(possible, axis=0)
        expected = np.tensordot(p, by_regime, 1)
        names = np.array([leaf.name for leaf in self._leaves])
        between = np.sqrt(np.tensordot(p, (by_regime - expected) ** 2, 1))
        columns: dict[str, Any] = {"expected": expected, "sd": between}
        if self._samples is not None:
            flat, weights = self._joint(values.values)
            columns["sd"] = np.sqrt(np.maximum(weighted_mean(weights, (flat - expected) ** 2), 0.0))
            columns["sd_of_regimes"] = between
        columns |= {
            "worst": np.take_along_axis(by_regime, worst[None], 0)[0],
            "worst_regime": names[worst],
            "best": np.take_along_axis(by_regime, best[None], 0)[0],
            "best_regime": names[best],
        }
        if self._samples is None or not self._samples.quadrature:
            flat, weights = self._joint(values.values)
            columns["cvar"] = cvar(flat if higher_is_better else -flat, weights, tail) * (1 if higher_is_better else -1)
        if self._mean is not None:
            columns["at_mean_tariff"] = self._at_mean(outcome)
        rows = _rows(values, "regime", "draw")
        table = pd.DataFrame({name: np.ravel(column) for name, column in columns.items()}, index=rows)
        if self._actions:
            self._add_decisions(table, outcome, higher_is_better)
        table.attrs.update(
            outcome=outcome,
            level=level,
            at_mean_tariff=self._no_mean or "the mean of the regimes' tariffs, solved once",
        )
        return table

    def decisions(
        self, region: str, outcome: str = "real_income_pct", level: float = 0.9, *, higher_is_better: bool = True
    ) -> pd.DataFrame:
        """What each action of a region leads to, when it must act before it knows the regime.

        Returns
        -------
        DataFrame
            By action: the region's outcome in each regime (mean over the draws), expected, worst, and regret, the most that the
            region could find itself short of its best action for the regime that came. `attrs` has best_action,
            minimax_regret_action and value_of_knowing.

        Raises
        ------
        InvalidInput
            Where the region has no actions, or the outcome is not by region.
        """
        import pandas as pd

        values, actions = self._own(region, outcome)
        by_regime = np.array([self._over_draws(values.sel(action=a).values) for a in actions])  # action x regime
        sign = 1.0 if higher_is_better else -1.0
        good, p = sign * by_regime, self._p
        possible = p > 0
        regret = np.where(possible, good.max(axis=0) - good, 0.0).max(axis=1)
        expected = good @ p
        index = pd.Index([NONE, *self._actions[region]], name="action")
        table = pd.DataFrame(
            by_regime, index=index, columns=pd.Index([leaf.name for leaf in self._leaves], name="regime")
        )
        table["expected"] = sign * expected
        table["worst"] = sign * good[:, possible].min(axis=1)
        table["regret"] = regret
        table.attrs.update(
            region=region,
            outcome=outcome,
            best_action=str(index[int(expected.argmax())]),
            minimax_regret_action=str(index[int(regret.argmin())]),
            value_of_knowing=max(0.0, float(good.max(axis=0) @ p - expected.max())),
        )
        return table

    def uncertainty(self, outcome: str = "real_income_pct") -> Uncertainty:
        """All cases, draws of each regime with its probability, for quantiles and statements.

        Raises
        ------
        InvalidInput
            Where there are no samples: a few regimes have no quantiles.
        """
        import xarray as xr

        values = self.outcome(outcome)
        if self._samples is None:
            raise InvalidInput(
                "uncertainty",
                "there are regimes but no draws",
                "give regimes(…, samples=ts.sobol(…)), or see summary()",
            )
        draws = Draws("draw", self._samples.weights)
        solved = np.where(np.isnan(values.values).reshape(*values.shape[:2], -1).any(axis=-1), np.nan, 0.0)
        weights = np.concatenate([p * draws.shares(each) for p, each in zip(self._p, solved)])
        flat = values.values.reshape(-1, *values.shape[2:])
        coords = {d: values.coords[d] for d in values.dims[2:] if d in values.coords}
        data = xr.Dataset({outcome: (("draw", *values.dims[2:]), flat)}, coords)
        return Uncertainty(data, Draws("draw", weights, 1, self._samples.quadrature), True)

    def plot(
        self,
        outcome: str = "real_income_pct",
        regions: Iterable[str] | None = None,
        ax: Axes | None = None,
        **options: Any,
    ) -> Axes:
        """Each region's outcome by regime, and what to expect. See `tariffsim.plot.regimes`."""
        from tariffsim.plot import regimes as picture

        return picture(self, outcome, regions, ax, **options)

    def __repr__(self) -> str:
        lines = [f"Regimes of {self._world.info.title}: {len(self._leaves)}"]
        lines += [f"  {100 * leaf.probability:5.1f} percent  {leaf.name}" for leaf in self._leaves]
        if self._samples is not None:
            lines.append(f"  {self._samples!r}")
        lines += [f"  {region} may: {', '.join(own)}" for region, own in self.actions.items()]
        return "\n".join(lines)

    @property
    def _p(self) -> FloatArray:
        return np.array([leaf.probability for leaf in self._leaves])

    def _all(self, outcome: str) -> xr.DataArray:
        """Action x regime (x draw) x the dimensions of the outcome; every regime has an equilibrium in some draw."""
        if outcome not in self._solved:
            names = [leaf.name for leaf in self._leaves]
            own = {f"{region}: {name}": act for region, acts in self._actions.items() for name, act in acts.items()}
            changes = {
                (action, leaf.name): _compiled(_acted(leaf.change, own.get(action)), self._world)
                for action in (NONE, *own)
                for leaf in self._leaves
            }
            found = self._solve(outcome, [NONE, *own], names, lambda action, regime: changes[action, regime])
            self._require(outcome, found)
            self._solved[outcome] = found
        return self._solved[outcome]

    def _solve(
        self, outcome: str, actions: list[str], names: list[str], change_of: Callable[[str, str], Any]
    ) -> xr.DataArray:
        from tariffsim.sweep import sweep

        if not isinstance(outcome, str):
            raise InvalidInput("outcome", f"is a {type(outcome).__name__}", 'give one such as "real_income_pct"')
        points = None if self._samples is None else list(self._samples)

        def case(action: str, regime: str, draw: int = 0) -> Case:
            numbers = {} if points is None else points[int(draw)]
            change = change_of(action, regime)
            change = change(**numbers) if callable(change) else change
            given = change if isinstance(change, Case) else Case(change)
            theory = self._theory(**numbers) if callable(self._theory) else self._theory
            closure = given.closure if given.closure is not None else self._closure
            return Case(
                given.scenario,
                None if closure is None else Closure.of(closure),
                given.theory if given.theory is not None else None if theory is None else Theory.of(theory),
            )

        over: dict[str, Any] = {"action": actions, "regime": names}
        if points is not None:
            over["draw"] = list(range(len(points)))
        with warnings.catch_warnings():
            # What has no equilibrium is named by `_require`.
            warnings.filterwarnings("ignore", r"\d+ of \d+ rows have no equilibrium", RuntimeWarning)
            found = sweep(self._world, case, over=over, outcomes=[outcome], **self._options)[outcome]
        found = found.transpose(*over, ...)
        return found.copy(data=settled_pct(found.values)) if outcome.partition("[")[0].endswith("_pct") else found

    def _require(self, outcome: str, found: xr.DataArray) -> None:
        lead = 2 if self._samples is None else 3
        bad = np.isnan(found.values).reshape(*found.shape[:lead], -1).any(axis=-1)
        if not bad.any():
            return
        part = bad if self._samples is None else bad.all(axis=2)
        if part.any():
            action, regime = np.argwhere(part)[0]
            doing = "" if action == 0 else f" under the action {found['action'].values[action]}"
            raise NotConverged(f"{outcome}: the regime '{found['regime'].values[regime]}'{doing} has no equilibrium")
        text = f"{int(bad.sum())} of {bad.size} cases have no equilibrium and are left out of the draws of their regime"
        warnings.warn(text, stacklevel=4)

    def _over_draws(self, values: FloatArray) -> FloatArray:
        """Means over the draws: regime x the dimensions of the outcome."""
        if self._samples is None:
            return values
        draws = Draws("draw", self._samples.weights, 1, self._samples.quadrature)
        return np.array([draws.mean(each) for each in values])

    def _joint(self, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """All cases in one column, with their weights: draws without an equilibrium give theirs to the others of the regime."""
        if self._samples is None:
            return values, np.broadcast_to(self._p.reshape(-1, *[1] * (values.ndim - 1)), values.shape)
        draws = Draws("draw", self._samples.weights, 1, self._samples.quadrature)
        weights = np.array([p * draws.shares(each) for p, each in zip(self._p, values)])
        shape = (-1, *values.shape[2:])
        return np.nan_to_num(values).reshape(shape), weights.reshape(shape)

    def _at_mean(self, outcome: str) -> FloatArray:
        if outcome not in self._means:
            found = self._solve(outcome, [NONE], [MEAN], lambda action, regime: self._mean)
            self._require(outcome, found)
            values = found.sel(action=NONE, drop=True).values
            self._means[outcome] = self._over_draws(values)[0]
        return self._means[outcome]

    def _own(self, region: str, outcome: str) -> tuple[xr.DataArray, list[str]]:
        if region not in self._actions:
            have = ", ".join(self._actions) or "none"
            remedy = f'give regimes(…, actions={{"{region}": {{"name": function of a scenario}}}}); those with actions: {have}'
            raise InvalidInput("decisions", f"{region!r} has no actions of its own", remedy)
        values = self._all(outcome)
        if "region" in values.dims:
            values = values.sel(region=region)
        if values.ndim > (2 if self._samples is None else 3):
            raise InvalidInput(
                "decisions", f"{outcome!r} is not one number for {region}", 'use one such as "real_income_pct"'
            )
        return values, [NONE, *(f"{region}: {name}" for name in self._actions[region])]

    def _add_decisions(self, table: pd.DataFrame, outcome: str, higher_is_better: bool) -> None:
        names = {"best_action": NONE, "minimax_regret_action": NONE, "minimax_regret": 0.0, "value_of_knowing": 0.0}
        if table.index.name != "region":
            return
        for name, value in names.items():
            table[name] = value
        for region in self._actions:
            own = self.decisions(region, outcome, higher_is_better=higher_is_better)
            table.loc[region, list(names)] = [
                own.attrs["best_action"],
                own.attrs["minimax_regret_action"],
                own["regret"].min(),
                own.attrs["value_of_knowing"],
            ]


def regimes(
    world: World,
    tree: Mapping[Any, Any],
    closure: Closure | str | None = None,
    *,
    theory: TheoryOrDraw = None,
    samples: Sample | None = None,
    actions: Actions | None = None,
    **options: Any,
) -> Regimes:
    """Scenarios of which one will hold, with their probabilities.

    Parameters
    ----------
    world : World
    tree : dict
        Scenario (or Case, or Shock) to probability: {truce: 0.6, snapback: 0.3, struck_down: 0.1}. A name to a pair of probability
        and scenario, {"truce": (0.6, scenario)}, or of probability and further branches: {"truce": (0.6, {"holds": (0.7, …),
        "ends early": (0.3, …)})}. The branches of each fork sum to one.
    closure : Closure or str
        As in `solve`; a Case keeps its own.
    theory : Theory or str, or function
        As in `solve`; a Case keeps its own. A function of the sample's numbers gives the theory of each draw:
        lambda scale: ts.Theory(elasticity_scale=scale).
    samples : Sample
        Uncertain numbers, which are drawn alike in each regime. A regime may be a function of them too.
    actions : dict by region of dicts by name
        What a region can do of its own before it knows the regime: functions that add to a regime's scenario, such as
        {"CHN": {"retaliate": lambda s: s.tariff("CHN", "USA", "goods", rate=0.2, operation="add")}}. Doing nothing is always one.
    options
        For `sweep`: workers, executor, progress.

    Returns
    -------
    Regimes

    Raises
    ------
    InvalidInput
        Where probabilities do not sum to one, a regime has no name, or a region or sample does not fit.
    """
    found = leaves(tree)
    if samples is not None and not isinstance(samples, Sample):
        raise InvalidInput(
            "regimes: samples", f"is a {type(samples).__name__}", "give a Sample such as ts.sobol({…}, 64)"
        )
    takes_draws = callable(theory) or any(callable(leaf.change) for leaf in found)
    if takes_draws != (samples is not None):
        problem = "there are functions of draws and no draws" if takes_draws else "nothing depends on the draws"
        remedy = (
            "give samples=ts.sobol({…}, 64)"
            if takes_draws
            else "give theory=lambda scale: ts.Theory(elasticity_scale=scale)"
        )
        raise InvalidInput("regimes: samples", problem, remedy)
    own: dict[str, dict[str, Callable[[Any], Any]]] = {}
    for region, acts in (actions or {}).items():
        if region not in world.regions.index:
            raise InvalidInput("regimes: actions", f"{region!r} is no region of the world", "use the code of one")
        if not isinstance(acts, Mapping) or not acts or not all(callable(act) for act in acts.values()) or NONE in acts:
            remedy = 'give a dict: {"retaliate": lambda scenario: scenario.tariff(…)}; "none" is there already'
            raise InvalidInput(f"regimes: actions: {region}", "are no functions by name", remedy)
        own[str(region)] = {str(name): act for name, act in acts.items()}
    return Regimes(world, found, closure, theory, samples, own, options)


def _compiled(change: Any, world: World) -> Any:
    """A scenario as arrays, once for all draws; what depends on the draws as it is."""
    if isinstance(change, Case):
        return Case(_compiled(change.scenario, world), change.closure, change.theory)
    return change.compile(world) if isinstance(change, Scenario) else change


def _acted(change: Any, act: Callable[[Any], Any] | None) -> Any:
    """A change, or a function that gives one, with what a region adds to it."""
    if act is None:
        return change
    if callable(change):
        return lambda **numbers: _acted(change(**numbers), act)
    if isinstance(change, Case):
        return Case(act(change.scenario), change.closure, change.theory)
    return act(change)


def _tail(level: float) -> float:
    share = number(level, "level")
    if not 0 <= share < 1:
        raise InvalidInput("level", f"is {level}", "give a share from 0 to below 1, such as 0.9")
    return 1 - share


def _rows(values: xr.DataArray, *leading: str) -> pd.Index[Any]:
    import pandas as pd

    dims = [d for d in values.dims if d not in leading]
    if not dims:
        return pd.Index([str(values.name)])
    labels = [values.indexes[d] for d in dims]
    return (
        labels[0].rename(str(dims[0]))
        if len(dims) == 1
        else pd.MultiIndex.from_product(labels, names=list(map(str, dims)))
    )
