"""Replicate weights: exact where they must be, refused where they cannot be made."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import egovstats as eg
from egovstats.errors import DesignError
from egovstats.variance.ranks import rank_by_rows
from egovstats.variance.replicates import hadamard


@pytest.fixture
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    n = 96
    return pd.DataFrame(
        {
            "psu": (np.arange(n) // 6) % 4,  # codes start again in each stratum
            "stratum": np.arange(n) // 24,
            "w": rng.lognormal(0, 0.5, n),
            "y": rng.normal(5, 2, n),
            "g": rng.choice(["a", "b"], n),
        }
    )


@pytest.fixture
def design(frame: pd.DataFrame) -> eg.Design:
    return eg.Design(frame, weight="w", stratum="stratum", psu="psu", nest=True)


def test_replicates_give_linear_statistics_exactly(design: eg.Design) -> None:
    linear = eg.total(design, "y", by="g")
    for made in (eg.jackknife(design), eg.jackknife(design, mse=True)):
        np.testing.assert_allclose(eg.total(made, "y", by="g").cov, linear.cov, rtol=1e-9)


def test_balanced_half_samples_of_pairs_are_exact_on_totals(frame: pd.DataFrame) -> None:
    pairs = frame.assign(stratum=frame.stratum * 2 + (frame.psu > 1))
    design = eg.Design(pairs, weight="w", stratum="stratum", psu="psu", nest=True)
    linear = eg.total(design, "y").variance
    np.testing.assert_allclose(eg.total(eg.brr(design), "y").variance, linear)
    np.testing.assert_allclose(eg.total(eg.brr(design, fay=0.3), "y").variance, linear)


def test_bootstrap_is_near_and_repeats(design: eg.Design) -> None:
    linear = eg.mean(design, "y").std_error[0]
    a = eg.mean(eg.bootstrap(design, draws=800, rng=np.random.default_rng(1)), "y").std_error[0]
    b = eg.mean(eg.bootstrap(design, draws=800, rng=np.random.default_rng(1)), "y").std_error[0]
    assert a == b
    assert a == pytest.approx(linear, rel=0.15)


def test_any_statistic_by_replicates(design: eg.Design) -> None:
    made = eg.jackknife(design)
    y = design.frame["y"].to_numpy()
    estimate, covariance = made.replicated(lambda w: np.array([w @ y / w.sum()]))
    mean = eg.mean(made, "y")
    assert estimate[0] == pytest.approx(mean.estimate[0])
    assert covariance.variance[0] == pytest.approx(mean.variance[0])


def test_given_replicates_equal_made_ones(design: eg.Design) -> None:
    made = eg.jackknife(design)
    columns = {f"r{at}": weight for at, weight in enumerate(made.replicate_weights())}
    frame = design.frame.assign(**columns)
    given = eg.ReplicateDesign(
        frame, weight="w", replicates=list(columns), method="JKn", rscales=made.scheme.rscales.tolist()
    )
    np.testing.assert_allclose(
        eg.proportion(given, "g", by="stratum").cov, eg.proportion(made, "g", by="stratum").cov, atol=1e-15
    )
    assert given.df == made.df == 12  # PSUs less strata


@pytest.mark.parametrize("least", [1, 2, 3, 4, 9, 13, 21, 29, 37, 53, 93])
def test_hadamard_matrices_are_orthogonal(least: int) -> None:
    H = hadamard(least)
    assert len(H) >= least
    np.testing.assert_array_equal(H.T @ H, len(H) * np.eye(len(H)))
    assert len(H) <= 2 * least + 4


def test_what_cannot_be_made_is_refused(design: eg.Design, frame: pd.DataFrame) -> None:
    odd = eg.Design(frame[frame.psu > 0], weight="w", stratum="stratum", psu="psu", nest=True)
    with pytest.raises(
        DesignError, match=r"an even number of PSUs in each stratum; 4 strata have an odd one"
    ):
        eg.brr(odd)
    lonely = eg.Design(
        frame[(frame.stratum > 0) | (frame.psu == 0)],
        weight="w",
        stratum="stratum",
        psu="psu",
        nest=True,
        lonely_psu="adjust",
    )
    for make in (eg.jackknife, lambda d: eg.bootstrap(d, rng=np.random.default_rng(0))):
        with pytest.raises(DesignError, match=r"1 strata have one PSU, which cannot be"):
            make(lonely)
    with pytest.raises(DesignError, match="has replicate weights already"):
        eg.jackknife(eg.jackknife(design))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"method": "BBR"}, "there is no replicate method 'BBR'. Did you mean 'BRR'"),
        ({"method": "Fay"}, "Fay's method needs fay between 0 and 1"),
        ({"method": "JKn"}, "JKn needs rscales"),
        ({"method": "other"}, "method 'other' has no usual scale"),
        ({"method": "BRR", "replicates": ["w"]}, "at least two replicate weights, got \\['w'\\]"),
        (
            {"method": "BRR", "replicates": ["w", "hole"]},
            "replicate weight is missing for 1 of",
        ),
    ],
)
def test_replicates_that_cannot_be(frame: pd.DataFrame, changed: dict, message: str) -> None:
    frame = frame.assign(v=frame.w * 1.1, hole=frame.w.where(frame.index > 0))
    with pytest.raises(DesignError, match=message):
        eg.ReplicateDesign(frame, **({"weight": "w", "replicates": ["w", "v"]} | changed))


def test_unequal_probabilities(frame: pd.DataFrame) -> None:
    sample = pd.DataFrame({"p": [0.5, 0.4, 0.2, 1.0], "y": [3.0, 5.0, 2.0, 9.0]})
    design = eg.Design(sample, inclusion_probability="p")
    assert eg.total(design, "y").estimate[0] == pytest.approx(3 / 0.5 + 5 / 0.4 + 2 / 0.2 + 9)
    independent = np.outer(sample.p, sample.p)
    np.fill_diagonal(independent, sample.p)
    poisson = eg.Design(sample, inclusion_probability="p", pps=independent)
    # Drawn independently of one another: variance is sum of (1 - p) (y/p) squared.
    assert eg.total(poisson, "y").variance[0] == pytest.approx(
        ((1 - sample.p) * (sample.y / sample.p) ** 2).sum()
    )
    with pytest.raises(DesignError, match=r"pps cannot be 'overtone'\. Did you mean 'overton'"):
        eg.Design(sample, inclusion_probability="p", pps="overtone")
    with pytest.raises(DesignError, match="only 'hartley-rao' takes a number beside it"):
        eg.Design(sample, inclusion_probability="p", pps=("overton", 0.3))
    with pytest.raises(DesignError, match="joint probabilities have shape"):
        eg.Design(sample, inclusion_probability="p", pps=np.eye(3))
    with pytest.raises(DesignError, match="1 inclusion probabilities in 'p' are not above 0"):
        eg.Design(sample.assign(p=[0.5, 0.4, 0.0, 1.0]), inclusion_probability="p")


def test_a_domain_has_the_degrees_of_freedom_of_its_own_replicates(frame: pd.DataFrame) -> None:
    """Whether it is split off by `by` or by `where`, and as the rank of its rows says."""
    waves = frame.assign(wave=frame.stratum)  # each wave has one stratum of four PSUs
    design = eg.Design(waves, weight="w", stratum="stratum", psu="psu", nest=True)
    given = waves.assign(
        **{f"r{at}": each for at, each in enumerate(eg.jackknife(design).replicate_weights())}
    )
    columns = [name for name in given if name.startswith("r")]
    read = eg.ReplicateDesign(given, weight="w", replicates=columns, method="JKn", rscales=[0.75] * 16)
    for made in (eg.jackknife(design), read):
        by = eg.mean(made, "y", by="wave")
        assert by.df.tolist() == [3.0] * 4  # four PSUs, whose replicates have rank 4
        assert [eg.mean(made, "y", where=f"wave == {wave}").df[0] for wave in range(4)] == [3.0] * 4
        matrix = np.stack(list(made.replicate_weights()))[:, waves.wave < 2]
        assert by.df_of(np.array([0, 1])) == np.linalg.matrix_rank(matrix) - 1 == 6
        assert by.df_of(np.arange(4)) == by.design_df == 12
        assert eg.change(by, on="wave")[0].df[0] == 6


def test_ranks_are_found_from_few_rows_or_from_all() -> None:
    rng = np.random.default_rng(8)
    base = rng.exponential(size=(5, 900))
    weights = np.vstack([base, base[0] + 2 * base[3]])
    for rows in (3, 20, 900):
        assert rank_by_rows(lambda part, rows=rows: weights[:, :rows][:, part], rows, 6) == min(rows, 5)
    late = np.zeros((4, 900))  # all but one replicate differ in the last row only
    late[:, :-1], late[:, -1] = base[0, :-1], [1, 2, 3, 4]
    assert rank_by_rows(lambda part: late[:, part], 900, 4) == 2


@pytest.mark.parametrize("rule", ["brewer", "overton", "hartley-rao"])
@pytest.mark.parametrize("kind", ["HT", "YG"])
def test_approximate_probabilities_are_exact_where_all_are_equal(
    frame: pd.DataFrame, rule: str, kind: str
) -> None:
    """PSUs drawn with one probability a stratum are a simple random sample in it."""
    psus = frame.groupby(["stratum", "psu"], as_index=False)["y"].sum()
    psus["size"] = psus["stratum"].map({0: 10, 1: 40, 2: 7, 3: 4})  # the last stratum is taken whole
    psus["p"] = 4 / psus["size"]
    equal = eg.Design(psus, stratum="stratum", population_size="size")
    unequal = eg.Design(psus, stratum="stratum", inclusion_probability="p", pps=rule, pps_variance=kind)
    for statistic in (lambda d: eg.total(d, "y", by="stratum"), lambda d: eg.mean(d, "y")):
        np.testing.assert_allclose(statistic(unequal).cov, statistic(equal).cov, rtol=1e-9, atol=1e-9)
