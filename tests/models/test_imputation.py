"""Rubin's rules: by hand, with Barnard and Rubin's degrees of freedom, and at the edges."""

from __future__ import annotations

import numpy as np
import pytest

import egovstats as eg
from egovstats.errors import EstimateError


@pytest.fixture(scope="module")
def completed(sample: eg.Design) -> list[eg.Design]:
    designs = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        frame = sample.frame
        hole = frame.index % 4 == 0
        filled = np.where(hole, rng.permutation(frame.score.to_numpy()), frame.score)
        designs.append(eg.Design(frame.assign(score=filled), weight="w", stratum="stratum", psu="psu"))
    return designs


def test_rules_by_hand(completed: list[eg.Design]) -> None:
    parts = [eg.mean(design, "score") for design in completed]
    found = eg.combine_imputations(parts)
    q = np.array([part.estimate[0] for part in parts])
    within, between = np.mean([part.variance[0] for part in parts]), q.var(ddof=1)
    total = within + 1.2 * between
    assert found.estimate[0] == pytest.approx(q.mean())
    assert found.std_error[0] == pytest.approx(np.sqrt(total))
    share = 1.2 * between / total
    complete = parts[0].df[0]
    observed = (complete + 1) / (complete + 3) * complete * (1 - share)
    assert found.df[0] == pytest.approx(1 / (share**2 / 4 + 1 / observed))
    assert found.df[0] < complete
    assert found.missing_information[0] == pytest.approx(share)
    assert found.to_frame()["missing_information"][0] == pytest.approx(share)
    assert found.notes[-1] == "combined from 5 imputed data sets"


def test_nothing_missing_changes_nothing(sample: eg.Design) -> None:
    one = eg.mean(sample, "score", by="region")
    found = eg.combine_imputations([one, one, one])
    np.testing.assert_allclose(found.estimate, one.estimate)
    np.testing.assert_allclose(found.cov, one.cov)
    df = one.df * (one.df + 1) / (one.df + 3)  # Barnard and Rubin's observed-data degrees of freedom
    np.testing.assert_allclose(found.df, df)
    assert (found.missing_information < 1e-20).all()


def test_models_are_combined_and_tested(completed: list[eg.Design]) -> None:
    fits = [eg.glm(design, "score ~ age + region") for design in completed]
    found = eg.combine_imputations(fits)
    assert found.keys["term"].tolist() == list(fits[0].names)
    assert found.statistic == "coefficient"
    test = eg.wald_test(found.select([2, 3]))
    assert test.df == (2.0, found.df[[2, 3]].max())
    gap = eg.contrast(found, {"gap": {"region[T.west]": 1, "region[T.north]": -1}})
    assert gap.estimate[0] == pytest.approx(found.estimate[3] - found.estimate[2])


def test_shares_keep_their_intervals(completed: list[eg.Design]) -> None:
    found = eg.combine_imputations([eg.proportion(design, "party", by="region") for design in completed])
    low, high = found.conf_int()
    assert (low > 0).all()
    assert (high < 1).all()
    assert found.interval == "logit"


def test_results_that_cannot_be_combined(sample: eg.Design) -> None:
    one = eg.mean(sample, "score")
    with pytest.raises(EstimateError, match=r"from two data sets or more, got 1. Impute more often"):
        eg.combine_imputations([one])
    with pytest.raises(EstimateError, match=r"not of the same estimates: 1 of mean and 3 of mean"):
        eg.combine_imputations([one, eg.mean(sample, "score", by="region")])
    with pytest.raises(EstimateError, match=r"from Estimates or fitted models, got float"):
        eg.combine_imputations([1.0, 2.0])
