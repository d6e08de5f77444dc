"""Designs that can't be, and what the message says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import egovstats as eg
from egovstats.errors import DesignError, EstimateError


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "weight": [1.0, 2.0, 1.0, 2.0, 1.0, 1.0],
            "stratum": ["a", "a", "a", "b", "b", "b"],
            "psu": [1, 1, 2, 3, 4, 4],
            "size": [10.0] * 6,
            "y": [1.0, 2.0, 3.0, 4.0, 5.0, np.nan],
            "word": ["yes", "no", None, "yes", "no", "no"],
        }
    )


def test_missing_column_names_the_near_one(frame: pd.DataFrame) -> None:
    with pytest.raises(
        EstimateError, match=r"there is no column 'wieght' for the weight. Did you mean 'weight'\?"
    ):
        eg.Design(frame, weight="wieght")


@pytest.mark.parametrize(("value", "word"), [(np.nan, "missing"), (-1.0, "negative"), (np.inf, "infinite")])
def test_weights_that_cannot_be(frame: pd.DataFrame, value: float, word: str) -> None:
    frame.loc[2, "weight"] = value
    with pytest.raises(DesignError, match=f"1 of 6 weights in 'weight' are {word}"):
        eg.Design(frame, weight="weight")


def test_all_weights_zero(frame: pd.DataFrame) -> None:
    with pytest.raises(DesignError, match="no weight in 'weight' is above 0"):
        eg.Design(frame.assign(weight=0.0), weight="weight")


def test_a_psu_in_two_strata_is_named(frame: pd.DataFrame) -> None:
    frame.loc[3, "psu"] = 1
    with pytest.raises(DesignError, match=r"PSU '1' lies in more than one stratum \('a' and 'b'; 1 in all\)"):
        eg.Design(frame, stratum="stratum", psu="psu")
    nested = eg.Design(frame, stratum="stratum", psu="psu", nest=True)
    assert nested.df == 2


def test_lonely_psus_are_listed_with_the_ways_out(frame: pd.DataFrame) -> None:
    frame.loc[[3, 4, 5], "psu"] = 9
    with pytest.raises(DesignError, match=r"1 stratum has one PSU only.*: 'b'. Merge.*lonely_psu='adjust'"):
        eg.Design(frame, stratum="stratum", psu="psu")
    assert eg.mean(eg.Design(frame, stratum="stratum", psu="psu", lonely_psu="adjust"), "y").std_error[0] > 0


def test_unknown_policy(frame: pd.DataFrame) -> None:
    with pytest.raises(DesignError, match=r"lonely_psu cannot be 'ajust'. Did you mean 'adjust'"):
        eg.Design(frame, lonely_psu="ajust")


def test_population_below_sample(frame: pd.DataFrame) -> None:
    with pytest.raises(DesignError, match="stratum 'a' has 2 sampled units but a population size of 1"):
        eg.Design(frame.assign(size=1.0), stratum="stratum", psu="psu", population_size="size")


def test_population_that_varies_in_a_stratum(frame: pd.DataFrame) -> None:
    frame.loc[0, "size"] = 11
    with pytest.raises(DesignError, match="not the same within stratum 'a'"):
        eg.Design(frame, stratum="stratum", psu="psu", population_size="size")


def test_fractions_given_as_sizes(frame: pd.DataFrame) -> None:
    with pytest.raises(DesignError, match="6 population sizes in 'size' are below 1"):
        eg.Design(frame.assign(size=0.2), stratum="stratum", psu="psu", population_size="size")
    with pytest.raises(DesignError, match="not above 0 and at most 1"):
        eg.Design(frame, stratum="stratum", psu="psu", sampling_fraction="size")


def test_missing_stratum_label(frame: pd.DataFrame) -> None:
    frame.loc[1, "stratum"] = None
    with pytest.raises(DesignError, match="1 of 6 respondents have no stratum in 'stratum'"):
        eg.Design(frame, stratum="stratum", psu="psu")


def test_empty_frame(frame: pd.DataFrame) -> None:
    with pytest.raises(DesignError, match="the frame has no rows"):
        eg.Design(frame.iloc[:0])


def test_several_columns_make_one_stratum(frame: pd.DataFrame) -> None:
    design = eg.Design(frame.assign(urban=[1, 1, 1, 2, 2, 2]), stratum=["stratum", "urban"], psu="psu")
    assert design.df == 2


def test_zero_weights_stay_out_of_n_and_df(frame: pd.DataFrame) -> None:
    found = eg.mean(eg.Design(frame.assign(weight=[0.0, 2, 1, 2, 1, 1]), weight="weight"), "y")
    assert found.n[0] == 4
    assert found.df[0] == 4


def test_not_a_design() -> None:
    with pytest.raises(EstimateError, match="an estimate needs a Design, got DataFrame"):
        eg.mean(pd.DataFrame({"y": [1]}), "y")  # type: ignore[arg-type]


def test_words_have_no_mean(frame: pd.DataFrame) -> None:
    with pytest.raises(EstimateError, match="does not hold numbers, which a mean needs"):
        eg.mean(eg.Design(frame), "word")


def test_condition_that_cannot_be_read(frame: pd.DataFrame) -> None:
    with pytest.raises(EstimateError, match="the condition 'urban == 1' names 'urban', which is no column"):
        eg.mean(eg.Design(frame), "y", where="urban == 1")
    with pytest.raises(EstimateError, match="true or false for each of the 6 respondents"):
        eg.mean(eg.Design(frame), "y", where=np.ones(3, bool))


def test_nobody_in_any_domain(frame: pd.DataFrame) -> None:
    with pytest.raises(EstimateError, match="no respondent is in any domain"):
        eg.mean(eg.Design(frame), "y", by="stratum", where=np.zeros(6, bool))


def test_an_empty_base_is_nan_with_a_note(frame: pd.DataFrame) -> None:
    frame.loc[frame.stratum == "b", "y"] = np.nan
    found = eg.mean(eg.Design(frame), "y", by="stratum")
    assert np.isnan(found.estimate[1])
    assert np.isnan(found.std_error[1])
    assert found.n[1] == 0
    assert found.notes == ("1 of 2 estimates have no respondents in their base",)
    assert np.isfinite(found.std_error[0])


def test_missing_domain_is_noted(frame: pd.DataFrame) -> None:
    found = eg.mean(eg.Design(frame), "y", by="word")
    assert found.notes == ("1 respondents without 'word' are in no domain",)
    assert found.keys["word"].tolist() == ["no", "yes"]


def test_answers_keep_the_order_of_a_categorical(frame: pd.DataFrame) -> None:
    frame["word"] = pd.Categorical(frame["word"], ["yes", "no"], ordered=True)
    assert eg.proportion(eg.Design(frame), "word").keys["answer"].tolist() == ["yes", "no"]


def test_an_answer_nobody_could_give(frame: pd.DataFrame) -> None:
    with pytest.raises(EstimateError, match=r"item 'word' has no answer 'yess'. Did you mean 'yes'"):
        eg.proportion(eg.Design(frame), "word", answers=["yess"])


def test_declared_answers_fix_the_order_and_refuse_others(frame: pd.DataFrame) -> None:
    class Answer:
        def __init__(self, code: int) -> None:
            self.code = code

    class Item:
        answers = (Answer(5), Answer(4), Answer(3), Answer(2), Answer(1))

    design = eg.Design(frame, items={"y": Item()})
    found = eg.proportion(design, "y")
    assert found.keys["answer"].tolist() == [5, 4, 3, 2, 1]
    frame.loc[0, "y"] = 7
    with pytest.raises(EstimateError, match=r"column 'y' holds \[7\] which its item does not list"):
        eg.proportion(eg.Design(frame, items={"y": Item()}), "y")


def test_no_error_or_repr_shows_a_respondent(frame: pd.DataFrame) -> None:
    assert repr(eg.Design(frame, stratum="stratum", psu="psu")) == "<Design: 6 respondents, 2 strata, 4 PSUs>"
