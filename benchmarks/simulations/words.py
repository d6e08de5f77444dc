"""The sentences of the page."""

from __future__ import annotations

GUIDE = """Does a test at 5 per cent reject 5 times in 100 where there is nothing to find, and does a 95 per
cent interval hold the truth 95 times in 100? Under simple random sampling textbooks have proofs; under
strata, clusters and unequal weights the degrees of freedom are few, and it has to be seen. This page is
written by one command,

    python benchmarks/simulate_trend.py --draws 2000

which draws samples from made-up populations whose truths are known (nothing here is about real people),
asks the public functions their questions, and counts. Draws are kept, so the command can be stopped and
taken up again.

**The samples.** Five waves (nine where it says so, two for families of items) of four strata that differ in
level and size; {most} PSUs a stratum and wave, and for comparison {fewer}; 8 to 12 respondents a PSU, so
about 1,600 people with {most} PSUs; intraclass correlation 0.08 of the latent answer; log-normal weights
(standard deviation 0.3) within strata, times the stratum's population over its sample. In a panel the PSUs
are the same in every wave.

**How to read it.** Each cell has the per cent of draws, its Monte Carlo standard error, and how many draws
were made. ▲ and ▼ mark what lies above or below its limits (4 to 6 per cent for sizes, 93.5 to 96.5 for
coverage) by more than 1.96 of these errors: what is not marked may still be a little off. *Untold* draws
had no answer, with a reason in the result. A test that keeps to a family promises at most 5 per cent, an
interval of bounds at least 95: these are marked on their unsafe side only. `multiverse` makes the tests of
`trend` many times over and claims no size for their share. Tests of printed shares and of samples without a
design are textbook ones and are not here. In the chart a dot is a test, the band its limits; dots at the
top stand for 16 per cent and more. Seed {seed}; each draw has random numbers of its own, whatever else is
run."""

_PRODUCT = "a product of two estimates that may both be small: cautious"

ADVICE = {
    (
        "size",
        "high",
    ): "too few PSUs for the degrees of freedom that are assumed: read p between 0.01 and 0.05 as open",
    ("size", "low"): "cautious: it finds less than it could, and what it finds stands",
    ("coverage", "high"): "wider than needed; what it excludes stands",
    ("coverage", "low"): "too narrow with so few PSUs; take `conf_level=0.99` as a cautious 95 % interval",
}
"""What is said where nothing more is known of a test, by kind and side."""

REASONS = (
    (
        "scattered waves: trend, respondents",
        "unsafe",
        "waves scatter by more than sampling error, which this test does not know: that is what the wave as "
        "the unit (`Trend.by_wave`) is for",
    ),
    ("not adjusted", "unsafe", "ten comparisons, each at 5 %: this is what adjusting is for"),
    (
        "BIC",
        "unsafe",
        "a criterion, no test: it promises no size, and finds a joinpoint this often where none is",
    ),
    (
        "Wald",
        "unsafe",
        "a covariance of several numbers, from few PSUs; for tables take `chi_square`'s F, for slopes the "
        "likelihood ratio",
    ),
    ("kruskal-wallis", "unsafe", "a covariance of several waves, each from few PSUs; take `chi_square`'s F"),
    (
        "(GLS)",
        "unsafe",
        "waves are weighted by variances from few PSUs, which the correction makes up for in part; `trend` "
        "weights respondents",
    ),
    (
        "standardised trend",
        "unsafe",
        "the line weights waves by variances from few PSUs; compare the first and the last wave",
    ),
    (
        "panel: any of 10 pairs",
        "unsafe",
        "correlations of waves, estimated on very few degrees of freedom; take Holm's adjustment",
    ),
    (
        "Cramer's V",
        "unsafe",
        "its interval takes the design effects of all cells as one number that is known",
    ),
    (
        "year of the joinpoint",
        "unsafe",
        "the year enters in no straight way, and waves are few for that; take `conf_level=0.99` as a "
        "cautious 95 % interval",
    ),
    ("Kitagawa: composition", "safe", _PRODUCT),
    ("what standardising does", "safe", _PRODUCT),
    ("Blinder: explained", "safe", _PRODUCT),
    ("Firebaugh: replacement", "safe", _PRODUCT),
    (
        "equivalence",
        "safe",
        "too few PSUs to show equivalence at this margin at all: a wider one, or a larger sample",
    ),
    ("turning point", "safe", "given only where the curve is clear"),
    ("slope before the joinpoint", "safe", "counts only draws in which a joinpoint is found"),
)
"""A part of a test's name, the side of the limits it is on, and what is said; the first that fits."""
