"""The trend that would be seen if all waves had interviewed the same population."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from egovstats.console import as_html, as_text
from egovstats.design.design import Design, check_design
from egovstats.design.where import Where, mask_of
from egovstats.errors import EstimateError
from egovstats.inference.contrast import contrast
from egovstats.inference.decompose import group_name
from egovstats.inference.outcome import outcome_of
from egovstats.inference.statement import t_statement
from egovstats.inference.trend_shape import TrendShape, trend_shape
from egovstats.results import Covariance, Estimates, HypothesisTest
from egovstats.variance.smooth import smooth


@dataclass(frozen=True, slots=True, eq=False)
class StandardisedTrend:
    """Levels by wave as they are and for one population.

    Parameters
    ----------
    raw, standardised, difference : Estimates
        By wave, each with its joint covariance; the difference is standardised less raw.
    raw_trend, standardised_trend : TrendShape
    first_to_last : HypothesisTest
        What standardising does to the change from the first to the last wave.
    composition : pd.DataFrame
        Share of each group in the standard population and in each wave.
    notes : tuple of str
    """

    raw: Estimates
    standardised: Estimates
    difference: Estimates
    raw_trend: TrendShape
    standardised_trend: TrendShape
    first_to_last: HypothesisTest
    composition: pd.DataFrame
    notes: tuple[str, ...]

    __repr__ = as_text
    _repr_html_ = as_html

    @property
    def synthetic(self) -> bool:
        """Whether any source is made up."""
        return self.raw.synthetic

    def to_frame(self) -> pd.DataFrame:
        """One row a wave: raw, standardised and their difference."""
        on = self.raw.keys.columns[0]
        return pd.DataFrame(
            {
                on: self.raw.keys[on],
                "raw": self.raw.estimate,
                "raw_std_error": self.raw.std_error,
                "standardised": self.standardised.estimate,
                "standardised_std_error": self.standardised.std_error,
                "difference": self.difference.estimate,
                "difference_std_error": self.difference.std_error,
                "n": self.raw.n,
            }
        )


def standardised_trend(
    design: Design,
    item: str,
    by: str | Sequence[str],
    *,
    on: str = "year",
    population: str | Mapping[Any, float] | float = "pooled",
    answers: Sequence[Any] | None = None,
    where: Where = None,
    conf_level: float = 0.95,
) -> StandardisedTrend:
    """Direct standardisation of all waves to one composition.

    Parameters
    ----------
    design : Design
    item, on, answers, where
        As in `trend`.
    by : str or sequence of str
        Columns of the composition (age group, sex, urban, education); several are crossed.
    population : str, mapping or number
        ``"pooled"``: all waves together, each counting alike; a time of `on`: that wave's composition
        (estimated, its error included); or known shares by group (keys as the groups, tuples where several
        columns are crossed).
    conf_level : float

    Returns
    -------
    StandardisedTrend
        Raw and standardised waves have one base: those with an answer and all columns of `by`.

    Raises
    ------
    EstimateError
        A wave without anybody in some group, a population that lacks a group.

    References
    ----------
    Korn and Graubard (1999), Analysis of Health Surveys, section 3.4 (direct standardisation); variance by
    linearisation of all totals together.
    """
    frame = check_design(design).frame
    names = [by] if isinstance(by, str) else list(by)
    y, asked, share = outcome_of(design, item, answers)
    mask = mask_of(frame, where)
    used = (asked if mask is None else asked & mask) & frame[[on, *names]].notna().all(axis=1).to_numpy()
    domains = design.domains([on, *names], used)
    waves, groups, places = _grid(domains.keys, on, names, item)
    standard = _standard(population, groups, waves, on)
    totals = design.totals(domains, [used.astype(float), np.where(used, y, 0.0)])

    def levels(t: np.ndarray) -> np.ndarray:
        people, hits = t[..., 0][..., places], t[..., 1][..., places]  # (..., waves, groups)
        size = people / people.sum(axis=-1, keepdims=True)
        raw = hits.sum(axis=-1) / people.sum(axis=-1)
        fixed = standard(size)[..., None, :] if callable(standard) else standard
        made = (fixed * hits / people).sum(axis=-1)
        return np.concatenate([raw, made, made - raw], axis=-1)

    estimate, cov = smooth(totals, levels)
    wave_domains = design.domains(on, used)
    k = len(waves)
    parts = [
        _estimates(
            design, estimate, cov, wave_domains, slice(at * k, (at + 1) * k), on, waves, item, share, used
        )
        for at in range(3)
    ]
    size = totals.value[:, 0][places]
    size = size / size.sum(axis=1, keepdims=True)
    fixed = standard(size) if callable(standard) else standard
    return StandardisedTrend(
        raw=parts[0],
        standardised=parts[1],
        difference=parts[2],
        raw_trend=trend_shape(parts[0], on=on, conf_level=conf_level),
        standardised_trend=trend_shape(parts[1], on=on, conf_level=conf_level),
        first_to_last=_moved(parts[2], on, conf_level, item),
        composition=pd.DataFrame(
            np.column_stack([fixed, size.T]),
            index=pd.Index([group_name(group) for group in groups], name=" × ".join(names)),
            columns=["standard", *[str(wave) for wave in waves]],
        ),
        notes=(
            f"base: those who have an answer and {', '.join(names)}",
            f"standard population: {population}",
        ),
    )


def _grid(
    keys: pd.DataFrame, on: str, names: list[str], item: str
) -> tuple[list[Any], list[tuple[Any, ...]], np.ndarray]:
    """Waves, groups, and the domain of each pair, shape (waves, groups)."""
    table = {tuple(row): at for at, row in enumerate(keys[[on, *names]].itertuples(index=False, name=None))}
    waves = sorted({key[0] for key in table})
    groups = sorted({key[1:] for key in table}, key=str)
    if len(waves) < 2:
        raise EstimateError(
            f"item {item!r} has answers in {len(waves)} wave(s), so there is no trend. Read more waves."
        )
    lacking = [
        f"{group_name(group)} in {wave}" for wave in waves for group in groups if (wave, *group) not in table
    ]
    if lacking:
        raise EstimateError(
            f"every wave needs answers to {item!r} in every group, and there are none for "
            f"{', '.join(lacking[:5])}{' ...' if len(lacking) > 5 else ''}. Join groups, or name fewer."
        )
    return waves, groups, np.array([[table[(wave, *group)] for group in groups] for wave in waves])


def _standard(
    population: str | Mapping[Any, float] | float,
    groups: list[tuple[Any, ...]],
    waves: list[Any],
    on: str,
) -> Any:
    """Known shares (groups,), or a function from the waves' compositions to shares."""
    if isinstance(population, Mapping):
        given = {key if isinstance(key, tuple) else (key,): float(value) for key, value in population.items()}
        lacking = [group for group in groups if group not in given]
        if lacking:
            raise EstimateError(
                f"the population has no share for {lacking[0]}. Give one for each of {len(groups)} groups."
            )
        shares = np.array([given[group] for group in groups])
        return shares / shares.sum()
    if isinstance(population, str) and population == "pooled":
        return lambda size: size.mean(axis=-2)
    if population not in waves:
        raise EstimateError(
            f"population must be 'pooled', a value of {on!r} or shares by group, got {population!r}."
        )
    at = waves.index(population)
    return lambda size: size[..., at, :]


def _estimates(
    design: Design,
    estimate: np.ndarray,
    cov: Covariance,
    domains: Any,
    rows: slice,
    on: str,
    waves: list[Any],
    item: str,
    share: bool,
    used: np.ndarray,
) -> Estimates:
    k = len(waves)
    difference = rows.start == 2 * k
    return Estimates(
        keys=pd.DataFrame({on: waves, "item": item}),
        estimate=estimate[rows],
        covariance=cov.select(np.arange(rows.start, rows.stop)),
        df=domains.df,
        n=design.counts(domains, used),
        population=np.full(k, np.nan),
        statistic="difference" if difference else "proportion" if share else "mean",
        unit=("share difference" if difference else "share") if share else design.unit(item),
        sources=design.sources,
        design_df=design.df,
        reach=design.reach(domains, 1),
    )


def _moved(difference: Estimates, on: str, conf_level: float, item: str) -> HypothesisTest:
    ends = np.zeros(len(difference))
    ends[0], ends[-1] = -1.0, 1.0
    found = contrast(difference, {"change": ends.tolist()})
    return t_statement(
        "design-based t test of what standardising does",
        "Standardising does not move the change from the first to the last wave.",
        float(found.estimate[0]),
        float(found.std_error[0]),
        float(found.df[0]),
        name="standardised less raw change",
        unit=difference.unit,
        conf_level=conf_level,
        n=float(found.n[0]),
        keys={
            "item": item,
            f"{on}_from": difference.keys[on].iloc[0],
            f"{on}_to": difference.keys[on].iloc[-1],
        },
        sources=difference.sources,
    )
