"""Chi-square tests of tables: identities, invariances, edges."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.inference import ChiSquareTests
from random_samples import design_of, random_sample

quick = settings(max_examples=20, deadline=None)
seeds = st.integers(0, 10_000)


def table_frame(counts: list[list[int]]) -> pd.DataFrame:
    rows = [(r, c) for r, row in enumerate(counts) for c, n in enumerate(row) for _ in range(n)]
    return pd.DataFrame(rows, columns=["a", "b"])


def test_simple_random_sampling_gives_pearsons_test_but_for_one_degree() -> None:
    counts = [[20, 15, 9], [12, 30, 14]]
    frame = table_frame(counts)
    test = eg.chi_square(eg.Design(frame), "a", "b")
    plain = stats.chi2_contingency(np.array(counts), correction=False)
    n, q = len(frame), 2
    # Each weight is n/(n - 1): the design's covariance divides by n - 1 where the multinomial's divides by n.
    assert test.pearson == pytest.approx(plain.statistic)
    assert test.statistic == pytest.approx(plain.statistic / (q * n / (n - 1)))
    assert test.df == pytest.approx((q, q * (n - 1)))
    first = eg.chi_square(eg.Design(frame), "a", "b", statistic="Chisq")
    assert first.statistic == pytest.approx(plain.statistic * (n - 1) / n)
    assert first.p_value == pytest.approx(stats.chi2.sf(first.statistic, 2))
    pd.testing.assert_frame_equal(
        test.expected, pd.DataFrame(plain.expected_freq), check_names=False, check_column_type=False
    )
    exact = eg.chi_square(eg.Design(frame), "a", "b", statistic="lincom", denominator="none")
    assert exact.p_value == pytest.approx(first.p_value, rel=1e-9)
    assert exact.weights == pytest.approx([n / (n - 1)] * 2)


@quick
@given(seeds)
def test_two_by_two_is_the_squared_t_of_the_log_odds_ratio_but_for_known_factors(seed: int) -> None:
    frame = random_sample(seed).assign(high=lambda d: (d.q > 2).astype(float).where(d.q.notna()))
    design = design_of(frame)
    table = eg.crosstab(design, "high", "group").shares("total")
    if (table.estimate <= 0).any():
        return
    p = table.estimate
    sign = np.array([1.0, -1, -1, 1])
    log_odds = sign @ np.log(p)
    t2 = log_odds**2 / ((sign / p) @ table.cov @ (sign / p))
    grid = p.reshape(2, 2)
    expected = np.outer(grid.sum(axis=1), grid.sum(axis=0)).ravel()
    gap2 = ((p - expected) ** 2)[0]
    test = eg.chi_square(design, "high", "group")
    factor = gap2 * (1 / expected).sum() * (1 / p).sum() / log_odds**2
    assert test.statistic == pytest.approx(t2 * factor)
    assert test.df[0] == pytest.approx(1)
    assert 0.2 < factor < 5  # 1 where the items are independent


@quick
@given(seeds, st.sampled_from(["F", "Chisq", "Wald", "adjWald", "lincom", "saddlepoint"]))
def test_rows_turn_to_columns_and_order_and_scale_do_not_matter(seed: int, statistic: str) -> None:
    frame = random_sample(seed, least=4)
    mixed = frame.sample(frac=1, random_state=seed).assign(
        w=lambda d: d.w * 0.003, z=lambda d: d.z.map({"u": "C", "v": "A", "w": "B"})
    )
    test = eg.chi_square(design_of(frame), "q", "z", statistic=statistic)
    for design, rows, columns in ((design_of(frame), "z", "q"), (design_of(mixed), "q", "z")):
        other = eg.chi_square(design, rows, columns, statistic=statistic)
        if np.isnan(test.p_value):
            assert other.notes == test.notes
            continue
        if rows == "q" or statistic not in ("F", "Chisq", "lincom", "saddlepoint"):
            assert other.statistic == pytest.approx(test.statistic, rel=1e-6)
            assert other.p_value == pytest.approx(test.p_value, rel=1e-5, abs=1e-12)
        elif frame.q.notna().all():
            assert other.p_value == pytest.approx(test.p_value, rel=1e-5, abs=1e-12)


@quick
@given(seeds)
def test_splitting_each_respondent_in_two_of_half_the_weight_changes_nothing(seed: int) -> None:
    frame = random_sample(seed)
    double = pd.concat([frame, frame]).assign(w=lambda d: d.w / 2)
    for statistic in ("F", "adjWald"):
        a, b = (eg.chi_square(design_of(each), "q", "group", statistic=statistic) for each in (frame, double))
        assert b.statistic == pytest.approx(a.statistic, rel=1e-7, nan_ok=True)
        assert b.df == pytest.approx(a.df)


@quick
@given(seeds)
def test_the_wald_test_is_that_of_the_column_differences_where_columns_are_strata(seed: int) -> None:
    """Shares by wave are uncorrelated between waves; for two answers and two waves both look at one number."""
    frame = random_sample(seed).assign(high=lambda d: (d.q > 2).astype(float).where(d.q.notna()))
    design = design_of(frame)
    test = eg.chi_square(design, "high", "wave", statistic="Wald")
    table = eg.crosstab(design, "high", "wave").counts
    people = table.estimate.reshape(2, 2)
    row, column, total = people.sum(axis=1), people.sum(axis=0), people.sum()
    gap = people[1, 1] - row[1] * column[1] / total
    slope = np.array([[1.0 if (i, j) == (1, 1) else 0.0 for j in range(2)] for i in range(2)])
    for i in range(2):
        for j in range(2):
            slope[i, j] += -(i == 1) * column[1] / total - (j == 1) * row[1] / total
            slope[i, j] += row[1] * column[1] / total**2
    assert test.statistic == pytest.approx(gap**2 / (slope.ravel() @ table.cov @ slope.ravel()), rel=1e-6)


def test_many_items_share_a_family() -> None:
    design = design_of(random_sample(3))
    family = eg.chi_square(design, ["q", "z"], "wave", adjust="bonferroni")
    assert isinstance(family, ChiSquareTests)
    assert len(family) == 2
    for test, item in zip(family, ["q", "z"], strict=True):
        alone = eg.chi_square(design, item, "wave")
        assert test.statistic == alone.statistic
        assert test.p_adjusted == pytest.approx(min(1, 2 * alone.p_value))
    assert family.to_frame()["item"].tolist() == ["q", "z"]
    assert family[0].adjust == "bonferroni"


def test_cramers_v_lies_in_its_interval_and_grows_with_association() -> None:
    rng = np.random.default_rng(0)
    b = rng.integers(0, 3, 600)
    values = []
    for strength in (0, 0.3, 0.9):
        a = np.where(rng.random(600) < strength, b, rng.integers(0, 3, 600))
        test = eg.chi_square(eg.Design(pd.DataFrame({"a": a, "b": b})), "a", "b")
        assert 0 <= test.effect.conf_low <= test.effect.estimate <= test.effect.conf_high <= 1
        assert test.effect.estimate <= test.others[0].estimate
        values.append(test.effect.estimate)
    assert values[0] < 0.1 < values[1] < values[2]


def test_a_domain_counts_as_its_own_sample_in_all_but_its_psus() -> None:
    frame = random_sample(9, least=3)
    inside = eg.chi_square(design_of(frame), "q", "group", where="wave == 2020")
    own = eg.chi_square(design_of(frame[frame.wave == 2020]), "q", "group")  # a wave has its own strata
    assert inside.statistic == pytest.approx(own.statistic)
    assert inside.df == pytest.approx(own.df)
    assert inside.pearson == pytest.approx(own.pearson)


def test_replicate_designs_agree_with_linearised_ones_nearly() -> None:
    design = design_of(random_sample(13, least=5))
    a, b = (eg.chi_square(each, "z", "group") for each in (design, eg.jackknife(design)))
    assert a.pearson == pytest.approx(b.pearson)
    assert a.statistic == pytest.approx(b.statistic, rel=0.2)


def test_an_empty_cell_is_no_trouble_for_f() -> None:
    frame = table_frame([[10, 0, 5], [4, 12, 9]])
    test = eg.chi_square(eg.Design(frame), "a", "b")
    assert 0 < test.p_value < 0.05
    assert test.observed.to_numpy()[0, 1] == pytest.approx(0)


def test_empty_rows_and_columns_are_left_out() -> None:
    frame = table_frame([[10, 6, 0], [4, 12, 0], [0, 0, 3]])
    test = eg.chi_square(eg.Design(frame), "a", "b", where="a < 2")
    assert test.shares.shape == (2, 2)
    assert (test.rows, test.columns) == ((0, 1), (0, 1))


ONE = pd.DataFrame({"a": [1, 1, 1, 1], "b": [1, 2, 1, 2], "h": [1, 1, 2, 2], "p": [1, 2, 3, 4]})


@pytest.mark.parametrize(
    ("frame", "design", "statistic", "note"),
    [
        (ONE, {}, "F", "everyone in the table has the same answer to a, so there is nothing to compare"),
        (ONE.assign(a=np.nan), {}, "F", "nobody answered both a and b"),
        (
            ONE.assign(a=[1, 2, 2, 1]),
            {"stratum": "p", "psu": "p", "lonely_psu": "remove"},
            "F",
            "no degrees of freedom: 0 PSUs more than strata",
        ),
        (
            pd.DataFrame({"a": [1, 2, 3] * 6, "b": [1, 1, 1, 2, 2, 2, 3, 3, 3] * 2, "p": [0, 1, 2] * 6}),
            {"psu": "p"},
            "adjWald",
            "4 comparisons are too many for 2 degrees of freedom; statistic='F' needs fewer",
        ),
        (
            pd.DataFrame({"a": [1, 2, 1, 2] * 3, "b": [1, 1, 2, 2] * 3, "p": np.repeat([0, 1, 2], 4)}),
            {"psu": "p"},
            "F",
            "no variance: the PSUs of each stratum have the same table",
        ),
    ],
)
def test_what_the_data_cannot_answer(
    frame: pd.DataFrame, design: dict[str, object], statistic: str, note: str
) -> None:
    test = eg.chi_square(eg.Design(frame, **design), "a", "b", statistic=statistic)  # type: ignore[arg-type]
    assert np.isnan(test.p_value)
    assert np.isnan(test.statistic)
    assert test.notes == (note,)


def test_rs_own_scaling_says_what_it_is() -> None:
    design = design_of(random_sample(3, least=5))
    odd, wald = (eg.chi_square(design, "group", "z", statistic=name) for name in ("wls-score", "Wald"))
    assert odd.statistic == pytest.approx(wald.statistic * 2 / 4)
    assert odd.notes[0].startswith("R divides the quadratic form by the squared number of rows")


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        ({"statistic": "G"}, "there is no statistic 'G'."),
        ({"denominator": "df"}, "there is no denominator 'df'."),
        ({"adjust": "sidak"}, "there is no adjustment 'sidak'."),
        ({"columns": "q"}, "an item cannot be crossed with itself ('q'). Name two columns."),
    ],
)
def test_what_is_refused(ask: dict[str, object], message: str) -> None:
    with pytest.raises(EstimateError) as error:
        eg.chi_square(design_of(random_sample(1)), "q", **({"columns": "z"} | ask))  # type: ignore[arg-type]
    assert str(error.value).startswith(message)
