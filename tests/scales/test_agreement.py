"""Agreement of raters: identities, published numbers, errors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import egovstats as eg


@pytest.fixture(scope="module")
def ratings() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    truth = rng.integers(1, 4, 150)
    return pd.DataFrame(
        {name: np.where(rng.random(150) < 0.7, truth, rng.integers(1, 4, 150)) for name in ("r1", "r2", "r3")}
    )


def test_design_and_large_sample_errors_agree_on_a_simple_sample(ratings: pd.DataFrame) -> None:
    table = pd.crosstab(ratings["r1"], ratings["r2"])
    for weights in ("none", "linear", "quadratic"):
        ours = eg.cohen_kappa(eg.Design(ratings), "r1", "r2", weights=weights)
        theirs = eg.kappa_of_table(table, weights=weights)
        assert ours.estimate[0] == pytest.approx(theirs.estimate, rel=1e-12)
        # The design has n - 1 where Fleiss, Cohen and Everitt have n.
        assert ours.std_error[0] == pytest.approx(theirs.std_error * np.sqrt(150 / 149), rel=1e-10)


def test_two_raters_of_fleiss_agree_in_full() -> None:
    same = pd.DataFrame({"x": [1, 2, 3, 1], "y": [1, 2, 3, 1]})
    found = eg.fleiss_kappa(same)
    assert found.effect is not None
    assert found.effect.estimate == pytest.approx(1)
    assert eg.krippendorff_alpha(same).alpha == pytest.approx(1)


def test_nominal_alpha_nears_fleiss(ratings: pd.DataFrame) -> None:
    fleiss = eg.fleiss_kappa(ratings)
    assert fleiss.effect is not None
    # Krippendorff's alpha is Fleiss's kappa but for 1 over the number of ratings.
    expected = 1 - (1 - fleiss.effect.estimate) * (450 - 1) / 450
    assert eg.krippendorff_alpha(ratings).alpha == pytest.approx(expected, rel=1e-12)


def test_missing_ratings_and_words() -> None:
    words = pd.DataFrame({"x": ["yes", "no", None, "yes"], "y": ["yes", "no", "no", None]})
    assert eg.krippendorff_alpha(words).n_pairable == 4
    with pytest.raises(eg.EstimateError, match="needs numbers"):
        eg.krippendorff_alpha(words, level="interval")
    with pytest.raises(eg.EstimateError, match="krippendorff_alpha"):
        eg.fleiss_kappa(words.iloc[[2, 3]])


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([[1, 2, 3]], "square table"),
        ([[5, 0], [0, 0]], "in one category"),
        ([[1, -1], [0, 1]], "square table"),
    ],
)
def test_tables_that_cannot_be(table: list, message: str) -> None:
    with pytest.raises(eg.EstimateError, match=message):
        eg.kappa_of_table(table)


def test_categories_that_are_not_listed(ratings: pd.DataFrame) -> None:
    with pytest.raises(eg.EstimateError, match="is not among"):
        eg.cohen_kappa(eg.Design(ratings), "r1", "r2", categories=[1, 2])
    with pytest.raises(eg.EstimateError, match="there is no column 'R2'"):
        eg.cohen_kappa(eg.Design(ratings), "r1", "R2")


def test_intraclass_correlations_need_numbers() -> None:
    with pytest.raises(eg.EstimateError, match="needs numbers"):
        eg.icc(pd.DataFrame({"x": ["a", "b"], "y": ["b", "a"]}))
    with pytest.raises(eg.EstimateError, match="complete unit"):
        eg.icc(pd.DataFrame({"x": [1, None], "y": [2, 3]}))
