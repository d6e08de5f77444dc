"""Confirmatory factor analysis with design-based errors, in one or several groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from egovstats.design.design import Design, check_design
from egovstats.design.where import Where, mask_of
from egovstats.errors import EstimateError, nearest
from egovstats.results import HypothesisTest
from egovstats.scales.adequacy import simple_sample
from egovstats.scales.cfa_errors import ChiSquareLaw, baseline, chi_square_law, covariance
from egovstats.scales.cfa_layout import Layout, lay_out
from egovstats.scales.cfa_measures import incremental, rmsea, srmr
from egovstats.scales.cfa_ml import Moments, discrepancy, fit
from egovstats.scales.cfa_result import FactorModel
from egovstats.scales.cfa_scores import Sample
from egovstats.scales.cfa_syntax import parse_model

ERRORS = ("design", "robust", "model")


def cfa(
    design: Design,
    model: str,
    *,
    group: str | None = None,
    equal: Sequence[str] = (),
    scale: str = "marker",
    errors: str | None = None,
    where: Where = None,
) -> FactorModel:
    """Fit a confirmatory factor model by (weighted) maximum likelihood.

    Parameters
    ----------
    design : Design
        Linearised (not of replicate weights).
    model : str
        Lines or parts between semicolons: ``"trust =~ q1 + q2 + q3"`` names a factor and its items, the
        marker first; ``"q1 ~~ q2"`` lets two residuals correlate. Factors may always correlate.
    group : str, optional
        Column that splits the sample: waves, say, to see whether a scale measures the same in each.
    equal : sequence of str
        What the groups share: ``"loadings"``, ``"intercepts"`` (factor means are then free from the second
        group on), ``"residuals"``. `invariance` does them step by step.
    scale : str
        ``"marker"``: each factor has its first item's unit; ``"variance"``: factors have variance 1.
    errors : str, optional
        ``"design"``: by weights, strata and PSUs, the test by the mean and variance of the chi-square under
        them; ``"robust"``: Huber and White's, with Yuan and Bentler's test, for answers that are not normal;
        ``"model"``: as for normal answers of a simple sample. By default ``"model"`` for a simple random
        sample, else ``"design"``; the others are refused there, since they would ignore the design.
    where : str or boolean array of shape (n,), optional
        Domain.

    Returns
    -------
    FactorModel

    Raises
    ------
    EstimateError
        A model that cannot be read or is not identified, a column that is not there, a group with fewer
        respondents than items.

    References
    ----------
    Bollen (1989), Structural Equations with Latent Variables, ch. 7; Muthen and Satorra (1995), Sociological
    Methodology 25, 267-316 (complex samples).
    """
    check_design(design)
    if hasattr(design, "replicate_weights"):
        raise EstimateError(
            "a confirmatory model needs a linearised design, and this one has replicate weights. "
            "Pass the Design with strata and PSUs."
        )
    simple = simple_sample(design)
    errors = errors or ("model" if simple else "design")
    _check_errors(errors, simple=simple)
    measures = parse_model(model)
    sample, groups = _sample(design, measures.items, group, where)
    moments = sample.moments(len(groups))
    _check_groups(moments, groups, len(measures.items))
    layout = lay_out(measures, len(groups), means=group is not None, equal=equal, scale=scale)
    theta = fit(layout, moments)
    chi_square, df = discrepancy(layout, theta, moments), layout.moments - layout.size
    design_df = float(design.domains(None, sample.group >= 0).df[0])
    law = chi_square_law(design, layout, theta, sample, moments, errors, df)
    independence = baseline(design, layout, sample, moments, errors)
    n = float(moments.n.sum())
    return FactorModel(
        layout=layout,
        theta=theta,
        cov=covariance(design, layout, theta, sample, moments, errors),
        moments=moments,
        groups=groups,
        errors=errors,
        chi_square=chi_square,
        test=_test(chi_square, df, law, design_df, errors, n, design),
        measures=_measures(layout, theta, moments, chi_square, df, law, independence, errors),
        df=design_df if errors == "design" else float("inf"),
        law=law,
        sources=design.sources,
        notes=_notes(layout, theta, groups),
    )


def _check_errors(errors: str, *, simple: bool) -> None:
    if errors not in ERRORS:
        raise EstimateError(f"there are no errors {errors!r}. {nearest(errors, ERRORS)}")
    if errors != "design" and not simple:
        raise EstimateError(
            f"errors={errors!r} would ignore weights, strata or PSUs of this design. Use errors='design', or "
            "pass Design(frame) to see what ignoring them does."
        )


def _sample(design: Design, items: list[str], group: str | None, where: Where) -> tuple[Sample, list[Any]]:
    read = [design.values(item) for item in items]
    used = np.logical_and.reduce([answered for _, answered in read]) & (design.weight > 0)
    mask = mask_of(design.frame, where)
    used = used if mask is None else used & mask
    code, groups = np.where(used, 0, -1), [None]
    if group is not None:
        if group not in design.frame:
            raise EstimateError(
                f"there is no column {group!r} to split by. {nearest(group, design.frame.columns)}"
            )
        found, levels = pd.factorize(design.frame[group], sort=True)
        used &= found >= 0
        kept = np.unique(found[used])
        place = np.full(len(levels) + 1, -1)
        place[kept] = np.arange(len(kept))
        code, groups = np.where(used, place[found], -1), [levels[each] for each in kept]
    if not used.any():
        raise EstimateError(
            f"nobody answered all of {', '.join(items)}. Leave out the item that was not asked."
        )
    x = np.column_stack([np.where(used, y, 0.0) for y, _ in read])
    weight = np.where(used, design.weight, 0.0)
    return Sample(x, weight * (used.sum() / weight.sum()), code), groups


def _check_groups(moments: Moments, groups: list[Any], items: int) -> None:
    for g, name in enumerate(groups):
        where = "" if name is None else f" in group {name!r}"
        if moments.n[g] <= items or np.linalg.eigvalsh(moments.cov[g])[0] <= 1e-12 * moments.cov[g].max():
            raise EstimateError(
                f"the items have no covariance matrix of full rank{where}: too few respondents, an item that "
                "everyone answered alike, or one that follows from others. Leave it out, or merge groups."
            )


def _test(
    chi_square: float,
    df: int,
    law: ChiSquareLaw,
    design_df: float,
    errors: str,
    n: float,
    design: Design,
) -> HypothesisTest:
    null = "The model holds: it gives the items' covariances."
    test, distribution = "likelihood-ratio test of the model", "chi2"
    degrees: tuple[float, ...] = (float(df),)
    notes: tuple[str, ...] = ()
    statistic, p_value = chi_square, float("nan")
    if df == 0:
        notes = ("as many unknowns as covariances: any data fit, so the model is not tested",)
        statistic = float("nan")
    elif errors == "design":
        test, distribution = "likelihood-ratio test of the model, Rao-Scott correction", "F"
        statistic, degrees = chi_square / law.mean, (law.spread, law.spread * design_df)
        p_value = float(special.fdtrc(*degrees, statistic)) if design_df > 0 else p_value
        notes = notes if design_df > 0 else ("the design has no degrees of freedom, so nothing is tested",)
    else:
        test += ", Yuan and Bentler's correction" if errors == "robust" else ""
        statistic = chi_square * df / law.mean
        p_value = float(special.chdtrc(df, statistic))
    return HypothesisTest(
        test=test,
        null=null,
        statistic=statistic,
        distribution=distribution,
        df=degrees,
        p_value=p_value,
        n=n,
        sources=design.sources,
        notes=notes,
    )


def _measures(
    layout: Layout,
    theta: np.ndarray,
    moments: Moments,
    chi_square: float,
    df: int,
    law: ChiSquareLaw,
    independence: tuple[float, int, float],
    errors: str,
) -> dict[str, float]:
    base, base_df, base_mean = independence
    n, p = float(moments.n.sum()), len(layout.measures.items)
    cfi, tli = incremental(chi_square, df, base, base_df)
    close, low, high = rmsea(chi_square, df, n, layout.groups)
    saturated = -0.5 * sum(
        float(each) * (p * np.log(2 * np.pi) + float(np.linalg.slogdet(cov)[1]) + p)
        for each, cov in zip(moments.n, moments.cov, strict=True)
    )
    likelihood = saturated - chi_square / 2
    found = {
        "cfi": cfi,
        "tli": tli,
        "rmsea": close,
        "rmsea_low": low,
        "rmsea_high": high,
        "srmr": srmr(layout, theta, moments),
        "log_likelihood": likelihood,
        "aic": -2 * likelihood + 2 * layout.size,
        "bic": -2 * likelihood + layout.size * float(np.log(n)),
    }
    if errors != "model" and df:
        scale = law.mean / df
        found["cfi_robust"] = incremental(chi_square, df, base, base_df, (scale, base_mean / base_df))[0]
        found["rmsea_robust"] = rmsea(chi_square, df, n, layout.groups, scale)[0]
    return found


def _notes(layout: Layout, theta: np.ndarray, groups: list[Any]) -> tuple[str, ...]:
    """What a reader must know of an odd solution."""
    notes = []
    residual, factor = layout.matrix("residual", theta), layout.matrix("factor", theta)
    for g, group in enumerate(groups):
        where = "" if group is None else f" in group {group!r}"
        for i, item in enumerate(layout.measures.items):
            if residual[g, i, i] < 0:
                notes.append(f"improper solution: the residual variance of {item}{where} is negative")
        if np.linalg.eigvalsh(factor[g])[0] < 0:
            notes.append(f"improper solution: the covariances of the factors{where} cannot be")
    return tuple(notes)
