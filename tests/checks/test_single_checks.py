"""Single checks on figures made up to reach every result."""

from __future__ import annotations

import pandas as pd
import pytest

from egovstats.checks import CHECKS, Evidence, Figure, Figures, Outcome
from egovstats.errors import ClaimError
from egovstats.indicators import IndicatorTable, make_table
from egovstats.sources import Source


def figure(name: str, value: str, unit: str = "percent", **more: object) -> Figure:
    return Figure(name, "t", {"en": name}, value, unit, **more)  # type: ignore[arg-type]


def run(name: str, *given: Figure, table: IndicatorTable | None = None, **parameters: object) -> Outcome:
    figures = Figures({each.id: each for each in given}, Source("made up", "published"))
    check = CHECKS[name]
    outcome = check.run(Evidence(figures, table), check.parameters.model_validate(parameters))
    assert outcome.reason.text("mn")
    assert outcome.reason.text("ru")
    return outcome


@pytest.mark.parametrize(
    ("total", "result"),
    [("99.9", "holds"), ("100.0", "within_rounding"), ("100.3", "fails"), ("99", "fails")],
)
def test_sum_of_rounded_parts(total: str, result: str) -> None:
    parts = [figure(name, "33.3") for name in "abc"]
    assert run("sum", *parts, figure("t", total), parts=["a", "b", "c"], total="t").result == result


def test_sum_to_a_constant_and_of_counts() -> None:
    parts = [figure("a", "33.3"), figure("b", "66.6")]
    assert run("sum", *parts, parts=["a", "b"], total=100).result == "within_rounding"
    counts = [figure("a", "331", "units"), figure("b", "132", "units"), figure("t", "464", "units")]
    assert run("sum", *counts, parts=["a", "b"], total="t").result == "fails"


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("75", "holds"),
        ("80", "holds"),
        ("81", "within_rounding"),
        ("82", "fails"),
        ("69", "within_rounding"),
        ("60", "fails"),
    ],
)
def test_place_in_a_range(value: str, result: str) -> None:
    given = [figure("x", value), figure("low", "70"), figure("high", "80")]
    assert run("sums_in_range", *given, sums=[["x"]], low="low", high="high").result == result


@pytest.mark.parametrize(
    ("n", "after", "result"),
    [
        (1000, "53", "holds"),
        (100, "53", "unknown"),
        (1000, "62", "fails"),
        (1000, "70", "fails"),
        (None, "53", "unknown"),
    ],
)
def test_change_of_a_share(n: int | None, after: str, result: str) -> None:
    given = [figure("a", "62", year=2015, n=n), figure("b", after, year=2018, n=n)]
    options = {"before": "a", "after": "b", "direction": "fall", "n": [1000], "deff": [1, 1.5]}
    outcome = run("published_change", *given, **options)
    assert outcome.result == result
    assert len(outcome.tests) == 2
    if result == "holds":
        rise = run("published_change", *given, **(options | {"direction": "rise"}))
        assert rise.result == "fails"


@pytest.mark.parametrize(("n", "result"), [(500, "holds"), (30, "unknown"), (None, "unknown")])
def test_change_of_a_distribution(n: int | None, result: str) -> None:
    values = {"a": "62", "b": "20", "c": "42", "d": "39"}
    given = [figure(name, value, n=n) for name, value in values.items()]
    outcome = run("distribution_change", *given, before=["a", "b"], after=["c", "d"], n=[1000], deff=[1, 2])
    assert outcome.result == result
    assert [test.df for test in outcome.tests] == [(2.0,), (2.0,)]
    with pytest.raises(ClaimError, match="both surveys need the same answers, got 2 and 1"):
        run("distribution_change", *given, before=["a", "b"], after=["c"])


@pytest.mark.parametrize(("n", "result"), [(33, "holds"), (20, "fails"), (None, "informs")])
def test_percentage_of_whole_people(n: int | None, result: str) -> None:
    assert run("granularity", figure("p", "57.6", n=n), percent="p", n=[1000]).result == result


def test_all_in_a_group_and_no_more_than() -> None:
    users = figure("users", "600", "persons")
    for group, result in (("70", "holds"), ("60", "within_rounding"), ("50", "fails")):
        given = [users, figure("share", "60"), figure("group", group)]
        assert run("all_in_group", *given, part="users", share="share", group="group").result == result
    given = [users, figure("more", "700", "persons"), figure("share", "60")]
    assert run("no_more_than", *given, parts=["users"], whole="more").result == "holds"
    assert run("no_more_than", *given, parts=["more"], whole="users").result == "fails"
    assert run("no_more_than", *given, parts=["more"], whole="users", share="share").result == "holds"


@pytest.mark.parametrize(
    ("alone", "mixed", "result"),
    [("15", "5", "holds"), ("5", "12", "unknown"), ("2", "9", "fails"), ("9", "19", "fails")],
)
def test_most_of_a_kind(alone: str, mixed: str, result: str) -> None:
    values = {"all": "27", "kind": alone, "other": "5", "mixed": mixed, "sorts": "3", "with": "2"}
    given = [figure(name, value, "documents") for name, value in values.items()]
    names = {"total": "all", "kind": "kind", "others": ["other"], "mixed": "mixed"}
    outcome = run("most_of_kind", *given, **names, mixtures="sorts", mixtures_with="with")
    assert outcome.result == result


def test_one_series_and_growth() -> None:
    given = [figure("a", "100", "services", year=2005), figure("b", "120", "services", year=2012)]
    assert run("one_series", *given, counts=[["a"], ["b"]]).result == "holds"
    assert run("one_series", *given, counts=[["b"], ["a"]]).result == "fails"
    assert run("growth", *given, pairs=[["a", "b"]]).result == "holds"
    same = [figure("a", "3.2", "km", year=2005), figure("b", "3.2", "km", year=2012)]
    assert run("growth", *same, pairs=[["a", "b"]]).result == "within_rounding"
    with pytest.raises(ClaimError, match="growth needs a later year, got 2012 for 'b' and 2005 for 'a'"):
        run("growth", *given, pairs=[["b", "a"]])


@pytest.mark.parametrize(
    ("after", "base", "result", "key"),
    [
        ("55", "130", "holds", "fall_beyond_base"),
        ("75", "130", "holds", "fall_explained_by_base"),
        ("90.5", "130", "fails", "fall_not"),
        ("90.4", "130", "within_rounding", "fall_within"),
    ],
)
def test_fall_with_a_wider_base(after: str, base: str, result: str, key: str) -> None:
    given = [
        figure("a", "90.5"),
        figure("b", after),
        figure("m", "100", "measures"),
        figure("k", base, "measures"),
    ]
    outcome = run("fall_with_base", *given, before="a", after="b", base_before="m", base_after="k")
    assert (outcome.result, outcome.reason.key) == (result, key)


def indicator_table(values: dict[str, list[float]], errors: float = 1.0) -> IndicatorTable:
    rows = [
        {
            "area": "MNG",
            "indicator": "X",
            "year": 2018 + at,
            "edition": edition,
            "value": value,
            "rank": 90 - at,
        }
        | {"std_error": errors, "unit": "points", "scale": "score", "source": "Publisher"}
        for edition, each in values.items()
        for at, value in enumerate(each)
    ]
    return make_table(pd.DataFrame(rows))


@pytest.mark.parametrize(
    ("value", "year", "result", "key"),
    [
        ("35.0", 2019, "holds", "release_holds"),
        ("35.0", 2020, "fails", "release_other"),
        ("36.5", 2019, "fails", "release_none"),
        ("36.5", 2015, "fails", "release_no_year"),
    ],
)
def test_release_of_a_value(value: str, year: int, result: str, key: str) -> None:
    table = indicator_table({"2021": [34, 35.04, 37], "2022": [34, 35.2, 38]})
    options = {"figure": "x", "area": "MNG", "indicator": "X", "as_of": "2021"}
    outcome = run("release", figure("x", value, "points", year=year), table=table, **options)
    assert (outcome.result, outcome.reason.key) == (result, key)
    assert run("release", figure("x", value, "points", year=year), **options).result == "unknown"


def test_rank_of_an_edition() -> None:
    rows = [("2018", 2018, 0.5, 92.0), ("2020", 2020, 0.6, 80.0), ("2022", 2022, 0.7, 70.0)]
    frame = pd.DataFrame(rows, columns=["edition", "year", "value", "rank"]).assign(area="MNG", indicator="X")
    options = {"figure": "x", "of": "n", "area": "MNG", "indicator": "X", "table": make_table(frame)}
    count = figure("n", "193", "count")
    keys = {
        (rank, as_of): run(
            "rank_of_edition", figure("x", rank, "rank"), count, as_of=as_of, **options
        ).reason.key
        for rank, as_of in (("92", "2018"), ("92", "2021"), ("91", "2022"))
    }
    assert list(keys.values()) == ["rank_holds", "rank_holds_older", "rank_fails"]


@pytest.mark.parametrize(("errors", "result"), [(1.0, "holds"), (10.0, "unknown")])
def test_indicator_below_a_limit(errors: float, result: str) -> None:
    table = indicator_table({"2022": [34, 35, 38]}, errors)
    options = {"area": "MNG", "indicator": "X", "start": 2018, "end": 2020, "table": table}
    assert run("indicator_below", limit=50, **options).result == result
    assert run("indicator_below", limit=5, **options).result == "fails"
    change = run("indicator_change", edition="2022", **options)
    assert change.reason.key == ("indicator_change_clear" if errors == 1 else "indicator_change_unclear")
    assert run("indicator_course", **options).reason.key == "indicator_trend"


def test_implied_total_of_no_year() -> None:
    given = [figure("users", "500", "persons"), figure("share", "50.0")]
    options = {"part": "users", "share": "share", "area": "MNG", "indicator": "X"}
    assert (
        run("implied_total", *given, table=indicator_table({"1": [900, 1000]}), **options).result == "holds"
    )
    assert run("implied_total", *given, table=indicator_table({"1": [900, 990]}), **options).result == "fails"
    assert run("implied_total", *given, **options).result == "unknown"
