"""The five Afrobarometer rounds of Tunisia: what the series makes of the real files, against plain pandas."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from egovstats.errors import SourceError, WaveError
from egovstats.waves import SurveySeries, Waves, open_series

FILES = {
    "r5": "tun_r5_data.sav",
    "r6": "tun_r6_data_en.sav",
    "r7": "tun_r7_data.sav",
    "r8": "tun_r8_data.sav",
    "r9": "tun_r9_data.sav",
}
WEIGHT = {"r5": "withinwt", "r6": "withinwt", "r7": "withinwt", "r8": "withinwt_ea", "r9": "withinwt_ea"}
TRUST = {
    "trust_president": {"r5": "Q59A_TUN", "r6": "Q52A", "r7": "Q43A", "r8": "Q41A", "r9": "Q37A"},
    "trust_police": {"r5": "Q59H", "r6": "Q52H", "r7": "Q43G", "r8": "Q41G", "r9": "Q37G"},
    "trust_courts": {"r5": "Q59J", "r6": "Q52J", "r7": "Q43I", "r8": "Q41I", "r9": "Q37I"},
    "trust_religious_leaders": {"r6": "Q52L", "r7": "Q43K", "r8": "Q41L", "r9": "Q37K"},
}
TRUSTING = {"Somewhat", "A lot", "Partiellement confiance", "Beaucoup confiance"}
ANSWERS = TRUSTING | {"Not at all", "Just a little", "Pas du tout confiance", "Juste un peu confiance"}
GOVERNORATES = {
    1: {"Tunis", "Ariana", "Ben Arous", "Manouba", "Great Tunis"},
    2: {"Nabeul", "Zaghouan", "Bizerte", "North East"},
    3: {"Beja", "Bèja", "Jendouba", "Le Kef", "Siliana", "North West"},
    4: {"Sousse", "Monastir", "Mahdia", "Sfax", "Center East"},
    5: {"Kairouan", "Kasserine", "Sidi Bouzid", "Center West"},
    6: {"Gabes", "Gabès", "Mednine", "Medenine", "Tataouine", "South East"},
    7: {"Gafsa", "Tozeur", "Kebili", "Kébili", "South West"},
}

Raw = dict[str, tuple[pd.DataFrame, dict[str, dict[float, str]]]]


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "microdata" / "afrobarometer-tunisia"


@pytest.fixture(scope="module")
def series() -> SurveySeries:
    return open_series("afrobarometer-tunisia")


@pytest.fixture(scope="module")
def waves(series: SurveySeries, folder: Path) -> Waves:
    return series.read(folder)


@pytest.fixture(scope="module")
def raw(folder: Path) -> Raw:
    found = {}
    for wave, name in FILES.items():
        frame, meta = pyreadstat.read_sav(str(folder / name), user_missing=True)
        found[wave] = (frame, meta.variable_value_labels)
    return found


def of(waves: Waves, wave: str) -> pd.DataFrame:
    return waves.frame[waves.frame["wave"] == wave]


def headline(waves: Waves, item: str, wave: str) -> float:
    part = of(waves, wave)
    answered = part[item].notna()
    share = part[item].isin(waves.items[item].headline.codes)
    return float((share * part["weight"])[answered].sum() / part["weight"][answered].sum())


# without the files


def test_every_text_is_in_three_languages(series: SurveySeries) -> None:
    for item in series.items.values():
        texts = [item.label, *(answer.label for answer in item.answers)]
        texts += [text for text in (item.question, item.note) if text is not None]
        texts += [item.headline.label] if item.headline else []
        assert all(set(text) == {"en", "mn", "ru"} for text in texts), item.name
    assert all(set(note) == {"en", "mn", "ru"} for note in series.about.notes)


def test_each_card_names_its_sources_and_assumptions(series: SurveySeries) -> None:
    for card in series.waves:
        assert card.sources
        assert card.assumptions
        assert card.not_reported
        assert card.stratum_items == ("region", "urban_rural")
        assert card.psu == card.weight == WEIGHT[card.wave]


def test_same_code_same_label_within_a_round(series: SurveySeries) -> None:
    """A crosswalk row for a label that means no answer never gives a code, and the other way round."""
    reasons = ("missing", "refus", "a refusé", "don", "ne sai", "not asked", "non demandé")
    for rule in series.crosswalk:
        if rule.item.startswith("contact_") and rule.wave == "r6":
            continue  # not knowing how hard it was still is contact
        if rule.source_label and rule.source_label.casefold().startswith(reasons):
            assert rule.missing, rule
        elif rule.item.startswith("trust_"):
            assert not rule.missing, rule


# with the files


def test_every_respondent_is_there(waves: Waves) -> None:
    assert waves.frame["wave"].value_counts(sort=False).to_dict() == {
        "r5": 1200, "r6": 1200, "r7": 1199, "r8": 1200, "r9": 1200,
    }  # fmt: skip
    counts = waves.log.groupby(["wave", "item"])["n"].sum().unstack("wave")
    assert (counts == [1200, 1200, 1199, 1200, 1200]).all(axis=None)
    assert not waves.synthetic
    assert waves.skipped == ()


@pytest.mark.parametrize("item", TRUST)
def test_weighted_trust_by_hand(waves: Waves, raw: Raw, item: str) -> None:
    for wave, variable in TRUST[item].items():
        frame, labels = raw[wave]
        answer = frame[variable].map(labels[variable])
        base = answer.isin(ANSWERS)
        weight = frame[WEIGHT[wave]]
        by_hand = weight[base & answer.isin(TRUSTING)].sum() / weight[base].sum()
        assert headline(waves, item, wave) == pytest.approx(by_hand, abs=1e-12)


def test_the_estimate_is_that_of_pandas(waves: Waves, raw: Raw) -> None:
    import egovstats as eg

    table = eg.proportion(waves.design(), "trust_president", by="wave").to_frame()
    for wave, variable in TRUST["trust_president"].items():
        frame, labels = raw[wave]
        answer = frame[variable].map(labels[variable])
        base = answer.isin(ANSWERS)
        weight = frame[WEIGHT[wave]]
        by_hand = weight[base & answer.isin(TRUSTING)].sum() / weight[base].sum()
        found = table[(table["wave"] == wave) & table["answer"].isin([2, 3])]["estimate"].sum()
        assert found == pytest.approx(by_hand, abs=1e-12)


def test_president_and_prime_minister_are_not_mixed_up(waves: Waves) -> None:
    log = waves.log[(waves.log["wave"] == "r5") & (waves.log["target"] == 0)].set_index("item")["n"]
    assert log["trust_prime_minister"] == 473
    assert log["trust_president"] == 443
    assert log["trust_constituent_assembly"] == 540


def test_not_asked_is_its_own_reason(waves: Waves) -> None:
    missing = waves.missing.groupby(waves.frame["wave"])["trust_parliament"].value_counts().unstack()
    assert missing.loc["r9", "not_asked"] == 1200
    assert missing.loc["r5", "not_asked"] == 1200
    assert missing.loc["r7", "dont_know"] == 137
    assert missing.loc["r7", "refused"] == 3
    row = waves.log[(waves.log["wave"] == "r9") & (waves.log["item"] == "trust_ruling_party")]
    asked = row[row["n"] > 0].iloc[0]
    assert (asked["source_code"], asked["source_label"], asked["n"]) == ("94", "Non demandé en Tunisie", 1200)


def test_regions_by_their_names(waves: Waves, raw: Raw) -> None:
    region = {name: code for code, names in GOVERNORATES.items() for name in names}
    for wave, (frame, labels) in raw.items():
        names = frame["REGION"].map(labels["REGION"]).str.strip()
        np.testing.assert_array_equal(of(waves, wave)["region"].to_numpy(), names.map(region).to_numpy())


def test_round_five_is_turned(waves: Waves, raw: Raw) -> None:
    frame, labels = raw["r5"]
    hard = frame["Q67E"].map(labels["Q67E"]).isin(["Very difficult", "Difficult"])
    answered = frame["Q67E"].between(1, 4)
    by_hand = (hard * frame["withinwt"])[answered].sum() / frame["withinwt"][answered].sum()
    assert headline(waves, "difficulty_medical", "r5") == pytest.approx(by_hand, abs=1e-12)
    assert headline(waves, "difficulty_medical", "r5") == pytest.approx(0.377, abs=5e-4)


def test_round_nine_answers_contradict_their_labels(raw: Raw, waves: Waves) -> None:
    """The evidence that sources.md gives for reading the codes as in rounds 6 to 8."""
    frame, labels = raw["r9"]
    assert labels["Q41B"][1] == "Très difficile"

    def rank(one: str, two: str, low: float) -> float:
        left = frame[one].where(frame[one].between(1, 4))
        right = frame[two].where(frame[two].between(low, 5))
        return float(left.corr(right, method="spearman"))

    assert rank("Q41B", "Q41D", 0) == pytest.approx(-0.45, abs=0.005)  # respect
    assert rank("Q41B", "Q41F", 0) == pytest.approx(0.41, abs=0.005)  # absent doctors
    assert rank("Q41B", "Q41G", 0) == pytest.approx(0.37, abs=0.005)  # waiting
    assert rank("Q41B", "Q46G", 1) == pytest.approx(-0.29, abs=0.005)  # government on health
    assert rank("Q40B", "Q40D", 0) < -0.3
    assert rank("Q42B", "Q42D", 0) < -0.3
    assert headline(waves, "difficulty_medical", "r9") == pytest.approx(0.616, abs=5e-4)
    said = [note for note in waves.notes if "French answer labels" in note]
    assert len(said) == 1


def test_no_contact_is_not_applicable(waves: Waves, raw: Raw) -> None:
    for wave, contact in {"r7": "Q49D", "r8": "Q44D", "r9": "Q41A"}.items():
        part = waves.frame["wave"] == wave
        without = (waves.missing.loc[part, "difficulty_medical"] == "not_applicable").to_numpy()
        frame, labels = raw[wave]
        answer = frame[contact].map(labels[contact]).to_numpy()
        assert not np.isin(answer[without], ["Yes", "Oui"]).any()
        assert not np.isin(answer[~without], ["No", "Non"]).any()


@pytest.mark.parametrize(
    ("item", "percent"),
    [
        ("bribe_police_avoid", 17),
        ("bribe_police_help", 15),
        ("bribe_identity_document", 12),
        ("bribe_medical", 11),
        ("bribe_household_services", 10),
        ("bribe_school", 8),
    ],
)
def test_bribes_of_round_seven_as_published(waves: Waves, item: str, percent: int) -> None:
    """Shares presented on 1 October 2018, whole per cent."""
    assert round(100 * headline(waves, item, "r7")) == percent


def test_contact_with_clinics_in_round_eight_as_published(waves: Waves) -> None:
    """36 % in Afrobarometer dispatch AD976, which compares with 2020."""
    assert round(100 * headline(waves, "contact_medical", "r8")) == 36


def test_the_weight_marks_the_enumeration_area(raw: Raw) -> None:
    sizes = {"r5": {10: 112, 20: 4}, "r6": {8: 150}, "r7": {8: 149, 7: 1}, "r8": {8: 150}, "r9": {8: 150}}
    for wave, (frame, _) in raw.items():
        area = frame.groupby(WEIGHT[wave])
        assert area.size().value_counts().to_dict() == sizes[wave]
        assert area["REGION"].nunique().max() == 1
        assert area["URBRUR"].nunique().max() == 1
        seen = [name for name in frame.columns if name.startswith("EA_")]
        if wave != "r5":
            assert area[seen].nunique().max().max() == 1


def test_the_design(waves: Waves) -> None:
    design = waves.design()
    assert design.df == 716 - 70
    assert waves.frame["psu"].nunique() == 116 + 4 * 150
    assert waves.frame["stratum"].nunique() == 5 * 14
    weight = waves.frame.groupby("wave")["weight"].sum()
    np.testing.assert_allclose(weight, [1200, 1200, 1199, 1200, 1200], rtol=1e-6)


def test_background(waves: Waves) -> None:
    assert waves.frame["age"].min() == 18
    assert waves.frame["age"].max() == 95
    group = pd.cut(waves.frame["age"], [17, 29, 44, 59, 120], labels=False) + 1
    np.testing.assert_array_equal(group, waves.frame["age_group"])
    np.testing.assert_array_equal(
        waves.frame["education"].map({0: 0, 1: 0, 2: 1, 3: 1, 4: 2, 5: 2, 6: 3, 7: 3, 8: 3, 9: 3}),
        waves.frame["education_level"],
    )
    assert set(waves.missing.loc[waves.frame["age"].isna(), "age"]) == {"dont_know", "refused"}
    assert waves.frame.groupby("wave")["sex"].apply(lambda sex: (sex == 2).sum()).to_list() == [
        600,
        600,
        601,
        600,
        605,
    ]


def test_what_may_be_compared(waves: Waves) -> None:
    table = waves.comparability.set_index(["item", "wave_a", "wave_b", "aspect"])["status"]
    assert table["trust_president", "r5", "r6", "wording"] == "same"
    assert table["trust_president", "r8", "r9", "wording"] == "unknown"
    assert table["trust_local_council", "r7", "r8", "wording"] == "changed"
    assert table["trust_local_council", "r8", "r9", "wording"] == "unknown"
    assert table["difficulty_medical", "r5", "r6", "base"] == "changed"
    assert table["difficulty_medical", "r5", "r9", "base"] == "changed"
    assert table["difficulty_medical", "r7", "r8", "base"] == "same"
    assert table["difficulty_medical", "r8", "r9", "scale"] == "unknown"
    assert table["region", "r6", "r7", "categories"] == "same"
    assert table["trust_police", "r5", "r9", "weights"] == "same"
    assert ("trust_parliament", "r8", "r9", "wording") not in table.index


def test_field_dates_are_those_of_the_interviews(raw: Raw, series: SurveySeries, waves: Waves) -> None:
    for wave, (frame, _) in raw.items():
        field = series.card(wave).field
        assert (frame["DATEINTR"].min(), frame["DATEINTR"].max()) == (field.start, field.end)
    assert not [note for note in waves.notes if "outside the field period" in note]


# the same files, damaged


def contents(folder: Path, wave: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    """A file's columns, but for times of day, and its labels, ready to be written again."""
    frame, meta = pyreadstat.read_sav(str(folder / FILES[wave]), user_missing=True)
    keep = [name for name in frame.columns if not meta.original_variable_types[name].startswith("TIME")]
    frame = frame[keep]
    labels = {
        "column_labels": [meta.column_names_to_labels[name] for name in keep],
        "variable_value_labels": {
            name: meta.variable_value_labels[name] for name in keep if name in meta.variable_value_labels
        },
    }
    return frame, labels


def test_a_new_code_in_a_real_file(series: SurveySeries, folder: Path, tmp_path: Path) -> None:
    frame, labels = contents(folder, "r9")
    frame.loc[:4, "Q37A"] = 4.0
    pyreadstat.write_sav(frame, str(tmp_path / "tun_r9_copy.sav"), **labels)
    with pytest.raises(WaveError) as caught:
        series.read(tmp_path)
    assert str(caught.value) == (
        "the files of the series 'afrobarometer-tunisia' cannot be read, with 1 fault:\n"
        "  wave r9 (tun_r9_copy.sav): Q37A: code '4' (no label) of 5 respondents is not mapped to trust_president. Add "
        "to crosswalk.csv (a target code in place of ?: 0, 1, 2, 3; or nothing there and a missing reason after it):\n"
        '      r9,trust_president,Q37A,"4","",?,,\n'
        "Each line says what to do; then read again."
    )


def test_a_renamed_weight_and_item_in_a_real_file(series: SurveySeries, folder: Path, tmp_path: Path) -> None:
    frame, labels = contents(folder, "r8")
    frame = frame.rename(columns={"Q41A": "TRUST_PRES", "withinwt_ea": "withinwt"})
    labels["variable_value_labels"].pop("Q41A")
    pyreadstat.write_sav(frame, str(tmp_path / "tun_r8_copy.sav"), **labels)
    with pytest.raises(WaveError) as caught:
        series.read(tmp_path)
    text = str(caught.value)
    assert "there is no column 'Q41A', which trust_president is read from." in text
    assert "Near by label: 'TRUST_PRES' ('Q41a. Trust president')" in text
    assert "there is no column 'withinwt_ea', which the card gives as weight. Did you mean 'withinwt'" in text


def test_real_files_cut_off_or_twice(series: SurveySeries, folder: Path, tmp_path: Path) -> None:
    whole = (folder / FILES["r7"]).read_bytes()
    (tmp_path / "tun_r7_data.sav").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match=r"tun_r7_data\.sav"):
        series.read(tmp_path)
    shutil.copy(folder / FILES["r7"], tmp_path / "tun_r7_data.sav")
    assert len(series.read(tmp_path)) == 1199
    shutil.copy(folder / FILES["r7"], tmp_path / "copy of tun_r7_data.sav")
    with pytest.raises(
        WaveError, match=r"the wave 'r7' has 2 files \('copy of tun_r7_data.sav', 'tun_r7_data.sav'\)"
    ):
        series.read(tmp_path)
