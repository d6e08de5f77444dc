"""Every test where its null hypothesis holds: no change, no domain that differs, independent items."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

import egovstats as eg
from egovstats import inference as inf
from simulations.population import Course
from simulations.tally import LEVEL, Tally

ADJUSTMENTS = ("holm", "hochberg", "hommel", "BH", "BY", "bonferroni")


def changes(design: eg.Design, course: Course, tally: Tally) -> None:
    """Two waves of a share, mean, median, net and quantity by quantity."""
    shares = eg.proportion(design, "trust", by="year", answers=[1])
    two = eg.change(shares, on="year", pairs="last")[0]
    tally.size("change of a share", "change", two, truth=0.0)
    mean = eg.change(eg.mean(design, "mood", by="year"), on="year", pairs="last")[0]
    tally.size("change of a mean", "change", mean, truth=0.0)
    median = eg.change(eg.quantile(design, "mood", by="year"), on="year", pairs="last")[0]
    tally.size("change of a median", "change", median, truth=0.0)
    net = eg.net(design, "rating", plus=[3, 4], minus=[1, 2], by="year")
    tally.size("change of a net balance", "change", eg.change(net, on="year", pairs="last")[0], truth=0.0)
    posterior = inf.posterior_changes(shares, on="year", pairs="last")[0]
    tally.size(
        "posterior: P(decline) below 2.5 or above 97.5 %",
        "posterior_changes",
        2 * min(posterior.p_decline, 1 - posterior.p_decline),
    )


def families(design: eg.Design, course: Course, tally: Tally) -> None:
    """All ten pairs of waves as one family, by each adjustment."""
    shares = eg.proportion(design, "trust", by="year", answers=[1])
    single = [test.p_value for test in eg.change(shares, on="year", adjust="none")]
    for rule in ADJUSTMENTS:
        smallest = float(inf.p_adjust(single, rule).min())
        tally.size(f"any of 10 pairs, {rule}", f'change(adjust="{rule}")', smallest, bound=True)
    tally.size("any of 10 pairs, not adjusted", 'change(adjust="none")', min(single), bound=True)
    joint = min(_adjusted(test.p_adjusted) for test in inf.max_t(shares, on="year"))
    tally.size("any of 10 pairs, max-t", 'change(adjust="max-t")', joint)
    first = min(_adjusted(test.p_adjusted) for test in inf.max_t(shares, on="year", pairs="first"))
    tally.size("any of 4 against the first wave, max-t", 'change(adjust="max-t")', first)


def _adjusted(p: float | None) -> float:
    return float("nan") if p is None else p


def distributions(design: eg.Design, course: Course, tally: Tally) -> None:
    """All answers of a scale in two waves."""
    found = inf.distribution_change(design, "rating", on="year")
    tally.size("all answers of two waves, Rao-Scott F", "distribution_change", found.chi_square)
    tally.size("ordinal superiority", "superiority", found.superiority, truth=0.5)
    tally.size("Wasserstein distance", "wasserstein", found.distance)
    any_answer = min(_adjusted(test.p_adjusted) for test in found.answers)
    tally.size("any answer of a scale, max-t", "distribution_change", any_answer)


def trends(design: eg.Design, course: Course, tally: Tally) -> None:
    """Lines and curves, by respondents and by waves."""
    line = eg.trend(design, "trust", answers=[1])
    tally.size("linear trend, respondents", "trend", line.slope, truth=0.0)
    tally.size("logit on year", "trend", line.odds_ratio)
    tally.size("departure from a line, respondents", "trend", line.linearity)
    tally.size("linear trend, wave as the unit", "trend", line.by_wave, truth=0.0)
    mean = eg.trend(design, "mood")
    tally.size("linear trend of a mean, respondents", "trend", mean.slope, truth=0.0)
    score = inf.cochran_armitage_test(design, "trust", answers=[1])
    tally.size("Cochran-Armitage, Rao-Scott", "cochran_armitage_test", score, truth=0.0)
    scale = inf.cochran_armitage_test(design, "rating")
    tally.size("linear by linear, Rao-Scott", "cochran_armitage_test", scale, truth=0.0)
    shape = inf.trend_shape(line.estimates)
    tally.size("linear trend through waves (GLS)", "trend_shape", shape.slope, truth=0.0)
    tally.size("curvature through waves (GLS)", "trend_shape", shape.curvature, truth=0.0)
    tally.size("log-linear trend through waves (GLS)", "trend_shape", shape.relative)
    tally.size("departure from a line, waves", "trend_shape", shape.departures[0])
    tally.size("departure from a parabola, waves", "trend_shape", shape.departures[1])
    for test in shape.orthogonal:
        tally.size(f"orthogonal {test.test.rsplit(' ', 1)[-1]}", "trend_shape", test, truth=0.0)


def scales(design: eg.Design, course: Course, tally: Tally) -> None:
    """All answers on year."""
    found = inf.answer_trend(design, "rating")
    tally.size("ordinal logit on year", "answer_trend", found.ordinal)
    tally.size("proportional odds (Brant)", "answer_trend", found.proportional)
    tally.size("multinomial logit on year", "answer_trend", found.multinomial)


def joinpoints(design: eg.Design, course: Course, tally: Tally) -> None:
    """No wave is a joinpoint."""
    shares = eg.proportion(design, "trust", by="year", answers=[1])
    largest, permuted, criterion = (
        inf.joinpoint(shares, method=method) for method in ("sup-t", "permutation", "BIC")
    )
    tally.size("joinpoint, largest t, 5 waves", "joinpoint", largest.tests[0])
    tally.size("joinpoint, permutations, 5 waves", 'joinpoint(method="permutation")', permuted.tests[0])
    tally.size("average slope of pieces", "joinpoint", largest.average)
    found = 0.0 if criterion.joinpoints else 1.0
    tally.size("joinpoint chosen by BIC, 5 waves", 'joinpoint(method="BIC")', found, bound=True)


def breaks(design: eg.Design, course: Course, tally: Tally) -> None:
    """A policy changed nothing."""
    level = inf.policy_break(design, "trust", 2013, answers=[1])
    tally.size("policy break: step", "policy_break", level.tests[0], truth=0.0)
    tally.size("policy break: step, wave as the unit", "policy_break", level.by_wave[0], truth=0.0)
    both = inf.policy_break(design, "trust", 2013, answers=[1], effects="both")
    tally.size("policy break: step beside a bend", "policy_break", both.tests[0], truth=0.0)
    tally.size("policy break: bend beside a step", "policy_break", both.tests[1], truth=0.0)
    tally.size("policy break: step and bend", "policy_break", both.tests[2])


def domains(design: eg.Design, course: Course, tally: Tally) -> None:
    """Three domains across PSUs, four that are strata: one course for all."""
    for by, said in (("area", "3 domains within PSUs"), ("region", "4 domains of strata")):
        found = inf.parallel_trends(design, "trust", by, answers=[1])
        tally.size(f"equal slopes, Wald, {said}", "parallel_trends", found.equal_slopes)
        tally.size(f"equal slopes, LRT, {said}", "parallel_trends", found.likelihood_ratio)
        tally.size(f"parallel courses, {said}", "parallel_trends", found.same_course)
        tally.size(f"slope of one domain, {said}", "parallel_trends", found.slopes[0], truth=0.0)
        tally.size(f"two slopes, {said}", "parallel_trends", found.differences[0], truth=0.0)
    tally.size("slope all domains share", "parallel_trends", found.overall, truth=0.0)
    odds = inf.parallel_trends(design, "trust", "area", answers=[1], family="binomial")
    tally.size("equal log-odds slopes, Wald", 'parallel_trends(family="binomial")', odds.equal_slopes)
    tally.size("equal log-odds slopes, LRT", 'parallel_trends(family="binomial")', odds.likelihood_ratio)


def reasons(design: eg.Design, course: Course, tally: Tally) -> None:
    """Neither composition nor rates nor cohorts changed anything."""
    kitagawa = inf.decompose_change(design, "approve", "young", on="year", answers=[1])
    for part in ("composition", "rate"):
        tally.size(f"Kitagawa: {part}", "decompose_change", kitagawa.part(part), truth=0.0)
    blinder = inf.oaxaca(design, "score", ["age"], on="year")
    for part in ("explained", "unexplained"):
        tally.size(f"Oaxaca-Blinder: {part}", "oaxaca", blinder.part(part), truth=0.0)
    cohorts = inf.cohort_replacement(design, "trust", answers=[1])
    for part in ("within cohorts", "replacement", "rest"):
        tally.size(f"Firebaugh: {part}", "cohort_replacement", cohorts.part(part), truth=0.0)
    fixed = inf.standardised_trend(design, "approve", "young", answers=[1])
    slope = fixed.standardised_trend.slope
    tally.size("standardised trend", "standardised_trend", slope, truth=0.0)
    tally.size("what standardising does", "standardised_trend", fixed.first_to_last, truth=0.0)


def comparisons(design: eg.Design, course: Course, tally: Tally) -> None:
    """Tests of tables, means and ranks."""
    for rule in ("F", "Chisq", "Wald", "adjWald", "lincom", "saddlepoint"):
        table = eg.chi_square(design, "rating", "colour", statistic=rule)
        tally.size(f"two items, {rule}", f'chi_square(statistic="{rule}")', table)
    tally.size("answers over waves, F", "chi_square", eg.chi_square(design, "rating", "year"))
    waves = eg.chi_square(design, "rating", "year", statistic="adjWald")
    tally.size("answers over waves, adjWald", 'chi_square(statistic="adjWald")', waves)
    held = inf.mantel_haenszel(design, "trust", "colour", strata="region")
    tally.size("independence within strata", "mantel_haenszel", held)
    for rule in ("F", "lincom"):
        fit = inf.goodness_of_fit(design, "rating", course.rating[0].tolist(), statistic=rule)
        tally.size(f"given shares, {rule}", f'goodness_of_fit(statistic="{rule}")', fit)
    groups = eg.t_test(design, "mood", by="young")
    tally.size("t, two groups", "t_test", groups, truth=0.0)
    tally.size("t, a value", "t_test", eg.t_test(design, "mood"), truth=0.0)
    for rule in ("wilcoxon", "van-der-waerden", "median"):
        ranks = eg.rank_test(design, "mood", by="young", test=rule)
        tally.size(f"ranks of two groups, {rule}", f'rank_test(test="{rule}")', ranks)
    several = eg.rank_test(design, "mood", by="year", test="kruskal-wallis")
    tally.size("ranks of five waves, kruskal-wallis", 'rank_test(test="kruskal-wallis")', several)


def regressions(design: eg.Design, course: Course, tally: Tally) -> None:
    """Terms of models."""
    fit = eg.glm(design, "belief ~ C(colour) + age", family="binomial")
    for method in ("wald", "likelihood-ratio", "working-wald", "score"):
        test = inf.term_test(fit, "C(colour)", method=method)
        tally.size(f"three groups in a logit, {method}", f'term_test(method="{method}")', test)
    larger, smaller = (inf.loglinear(design, f"~ rating {sign} colour") for sign in ("*", "+"))
    tally.size("log-linear: no interaction", "loglinear_test", inf.loglinear_test(smaller, larger))


def pairs_of(count: int) -> Iterator[tuple[int, int]]:
    """Positions of earlier and later waves, in the order of `change`."""
    return ((a, b) for a, b in product(range(count), repeat=2) if a < b)


def false_findings(design: eg.Design, course: Course, tally: Tally) -> None:
    """Some waves differ: errors among the pairs that do not."""
    shares = eg.proportion(design, "trust", by="year", answers=[1])
    true_null = np.array([course.trust[a] == course.trust[b] for a, b in pairs_of(len(course.trust))])
    single = [test.p_value for test in eg.change(shares, on="year", adjust="none")]
    for rule in ADJUSTMENTS:
        rejected = inf.p_adjust(single, rule) < LEVEL
        wrong = rejected & true_null
        call = f'change(adjust="{rule}")'
        if rule not in ("BH", "BY"):
            tally.rate(
                "size", f"3 true among 10 pairs, any wrong, {rule}", call, float(wrong.any()), bound=True
            )
        else:
            share = wrong.sum() / max(rejected.sum(), 1)
            tally.rate(
                "size", f"3 true among 10 pairs, share of wrong, {rule}", call, float(share), bound=True
            )
    for step, said in ((False, "max-t"), (True, "max-t stepping down")):
        joint = np.array([_adjusted(t.p_adjusted) for t in inf.max_t(shares, on="year", step_down=step)])
        wrong = float((true_null & (joint < LEVEL)).any())
        name = f"3 true among 10 pairs, any wrong, {said}"
        tally.rate("size", name, 'change(adjust="max-t")', wrong, bound=True)


def margin(design: eg.Design, course: Course, tally: Tally) -> None:
    """The change is exactly the margin: "equivalent" is wrong."""
    limit = float(course.trust[-1] - course.trust[0])
    shares = eg.proportion(design, "trust", by="year", answers=[1])
    two = inf.equivalence(eg.change(shares, on="year", pairs="last"), limit)[0]
    tally.size("equivalence of a share at its margin", "equivalence", two)
    mean = eg.mean(design, "mood", by="year")
    limit = float(course.mood[-1] - course.mood[0])
    two = inf.equivalence(eg.change(mean, on="year", pairs="last"), limit)[0]
    tally.size("equivalence of a mean at its margin", "equivalence", two)


def panel(design: eg.Design, course: Course, tally: Tally) -> None:
    """The same PSUs in every wave."""
    shares = eg.proportion(design, "trust", by="year", answers=[1])
    two = eg.change(shares, on="year", pairs="last")[0]
    tally.size("panel: change of a share", "change", two, truth=0.0)
    joint = min(_adjusted(test.p_adjusted) for test in inf.max_t(shares, on="year"))
    tally.size("panel: any of 10 pairs, max-t", 'change(adjust="max-t")', joint)
    line = eg.trend(design, "trust", answers=[1])
    tally.size("panel: linear trend, respondents", "trend", line.slope, truth=0.0)
    tally.size("panel: departure from a line, respondents", "trend", line.linearity)
    tally.size("panel: linear trend, wave as the unit", "trend", line.by_wave, truth=0.0)
    shape = inf.trend_shape(shares)
    tally.size("panel: linear trend through waves (GLS)", "trend_shape", shape.slope, truth=0.0)
    tally.size("panel: departure from a line, waves", "trend_shape", shape.departures[0])
    bends = inf.joinpoint(shares).tests
    tally.size("panel: joinpoint, largest t, 5 waves", "joinpoint", bends[0] if bends else None)
    kitagawa = inf.decompose_change(design, "approve", "young", on="year", answers=[1])
    for part in ("composition", "rate"):
        tally.size(f"panel: Kitagawa, {part}", "decompose_change", kitagawa.part(part), truth=0.0)
