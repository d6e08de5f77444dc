"""Variants: every number equal to what the library's own calls give, every gap with its reason."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from review_sample import REPORT, Study, write_study

import egovstats
from egovstats.cli import main
from egovstats.errors import ReportError
from egovstats.waves.simplified import mixed, unclustered, unweighted


@pytest.fixture(scope="module")
def found(town: Study) -> egovstats.review.Variants:
    return egovstats.variants(town.report, data=town.data)


@pytest.fixture(scope="module")
def table(found: egovstats.review.Variants) -> pd.DataFrame:
    return found.to_frame().set_index(["headline", "variant"])


@pytest.fixture(scope="module")
def waves(town: Study) -> egovstats.Waves:
    return egovstats.open_series(town.report / "surveys" / "town").read(town.data)


CHANGE, TREND = "town.change.all.trust.a_c", "town.trend.all.trust.a_c"


def test_the_main_analysis_is_the_reports(table: pd.DataFrame, town: Study) -> None:
    values = egovstats.build_report(town.report, data=town.data).values()
    for headline, key in ((CHANGE, CHANGE), (TREND, "town.trend.all.trust.slope")):
        row = table.loc[(headline, "main")]
        for column, name in (
            ("estimate", "effect"),
            ("conf_low", "conf_low"),
            ("conf_high", "conf_high"),
            ("p_value", "p_adjusted"),
        ):
            assert row[column] == values[f"{key}.{name}"].value


def test_every_cell_has_a_number_or_a_reason(table: pd.DataFrame) -> None:
    names = [
        "main",
        "unweighted",
        *(f"without.{wave}" for wave in "abc"),
        *(f"missing.{rule}" for rule in ("answer", "lower", "upper", "rise", "fall")),
        "unclustered",
        *(f"lonely.{rule}" for rule in ("adjust", "average", "certainty")),
        "unit.wave",
    ]
    for headline in table.index.get_level_values(0).unique():
        assert list(table.loc[headline].index) == names
    assert (table["estimate"].isna() == (table["reason"] != "")).all()
    tried = table["reason"] == ""
    assert (table.loc[tried, "decision"] != "").all()
    reasons = table.loc[CHANGE, "reason"]
    assert reasons["unweighted"] == "all weights are equal already"
    assert reasons["without.a"] == reasons["without.c"] == "it compares this very wave"
    assert reasons["without.b"] == ""
    assert reasons["lonely.adjust"] == "no stratum has a single sampling unit"
    assert reasons["unit.wave"] == "only a trend can have another unit"
    assert table.loc[(TREND, "without.b"), "reason"] == "too few comparable waves for it"


@pytest.mark.parametrize("rule", ["answer", "lower", "upper"])
def test_missing_rules_are_those_of_waves(table: pd.DataFrame, waves: egovstats.Waves, rule: str) -> None:
    design = waves.under(rule).design()
    levels = egovstats.proportion(design, "trust", by="wave", answers=[2, 3])
    test = egovstats.change(levels, pairs=[("a", "c")], adjust="none")[0]
    assert test.effect is not None
    row = table.loc[(CHANGE, f"missing.{rule}")]
    assert row["estimate"] == pytest.approx(test.effect.estimate, rel=1e-10)
    assert row["conf_low"] == pytest.approx(test.effect.conf_low, rel=1e-10)


def test_a_change_is_bounded_by_its_two_halves(table: pd.DataFrame, waves: egovstats.Waves) -> None:
    levels = {
        rule: egovstats.proportion(waves.under(rule).design(), "trust", by="wave", answers=[2, 3])
        for rule in ("lower", "upper")
    }
    share = {
        (rule, wave): float(each.estimate[list(each.keys["wave"]).index(wave)])
        for rule, each in levels.items()
        for wave in "ac"
    }
    most, least = table.loc[(CHANGE, "missing.rise")], table.loc[(CHANGE, "missing.fall")]
    assert most["estimate"] == pytest.approx(share["upper", "c"] - share["lower", "a"], rel=1e-10)
    assert least["estimate"] == pytest.approx(share["lower", "c"] - share["upper", "a"], rel=1e-10)
    others = table.loc[CHANGE, "estimate"].dropna()
    assert least["estimate"] <= others.min()
    assert others.max() <= most["estimate"]


def test_trends_are_those_of_the_multiverse(table: pd.DataFrame, waves: egovstats.Waves) -> None:
    """Two ways to the same slopes: with the silent in the base, and without a wave."""
    curve = egovstats.multiverse(
        waves, "trust", on="date", cuts={"headline": [2, 3]}, weights=[True], leave_out_waves=True
    ).to_frame()
    slope = curve.set_index(["missing", "waves"])["estimate"]
    assert table.loc[(TREND, "main"), "estimate"] == pytest.approx(slope["valid", "all"], rel=1e-8)
    assert table.loc[(TREND, "missing.answer"), "estimate"] == pytest.approx(
        slope["counted", "all"], rel=1e-8
    )


def test_clusters_and_weights_set_aside(table: pd.DataFrame, waves: egovstats.Waves) -> None:
    design = egovstats.Design(waves.frame, weight="weight", stratum="stratum", items=waves.items)
    levels = egovstats.proportion(design, "trust", by="wave", answers=[2, 3])
    test = egovstats.change(levels, pairs=[("a", "c")], adjust="none")[0]
    assert test.effect is not None
    row = table.loc[(CHANGE, "unclustered")]
    assert row["conf_high"] == pytest.approx(test.effect.conf_high, rel=1e-10)
    assert row["conf_high"] != table.loc[(CHANGE, "main"), "conf_high"]
    weight = np.where(np.arange(len(waves)) % 5 == 0, 0.0, 1.5)
    heavy = replace(waves, frame=waves.frame.assign(weight=weight))
    assert set(unweighted(heavy).frame["weight"]) == {0.0, 1.0}
    assert (unweighted(heavy).frame["weight"].to_numpy() > 0).tolist() == (weight > 0).tolist()
    assert unclustered(waves).frame["psu"].nunique() == len(waves)
    assert waves.frame["psu"].nunique() < len(waves)
    both = mixed(waves, waves.under("upper"), ["c"])
    late = (waves.frame["wave"] == "c").to_numpy()
    assert both.frame.loc[~late, "trust"].equals(waves.frame.loc[~late, "trust"])
    assert both.frame.loc[late, "trust"].notna().all()


def test_decisions_are_compared(found: egovstats.review.Variants, table: pd.DataFrame) -> None:
    """An interval on 0 and an adjustment that takes the change away are the same answer: not clear."""
    open_ = {"unclear", "doubtful"}
    for _, row in table[table["reason"] == ""].iterrows():
        if row.name[1] == "main":
            continue
        a, b = row["main_decision"], row["decision"]
        assert row["differs"] == (a != b and not {a, b} <= open_)
    differing = found.differing()
    assert [row.headline for row in differing] == [
        headline for (headline, _), differs in table["differs"].items() if differs
    ]


@pytest.mark.parametrize("language", ["en", "mn", "ru"])
def test_the_document_has_every_number_in_every_language(town: Study, tmp_path: Path, language: str) -> None:
    found = egovstats.variants(town.report, data=town.data, language=language)
    found.write(tmp_path, formats=["html", "json"])
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    said = {
        "en": ("Without wave a", "As in the report", "not tried: all weights are equal already"),
        "mn": ("a судалгаагүй", "Тайлангийнхаар", "туршаагүй: бүх жин угаасаа тэнцүү"),
        "ru": ("Без волны a", "Как в отчёте", "не испытано: все веса и так равны"),
    }
    for words in said[language]:
        assert words in page
    record = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    held = {entry["id"]: entry["value"] for entry in record["results"]}
    frame = found.to_frame()
    for _, row in frame[(frame["headline"] == CHANGE) & frame["estimate"].notna()].iterrows():
        mark = "" if row["variant"] == "main" else f"variant.{row['variant']}."
        assert held[f"{mark}{CHANGE}.effect"] == row["estimate"]


def test_other_rules_for_lone_units(tmp_path: Path) -> None:
    study = write_study(tmp_path, lone=True)
    text = REPORT.replace("needed: true", "needed: true\n    lonely_psu: certainty")
    (study.report / "report.yaml").write_text(text, encoding="utf-8")
    table = egovstats.variants(study.report, data=study.data).to_frame().set_index(["headline", "variant"])
    main_row, adjusted = table.loc[(CHANGE, "main")], table.loc[(CHANGE, "lonely.adjust")]
    assert adjusted["estimate"] == main_row["estimate"]
    assert adjusted["conf_high"] > main_row["conf_high"]
    assert (CHANGE, "lonely.certainty") not in table.index


def test_a_report_without_waves_or_headlines_is_refused(town: Study, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="needs wave files of town"):
        egovstats.variants(town.report, data=None)
    with pytest.raises(
        ReportError, match="no headline about a survey to try variants on: no wave file was read"
    ):
        egovstats.variants("mongolia", data=None)


def test_the_command(
    town: Study,
    found: egovstats.review.Variants,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def call(*words: object) -> tuple[int, str]:
        code = main(["variants", str(town.report), "--data", str(town.data), "-q", *map(str, words)])
        return code, capsys.readouterr().out

    code, out = call()
    assert code == 0
    assert out.startswith("Decisions of the report about survey data: 3. The same")
    assert "  Trust (change, 2018–2022): " in out
    assert "      ≠ " in out
    monkeypatch.setattr(egovstats, "variants", lambda *words, **options: found)
    code, out = call("--json")
    rows = json.loads(out)["rows"]
    assert (code, len(rows), rows[0]["headline"]) == (0, len(found.rows), CHANGE)
    file = tmp_path / "v.csv"
    assert call("-o", file)[0] == 0
    assert len(pd.read_csv(file)) == len(found.rows)
    assert call("-o", tmp_path / "v.html")[0] == 0
    assert "Without wave b" in (tmp_path / "v.html").read_text(encoding="utf-8")
    assert call("-o", tmp_path / "v.html")[0] == 3
    assert call("-o", tmp_path / "v.odt")[0] == 2


def test_waves_stay_comparable_where_the_silent_have_other_codes(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    crosswalk = study.report / "surveys" / "town" / "crosswalk.csv"
    text = crosswalk.read_text(encoding="utf-8")
    crosswalk.write_text(text.replace("b,trust,q1,8,Refused,,refused", "b,trust,q1,8,Refused,,no_answer"))
    table = egovstats.variants(study.report, data=study.data).to_frame().set_index(["headline", "variant"])
    waves = egovstats.open_series(study.report / "surveys" / "town").read(study.data)
    curve = egovstats.multiverse(
        waves, "trust", on="date", cuts={"headline": [2, 3]}, weights=[True]
    ).to_frame()
    slope = curve.set_index("missing")["estimate"]
    for rule in ("answer", "lower"):
        assert table.loc[(TREND, f"missing.{rule}"), "estimate"] == pytest.approx(slope["counted"], rel=1e-8)


CLAIMS = """\
publication: {title: A paper, citation: "Author (2023). A paper."}
claims:
  - id: below
    number: 1
    topic: trust
    statement: {en: Trust stayed below., mn: Итгэл доогуур байсан., ru: Доверие было ниже.}
    figures: [limit]
    checks: [{check: share_always_below, series: town, item: trust, limit: limit}]
"""


def test_verdicts_are_computed_again(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    waves = egovstats.open_series(study.report / "surveys" / "town").read(study.data)
    tops = [
        float(egovstats.proportion(each.design(), "trust", by="wave", answers=[2, 3]).estimate.max())
        for each in (waves, waves.under("upper"))
    ]
    paper = study.report / "surveys" / "paper"
    paper.mkdir()
    (paper / "claims.yaml").write_text(CLAIMS, encoding="utf-8")
    columns = "id,topic,label,label_mn,label_ru,value,unit,year,n,section,page,printed,step,qualifier,note"
    limit = round(50 * sum(tops), 1)
    (paper / "figures.csv").write_text(
        f"{columns}\nlimit,trust,Limit,Хязгаар,Предел,{limit},percent,,,,,,,,\n", encoding="utf-8"
    )
    text = REPORT.replace("surveys:\n", "study: paper\nsurveys:\n", 1)
    text += "  - {kind: claims, id: claims, title: {en: Claims}}\n"
    (study.report / "report.yaml").write_text(text, encoding="utf-8")
    table = egovstats.variants(study.report, data=study.data).to_frame().set_index(["headline", "variant"])
    rows = table.loc["claim.below"]
    assert rows.loc["main", "decision"] == "reproduced"
    for name, other in {
        "missing.upper": waves.under("upper"),
        "missing.lower": waves.under("lower"),
        "without.b": waves.only(["a", "c"]),
        "unclustered": unclustered(waves),
    }.items():
        verdict = egovstats.check_claims(paper, waves=other)["below"].verdict
        assert (rows.loc[name, "decision"], rows.loc[name, "differs"]) == (verdict, verdict != "reproduced")
    assert rows.loc["missing.upper", "differs"]
    assert rows.loc["unit.wave", "reason"] == "claims are tested by a rule of their own"
    # and the bundle of such a report carries the paper's claims
    egovstats.build_report(study.report, data=study.data).write(tmp_path / "run", formats=["json"])
    made = egovstats.bundle(tmp_path / "run", tmp_path / "b.zip", data=study.data, report=study.report)
    assert "definition/surveys/paper/claims.yaml" in made.contents
    assert egovstats.verify(tmp_path / "b.zip", data=study.data).agrees
