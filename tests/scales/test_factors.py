"""Factors, polychoric correlations, confirmatory models and invariance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import egovstats as eg
from egovstats.scales.normal_cells import bivariate_below, cell_probabilities, cell_slopes, threshold_slopes
from egovstats.scales.rotation import rotate

MODEL = "one =~ a + b + c; two =~ d + e + f"
ITEMS = list("abcdef")


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """400 respondents in 40 PSUs, two correlated factors of three items each, two waves."""
    rng = np.random.default_rng(7)
    one = rng.normal(size=400) + 0.3 * np.repeat(rng.normal(size=40), 10)
    two = 0.5 * one + rng.normal(size=400)
    made = {name: 0.8 * (one if name in "abc" else two) + rng.normal(size=400) for name in ITEMS}
    design = {"w": rng.lognormal(sigma=0.4, size=400), "psu": np.repeat(np.arange(40), 10)}
    return pd.DataFrame(
        {**made, **design, "stratum": np.repeat(np.arange(5), 80), "wave": np.arange(400) % 2}
    )


def test_sphericity_leaves_the_design_out_only_where_there_is_none(frame: pd.DataFrame) -> None:
    assert "Bartlett" in eg.sphericity(eg.Design(frame), ITEMS).test
    weighted = eg.sphericity(eg.Design(frame, weight="w", psu="psu"), ITEMS)
    assert weighted.test == "adjusted Wald test of all correlations"
    assert weighted.df == (15.0, 39.0 - 15 + 1)


def test_items_that_repeat_one_another_are_refused(frame: pd.DataFrame) -> None:
    copied = frame.assign(total=frame["a"] + frame["b"])
    with pytest.raises(eg.EstimateError, match="repeat one another"):
        eg.sampling_adequacy(eg.Design(copied), ["a", "b", "total"])


def test_all_components_give_the_correlations_back(frame: pd.DataFrame) -> None:
    found = eg.principal_components(eg.Design(frame), ITEMS, components=6)
    np.testing.assert_allclose(found.loadings @ found.loadings.T, frame[ITEMS].corr(), atol=1e-12)


@pytest.mark.parametrize("method", ["ml", "minres"])
def test_an_exact_structure_is_found(method: str) -> None:
    rng = np.random.default_rng(3)
    loading = np.array([[0.8, 0], [0.7, 0], [0.6, 0], [0, 0.7], [0, 0.6], [0, 0.5]])
    R = loading @ np.array([[1, 0.3], [0.3, 1]]) @ loading.T
    R[np.diag_indices(6)] = 1
    z = rng.normal(size=(200, 6))
    z = (z - z.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(z.T, ddof=0))).T
    sample = eg.Design(pd.DataFrame(z @ np.linalg.cholesky(R).T, columns=ITEMS))
    found = eg.factor_analysis(sample, ITEMS, factors=2, method=method, rotation="oblimin")
    np.testing.assert_allclose(np.sort(found.communality), np.sort((loading**2).sum(axis=1)), atol=1e-6)
    np.testing.assert_allclose(np.abs(found.loadings).max(axis=1), loading.max(axis=1), atol=1e-5)
    assert found.factor_correlation[0, 1] == pytest.approx(0.3, abs=1e-5)


def test_varimax_cannot_be_bettered(frame: pd.DataFrame) -> None:
    raw = eg.factor_analysis(eg.Design(frame), ITEMS, factors=2).loadings
    turned, _ = rotate(raw, "varimax")

    def spread(L: np.ndarray) -> float:
        square = (L / np.sqrt((L**2).sum(axis=1, keepdims=True))) ** 2
        return float(((square - square.mean(axis=0)) ** 2).sum())

    for angle in np.linspace(0, np.pi, 181):
        T = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        assert spread(raw @ T) <= spread(turned) + 1e-12


def test_too_many_factors_are_refused(frame: pd.DataFrame) -> None:
    with pytest.raises(eg.EstimateError, match="cannot tell 4 factors apart"):
        eg.factor_analysis(eg.Design(frame), ITEMS, factors=4)


@pytest.mark.parametrize("rho", [-0.95, -0.3, 0.0, 0.6])
def test_cells_of_the_normal_distribution(rho: float) -> None:
    first, second = np.array([-1.2, 0.0, 0.7]), np.array([-0.4, 0.9])
    exact = stats.multivariate_normal([0, 0], [[1, rho], [rho, 1]])
    for h in first:
        for k in second:
            assert bivariate_below(h, k, rho) == pytest.approx(exact.cdf([h, k]), abs=1e-7)
    step = 1e-6
    by_rho = (
        cell_probabilities(first, second, rho + step) - cell_probabilities(first, second, rho - step)
    ) / (2 * step)
    np.testing.assert_allclose(cell_slopes(first, second, rho), by_rho, atol=1e-8)
    for at in range(3):
        move = step * (np.arange(3) == at)
        up, down = (cell_probabilities(first + sign * move, second, rho) for sign in (1, -1))
        np.testing.assert_allclose(
            threshold_slopes(first, second, rho)[at], (up - down) / (2 * step), atol=1e-8
        )


def test_polychorics_find_the_correlation_behind_the_answers() -> None:
    rng = np.random.default_rng(5)
    z = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=4000)
    sample = pd.DataFrame({"x": np.digitize(z[:, 0], [-0.5, 0.5]), "y": np.digitize(z[:, 1], [-1, 0, 1])})
    for method in ("two-step", "ml"):
        found = eg.polychoric(eg.Design(sample), ["x", "y"], method=method)
        assert abs(found.r[0, 1] - 0.6) < 3 * found.std_error[0]
        assert found.std_error[0] == pytest.approx(0.0145, rel=0.15)
    assert found.model_std_error == pytest.approx(found.std_error[0], rel=0.1)


def test_the_reference_stops_short_of_the_highest_likelihood() -> None:
    folder = __file__.replace("scales/test_factors.py", "reference/data/trustwaves.csv")
    table = pd.read_csv(folder)
    found = eg.polychoric(eg.Design(table), ["trust4", "sat5"], method="ml")
    counts = pd.crosstab(table["trust4"], table["sat5"]).to_numpy()
    theirs = (
        np.array([-0.733392915175736, 0.160580905052462, 0.854194049139156]),
        np.array([-0.919125085001318, -0.275568931252495, 0.336848332086069, 1.08373299443622]),
        0.466133576073827,
    )
    ours = (found.thresholds[0], found.thresholds[1], float(found.r[0, 1]))
    high, low = (float(np.sum(counts * np.log(cell_probabilities(*each)))) for each in (ours, theirs))
    assert high > low + 1e-5


def test_a_confirmatory_model_does_not_depend_on_its_scale(frame: pd.DataFrame) -> None:
    design = eg.Design(frame, weight="w", stratum="stratum", psu="psu")
    for equal in ((), ("loadings",), ("loadings", "intercepts")):
        marker, variance = (
            eg.cfa(design, MODEL, group="wave", equal=equal, scale=scale) for scale in ("marker", "variance")
        )
        assert marker.chi_square == pytest.approx(variance.chi_square, rel=1e-7)
        assert marker.test.p_value == pytest.approx(variance.test.p_value, rel=1e-5)
        first, second = (each.loadings()["standardised"] for each in (marker, variance))
        np.testing.assert_allclose(first, second, rtol=1e-5)


def test_design_errors_of_a_simple_sample_are_the_robust_ones(frame: pd.DataFrame) -> None:
    simple = eg.Design(frame)
    robust, design = (eg.cfa(simple, MODEL, errors=errors) for errors in ("robust", "design"))
    np.testing.assert_allclose(np.diag(design.cov), np.diag(robust.cov) * 400 / 399, rtol=1e-8)
    assert design.law.mean == pytest.approx(robust.law.mean, rel=0.05)


def test_weights_count_like_copies(frame: pd.DataFrame) -> None:
    rng = np.random.default_rng(1)
    times = rng.integers(1, 4, len(frame))
    weighted = eg.cfa(eg.Design(frame.assign(times=times.astype(float)), weight="times"), MODEL)
    copied = eg.cfa(eg.Design(frame.loc[frame.index.repeat(times)].reset_index(drop=True)), MODEL)
    np.testing.assert_allclose(weighted.theta, copied.theta, rtol=1e-6, atol=1e-8)


def test_errors_that_ignore_the_design_are_refused(frame: pd.DataFrame) -> None:
    with pytest.raises(eg.EstimateError, match="would ignore weights, strata or PSUs"):
        eg.cfa(eg.Design(frame, weight="w"), MODEL, errors="model")


def test_invariance_in_steps(frame: pd.DataFrame) -> None:
    moved = frame.assign(a=frame["a"] + 0.8 * frame["wave"])
    design = eg.Design(moved, weight="w", stratum="stratum", psu="psu")
    found = eg.invariance(design, MODEL, "wave")
    by_step = {test.keys["step"]: test.p_value for test in found.tests}
    assert by_step["scalar"] < 0.001 < by_step["metric"]
    table = found.to_frame()
    assert table["chi_square"].is_monotonic_increasing
    assert "means of the scale can be compared" in table.loc[2, "allows"]


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("", "no factor"),
        ("a + b", "says neither"),
        ("f =~ a", "two or more different items"),
        ("f =~ a + b; f =~ c + d", "described twice"),
        ("f =~ a + b + c; g =~ f + d", "is a factor and an item"),
        ("f =~ a + b + c; a ~~ z", "no item of the model"),
        ("f =~ a + b", "not identified"),
        ("f =~ a + b + zz", "zz"),
    ],
)
def test_models_that_cannot_be(frame: pd.DataFrame, model: str, message: str) -> None:
    with pytest.raises(eg.EstimateError, match=message):
        eg.cfa(eg.Design(frame), model)


def test_a_model_with_no_freedom_is_not_tested(frame: pd.DataFrame) -> None:
    found = eg.cfa(eg.Design(frame), "f =~ a + b + c")
    assert np.isnan(found.test.p_value)
    assert "any data fit" in found.test.notes[0]


def test_ordered_answers(frame: pd.DataFrame) -> None:
    cut = frame.assign(**{name: np.digitize(frame[name], [-1.0, 0.0, 1.0]) for name in ITEMS})
    design = eg.Design(cut, weight="w", stratum="stratum", psu="psu")
    marker, variance = (eg.ordered_cfa(design, MODEL, scale=scale) for scale in ("marker", "variance"))
    assert marker.measures["chi_square"] == pytest.approx(variance.measures["chi_square"], rel=1e-6)
    assert variance.test.p_value > 0.001
    assert (variance.to_frame()["estimate"] > 0.3).all()


def test_errors_of_polychorics_are_those_of_moving_weights() -> None:
    """The infinitesimal jackknife: how the estimate moves with the weight of each PSU, worked out again."""
    data = Path(__file__).resolve().parents[1] / "reference" / "data" / "trustwaves.csv"
    frame = pd.read_csv(data).query("wave == 1").reset_index(drop=True)
    items, psu = ["q1", "q2"], frame["stratum"] * 10 + frame["psu"]

    def correlations(weight: np.ndarray) -> np.ndarray:
        design = eg.Design(frame.assign(wt=weight), weight="wt", stratum="stratum", psu="psu", nest=True)
        return eg.polychoric(design, items).to_frame()["estimate"].to_numpy()

    weight, step, variance = frame["wt"].to_numpy(), 1e-3, np.zeros(1)
    for _, part in frame.groupby("stratum"):
        moved = []
        for unit in psu[part.index].unique():
            inside = step * (psu == unit).to_numpy()
            moved.append(correlations(weight * (1 + inside)) - correlations(weight * (1 - inside)))
        deviation = np.array(moved) / (2 * step)
        deviation -= deviation.mean(axis=0)
        variance += len(deviation) / (len(deviation) - 1) * (deviation**2).sum(axis=0)
    design = eg.Design(frame, weight="wt", stratum="stratum", psu="psu", nest=True)
    np.testing.assert_allclose(eg.polychoric(design, items).std_error, np.sqrt(variance), rtol=1e-4)
