"""Size of the tests of scales, and coverage of alpha's interval, in clustered and weighted samples.

    python benchmarks/simulate_scales.py [--draws 400]

Two groups of 4 strata, 10 PSUs each and 8 respondents a PSU; four items of one factor with the same
loadings in both groups, a fifth of the factor's variance and a tenth of each item's own lying between PSUs;
log-normal weights. Every null hypothesis is true. Prints the share of draws in which each test rejects at
5 per cent, and in which the interval of alpha misses.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd
from scipy import special

import egovstats as eg

ITEMS = ["a", "b", "c", "d"]
LOADINGS = np.array([0.6, 0.7, 0.5, 0.8])
MODEL = "trust =~ a + b + c + d"
GROUPS, STRATA, PSUS, EACH = 2, 4, 10, 8


def draw(rng: np.random.Generator) -> pd.DataFrame:
    """One sample: items of variance 1 whose correlations are products of the loadings."""
    units = GROUPS * STRATA * PSUS
    psu = np.repeat(np.arange(units), EACH)
    n = len(psu)
    factor = np.sqrt(0.8) * rng.normal(size=n) + np.sqrt(0.2) * rng.normal(size=units)[psu]
    own = np.sqrt(0.9) * rng.normal(size=(n, 4)) + np.sqrt(0.1) * rng.normal(size=(units, 4))[psu]
    values = factor[:, None] * LOADINGS + own * np.sqrt(1 - LOADINGS**2)
    design = {"group": psu // (STRATA * PSUS), "stratum": psu // PSUS, "psu": psu}
    return pd.DataFrame(values, columns=ITEMS).assign(**design, w=np.exp(0.4 * rng.normal(size=n)))


def outcomes(frame: pd.DataFrame) -> dict[str, bool]:
    """Which tests reject in one sample."""
    design = eg.Design(frame, weight="w", stratum="stratum", psu="psu")
    fitted = eg.cfa(design, MODEL)
    steps = eg.invariance(design, MODEL, "group", steps=("configural", "metric", "scalar"))
    cut = frame.assign(**{name: np.digitize(frame[name], [-1, 0, 1]) for name in ITEMS})
    ordered = eg.ordered_cfa(eg.Design(cut, weight="w", stratum="stratum", psu="psu"), MODEL)
    cov = np.outer(LOADINGS, LOADINGS)
    np.fill_diagonal(cov, 1)
    true = 4 / 3 * (1 - 4 / cov.sum())
    found = eg.alpha(design, ITEMS).to_frame().iloc[0]
    return {
        "confirmatory model": fitted.test.p_value < 0.05,
        "the same, as if a simple random sample": special.chdtrc(2, fitted.chi_square) < 0.05,
        "metric invariance": steps.tests[0].p_value < 0.05,
        "scalar invariance": steps.tests[1].p_value < 0.05,
        "ordered confirmatory model": ordered.test.p_value < 0.05,
        "alpha outside its interval": not found["conf_low"] < true < found["conf_high"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=400)
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args()
    rng = np.random.default_rng(args.seed)
    found = pd.DataFrame([outcomes(draw(rng)) for _ in range(args.draws)])
    for name, share in found.mean().items():
        print(f"{name:42s} {share:.3f}")


if __name__ == "__main__":
    main()
