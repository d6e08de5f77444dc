"""Wave files into one frame: every respondent and every code is accounted for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import wave_files as made

from egovstats.errors import DesignError, WaveError
from egovstats.waves import Waves, open_series


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return made.write_study(tmp_path / "demo")


@pytest.fixture
def waves(study: Path, tmp_path: Path) -> Waves:
    return open_series(study).read(made.write_both(tmp_path / "files"))


def test_answers_and_missing_reasons(waves: Waves) -> None:
    nan = np.nan
    np.testing.assert_equal(waves.frame["trust"].to_numpy(), [1, 2, 3, nan, nan, 3, 3, 2, 1, nan])
    assert list(waves.missing["trust"]) == ["", "", "", "dont_know", "system", "", "", "", "", "refused"]
    np.testing.assert_equal(waves.frame["bribe"].to_numpy(), [nan] * 6 + [0, 1, nan, nan])
    assert list(waves.missing["bribe"]) == ["not_asked"] * 6 + ["", "", "not_applicable", "not_applicable"]
    np.testing.assert_equal(waves.frame["age"].to_numpy(), [18, 40, nan, 77, 30, 31, 20, 30, 40, 50])
    assert list(waves.missing["age"])[2] == "refused"


def test_the_frame_begins_with_the_sample(waves: Waves) -> None:
    assert list(waves.frame.columns) == [
        "wave", "year", "date", "weight", "stratum", "psu", "trust", "bribe", "age", "urban",
    ]  # fmt: skip
    assert list(waves.frame["wave"].unique()) == ["2019", "2021"]
    assert waves.frame["date"].iloc[0] == pytest.approx(2019 + 74.5 / 365)  # 16 March at noon
    assert waves.frame["date"].iloc[-1] == 2021.5  # nothing known: the middle of the year
    assert list(waves.frame["weight"]) == [0.5, 1.5, 1, 1, 1, 1, 1, 1, 1, 1]
    assert list(waves.frame["stratum"]) == ["2019|1"] * 3 + ["2019|2"] * 3 + ["2021"] * 4
    assert list(waves.frame["psu"]) == [
        "2019|a", "2019|a", "2019|b", "2019|a", "2019|c", "2019|c", "2021|1", "2021|2", "2021|3", "2021|4",
    ]  # fmt: skip


def test_the_log_accounts_for_everyone(waves: Waves) -> None:
    assert list(waves.log.columns) == [
        "wave", "item", "source_variable", "source_code", "source_label", "target", "missing", "n",
    ]  # fmt: skip
    counts = waves.log.groupby(["wave", "item"])["n"].sum()
    assert set(counts["2019"]) == {6}
    assert set(counts["2021"]) == {4}
    trust = waves.log[(waves.log["wave"] == "2019") & (waves.log["item"] == "trust")]
    assert list(trust["source_code"]) == ["1", "2", "3", "9", ""]
    assert list(trust["n"]) == [1, 1, 2, 1, 1]
    assert list(trust["missing"]) == ["", "", "", "dont_know", "system"]
    age = waves.log[(waves.log["wave"] == "2021") & (waves.log["item"] == "age")]
    assert age[["source_code", "n"]].to_numpy().tolist() == [["18..110", 4]]  # no one's own age is shown
    bribe = waves.log[(waves.log["wave"] == "2019") & (waves.log["item"] == "bribe")]
    assert bribe[["source_variable", "missing", "n"]].to_numpy().tolist() == [["", "not_asked", 6]]


def test_sources_notes_and_what_was_skipped(study: Path, tmp_path: Path) -> None:
    files = tmp_path / "files"
    made.write_wave(files / "DEMO_2021.SAV", made.FRAME_2021, file_label="SYNTHETIC demo")
    waves = open_series(study).read(files)
    assert waves.synthetic
    assert [source.wave for source in waves.sources] == ["2021"]
    assert waves.sources[0].title == "Demo, Second wave"
    assert waves.sources[0].citation == "Demo 2020"
    assert waves.sources[0].file == "DEMO_2021.SAV"
    assert [(each.wave, each.reason) for each in waves.skipped] == [
        ("2019", "no file named *2019*.sav is in the folder")
    ]
    assert waves.notes == ("Two waves made for a test.",)
    assert "respondents" in repr(waves)


def test_files_in_a_folder_of_the_series_name(study: Path, tmp_path: Path) -> None:
    made.write_both(tmp_path / "files" / "demo")
    (tmp_path / "files" / "README.txt").write_text("nothing", encoding="utf-8")
    assert len(open_series(study).read(tmp_path / "files")) == 10


def test_some_waves_and_items(study: Path, tmp_path: Path) -> None:
    series = open_series(study)
    files = made.write_both(tmp_path / "files")
    waves = series.read(files, waves=["2021"], items=["age"])
    assert list(waves.frame.columns)[6:] == ["age"]
    assert list(waves.log["item"].unique()) == ["age"]
    assert waves.skipped == ()
    with pytest.raises(WaveError, match="the series 'demo' has no item 'thrust'"):
        series.read(files, items=["thrust"])
    with pytest.raises(WaveError, match="the series 'demo' has no wave '2020'"):
        series.read(files, waves=["2020"])
    (files / "demo_2019.sav").unlink()
    with pytest.raises(WaveError) as caught:
        series.read(files, waves=["2019", "2021"])
    assert str(caught.value) == (
        "each wave asked for must have a file in 'files', and there is none for 2019 (*2019*.sav). "
        "Add it, or leave the wave out."
    )


def test_strata_from_items(tmp_path: Path) -> None:
    card = made.CARD_2019.replace("stratum: [REG]", "stratum_items: [urban]")
    study = made.write_study(tmp_path / "demo", rows=made.ROWS_2019, cards=[card])
    files = tmp_path / "files"
    made.write_wave(files / "demo_2019.sav", made.FRAME_2019)
    waves = open_series(study).read(files, items=["trust"])
    assert list(waves.frame["stratum"]) == [f"2019|{int(code)}" for code in made.FRAME_2019["UR"]]
    assert "urban" not in waves.frame.columns


def test_the_design_knows_strata_and_units(tmp_path: Path) -> None:
    frame = {**made.FRAME_2019, "VILLAGE": ["a", "b", "b", "d", "c", "c"]}
    study = made.write_study(tmp_path / "demo", rows=made.ROWS_2019, cards=[made.CARD_2019])
    made.write_wave(tmp_path / "files" / "demo_2019.sav", frame)
    waves = open_series(study).read(tmp_path / "files")
    design = waves.design()
    assert design.df == 4 - 2
    assert design.sources == waves.sources
    assert design.unit("trust") == "score 1-3"
    frame["VILLAGE"] = ["a", "a", "a", "d", "c", "c"]
    made.write_wave(tmp_path / "files" / "demo_2019.sav", frame)
    lonely = open_series(study).read(tmp_path / "files")
    with pytest.raises(DesignError):
        lonely.design()
    assert lonely.design(lonely_psu="adjust").df == 1


def test_row_order_changes_nothing(study: Path, tmp_path: Path, waves: Waves) -> None:
    files = tmp_path / "turned"
    made.write_wave(files / "2019.sav", {name: column[::-1] for name, column in made.FRAME_2019.items()})
    made.write_wave(files / "2021.sav", {name: column[::-1] for name, column in made.FRAME_2021.items()})
    turned = open_series(study).read(files)
    pd.testing.assert_frame_equal(turned.log, waves.log)
    np.testing.assert_equal(np.sort(turned.frame["age"]), np.sort(waves.frame["age"]))


def test_text_codes_keep_their_zeros(tmp_path: Path) -> None:
    rows = made.ROWS_2019.replace('UR,"1"', 'UR,"01"').replace('UR,"2"', 'UR,"02"')
    study = made.write_study(tmp_path / "demo", rows=rows, cards=[made.CARD_2019])
    frame = {**made.FRAME_2019, "UR": ["01", "01", "02", "02", "01", "02"]}
    values = {name: each for name, each in made.VALUES.items() if name != "UR"}
    made.write_wave(tmp_path / "files" / "demo_2019.sav", frame, values=values)
    waves = open_series(study).read(tmp_path / "files")
    assert list(waves.frame["urban"]) == [1, 1, 2, 2, 1, 2]
    assert waves.notes[-1] == (
        "2019: 2 codes that the crosswalk names have no label in the file, so their meaning is taken from the "
        "crosswalk alone."
    )


def test_stata_tags_are_codes(tmp_path: Path) -> None:
    rows = made.ROWS_2019.replace('2019,trust,Q1,"","",,system,', '2019,trust,Q1,".a","",,refused,')
    card = made.CARD_2019.replace("*2019*.sav", "*2019*.dta")
    study = made.write_study(tmp_path / "demo", rows=rows, cards=[card])
    frame = pd.DataFrame(made.FRAME_2019).astype({"Q1": object})
    frame.loc[4, "Q1"] = "a"
    import pyreadstat

    files = tmp_path / "files"
    files.mkdir()
    pyreadstat.write_dta(
        frame,
        str(files / "demo_2019.dta"),
        missing_user_values={"Q1": ["a"]},
        variable_value_labels={name: made.VALUES[name] for name in ("UR", "Q2")},
    )
    waves = open_series(study).read(files)
    assert list(waves.missing["trust"]) == ["", "", "", "dont_know", "refused", ""]


def test_published_n_and_days_of_interview(tmp_path: Path) -> None:
    card = made.CARD_2019 + "n: 1200\ninterview_date: DAY\n"
    study = made.write_study(tmp_path / "demo", rows=made.ROWS_2019, cards=[card])
    days = pd.to_datetime(["2019-02-27", *["2019-03-05"] * 4, "2019-03-31"]).date
    made.write_wave(tmp_path / "files" / "demo_2019.sav", {**made.FRAME_2019, "DAY": list(days)})
    waves = open_series(study).read(tmp_path / "files")
    assert waves.notes[1:] == (
        "2019: The file has 6 respondents; 1200 were published.",
        "2019: 1 interview is dated outside the field period of the card (2019-03-01 to 2019-03-31); the "
        "file's run from 2019-02-27 to 2019-03-31.",
    )


def verdict(waves: Waves, item: str, aspect: str) -> tuple[str, str]:
    table = waves.comparability
    rows = table[(table["item"] == item) & (table["aspect"] == aspect)]
    assert len(rows) == 1
    return rows.iloc[0]["status"], rows.iloc[0]["detail"]


def test_comparability_of_two_waves(waves: Waves) -> None:
    table = waves.comparability
    assert list(table.columns) == ["item", "wave_a", "wave_b", "aspect", "status", "detail"]
    assert set(table["item"]) == {"trust", "age", "urban"}  # bribe was asked in one wave only
    assert verdict(waves, "trust", "wording") == (
        "same",
        "both files label the question 'Trust in government'",
    )
    assert verdict(waves, "trust", "scale") == ("same", "3 answers in both")
    assert verdict(waves, "trust", "categories") == ("same", "the files label the answers alike")
    assert verdict(waves, "trust", "mode") == ("unknown", "the mode is not known for both waves")
    assert verdict(waves, "trust", "coverage") == ("changed", "2 places and 2, of which 1 in both")
    assert verdict(waves, "trust", "base") == (
        "unknown",
        "17 % of respondents in 2019 have an empty cell, and may not have been asked",
    )
    assert verdict(waves, "age", "base") == ("same", "nobody is left out in both")
    assert verdict(waves, "trust", "order") == (
        "changed",
        "the codes of the answers run the other way in one of the files",
    )
    assert verdict(waves, "urban", "order") == (
        "same",
        "the answers run alike, and 'Age' stands before the question in both files",
    )
    assert verdict(waves, "trust", "weights") == ("changed", "only 2019 is weighted")
    assert verdict(waves, "age", "scale") == ("same", "a number (years) in both")
    assert verdict(waves, "urban", "wording") == ("unknown", "a file has no label for the question")


def test_the_order_is_the_same_only_where_answers_and_the_question_before_are(tmp_path: Path) -> None:
    """``unknown`` never passes for ``same``: what stood before must be seen in both files."""
    labels = {**made.LABELS, "UR": "Urban or rural"}
    frame = {"A": [1.0] * 4, "UR": [1.0, 2.0, 1.0, 2.0]}
    for year, before in ((2019, "Q4. Age of the house"), (2021, "B9. Age of the house")):
        made.write_wave(
            tmp_path / f"x_{year}.sav", frame, labels=labels | {"A": before}, values={"UR": made.VALUES["UR"]}
        )
    rows = "".join(
        f'{year},urban,UR,"1","Urban",1,,\n{year},urban,UR,"2","Rural",2,,\n' for year in (2019, 2021)
    )
    cards = [
        f"wave: '{year}'\nyear: {year}\ntitle: T\nfile: {{names: ['*{year}*.sav']}}\n"
        for year in (2019, 2021)
    ]
    waves = open_series(made.write_study(tmp_path / "demo", rows=rows, cards=cards)).read(tmp_path)
    status, detail = verdict(waves, "urban", "order")
    assert status == "same"
    assert detail == "the answers run alike, and 'Age of the house' stands before the question in both files"
    waves.before["2019", "urban"] = "Q4. Trust"
    fresh = replace(waves)
    assert verdict(fresh, "urban", "order")[0] == "unknown"


def test_comparability_of_merged_answers_and_known_changes(tmp_path: Path) -> None:
    series = made.SERIES.replace(
        "    reversed: true\n",
        "    reversed: true\n    changes:\n"
        '      - {wave: "2021", aspect: wording, detail: Another government.}\n',
    )
    rows = (made.ROWS_2019 + made.ROWS_2021).replace(
        '2021,trust,T_GOV,"3","No",1', '2021,trust,T_GOV,"3","No",2'
    )
    study = made.write_study(tmp_path / "demo", series=series, rows=rows)
    waves = open_series(study).read(made.write_both(tmp_path / "files"))
    assert verdict(waves, "trust", "wording") == ("changed", "Another government.")
    assert verdict(waves, "trust", "scale") == ("changed", "'No' only in 2019")
    assert verdict(waves, "trust", "categories") == (
        "changed",
        "'No' stands for 1 source answer in 2019 and 0 source answers in 2021; "
        "'A bit' stands for 1 source answer in 2019 and 2 source answers in 2021",
    )
