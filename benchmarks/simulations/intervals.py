"""Every interval where the truth is known and is not 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import egovstats as eg
from egovstats import inference as inf
from simulations.nulls import pairs_of
from simulations.population import (
    AGE_SLOPE,
    STRATUM_OFFSET,
    STRATUM_SHARE,
    YOUNG_GAP,
    Course,
    mean_age,
)
from simulations.tally import Tally

STEP_AT, STEP = 2013.0, 0.08


@dataclass(frozen=True, slots=True)
class Limits:
    """An interval that is no `Effect`."""

    estimate: float
    conf_low: float
    conf_high: float


def odds(p: float) -> float:
    """Odds of a share."""
    return p / (1 - p)


def changes(design: eg.Design, course: Course, tally: Tally) -> None:
    """The change from the first to the last wave."""
    shares = eg.proportion(design, "trust", by="year", answers=[1])
    first, last = float(course.trust[0]), float(course.trust[-1])
    two = eg.change(shares, on="year", pairs="last")[0]
    tally.coverage("change of a share", "change", two.effect, last - first)
    tally.coverage("odds ratio of two waves", "change", two.others[0], odds(last) / odds(first))
    h = float(2 * (np.arcsin(np.sqrt(last)) - np.arcsin(np.sqrt(first))))
    tally.coverage("Cohen's h of two waves", "change", two.others[1], h)
    moved = float(course.mood[-1] - course.mood[0])
    mean = eg.change(eg.mean(design, "mood", by="year"), on="year", pairs="last")[0]
    tally.coverage("change of a mean", "change", mean.effect, moved)
    spread = float(np.sqrt(1 + (3 * STRATUM_OFFSET) ** 2 @ STRATUM_SHARE))
    tally.coverage("Cohen's d of two waves", "change", mean.others[0], moved / spread)
    median = eg.change(eg.quantile(design, "mood", by="year"), on="year", pairs="last")[0]
    tally.coverage("change of a median", "change", median.effect, moved)
    net = eg.net(design, "rating", plus=[3, 4], minus=[1, 2], by="year")
    balance = course.rating @ np.array([-1.0, -1.0, 1.0, 1.0])
    moved = float(balance[-1] - balance[0])
    net_change = eg.change(net, on="year", pairs="last")[0]
    tally.coverage("change of a net balance", "change", net_change.effect, moved)
    found = inf.posterior_changes(shares, on="year", pairs="last")[0]
    posterior = Limits(found.mean, found.conf_low, found.conf_high)
    tally.coverage("posterior of a change", "posterior_changes", posterior, last - first)
    joint = inf.max_t(shares, on="year")
    held = [
        test.effect is not None
        and test.effect.conf_low <= course.trust[b] - course.trust[a] <= test.effect.conf_high
        for test, (a, b) in zip(joint, pairs_of(len(course.trust)), strict=True)
    ]
    name = "all 10 pairs of waves at once, max-t"
    tally.rate("coverage", name, 'change(adjust="max-t")', float(all(held)), nominal=0.95)


def distributions(design: eg.Design, course: Course, tally: Tally) -> None:
    """All answers of a scale in two waves."""
    first, last = course.rating[0], course.rating[-1]
    found = inf.distribution_change(design, "rating", on="year")
    higher = float(last @ (np.cumsum(first) - first))
    lower = float(first @ (np.cumsum(last) - last))
    theta = higher + float(first @ last) / 2
    if found.superiority is not None and found.distance is not None:
        tally.coverage("ordinal superiority", "superiority", found.superiority.effect, theta)
        tally.coverage("generalised odds ratio", "superiority", found.superiority.others[1], higher / lower)
        way = float(np.abs(np.cumsum(last) - np.cumsum(first)).sum())
        tally.coverage("Wasserstein distance", "wasserstein", found.distance.effect, way, bound=True)
    held = [
        test.effect is not None and test.effect.conf_low <= truth <= test.effect.conf_high
        for test, truth in zip(found.answers, last - first, strict=True)
    ]
    tally.rate(
        "coverage", "all answers at once, max-t", "distribution_change", float(all(held)), nominal=0.95
    )
    table = course.rating / len(course.years)
    V = cramers_v(table)
    tally.coverage(
        "Cramer's V of answers and waves", "chi_square", eg.chi_square(design, "rating", "year").effect, V
    )


def cramers_v(table: np.ndarray) -> float:
    """Cramer's V of a table of shares that add up to 1."""
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    return float(np.sqrt(((table - expected) ** 2 / expected).sum() / (min(table.shape) - 1)))


def per_year(course: Course, level: np.ndarray) -> float:
    """Slope of levels that lie on a line."""
    return float((level[-1] - level[0]) / (course.years[-1] - course.years[0]))


def trends(design: eg.Design, course: Course, tally: Tally) -> None:
    """Lines, by respondents and by waves."""
    slope = per_year(course, course.trust)
    line = eg.trend(design, "trust", answers=[1])
    tally.coverage("linear trend, respondents", "trend", line.slope.effect, slope)
    if line.by_wave:
        tally.coverage("linear trend, wave as the unit", "trend", line.by_wave.effect, slope)
    logit = eg.trend(design, "belief", answers=[1]).odds_ratio
    if logit:
        tally.coverage("odds ratio a year", "trend", logit.effect, float(np.exp(course.log_odds)))
    mean = eg.trend(design, "mood")
    tally.coverage("linear trend of a mean", "trend", mean.slope.effect, per_year(course, course.mood))
    score = inf.cochran_armitage_test(design, "trust", answers=[1])
    tally.coverage("Cochran-Armitage slope", "cochran_armitage_test", score.effect, slope)
    shape = inf.trend_shape(line.estimates)
    tally.coverage("linear trend through waves (GLS)", "trend_shape", shape.slope.effect, slope)
    contrast = inf.orthogonal_polynomials(course.years, 1)[0]
    truth = float(contrast @ course.trust)
    tally.coverage("orthogonal linear contrast", "trend_shape", shape.orthogonal[0].effect, truth)
    bent = inf.joinpoint(line.estimates)
    tally.coverage("average slope, straight line", "joinpoint", bent.average.effect, slope)


def scales(design: eg.Design, course: Course, tally: Tally) -> None:
    """All answers on year."""
    scale = inf.answer_trend(design, "rating").ordinal.effect
    tally.coverage("ordinal odds ratio a year", "answer_trend", scale, float(np.exp(course.log_odds)))
    # The part of answer_trend() that is asked here; its ordinal model would be of no use.
    answers = eg.margins(eg.multinomial(design, "choice ~ I(year - 2014)"), "year")
    pull = np.array([0.0, *course.pull])
    p = course.choice
    truth = (p * (pull - (p @ pull)[:, None])).mean(axis=0)
    table = answers.to_frame()
    for at, (_, row) in enumerate(table.iterrows()):
        tally.coverage(f"multinomial: answer {at + 1} a year", "answer_trend", row, float(truth[at]))


def domains(design: eg.Design, course: Course, tally: Tally) -> None:
    """Each area has a slope of its own."""
    found = inf.parallel_trends(design, "split", "area", answers=[1])
    first, second = course.by_area[:2]
    tally.coverage("slope of one domain", "parallel_trends", found.slopes[0].effect, first)
    tally.coverage("difference of two slopes", "parallel_trends", found.differences[0].effect, second - first)


def reasons(design: eg.Design, course: Course, tally: Tally) -> None:
    """Composition, rates, ageing and the times each do their part."""
    rate = float(course.base[-1] - course.base[0])
    composed = float(course.young[-1] - course.young[0]) * YOUNG_GAP
    kitagawa = inf.decompose_change(design, "approve", "young", on="year", answers=[1])
    for part, truth in (("composition", composed), ("rate", rate)):
        tally.coverage(f"Kitagawa: {part}", "decompose_change", kitagawa.part(part).effect, truth)
    aged = mean_age(float(course.young[-1])) - mean_age(float(course.young[0]))
    moved = float(course.mood[-1] - course.mood[0])
    blinder = inf.oaxaca(design, "score", ["age"], on="year")
    for part, truth in (("explained", AGE_SLOPE * aged), ("unexplained", moved)):
        tally.coverage(f"Oaxaca-Blinder: {part}", "oaxaca", blinder.part(part).effect, truth)
    span = float(course.years[-1] - course.years[0])
    cohorts = inf.cohort_replacement(design, "score")
    within, replaced = moved + AGE_SLOPE * span, -AGE_SLOPE * (span - aged)
    for part, truth in (("within cohorts", within), ("replacement", replaced)):
        tally.coverage(f"Firebaugh: {part}", "cohort_replacement", cohorts.part(part).effect, truth)
    fixed = inf.standardised_trend(design, "approve", "young", answers=[1])
    slope = fixed.standardised_trend.slope.effect
    tally.coverage("standardised trend", "standardised_trend", slope, per_year(course, course.base))
    tally.coverage("what standardising does", "standardised_trend", fixed.first_to_last.effect, -composed)
    bounds = inf.apc_bounds(design, "score", {"age": (0.0, AGE_SLOPE)}).bounds
    for bound, truth in zip(bounds, (AGE_SLOPE, moved / span, 0.0), strict=False):
        tally.coverage(f"bounds on {bound.name}", "apc_bounds", bound, truth, bound=True)


def comparisons(design: eg.Design, course: Course, tally: Tally) -> None:
    """Young and old differ."""
    old, young = float(course.base[0]), float(course.base[0]) + YOUNG_GAP
    groups = eg.t_test(design, "approve", by="young")
    tally.coverage("difference of two groups, t", "t_test", groups.effect, YOUNG_GAP)
    ranks = eg.rank_test(design, "approve", by="young")
    tally.coverage("difference of mean ranks", "rank_test", ranks.effect, YOUNG_GAP / 2)
    held = inf.mantel_haenszel(design, "approve", "young", strata="region")
    tally.coverage("common odds ratio", "mantel_haenszel", held.effect, odds(young) / odds(old))
    share = float(course.young[0])
    table = np.array([[(1 - share) * (1 - old), (1 - share) * old], [share * (1 - young), share * young]])
    found = eg.chi_square(design, "approve", "young")
    tally.coverage("Cramer's V of two items", "chi_square", found.effect, cramers_v(table))


def breaks(design: eg.Design, course: Course, tally: Tally) -> None:
    """A step, beside a straight line."""
    level = inf.policy_break(design, "trust", STEP_AT, answers=[1])
    tally.coverage("policy break: step", "policy_break", level.tests[0].effect, STEP)
    tally.coverage("policy break: step, wave as the unit", "policy_break", level.by_wave[0].effect, STEP)
    both = inf.policy_break(design, "trust", STEP_AT, answers=[1], effects="both")
    tally.coverage("policy break: step beside a bend", "policy_break", both.tests[0].effect, STEP)
    tally.coverage("policy break: bend beside a step", "policy_break", both.tests[1].effect, 0.0)


def curve(design: eg.Design, course: Course, tally: Tally) -> None:
    """A parabola; its coefficient and its turn come from the waves themselves."""
    bend, slope, _ = np.polyfit(course.middle, course.trust, 2)
    found = inf.trend_shape(eg.proportion(design, "trust", by="year", answers=[1])).curvature
    tally.coverage("curvature through waves (GLS)", "trend_shape", found.effect, float(bend))
    for turn in found.others:
        year = float(2014 - slope / (2 * bend))
        tally.coverage("turning point, where one is given", "trend_shape", turn, year)


def relative(design: eg.Design, course: Course, tally: Tally) -> None:
    """The same per cent every year."""
    truth = float(np.expm1(per_year(course, np.log(course.trust))))
    found = inf.trend_shape(eg.proportion(design, "trust", by="year", answers=[1])).relative
    tally.coverage("relative change a year", "trend_shape", found.effect, truth)


def panel(design: eg.Design, course: Course, tally: Tally) -> None:
    """The same PSUs in every wave."""
    shares = eg.proportion(design, "trust", by="year", answers=[1])
    two = eg.change(shares, on="year", pairs="last")[0]
    gap = float(course.trust[-1] - course.trust[0])
    tally.coverage("panel: change of a share", "change", two.effect, gap)
    slope = per_year(course, course.trust)
    line = eg.trend(design, "trust", answers=[1]).slope
    tally.coverage("panel: linear trend", "trend", line.effect, slope)
    shape = inf.trend_shape(shares)
    tally.coverage("panel: linear trend through waves (GLS)", "trend_shape", shape.slope.effect, slope)
