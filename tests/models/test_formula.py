"""Model matrices against formulaic's own: names, order, terms and every number."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from egovstats.errors import EstimateError
from egovstats.models.formula import complete, model_matrix, named_columns, read_formula

FORMULAS = [
    "y ~ 1",
    "y ~ x",
    "y ~ x + a",
    "y ~ a*x",
    "y ~ a:x",
    "y ~ x:a + x",
    "y ~ a:b",
    "y ~ a*b",
    "y ~ b:a + a",
    "y ~ a + b - 1",
    "y ~ 0 + a + b",
    "y ~ C(k) + log(z)",
    "y ~ C(k):x + x",
    "y ~ C(k, Treatment(2)) * x",
    "y ~ C(a, contr.treatment('q'))",
    "y ~ I(x**2) + I(x - 3) + np.sqrt(z)",
    "y ~ t",
    "y ~ cat * b",
    "y ~ a*b*x",
    "y ~ (a + x):b",
    "y ~ x*z - x",
    "y ~ a/x",
    "y ~ a:x:b",
    "y ~ a*b*C(k)",
    "y ~ a:b + a:C(k)",
    "y ~ (x + z)**2",
    "y ~ x:z + a",
    "log(z) ~ x",
    "y ~ a + C(a, contr.sum):x",
    "y ~ center(x) + a",
    "y ~ bs(x, df=4) + poly(z, 2)",
]


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    n = 60
    return pd.DataFrame(
        {
            "y": rng.normal(size=n),
            "x": rng.normal(size=n),
            "z": rng.normal(size=n) + 9,
            "a": rng.choice(list("pqr"), n),
            "b": rng.choice(list("uv"), n),
            "k": rng.integers(1, 4, n),
            "t": rng.random(n) < 0.5,
            "cat": pd.Categorical(rng.choice(list("mno"), n), categories=list("onm")),
        }
    )


@pytest.mark.parametrize("formula", FORMULAS)
def test_same_matrix_as_formulaic(formula: str, frame: pd.DataFrame) -> None:
    from formulaic import Formula

    theirs = Formula(formula).get_model_matrix(frame).rhs
    read = read_formula(formula)
    given = named_columns(frame, read.names)
    ours = model_matrix(given, read, complete(given, len(frame), None))
    assert list(ours.names) == list(theirs.columns)
    np.testing.assert_allclose(ours.columns.matrix(None, len(frame)), theirs.to_numpy(float), rtol=1e-14)
    wanted = {str(term): tuple(at) for term, at in theirs.model_spec.term_indices.items()}
    assert {name: at for name, at in ours.terms.items() if at} == {n: a for n, a in wanted.items() if a}


@pytest.mark.parametrize("formula", FORMULAS)
def test_recipe_makes_the_same_columns_from_other_rows(formula: str, frame: pd.DataFrame) -> None:
    read = read_formula(formula)
    given = named_columns(frame, read.names)
    ours = model_matrix(given, read, complete(given, len(frame), None))
    part = frame.iloc[:7].reset_index(drop=True)
    again = ours.recipe.columns(named_columns(part, read.names), np.ones(7, bool))
    np.testing.assert_allclose(again.matrix(None, 7), ours.columns.matrix(None, len(frame))[:7], rtol=1e-12)


@pytest.mark.parametrize(
    ("formula", "same"),
    [
        ("y ~ I(x^2)", "y ~ I(x**2)"),
        ("y ~ I(x^2 + 1)", "y ~ I(x**2 + 1)"),
        ("y ~ (x + z)^2", "y ~ (x + z)**2"),
        ("y ~ Q('x') + Q(\"a\")", "y ~ x + a"),
    ],
)
def test_other_ways_to_write_it(formula: str, same: str, frame: pd.DataFrame) -> None:
    def matrix(text: str) -> np.ndarray:
        read = read_formula(text)
        given = named_columns(frame, read.names)
        return model_matrix(given, read, np.ones(len(frame), bool)).columns.matrix(None, len(frame))

    np.testing.assert_array_equal(matrix(formula), matrix(same))


def test_comparisons_of_words_and_numbers(frame: pd.DataFrame) -> None:
    read = read_formula("y ~ I(cat == 'm') + I((a != 'p') & (x > 0)) + I((k == 1) | (k == 3))")
    given = named_columns(frame, read.names)
    ours = model_matrix(given, read, np.ones(len(frame), bool)).columns.matrix(None, len(frame))
    wanted = [frame["cat"] == "m", (frame.a != "p") & (frame.x > 0), frame.k != 2]
    np.testing.assert_array_equal(ours[:, 1:], np.column_stack(wanted).astype(float))


def test_rows_with_anything_missing_take_no_part(frame: pd.DataFrame) -> None:
    holed = frame.assign(x=frame.x.where(frame.index > 3), a=frame.a.where(frame.index != 9))
    read = read_formula("y ~ x + a")
    given = named_columns(holed, read.names)
    used = complete(given, len(holed), np.arange(60) < 50)
    assert np.flatnonzero(~used).tolist() == [0, 1, 2, 3, 9, *range(50, 60)]


def test_levels_that_nobody_used_has_are_dropped(frame: pd.DataFrame) -> None:
    read = read_formula("y ~ cat")
    given = named_columns(frame, read.names)
    ours = model_matrix(given, read, (frame.cat != "o").to_numpy())
    assert ours.names == ("Intercept", "cat[T.m]")


def test_names_in_backticks_come_back(frame: pd.DataFrame) -> None:
    read = read_formula("`the y` ~ log(`the z`) + `an a`:`the z`")
    given = named_columns(frame.rename(columns={"y": "the y", "z": "the z", "a": "an a"}), read.names)
    ours = model_matrix(given, read, np.ones(len(frame), bool))
    assert ours.names[:2] == ("Intercept", "log(the z)")
    assert ours.names[2] == "an a[p]:the z"
    assert list(ours.terms) == ["1", "log(the z)", "an a:the z"]


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("y ~ nope", r"the formula names 'nope', which is no column"),
        ("y ~ log(nope)", r"the formula names 'nope', which is no column"),
        ("y ~ log(a)", r"log\(a\) needs numbers, but column 'a' holds words"),
        ("y ~ log(x)", r"log\(x\) is not a number for \d+ respondents. Leave them out with where="),
        ("y ~ C(a, Treatment('w'))", r"has no level 'w' to refer to. There are: 'p', 'q', 'r'"),
        ("y ~ 0", r"has no term on its right side"),
        ("~ x", r"has no outcome"),
        ("y ~ x +* z", r"cannot be read"),
        ("y ~ bs(a, df=4)", r"cannot be worked out on these columns"),
        ("y ~ __import__('os').getcwd()", r"cannot be read"),
        ("y ~ eval('x')", r"uses 'eval', which a formula cannot"),
        ("y ~ centre(x)", r"uses 'centre', which a formula cannot. Did you mean 'center'"),
        (
            "y ~ x + offset(z)",
            r"uses 'offset', which a formula cannot. Pass offset='name' beside the formula",
        ),
        ("y ~ factor(k)", r"uses 'factor', which a formula cannot. Write C\(name\)"),
        ("y ~ hashed(a, levels=4)", r"uses 'hashed', which a formula cannot"),
        ("y ~ x[0]", r"a program rather than a term"),
        ("y ~ x | z", r"cannot be read"),
        ("y ~ (x > 0)", r"comparisons and arithmetic stand in I\(\)"),
        ("y ~ C(a, 'q')", r"cannot be worked out on these columns"),
        ("y ~ I(x > 0 & z > 9)", r"& and | join comparisons in parentheses"),
    ],
)
def test_formulas_that_cannot_be(formula: str, message: str, frame: pd.DataFrame) -> None:
    def work_out() -> None:
        read = read_formula(formula)
        given = named_columns(frame, read.names)
        model_matrix(given, read, np.ones(len(frame), bool))

    with pytest.raises(EstimateError, match=message):
        work_out()


def test_new_data_with_a_level_that_the_fit_did_not_have(frame: pd.DataFrame) -> None:
    read = read_formula("y ~ a")
    given = named_columns(frame, read.names)
    ours = model_matrix(given, read, np.ones(len(frame), bool))
    with pytest.raises(EstimateError, match=r"column 'a' holds \['w'\], which the fit did not have"):
        ours.recipe.columns({"a": pd.Series(["p", "w"], name="a")}, np.ones(2, bool))
