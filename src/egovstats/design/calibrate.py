"""Weights brought to known population totals, with a variance that knows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from egovstats.design.calibrated import CalibratedDesign, with_weights
from egovstats.design.columns import column
from egovstats.design.design import Design, check_design
from egovstats.design.solve import distance, rake_cells, solve_calibration, trim_weights
from egovstats.errors import DesignError, nearest
from egovstats.variance import dense_codes

Totals = Mapping[Any, float] | pd.Series | pd.DataFrame


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
    names = [by] if isinstance(by, str) else list(by)
    cells, levels = _cells(check_design(design), names)
    target = _targets(levels, totals, names, partial=partial, weight=design.weight, codes=cells)
    return _scaled(design, cells, target)


def _scaled(design: Design, cells: np.ndarray, target: np.ndarray) -> Design:
    """Post-stratification to cells numbered 0..c-1 (-1: weight becomes 0)."""

    def solve(weight: np.ndarray) -> np.ndarray:
        held = np.bincount(cells[cells >= 0], weights=weight[cells >= 0], minlength=len(target))
        ratio = np.divide(target, held, out=np.zeros(len(target)), where=held > 0)
        return weight * np.append(ratio, 0.0)[cells]

    return with_weights(design, solve, lambda: _dummies(cells, len(target)))


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
    codes, targets = [], []
    for margin, totals in margins.items():
        names = [margin] if isinstance(margin, str) else list(margin)
        cells, levels = _cells(check_design(design), names)
        _refuse_missing(cells, design.weight, names)
        codes.append(cells)
        targets.append(_targets(levels, totals, names, partial=False, weight=design.weight, codes=cells))
    _refuse_unequal(list(margins), targets)
    key, crossed = _crossed(codes, [len(target) for target in targets])

    def solve(weight: np.ndarray) -> np.ndarray:
        held = np.bincount(key, weights=weight, minlength=len(crossed[0]))
        factor = rake_cells(held, crossed, targets, tolerance=tolerance, max_steps=max_steps)
        return weight * factor[key]

    return with_weights(
        design,
        solve,
        lambda: np.hstack([_dummies(each, len(t)) for each, t in zip(codes, targets, strict=True)]),
    )


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
    inner = [by] if isinstance(by, str) else list(by)
    outer = [over] if isinstance(over, str) else list(over)
    cells, levels = _cells(check_design(design), inner)
    groups, group_levels = _cells(design, outer)
    target = _targets(levels, population, inner, partial=True, weight=design.weight, codes=cells)
    inside = (cells >= 0) & (groups >= 0)
    if excluding_missing is not None:
        inside &= column(design.frame, excluding_missing, "item").notna().to_numpy()
    size = np.bincount(groups[inside], weights=design.weight[inside], minlength=len(group_levels))
    both = np.where(inside, groups * len(target) + cells, -1)
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
    names = [by] if isinstance(by, str) else list(by)
    cells, levels = _cells(check_design(design), names)
    _refuse_missing(cells, design.weight, names)
    answered = column(design.frame, responded, "response").to_numpy(dtype=float) == 1
    held = np.bincount(cells, weights=design.weight, minlength=len(levels))
    reached = np.bincount(cells, weights=design.weight * answered, minlength=len(levels))
    empty = np.flatnonzero((reached == 0) & (held > 0))
    if len(empty):
        raise DesignError(
            f"nobody responded in cell {levels[empty[0]]!r} of {names} ({len(empty)} cells). "
            "Join it with a neighbouring cell."
        )
    return _scaled(design, np.where(answered, cells, -1), held)


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


def _cells(design: Design, names: list[str]) -> tuple[np.ndarray, list[Any]]:
    """Cell of each respondent (-1: a label is missing) and the cells' labels."""
    codes: list[np.ndarray] = []
    levels: list[list[Any]] = []
    for name in names:
        own, labels = dense_codes(column(design.frame, name, "margin"))
        codes.append(own)
        levels.append([label.item() if isinstance(label, np.generic) else label for label in labels])
    if len(names) == 1:
        return codes[0].astype(np.int64), levels[0]
    key = np.zeros(len(design), np.int64)
    missing = np.zeros(len(design), bool)
    for own, known in zip(codes, levels, strict=True):
        key = key * len(known) + own
        missing |= own < 0
    labels_all = pd.MultiIndex.from_product(levels)
    key[missing] = -1
    return key, list(labels_all)


def _targets(
    levels: list[Any],
    totals: Totals,
    names: list[str],
    *,
    partial: bool,
    weight: np.ndarray,
    codes: np.ndarray,
) -> np.ndarray:
    """Control total of each cell, with every mismatch between sample and totals named."""
    given = _as_mapping(totals, names)
    held = np.bincount(codes + 1, weights=weight, minlength=len(levels) + 1)[1:]  # place 0: no category
    label = " x ".join(names)
    known = {_spelled(level): at for at, level in enumerate(levels)}
    target = np.full(len(levels), np.nan)
    for key, value in given.items():
        at = known.get(_spelled(key))
        if not np.isfinite(value) or value < 0:
            raise DesignError(
                f"margin {label!r}: the total of {key!r} is {value!r}. Totals are counts of people."
            )
        if at is None or (held[at] == 0 and value > 0):
            if partial:
                continue
            raise DesignError(
                f"margin {label!r}: category {key!r} has a control total of {value:,.6g} but no respondents. "
                f"Join it with another category. {nearest(_spelled(key), known)}"
            )
        target[at] = value
    lacking = [levels[at] for at in np.flatnonzero(np.isnan(target) & (held > 0))]
    if lacking:
        raise DesignError(
            f"margin {label!r}: {len(lacking)} categories of the sample have no control total, such as "
            f"{lacking[0]!r}. Add it to the totals."
        )
    return np.nan_to_num(target)


def _spelled(key: Any) -> str:
    """A category as text, so that 1, 1.0 and "1" are one."""
    parts = key if isinstance(key, tuple) else (key,)
    return " x ".join(
        str(int(part)) if isinstance(part, float) and part.is_integer() else str(part) for part in parts
    )


def _as_mapping(totals: Totals, names: list[str]) -> Mapping[Any, float]:
    if isinstance(totals, pd.DataFrame):
        counts = [name for name in totals.columns if name not in names]
        if len(counts) != 1 or any(name not in totals.columns for name in names):
            raise DesignError(
                f"a frame of control totals needs the columns {names} and one column of counts, got "
                f"{list(totals.columns)}."
            )
        keys = totals[names].itertuples(index=False, name=None)
        return {
            key if len(names) > 1 else key[0]: float(value)
            for key, value in zip(keys, totals[counts[0]], strict=True)
        }
    return {key: float(value) for key, value in totals.items()}


def _refuse_missing(cells: np.ndarray, weight: np.ndarray, names: list[str]) -> None:
    outside = cells < 0
    missing = int((outside & (weight > 0)).sum()) if outside.any() else 0
    if missing:
        raise DesignError(
            f"{missing} respondents have no category in margin {' x '.join(names)!r}. Give them one, or set "
            "their weight to 0."
        )


def _refuse_unequal(margins: list[Any], targets: list[np.ndarray]) -> None:
    sums = [float(target.sum()) for target in targets]
    for margin, total in zip(margins[1:], sums[1:], strict=True):
        if abs(total - sums[0]) > 1e-6 * sums[0]:
            raise DesignError(
                f"margins {margins[0]!r} and {margin!r} add up to different populations ({sums[0]:,.6g} and "
                f"{total:,.6g}), so no weights meet both. Scale them to one total."
            )


def _crossed(codes: list[np.ndarray], sizes: list[int]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Cell of each respondent in the crossed margins that occur, and each cell's category in every margin."""
    key = np.zeros(len(codes[0]), np.int64)
    for own, size in zip(codes, sizes, strict=True):
        key = key * size + own
    cell, found = dense_codes(key)
    return cell, [np.asarray(place) for place in np.unravel_index(found, sizes)]


def _dummies(codes: np.ndarray, levels: int) -> np.ndarray:
    return (codes[:, None] == np.arange(levels)).astype(float)


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
