"""The same trend under every choice that could have been made: which findings hang on one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from egovstats.console import as_html, as_text
from egovstats.design.calibrated import with_weights
from egovstats.design.columns import as_numbers, column
from egovstats.design.design import Design
from egovstats.design.where import Where, mask_of
from egovstats.errors import EstimateError, nearest
from egovstats.inference.statement import per_time, t_statement, untested
from egovstats.models import family_of, fit_matrix
from egovstats.results import HypothesisTest

if TYPE_CHECKING:
    from egovstats.waves import Waves

SUBSTANTIVE = ("dont_know", "refused", "no_answer")
"""Missing reasons of people who were asked, which the rule ``"counted"`` keeps in the base."""


@dataclass(frozen=True, slots=True, eq=False)
class Multiverse:
    """A trend under all declared choices.

    Parameters
    ----------
    item : str
    specifications : pd.DataFrame
        One row a specification, from the steepest fall to the steepest rise: the choices, ``estimate``
        (slope), ``std_error``, ``conf_low``, ``conf_high``, ``p_value``, ``n``, ``primary``, ``same_sign``
        and ``same_decision`` as the primary one.
    primary : HypothesisTest
        The slope under the first choice of every kind.
    alpha : float
    notes : tuple of str
        Choices that turned out to be none, and specifications that could not be fitted.
    """

    item: str
    specifications: pd.DataFrame
    primary: HypothesisTest
    alpha: float
    notes: tuple[str, ...]

    __repr__ = as_text
    _repr_html_ = as_html

    @property
    def summary(self) -> dict[str, float]:
        """How many specifications there are, keep the sign, keep the decision; median and range of slopes."""
        table = self.specifications
        return {
            "specifications": float(len(table)),
            "same_sign": float(table["same_sign"].sum()),
            "same_decision": float(table["same_decision"].sum()),
            "significant": float((table["p_value"] < self.alpha).sum()),
            "median": float(table["estimate"].median()),
            "lowest": float(table["estimate"].min()),
            "highest": float(table["estimate"].max()),
        }

    @property
    def synthetic(self) -> bool:
        """Whether any source is made up."""
        return self.primary.synthetic

    def to_frame(self) -> pd.DataFrame:
        """The specification curve."""
        return self.specifications

    def by_choice(self) -> pd.DataFrame:
        """Median slope, and share of specifications with the primary decision, by option of each choice."""
        rows = []
        for choice in _CHOICES:
            for option, part in self.specifications.groupby(choice, sort=False):
                rows.append(
                    {
                        "choice": choice,
                        "option": option,
                        "specifications": len(part),
                        "median": part["estimate"].median(),
                        "same_decision": part["same_decision"].mean(),
                    }
                )
        return pd.DataFrame(rows)


_CHOICES = ("weights", "missing", "base", "places", "cut", "waves")


def multiverse(
    data: Waves | Design,
    item: str,
    *,
    on: str = "year",
    weights: Sequence[bool] = (True, False),
    missing: Sequence[str] = ("valid", "counted"),
    bases: Mapping[str, Where] | None = None,
    places: str | None = None,
    cuts: Mapping[str, Sequence[Any]] | None = None,
    leave_out_waves: bool = False,
    alpha: float = 0.05,
    conf_level: float = 0.95,
    lonely_psu: str = "fail",
) -> Multiverse:
    """Fit the linear trend of a share under every combination of choices.

    Parameters
    ----------
    data : Waves or Design
        Waves know why an answer is missing; with a design the rule for missing answers cannot vary.
    item : str
    on : str
        Column with the time of each wave.
    weights : sequence of bool
        With the weights, without them, or both.
    missing : sequence of str
        ``"valid"``: those who answered are the base; ``"counted"``: those who do not know or refuse stay in
        it, as people who did not give the answer.
    bases : mapping, optional
        A name for each base to its condition (as `where`; None for everybody).
    places : str, optional
        Column of places; the trend is also fitted to those present in every wave.
    cuts : mapping, optional
        A name for each dichotomy to the answers on its upper side; by default the item's headline and
        the cuts one answer higher and lower.
    leave_out_waves : bool
        Also without each wave.
    alpha : float
        Size of the test that makes the decision.
    conf_level : float
    lonely_psu : str
        As in `Design`, with waves.

    Returns
    -------
    Multiverse
        The first option of each choice is the primary specification. Specifications are not independent,
        and none has a larger claim than it would have alone: shares of them are no p-values.

    Raises
    ------
    EstimateError
        An unknown rule, an item without a headline and no `cuts`, a primary specification that cannot be
        fitted.

    References
    ----------
    Steegen, Tuerlinckx, Gelman and Vanpaemel (2016), Perspectives on Psychological Science 11, 702-712;
    Simonsohn, Simmons and Nelson (2020), Nature Human Behaviour 4, 1208-1214 (specification curve).
    """
    unknown = [rule for rule in missing if rule not in ("valid", "counted")]
    if unknown or not missing or not weights:
        raise EstimateError(
            f"missing answers are 'valid' or 'counted', got {list(missing)!r}. "
            f"{nearest(str(unknown[0]) if unknown else '', ('valid', 'counted'))}"
        )
    notes: list[str] = []
    design = data if isinstance(data, Design) else data.design(lonely_psu=lonely_psu)
    reasons = None if isinstance(data, Design) or item not in data.missing else data.missing[item]
    if reasons is None and "counted" in missing:
        missing = ("valid",)
        notes.append("a design does not know why answers are missing: the base is those who answered")
    frame = design.frame
    time = as_numbers(column(frame, on, "time"), "trend")
    outcomes = dict(_outcomes(design, item, cuts, missing, reasons))
    samples = dict(_samples(frame, bases or {"everyone": None}, places, on, time, leave_out_waves, notes))
    designs = {
        "weighted" if each else "unweighted": design
        if each
        else with_weights(design, lambda weight: (weight > 0).astype(float), None)
        for each in weights
    }
    rows: list[dict[str, Any]] = []
    tests: list[HypothesisTest] = []
    for (weighting, own), (sample, inside), (rule, (y, base)) in product(
        designs.items(), samples.items(), outcomes.items()
    ):
        choices = dict(zip(_CHOICES, (weighting, rule[0], *sample[:2], rule[1], sample[2]), strict=True))
        test = _slope(own, y, base & inside, time, on, item, conf_level)
        if not np.isfinite(test.p_value):
            notes.append(f"not fitted ({test.notes[0]}): {', '.join(map(str, choices.values()))}")
            if not rows:
                raise EstimateError(f"the primary specification cannot be fitted: {test.notes[0]}.")
            continue
        tests.append(test)
        effect = test.effect
        assert effect is not None
        rows.append(
            {
                **choices,
                "estimate": effect.estimate,
                "std_error": effect.std_error,
                "conf_low": effect.conf_low,
                "conf_high": effect.conf_high,
                "p_value": test.p_value,
                "n": test.n,
            }
        )
    return Multiverse(item, _curve(pd.DataFrame(rows), alpha), tests[0], alpha, tuple(notes))


def _outcomes(
    design: Design,
    item: str,
    cuts: Mapping[str, Sequence[Any]] | None,
    missing: Sequence[str],
    reasons: pd.Series | None,
) -> Iterator[tuple[tuple[str, str], tuple[np.ndarray, np.ndarray]]]:
    """Outcome (n,) and base (n,) by rule for missing answers and cut."""
    codes, levels = design.codes(item)
    asked = codes > 0
    for name, answers in (cuts or _cuts(design, item, levels)).items():
        for answer in answers:
            if answer not in levels:
                raise EstimateError(f"item {item!r} has no answer {answer!r}. {nearest(str(answer), levels)}")
        hit = np.isin(codes, [levels.index(answer) + 1 for answer in answers]).astype(float)
        for rule in missing:
            counted = rule == "counted" and reasons is not None
            base = asked | reasons.isin(SUBSTANTIVE).to_numpy() if counted and reasons is not None else asked
            yield (rule, name), (hit, base)


def _cuts(design: Design, item: str, levels: Sequence[Any]) -> dict[str, list[Any]]:
    """The headline, and the neighbouring cuts of an ordered scale."""
    about = design.items.get(item)
    headline = getattr(about, "headline", None)
    if headline is None:
        raise EstimateError(
            f"item {item!r} has no headline answers. Pass cuts={{'name': [answers]}} for what is followed."
        )
    chosen = list(headline.codes)
    cuts = {"headline": chosen}
    if getattr(about, "kind", "") != "ordinal":
        return cuts
    upper = [level for level in levels if level >= min(chosen)] == sorted(chosen)
    edge = levels.index(min(chosen)) if upper else -1
    if upper and edge + 1 < len(levels):
        cuts["one answer higher"] = list(levels[edge + 1 :])
    if upper and edge - 1 > 0:
        cuts["one answer lower"] = list(levels[edge - 1 :])
    return cuts


def _samples(
    frame: pd.DataFrame,
    bases: Mapping[str, Where],
    places: str | None,
    on: str,
    time: np.ndarray,
    leave_out_waves: bool,
    notes: list[str],
) -> Iterator[tuple[tuple[str, str, str], np.ndarray]]:
    """Who is in (n,), by base, places and waves."""
    everyone = np.ones(len(frame), bool)
    held = {"all": everyone}
    if places is not None:
        where = column(frame, places, "place")
        times = np.unique(time[~np.isnan(time)])
        present = set.intersection(*(set(where[time == at].dropna().unique()) for at in times))
        common = where.isin(list(present)).to_numpy()
        if common.all():
            notes.append(f"every {places} is in every wave, so places are no choice")
        elif not common.any():
            notes.append(f"no {places} is in every wave, so the trend cannot be kept to common places")
        else:
            held[f"in every wave ({len(present)})"] = common
    waves = {"all": everyone}
    if leave_out_waves:
        waves |= {f"without {at:g}": time != at for at in np.unique(time[~np.isnan(time)])}
    for (base, condition), (place, common), (left, kept) in product(
        bases.items(), held.items(), waves.items()
    ):
        mask = mask_of(frame, condition)
        inside = common & kept
        yield (base, place, left), inside if mask is None else inside & mask


def _slope(
    design: Design, y: np.ndarray, used: np.ndarray, time: np.ndarray, on: str, item: str, conf_level: float
) -> HypothesisTest:
    used = used & ~np.isnan(time) & (design.weight > 0)
    name, null = "design-based linear regression on time", "There is no linear trend."
    if len(np.unique(time[used])) < 2 or len(np.unique(y[used])) < 2:
        return untested(name, null, "fewer than two waves, or one answer only", keys={"item": item})
    X = np.column_stack([used.astype(float), np.where(used, time - time[used].mean(), 0.0)])
    fit = fit_matrix(design, X, y, used, family=family_of("gaussian"), names=("Intercept", on))
    return t_statement(
        name,
        null,
        float(fit.estimate[1]),
        float(fit.std_error[1]),
        fit.df_residual,
        name="slope",
        unit=per_time("share", on),
        conf_level=conf_level,
        n=float(fit.n),
        keys={"item": item},
        sources=design.sources,
    )


def _curve(table: pd.DataFrame, alpha: float) -> pd.DataFrame:
    """Specifications in order of their slopes, each compared with the primary one."""
    first = table.iloc[0]
    sign = np.sign(table["estimate"]) == np.sign(first["estimate"])
    significant = table["p_value"] < alpha
    decided = significant == (first["p_value"] < alpha)
    same = decided & (sign | ~significant)
    table = table.assign(primary=np.arange(len(table)) == 0, same_sign=sign, same_decision=same)
    return table.sort_values("estimate", kind="stable", ignore_index=True)
