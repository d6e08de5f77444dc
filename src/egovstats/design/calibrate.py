"""Weights brought to known population totals, with a variance that knows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from egovstats.design.calibrated import CalibratedDesign, with_weights
from egovstats.design.columns import column
from egovstats.design.design import Design, check_design
from egovstats.design.margins import Crossing, Margin, Totals, margin_of, refuse_unequal, targets
from egovstats.design.solve import distance, rake_cells, solve_calibration, trim_weights
from egovstats.errors import DesignError


def poststratify(design: Design, by: str | Sequence[str], totals: Totals, *, partial: bool = False) -> Design:
    """Post-stratify: scale the weights of each cell to its population.

    Parameters
    ----------
    design : Design or ReplicateDesign
    by : str or sequence of str
        Columns whose combinations are the cells.
    totals : mapping, Series or DataFrame
        Population of each cell: ``{"E": 4421, ...}``, tuples as keys for several columns, or a frame with
        the `by` columns and one column of counts.
    partial : bool
        Let cells without respondents go; refused otherwise.

    Returns
    -------
    Design
        With the new weights; totals of the cells have no variance.

    Raises
    ------
    DesignError
        A cell with respondents but no total, or with a total but no respondents.

    References
    ----------
    Holt and Smith (1979), JRSS A 142, 33-46.
    """
    margin = margin_of(check_design(design).frame, by)
    return _scaled(design, margin, targets(margin, totals, margin.sums(design.weight), partial=partial))


def _scaled(design: Design, margin: Margin, target: np.ndarray) -> Design:
    """Post-stratification to the categories of a margin; weights of those in none become 0."""

    def solve(weight: np.ndarray) -> np.ndarray:
        held = margin.sums(weight)
        ratio = np.divide(target, held, out=np.zeros(len(target)), where=held > 0)
        return weight * np.append(0.0, ratio)[margin.codes]

    return with_weights(design, solve, margin.dummies)


def rake(
    design: Design,
    margins: Mapping[str | tuple[str, ...], Totals],
    *,
    tolerance: float = 1e-10,
    max_steps: int = 1000,
) -> Design:
    """Rake to several margins at once.

    Parameters
    ----------
    design : Design or ReplicateDesign
    margins : mapping
        Column (or tuple of columns) to the population of each of its categories.
    tolerance : float
        Largest relative distance from any control total.
    max_steps : int
        Rounds over the margins.

    Raises
    ------
    DesignError
        Margins of different sums, categories without respondents or without totals, no convergence.

    References
    ----------
    Deming and Stephan (1940), Annals of Mathematical Statistics 11, 427-444.
    """
    if len(margins) == 0:
        raise DesignError("no margins were given. Pass {'sex': {'male': ..., 'female': ...}, ...}.")
    frame, weight = check_design(design).frame, design.weight
    each = [margin_of(frame, list(name) if isinstance(name, tuple) else name) for name in margins]
    for margin in each:
        margin.refuse_missing(weight)
    crossing = Crossing.of(each)
    held = crossing.sums(weight)
    goals = [
        targets(margin, totals, np.bincount(place + 1, weights=held)[1:], partial=False)
        for margin, totals, place in zip(each, margins.values(), crossing.places, strict=True)
    ]
    refuse_unequal(list(margins), goals)

    def solve(now: np.ndarray) -> np.ndarray:
        sums = held if now is weight else crossing.sums(now)
        used = np.flatnonzero(crossing.complete & (sums != 0))
        factor = np.zeros(len(sums))
        factor[used] = rake_cells(
            sums[used],
            [place[used] for place in crossing.places],
            goals,
            tolerance=tolerance,
            max_steps=max_steps,
        )
        return crossing.scaled(now, factor)

    return with_weights(design, solve, lambda: np.hstack([margin.dummies() for margin in each]))


def calibrate(
    design: Design,
    formula: str,
    totals: Mapping[str, float],
    *,
    method: str = "linear",
    bounds: tuple[float, float] | None = None,
    spread: str | None = None,
    tolerance: float = 1e-10,
    max_steps: int = 200,
) -> Design:
    """Calibrate to totals of the columns of a model matrix (generalised regression and its kin).

    Parameters
    ----------
    design : Design or ReplicateDesign
    formula : str
        Auxiliaries: ``"stype + api99"``; an intercept is included, ``"- 1"`` takes it away.
    totals : mapping
        Population total of each column: ``{"Intercept": 6194, "stype[T.H]": 755, ...}``.
    method : str
        ``"linear"``, ``"raking"`` or ``"logit"`` (needs bounds).
    bounds : pair of float, optional
        Smallest and largest factor of a weight.
    spread : str, optional
        Column to which the variance of the regression's errors is proportional.
    tolerance, max_steps
        Largest relative distance from any total; Newton steps.

    Raises
    ------
    DesignError
        Columns without totals or totals without columns, missing auxiliaries, no solution in the bounds.

    References
    ----------
    Deville and Saerndal (1992), JASA 87, 376-382.
    """
    X, names = _auxiliaries(check_design(design), formula)
    unknown = [name for name in totals if name not in names]
    lacking = [name for name in names if name not in totals]
    if unknown or lacking:
        what = f"no column {unknown[0]!r}" if unknown else f"no total for {lacking[0]!r}"
        raise DesignError(f"calibration to {formula!r}: {what}. Its columns are: {', '.join(names)}.")
    target = np.array([float(totals[name]) for name in names])
    rule = distance(method, bounds)
    error = None if spread is None else column(design.frame, spread, "spread").to_numpy(dtype=float)

    def solve(weight: np.ndarray) -> np.ndarray:
        factor = solve_calibration(
            X, weight, target, names, rule=rule, spread=error, tolerance=tolerance, max_steps=max_steps
        )
        return weight * factor

    return with_weights(design, solve, lambda: X, error)


def trim(design: Design, *, lower: float = 0.0, upper: float = np.inf, strict: bool = False) -> Design:
    """Cut extreme weights and spread the excess equally over the others, keeping the sum.

    Parameters
    ----------
    design : Design or ReplicateDesign
    lower, upper : float
        Bounds of the weights.
    strict : bool
        Repeat until every weight is inside; once otherwise, so that spreading may push a few out again.

    Raises
    ------
    DesignError
        Bounds that the mean weight lies outside of.

    References
    ----------
    Potter (1990), Proceedings of the ASA Section on Survey Research Methods, 225-230.
    """
    return with_weights(
        check_design(design),
        lambda weight: trim_weights(weight, lower=lower, upper=upper, strict=strict),
        None,
    )


def standardise(
    design: Design,
    by: str | Sequence[str],
    over: str | Sequence[str],
    population: Totals,
    *,
    excluding_missing: str | None = None,
) -> Design:
    """Give every group of `over` the same composition in `by` (direct standardisation).

    Parameters
    ----------
    design : Design
    by : str or sequence of str
        Columns of the composition, such as age groups.
    over : str or sequence of str
        Columns of the groups to compare.
    population : mapping, Series or DataFrame
        Standard population by the categories of `by`; only its shares matter.
    excluding_missing : str, optional
        Item whose missing answers are left out before the groups are balanced.

    Raises
    ------
    DesignError
        As in `poststratify`.
    """
    frame, weight = check_design(design).frame, design.weight
    inner, outer = margin_of(frame, by), margin_of(frame, over)
    target = targets(inner, population, inner.sums(weight), partial=True)
    inside = (inner.codes > 0) & (outer.codes > 0)
    if excluding_missing is not None:
        inside &= column(frame, excluding_missing, "item").notna().to_numpy()
    size = outer.sums(np.where(inside, weight, 0.0))
    code = (outer.codes.astype(np.int64) - 1) * len(inner) + inner.codes
    both = Margin(
        [*outer.names, *inner.names], np.where(inside, code, 0), list(range(len(outer) * len(inner)))
    )
    return _scaled(design, both, np.outer(size, target / target.sum()).ravel())


def adjust_nonresponse(design: Design, responded: str, by: str | Sequence[str]) -> Design:
    """Give the weights of those who did not respond to respondents of the same cell.

    Parameters
    ----------
    design : Design
        The whole sample, with weights of selection.
    responded : str
        Column of true and false (or 1 and 0).
    by : str or sequence of str
        Columns whose combinations are the cells.

    Returns
    -------
    Design
        Those who did not respond have weight 0 and stay in the design.

    Raises
    ------
    DesignError
        A cell without any respondent; it is named.

    References
    ----------
    Little (1986), International Statistical Review 54, 139-157.
    """
    frame, weight = check_design(design).frame, design.weight
    margin = margin_of(frame, by)
    margin.refuse_missing(weight)
    answered = column(frame, responded, "response").to_numpy(dtype=float) == 1
    held, reached = margin.sums(weight), margin.sums(weight * answered)
    empty = np.flatnonzero((reached == 0) & (held > 0))
    if len(empty):
        raise DesignError(
            f"nobody responded in cell {margin.levels[empty[0]]!r} of {margin.names} ({len(empty)} cells). "
            "Join it with a neighbouring cell."
        )
    return _scaled(design, Margin(margin.names, np.where(answered, margin.codes, 0), margin.levels), held)


def weight_diagnostics(design: Design) -> pd.DataFrame:
    """What the weights cost: one row with their spread and Kish's design effect.

    Returns
    -------
    pd.DataFrame
        n, population, mean, min, max, coefficient of variation, share of the sum held by the largest one
        per cent, deff (n sum(w^2) / sum(w)^2) and n_effective.

    References
    ----------
    Kish (1992), Journal of Official Statistics 8, 183-200.
    """
    weight = check_design(design).weight
    weight = weight[weight > 0]
    n, total = len(weight), weight.sum()
    deff = n * (weight**2).sum() / total**2
    largest = np.sort(weight)[-max(1, n // 100) :]
    return pd.DataFrame(
        [
            {
                "n": n,
                "population": total,
                "mean": weight.mean(),
                "min": weight.min(),
                "max": weight.max(),
                "variation": float(np.sqrt(max(deff - 1, 0))),
                "largest_percent_share": largest.sum() / total,
                "deff": deff,
                "n_effective": n / deff,
            }
        ]
    )


def _auxiliaries(design: Design, formula: str) -> tuple[np.ndarray, list[str]]:
    """Model matrix of the auxiliaries, without missing values."""
    from formulaic import Formula
    from formulaic.errors import FormulaicError

    plain = formula.lstrip("~ ")
    frame = design.frame
    try:
        parsed = Formula(plain)
        named = sorted(str(name) for name in parsed.required_variables)
        for name in named:
            missing = int(column(frame, name, "auxiliary").isna().sum())
            if missing:
                raise DesignError(
                    f"{missing} respondents have no {name!r}, which the calibration needs. Fill it in first."
                )
        made = pd.DataFrame(parsed.get_model_matrix(frame[named], na_action="raise"))
    except (FormulaicError, TypeError) as error:
        raise DesignError(
            f"the formula {formula!r} cannot be read. Write it as 'age_group + region'."
        ) from error
    return made.to_numpy(dtype=float), [str(name) for name in made.columns]


_Solve = Callable[[np.ndarray], np.ndarray]
__all__ = [
    "CalibratedDesign",
    "adjust_nonresponse",
    "calibrate",
    "poststratify",
    "rake",
    "standardise",
    "trim",
    "weight_diagnostics",
]
