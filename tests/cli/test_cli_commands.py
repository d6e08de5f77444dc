"""Each command from its words to what is printed, on files that the tests make."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

import egovstats
from egovstats.cli import main
from egovstats.cli.output import SYNTHETIC

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "waves"
    assert main(["demo", str(folder), "-q"]) == 0
    return folder


@pytest.fixture
def small_sav(tmp_path: Path) -> Path:
    """Twelve respondents who must never be seen one by one."""
    frame = pd.DataFrame({"trust": [1.0, 2, 9] * 4, "town": [f"Secret Street {i}" for i in range(12)]})
    file = tmp_path / "wave.sav"
    pyreadstat.write_sav(
        frame,
        file,
        column_labels={"trust": "Итгэл"},
        variable_value_labels={"trust": {1: "Үгүй", 2: "Тийм", 9: "Мэдэхгүй"}},
        missing_ranges={"trust": [9]},
    )
    return file


# Files


def test_inspect(run: Run, small_sav: Path) -> None:
    code, out, err = run("inspect", small_sav)
    assert code == 0
    assert "Итгэл" in out
    assert "Тийм" in out
    assert "Secret Street" not in out + err


def test_inspect_a_file_that_is_not_there(run: Run) -> None:
    code, out, err = run("inspect", "nothing.sav")
    assert code == 3
    assert out == ""
    assert "nothing.sav" in err


def test_codebook_as_text_csv_and_json(run: Run, small_sav: Path, tmp_path: Path) -> None:
    code, out, _ = run("codebook", small_sav)
    assert code == 0
    assert out.splitlines()[0] == "trust  Итгэл"
    assert any(line.split() == ["9", "Мэдэхгүй", "missing"] for line in out.splitlines())

    code, out, _ = run("codebook", small_sav, "--json")
    assert egovstats.Codebook.from_json(out) == egovstats.read_microdata(small_sav).codebook
    code, out, err = run("codebook", small_sav, "-o", tmp_path / "book.json")
    assert code == 0
    assert out == ""
    assert f"wrote {tmp_path / 'book.json'}" in err
    again = egovstats.Codebook.from_json((tmp_path / "book.json").read_text(encoding="utf-8"))
    assert again == egovstats.read_microdata(small_sav).codebook

    code, _, _ = run("codebook", small_sav, "-o", tmp_path / "book.csv")
    with (tmp_path / "book.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert {"variable": "trust", "code": "9", "value_label": "Мэдэхгүй", "missing": "yes"}.items() <= rows[
        2
    ].items()


# Synthetic waves


def test_demo_refuses_to_replace(run: Run, demo: Path) -> None:
    code, out, err = run("demo", demo)
    assert code == 3
    assert "Pass --force to replace them" in err
    code, out, err = run("demo", demo, "--force")
    assert code == 0
    assert len(out.splitlines()) == len(list(demo.rglob("*.*")))
    assert SYNTHETIC in err


def test_topline(run: Run, demo: Path) -> None:
    words = ("topline", "bureaucracy", "--data", demo / "bureaucracy", "--item", "bureaucratic")
    code, out, err = run(*words)
    assert code == 0
    assert out.startswith(SYNTHETIC)
    assert out.rstrip().endswith(SYNTHETIC)
    assert "(bureaucratic)" in out
    assert "reading the waves of bureaucracy" in err

    _, out, _ = run(*words, "--json")
    rows = json.loads(out)["rows"]
    waves = egovstats.open_series("bureaucracy").read(demo / "bureaucracy", items=["bureaucratic"])
    expected = egovstats.topline(waves.design(), ["bureaucratic"])["bureaucratic"]
    assert [row["estimate"] for row in rows] == expected.estimate.tolist()
    assert [row["n"] for row in rows] == expected.n.tolist()
    np.testing.assert_allclose([row["std_error"] for row in rows], expected.std_error, rtol=1e-14)
    assert {row["wave"] for row in rows} == {"2015", "2018"}
    assert json.loads(out)["synthetic"] is True


def test_topline_in_another_language_and_to_a_file(run: Run, demo: Path, tmp_path: Path) -> None:
    words = ("topline", "bureaucracy", "--data", demo / "bureaucracy", "--item", "bureaucratic", "-q")
    _, russian, _ = run(*words, "--lang", "ru")
    _, mongolian, _ = run(*words, "--lang", "mn")
    assert "Опрошено (n)" in russian
    assert "Оролцогч (n)" in mongolian
    code, out, err = run(*words, "-o", tmp_path / "topline.csv")
    assert (code, out, err) == (0, "", "")
    with (tmp_path / "topline.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert all(row["synthetic"] == "True" for row in rows)
    code, _, err = run(*words, "-o", tmp_path / "topline.csv")
    assert code == 3
    assert "'topline.csv' is there already. Pass --force" in err


def test_topline_withholds_small_bases_in_every_form(run: Run, demo: Path) -> None:
    words = ("topline", "sant-maral", "--data", demo / "sant-maral", "--item", "trust_police")
    words = (*words, "--wave", "2023", "--by", "age", "-q")
    _, text, _ = run(*words)
    assert "Not shown: fewer than 30 respondents." in text
    _, out, _ = run(*words, "--json")
    rows = json.loads(out)["rows"]
    hidden = [row for row in rows if row["status"] == "suppressed"]
    assert hidden
    assert all(row["estimate"] is None and row["n"] is None and row["conf_low"] is None for row in hidden)
    assert all(row["n"] >= 30 for row in rows if row["status"] != "suppressed")


def test_crosstab(run: Run, demo: Path) -> None:
    words = ("crosstab", "sant-maral", "trust_government", "--data", demo / "sant-maral")
    words = (*words, "--by", "sex,region", "--wave", "2023", "-q")
    code, text, err = run(*words)
    assert (code, err) == (0, "")
    assert "Man (A)" in text
    assert "Ulaanbaatar (C)" in text
    assert "Letters name the rows" in text
    _, out, _ = run(*words, "--json")
    rows = json.loads(out)["rows"]
    waves = egovstats.open_series("sant-maral").read(demo / "sant-maral", waves=["2023"])
    shares = egovstats.crosstab(waves.design(), "trust_government", "sex").shares("column")
    keys = shares.keys
    for row in (row for row in rows if row["by"] == "sex" and row["answer"] != "net"):
        at = (keys["trust_government"] == row["answer"]) & (keys["sex"] == row["group"])
        assert row["estimate"] == pytest.approx(float(shares.estimate[at.to_numpy()][0]), rel=1e-12)
    assert all(row["estimate"] is None for row in rows if row["status"] == "suppressed")


def test_crosstab_by_a_number_is_refused(run: Run, demo: Path) -> None:
    words = ("crosstab", "sant-maral", "trust_government", "--data", demo / "sant-maral", "--by", "age")
    code, _, err = run(*words, "--wave", "2023", "-q")
    assert code == 2
    assert "'age' is a number. Name items with answers." in err


def test_unknown_item_series_and_wave(run: Run, demo: Path) -> None:
    data = ("--data", demo / "bureaucracy")
    assert run("topline", "bureaucracy", *data, "--item", "bureaucratik")[0] == 3
    assert "Did you mean 'bureaucratic'" in run("topline", "bureaucracy", *data, "--item", "bureaucratik")[2]
    assert "Did you mean 'bureaucracy'" in run("topline", "burocracy", *data)[2]
    assert "'2015'" in run("topline", "bureaucracy", *data, "--wave", "2014")[2]


def test_data_are_needed(run: Run) -> None:
    code, _, err = run("topline", "bureaucracy")
    assert code == 2
    assert "--data" in err


def test_data_from_settings_and_environment(run: Run, demo: Path, tmp_path: Path, monkeypatch) -> None:
    words = ("topline", "bureaucracy", "--item", "bureaucratic", "-q")
    monkeypatch.setenv("EGOVSTATS_DATA", str(demo / "bureaucracy"))
    monkeypatch.setenv("EGOVSTATS_LANG", "ru")
    _, out, _ = run(*words)
    assert "Опрошено" in out
    _, out, _ = run(*words, "--lang", "en")
    assert "Respondents" in out
    monkeypatch.delenv("EGOVSTATS_LANG")
    (tmp_path / "egovstats.yaml").write_text("lang: mn\nconf_level: 0.9\n", encoding="utf-8")
    _, out, _ = run(*words)
    assert "Оролцогч" in out
    (tmp_path / "egovstats.yaml").write_text("lnag: mn\n", encoding="utf-8")
    code, _, err = run(*words)
    assert code == 3
    assert "Did you mean 'lang'" in err


def test_trend(run: Run, demo: Path) -> None:
    words = ("trend", "sant-maral", "trust_government", "--data", demo / "sant-maral")
    words = (*words, "--wave", "2016-04,2020,2023")
    code, out, _ = run(*words, "-q")
    assert code == 0
    assert "2016 → 2020" in out
    assert "2016 → 2023" in out
    assert "1–19 May 2020" in out
    assert "Design-based linear regression on time: there was a" in out

    _, out, _ = run(*words, "--json")
    content = json.loads(out)
    waves = egovstats.open_series("sant-maral").read(
        demo / "sant-maral", waves=["2016-04", "2020", "2023"], items=["trust_government"]
    )
    design = waves.design()
    share = egovstats.proportion(design, "trust_government", by="wave", answers=[3, 4])
    last = egovstats.change(share, pairs="last", adjust="none")[0]
    found = next(
        each for each in content["changes"] if each["wave_to"] == "2023" and each["wave_from"] == "2016-04"
    )
    assert found["estimate"] == last.effect.estimate
    assert found["p_value"] == last.p_value
    assert found["p_adjusted"] >= found["p_value"]
    line = egovstats.trend(design, "trust_government", "date", answers=[3, 4])
    assert content["trend"][0]["estimate"] == line.slope.effect.estimate
    assert [row["estimate"] for row in content["rows"]] == share.estimate.tolist()


def test_trend_says_what_differs_between_the_waves_compared(run: Run, demo: Path) -> None:
    words = ("trend", "sant-maral", "trust_government", "--data", demo / "sant-maral", "-q")
    words = (*words, "--wave", "2009-04,2010-04,2023", "--adjust", "max-t")
    code, out, _ = run(*words)
    assert code == 0
    assert "- Places covered: 6 places and 6, of which 3 in both (2009 → 2010)" in out
    assert "max-t" in out


def test_trend_of_a_number_and_of_chosen_answers(run: Run, demo: Path) -> None:
    words = ("trend", "bureaucracy", "--data", demo / "bureaucracy", "-q")
    code, out, _ = run(*words, "age")
    assert code == 0
    assert "two waves always lie on a straight line" in out
    code, out, _ = run(*words, "main_reason", "--answer", "1,2", "--json")
    assert code == 0
    assert len(json.loads(out)["changes"]) == 1
    code, _, err = run(*words, "bureaucratic", "--answer", "yes")
    assert code == 2
    assert "--answer takes codes of the item bureaucratic: " in err


def test_harmonise_accounts_for_every_row(run: Run, demo: Path, tmp_path: Path) -> None:
    words = ("harmonise", "bureaucracy", "--data", demo / "bureaucracy", "-q")
    code, out, _ = run(*words)
    assert code == 0
    assert "synthetic-red-tape-2015.sav" in out
    _, out, _ = run(*words, "--json")
    content = json.loads(out)
    counts: dict[tuple[str, str], int] = {}
    for row in content["rows"]:
        counts[row["wave"], row["item"]] = counts.get((row["wave"], row["item"]), 0) + row["n"]
    assert set(counts.values()) == {1200}
    assert {"item", "wave_a", "wave_b", "aspect", "status", "detail"} <= set(content["comparability"][0])
    code, _, _ = run(*words, "--table", "comparability", "-o", tmp_path / "comparability.csv")
    assert code == 0
    assert "wave_a" in (tmp_path / "comparability.csv").read_text(encoding="utf-8-sig").splitlines()[0]


def test_a_folder_without_waves(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    code, out, err = run("topline", "bureaucracy", "--data", tmp_path / "empty")
    assert code == 3
    assert out == ""
    assert "\nerror: " in err
    assert "holds no files" in err


# Indicators and claims


def test_indicator(run: Run) -> None:
    code, out, _ = run(
        "indicator", "mng", "WGI_GE_EST", "--edition", "2024", "--from", "2010", "--to", "2020"
    )
    assert code == 0
    assert "Mann-Kendall test" in out
    assert "2010" in out
    assert "2021" not in out.split("Mann-Kendall")[0]
    _, out, _ = run("indicator", "MNG", "WGI_GE_EST", "--json")
    content = json.loads(out)
    series = egovstats.shipped_indicators().series("MNG", "WGI_GE_EST")
    assert [row["value"] for row in content["rows"]] == series.value.tolist()
    tests = {test["test"]: test for test in content["tests"]}
    expected = egovstats.mann_kendall(series.year, series.value)
    assert tests["Mann-Kendall test"]["p_value"] == expected.p_value
    assert tests["weighted straight-line trend"]["conf_level"] == 0.95
    change = egovstats.change_of_indicator(series, 1996, 2023)
    assert content["tests"][-1]["p_value"] == change.p_value
    assert content["tests"][-1]["conf_level"] == 0.9


def test_editions_that_hold_one_year_each_get_no_trend_test(run: Run) -> None:
    code, out, _ = run("indicator", "MNG", "EGDI")
    assert code == 0
    assert "p = " not in out
    assert "not on one scale" in out


def test_indicator_lists(run: Run) -> None:
    assert "MNG" in run("indicator")[1]
    assert "WGI_GE_EST" in run("indicator", "MNG")[1]


def test_indicator_faults(run: Run) -> None:
    code, _, err = run("indicator", "MNG", "WGI_GE_ESST")
    assert code == 3
    assert "Did you mean 'WGI_GE_EST'" in err
    code, _, err = run("indicator", "MNG", "WGI_GE_EST", "--file", "x.csv")
    assert code == 2
    assert "--file needs --publisher" in err
    code, _, err = run("indicator", "MNG", "WGI_GE_EST", "--from", "2090")
    assert code == 3
    assert "2090" in err


def test_claims(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("claims")
    assert code == 0
    assert "contradicted" in out
    _, out, _ = run("claims", "mongolia", "--json")
    content = json.loads(out)
    ledger = egovstats.check_claims("mongolia")
    assert [row["verdict"] for row in content["rows"]] == [each.verdict for each in ledger.verdicts]
    assert content["counts"] == ledger.counts
    assert len(content["rows"]) == 22
    assert run("claims", "--strict")[0] == (1 if ledger.counts["contradicted"] else 0)


def test_claims_never_get_a_verdict_from_synthetic_waves(run: Run, demo: Path) -> None:
    _, without, _ = run("claims", "--json")
    words = ("claims", "--json", "--series", "sant-maral", "--data", demo / "sant-maral")
    _, with_waves, _ = run(*words)
    verdicts = [[row["verdict"] for row in json.loads(text)["rows"]] for text in (without, with_waves)]
    assert verdicts[0] == verdicts[1]


def test_claims_of_a_study_that_is_not_there(run: Run) -> None:
    code, _, err = run("claims", "mongolai")
    assert code == 3
    assert "Did you mean 'mongolia'" in err
