"""Stand-in files: the bytes, the labels, the codes, and the truth that estimates must find again."""

from __future__ import annotations

import csv
import os
import shutil
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from egovstats.errors import SourceError, WaveError
from egovstats.waves import demo
from egovstats.waves.card import Card
from egovstats.waves.crosswalk import Rule
from egovstats.waves.demo import DEMO_SERIES, write_demo
from egovstats.waves.demo_plan import demo_marginals, read_plan
from egovstats.waves.item import Item
from egovstats.waves.series import SurveySeries, open_series

STANDARD_ERRORS = 4


@pytest.fixture(scope="session")
def series() -> dict[str, SurveySeries]:
    return {name: open_series(name) for name in DEMO_SERIES}


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stand-in") / "demo"
    write_demo(folder)
    return folder


@pytest.fixture(scope="session")
def files(demo_folder: Path, series: dict[str, SurveySeries]) -> dict[tuple[str, str], tuple]:
    """Each file as pyreadstat reads it: (series, wave) to (frame, metadata)."""
    return {
        (name, card.wave): pyreadstat.read_sav(
            demo_folder / name / read_plan(each).file.format(wave=card.wave), user_missing=True
        )
        for name, each in series.items()
        for card in each.waves
    }


@pytest.fixture(scope="session")
def shares(series, files) -> pd.DataFrame:
    """Every share of every file with its linearised standard error, beside the truth."""
    rows = [
        (name, card.wave, *row)
        for name, each in series.items()
        for card in each.waves
        for row in _share_rows(each, card, files[name, card.wave][0])
    ]
    columns = ["series", "wave", "item", "answer", "truth", "n", "share", "std_error"]
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture(scope="session")
def headlines(shares) -> pd.DataFrame:
    """The shares of trend lines: answers named by the items' headlines, taken together."""
    return shares[shares["answer"] == "headline"]


def _share_rows(each: SurveySeries, card: Card, frame: pd.DataFrame) -> Iterator[tuple]:
    truth = demo_marginals(each).query("wave == @card.wave")
    weight = frame[card.weight].to_numpy() if card.weight else np.ones(len(frame))
    for item, rows in truth.groupby("item", sort=False):
        if each.items[item].kind == "number":
            continue
        stated = dict(zip(rows["answer"], rows["percent"] / 100, strict=True))
        told = translate(frame, each.crosswalk.of(card.wave, item))
        asked = (told != "not_applicable").to_numpy()
        for answer, codes in _groups(each.items[item], stated).items():
            y = told.isin(codes).to_numpy().astype(float)
            share, std_error = clustered(y, weight * asked, frame[card.stratum[0]], frame[card.psu])
            yield item, answer, sum(stated.get(code, 0) for code in codes), asked.sum(), share, std_error


def _groups(item: Item, stated: dict[str, float]) -> dict[str, list[str]]:
    """Every answer and missing reason alone, then those of the headline together."""
    groups = {answer: [answer] for answer in stated}
    if item.headline is not None:
        groups["headline"] = [f"{code:g}" for code in item.headline.codes]
    return groups


def translate(frame: pd.DataFrame, rules: tuple[Rule, ...]) -> pd.Series:
    """Target codes and missing reasons, as text; fails on a code that no row maps."""
    column = frame[rules[0].variable]
    told = pd.Series("", index=frame.index, dtype=object)
    for rule in sorted(rules, key=lambda rule: rule.bounds is not None):
        if rule.bounds:
            here = column.between(*rule.bounds)
        else:
            here = column.isna() if rule.source_code == "" else column == float(rule.source_code)
        told[here & (told == "")] = rule.missing or ("number" if rule.copies else f"{rule.target:g}")
    unmapped = sorted(column[told == ""].unique())
    assert not unmapped, f"{rules[0].wave} {rules[0].variable}: {unmapped}"
    return told


def clustered(y: np.ndarray, weight: np.ndarray, stratum: pd.Series, psu: pd.Series) -> tuple[float, float]:
    """A weighted share and its linearised standard error, written out anew; PSUs differ between strata."""
    share = (weight * y).sum() / weight.sum()
    units, unit = np.unique(psu, return_inverse=True)
    strata, home = np.unique(stratum, return_inverse=True)
    totals = np.bincount(unit, weight * (y - share) / weight.sum(), minlength=len(units))
    stratum_of = np.zeros(len(units), dtype=int)
    stratum_of[unit] = home
    variance = 0.0
    for each in range(len(strata)):
        inside = totals[stratum_of == each]
        variance += len(inside) * inside.var(ddof=1)
    return float(share), float(np.sqrt(variance))


# --- the files themselves


def test_same_seed_gives_the_same_bytes(demo_folder, tmp_path):
    again = write_demo(tmp_path / "again")
    for path in again:
        assert path.read_bytes() == (demo_folder / path.relative_to(tmp_path / "again")).read_bytes()


def test_another_seed_gives_other_answers(demo_folder, tmp_path):
    write_demo(tmp_path / "other", seed=1, series=["bureaucracy"])
    name = "bureaucracy/synthetic-red-tape-2015.sav"
    assert (tmp_path / "other" / name).read_bytes() != (demo_folder / name).read_bytes()


def test_every_card_has_its_file_and_nothing_else_is_written(demo_folder, series):
    found = sorted(
        path.relative_to(demo_folder).as_posix() for path in demo_folder.rglob("*") if path.is_file()
    )
    expected = [
        f"{name}/{read_plan(each).file.format(wave=card.wave)}"
        for name, each in series.items()
        for card in each.waves
    ]
    assert found == sorted([*expected, "README.txt"])
    assert list(demo_folder.parent.iterdir()) == [demo_folder]


def test_stamped_everywhere(demo_folder, files):
    for path in demo_folder.rglob("*.sav"):
        assert path.name.startswith("synthetic-")
    for frame, meta in files.values():
        assert meta.file_label.startswith("SYNTHETIC")
        assert meta.notes[0].startswith("SYNTHETIC")
        assert (frame["synthetic"] == 1).all()
        assert meta.variable_value_labels["synthetic"] == {1: "SYNTHETIC"}
    readme = (demo_folder / "README.txt").read_text(encoding="utf-8")
    assert readme.startswith("SYNTHETIC FILES / ЗОХИОМОЛ ФАЙЛУУД / ВЫМЫШЛЕННЫЕ ФАЙЛЫ")
    assert "seed 2023" in readme


def test_header_holds_a_fixed_time_and_the_weight(demo_folder, series, files):
    for (name, wave), (frame, meta) in files.items():
        assert str(meta.creation_time) == "2000-01-01 00:00:00"
        card = series[name].card(wave)
        path = demo_folder / name / read_plan(series[name]).file.format(wave=wave)
        place = int.from_bytes(path.read_bytes()[76:80], "little")
        assert place == (0 if card.weight is None else list(frame.columns).index(card.weight) + 1)


def test_labels_are_mongolian_in_utf8(files):
    texts = []
    for _, meta in files.values():
        assert meta.file_encoding == "UTF-8"
        labels = [text for text in meta.column_labels if text]
        values = [text for each in meta.variable_value_labels.values() for text in each.values()]
        assert max(len(text.encode()) for text in labels) <= 255
        assert max(len(text.encode()) for text in values) <= 120
        texts += labels + values
    joined = "".join(texts)
    assert unicodedata.normalize("NFC", joined) == joined
    assert {"ө", "ү", "Ү", "Ө"} <= set(joined)
    assert not set("ÐÑ�¿þº") & set(joined)
    assert "Та Засгийн газарт хэр итгэдэг вэ?" in texts
    assert "Мэдэхгүй" in texts


def test_round_trip_keeps_frame_labels_and_missing_values(series, files):
    each = series["sant-maral"]
    plan, truth, card = read_plan(each), demo_marginals(each), each.card("2012-06")
    rows = truth[truth["wave"] == card.wave]
    table = demo.build_table(each, plan, card, rows, seed=demo.DEMO_SEED)
    frame, meta = files["sant-maral", "2012-06"]
    pd.testing.assert_frame_equal(frame, table.frame)
    assert meta.column_names_to_labels == table.labels
    assert meta.variable_value_labels == table.values
    assert meta.missing_ranges["v03"] == [{"lo": 98.0, "hi": 99.0}, {"lo": 97.0, "hi": 97.0}]
    assert meta.variable_measure["nas"] == "scale"


def test_user_missing_is_declared_in_other_ways_from_wave_to_wave(files):
    def declared(wave, column):
        return files["sant-maral", wave][1].missing_ranges.get(column)

    assert declared("2009-04", "Q2") == [{"lo": 8.0, "hi": 8.0}, {"lo": 9.0, "hi": 9.0}]
    assert declared("2012-04", "v02") == [{"lo": 98.0, "hi": 99.0}]
    assert declared("2021", "itgel_zg") == [{"lo": -3.0, "hi": -1.0}]
    assert declared("2020", "Q2") is None
    assert files["sant-maral", "2020"][1].variable_value_labels["Q2"][88] == "Мэдэхгүй"
    # not applicable has a label and is not declared
    assert declared("2022", "nam") == [{"lo": float(code), "hi": float(code)} for code in (-3, -2, -1)]
    assert files["sant-maral", "2022"][1].variable_value_labels["nam"][-8] == "Хамаарахгүй"


def test_items_are_renamed_turned_and_left_out(series):
    walk = series["sant-maral"].crosswalk
    names = [walk.variable(card.wave, "trust_government") for card in series["sant-maral"].waves]
    assert names[:3] == ["Q5", "Q5", "Q5"]
    assert names[-1] == "itgel_zg"
    assert len({name for name in names if name}) == 6
    turned = {
        rule.source_code: rule.target for rule in walk.of("2009-04", "trust_government") if not rule.missing
    }
    straight = {
        rule.source_code: rule.target for rule in walk.of("2019", "trust_government") if not rule.missing
    }
    assert turned == {"1": 4, "2": 3, "3": 2, "4": 1}
    assert straight == {"1": 1, "2": 2, "3": 3, "4": 4}
    without = [card.wave for card in series["sant-maral"].waves if not walk.variable(card.wave, "party_vote")]
    assert without == ["2020", "2021"]


def test_places_change_and_their_names_are_spelt_in_several_ways(series, files):
    def places(wave):
        rules = series["sant-maral"].crosswalk.of(wave, "area")
        return set(translate(files["sant-maral", wave][0], rules)) - {"1"}

    assert [len(places(wave)) for wave in ("2009-04", "2010-10", "2012-04", "2013-06", "2022")] == [
        5,
        4,
        21,
        0,
        6,
    ]
    assert places("2009-04") != places("2010-04")
    labels = {
        wave: {
            rule.source_label for rule in series["sant-maral"].crosswalk.of(wave, "area") if rule.target == 73
        }
        for wave in ("2009-04", "2010-04", "2012-04", "2023")
    }
    assert labels == {
        "2009-04": {"Arhangay"},
        "2010-04": {"Arkhangai"},
        "2012-04": {"Архангай"},
        "2023": {"Архангай аймаг"},
    }


# --- the truth


def test_every_code_is_mapped_and_every_mapped_column_is_there(series, files):
    for (name, wave), (frame, meta) in files.items():
        for item in series[name].crosswalk.asked(wave):
            rules = series[name].crosswalk.of(wave, item)
            translate(frame, rules)
            labelled = meta.variable_value_labels.get(rules[0].variable, {})
            assert {f"{code:g}" for code in labelled} <= {rule.source_code for rule in rules}


def test_marginals_come_back_within_four_clustered_standard_errors(shares):
    enough = shares[shares["truth"] * shares["n"] >= 30]
    z = (enough["share"] - enough["truth"]) / enough["std_error"]
    assert len(enough) > 1000
    worst = enough.loc[z.abs().idxmax()]
    assert z.abs().max() < STANDARD_ERRORS, worst.to_dict()
    assert 0.9 < z.std() < 1.1
    assert abs(z.mean()) < 0.15


def test_design_effects_are_those_of_a_clustered_survey(headlines):
    simple = headlines["share"] * (1 - headlines["share"]) / headlines["n"]
    deff = headlines["std_error"] ** 2 / simple
    assert 1.3 < deff.median() < 2
    assert deff.quantile(0.05) > 0.8
    assert deff.quantile(0.95) < 2.6


def test_trust_in_the_government_falls_as_stated(headlines, series):
    estimated = headlines.query("item == 'trust_government'")
    assert (estimated["share"] < 0.5).all()
    year = np.array([series["sant-maral"].card(wave).date for wave in estimated["wave"]])
    weight = 1 / estimated["std_error"].to_numpy() ** 2
    centred = year - (weight * year).sum() / weight.sum()
    scale = (weight * centred**2).sum()
    slope, truth = (
        (weight * centred * estimated[column].to_numpy()).sum() / scale for column in ("share", "truth")
    )
    assert truth == pytest.approx(-0.0108, abs=0.0006)
    assert abs(slope - truth) < STANDARD_ERRORS / np.sqrt(scale)
    assert slope + STANDARD_ERRORS / np.sqrt(scale) < 0


def test_a_party_is_not_given_a_lead(series):
    truth = demo_marginals("sant-maral").query("item == 'party_vote'")
    two = truth[truth["answer"].isin(["1", "2"])].groupby("wave")["percent"].agg(["min", "max"])
    assert (two["max"] - two["min"]).max() <= 0.1


def test_published_shares_are_those_in_print(shared_data):
    with open(shared_data / "facts" / "sant_maral_published_figures.csv", encoding="utf-8") as file:
        printed = {
            (row["field_start"][:7], float(row["percent"]))
            for row in csv.DictReader(file)
            if row["area"] == "nationwide"
        }
    truth = demo_marginals("sant-maral").query("origin == 'published'")
    start = {"2012-04": "2012-03", "2023": "2023-03"}
    stated = {
        (start.get(wave, wave), percent)
        for wave, percent in zip(truth["wave"], truth["percent"], strict=True)
    }
    assert len(stated) > 20
    assert stated <= printed


# --- through the reader


def test_the_series_reads_its_stand_in_files(demo_folder, series):
    for name, each in series.items():
        waves = each.read(demo_folder / name)
        assert waves.synthetic
        assert waves.skipped == ()
        assert [card.wave for card in waves.cards] == [card.wave for card in each.waves]
        assert set(waves.items) == set(each.items)
        counts = waves.log.groupby(["item", "wave"])["n"].sum().unstack()
        assert (counts == waves.frame.groupby("wave").size()).all(axis=None)
        assert all(source.synthetic for source in waves.sources)


def test_a_folder_of_files_in_the_series_name_does_not_hide_the_series(demo_folder, monkeypatch):
    monkeypatch.chdir(demo_folder)
    assert len(open_series("bureaucracy").read("bureaucracy").cards) == 2


def test_the_package_finds_the_same_shares(demo_folder, series, shares):
    import egovstats as eg

    waves = series["bureaucracy"].read(demo_folder / "bureaucracy")
    told = eg.proportion(waves.design(), "coordination", by="wave").to_frame()
    assert told["estimate"].size == 6
    mine = shares.query("item == 'coordination'").pivot_table(index="wave", columns="answer", values="share")
    answered = mine[["1", "2", "3"]].div(mine[["1", "2", "3"]].sum(axis=1), axis=0)
    np.testing.assert_allclose(np.sort(told["estimate"]), np.sort(answered.to_numpy().ravel()), rtol=1e-10)


# --- the studies


def test_every_text_is_in_three_languages(series):
    for each in series.values():
        words = [each.about.title, each.about.population, *each.about.notes]
        for item in each.items.values():
            words += [item.label, *(answer.label for answer in item.answers)]
            words += [text for text in (item.question, item.note) if text]
            words += [item.headline.label] if item.headline else []
        assert [text for text in words if set(text) != {"en", "mn", "ru"}] == []


def test_reversed_is_said_where_a_scale_is_turned(series):
    for each in series.values():
        for item in each.items.values():
            turned = any(
                rule.note == "scale turned"
                for card in each.waves
                for rule in each.crosswalk.of(card.wave, item.name)
            )
            assert item.reversed == (turned or item.name == "parties_represent"), item.name


def test_cards_name_what_is_assumed_and_what_is_not_reported(series):
    for each in series.values():
        for card in each.waves:
            assert card.sources
            assert card.mode is None
            assert "mode of interview" in card.not_reported
            told = " ".join(card.assumptions)
            for subject in (
                "File name",
                "Column names, codes and labels",
                "Weight",
                "Strata",
                "Primary units",
            ):
                assert subject in told, (card.wave, subject)
            assert ("Field dates are not known" in told) == (card.field.start is None)
    assert {card.wave: card.n for card in series["sant-maral"].waves if card.n} == {
        "2009-04": 1240, "2010-04": 1200, "2010-10": 1000, "2012-04": 5020, "2013-04": 2000, "2019": 1200, "2021": 1210,
    }  # fmt: skip
    assert {card.n for card in series["bureaucracy"].waves} == {None}


def test_place_names_of_the_files_lead_to_their_codes(series):
    with open(series["sant-maral"].folder / "places.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 22
    known = {
        name: float(row["code"])
        for row in rows
        for name in (row["en"], row["mn"], row["ru"], *row["aliases"].split("|"))
        if name
    }
    regions = {float(row["code"]): float(row["region"]) for row in rows}
    for each in series.values():
        for rule in each.crosswalk:
            if rule.wave == "2013-06":
                continue
            if rule.item == "area":
                assert known[rule.source_label] == rule.target
            if rule.item == "region":
                assert regions[known[rule.source_label]] == rule.target


# --- what cannot be written


def test_files_that_are_there_are_not_replaced_unasked(demo_folder, tmp_path):
    shutil.copytree(demo_folder, tmp_path / "demo")
    mine = tmp_path / "demo" / "sant-maral" / "politbarometer.sav"
    mine.write_bytes(b"mine")
    with pytest.raises(SourceError) as caught:
        write_demo(tmp_path / "demo")
    assert str(caught.value) == (
        "'demo' holds 16 of the files already, the first 'sant-maral/synthetic-politbarometer-2009-04.sav'. "
        "Pass --force to replace them, or choose another folder."
    )
    write_demo(tmp_path / "demo", seed=1, force=True)
    assert mine.read_bytes() == b"mine"
    assert "seed 1" in (tmp_path / "demo" / "README.txt").read_text(encoding="utf-8")


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "demo").write_text("text")
    with pytest.raises(
        SourceError, match=r"^'demo' must be a folder, and is a file\. Choose another name\.$"
    ):
        write_demo(tmp_path / "demo")


def test_a_seed_below_zero_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"^a seed must be 0 or more; found -1\. Pass another seed\.$"):
        write_demo(tmp_path / "demo", seed=-1)


@pytest.mark.parametrize("before", [True, False])
def test_whole_or_not_at_all(demo_folder, tmp_path, monkeypatch, before):
    target = tmp_path / "demo"
    if before:
        shutil.copytree(demo_folder, target)
    moves: list[object] = []
    replace = os.replace

    def fails_at_the_fourth(source, destination):
        moves.append(destination)
        if len(moves) == 4:
            raise OSError(28, "No space left on device")
        return replace(source, destination)

    monkeypatch.setattr(demo.os, "replace", fails_at_the_fourth)
    with pytest.raises(SourceError) as caught:
        write_demo(target, seed=5, force=True)
    assert str(caught.value) == (
        "the stand-in files cannot be written to 'demo': No space left on device. "
        "Nothing was changed there; choose a folder that can be written to."
    )
    left = sorted(path for path in target.rglob("*") if path.is_file())
    assert len(left) == (16 if before else 0)
    for path in left:
        assert path.read_bytes() == (demo_folder / path.relative_to(target)).read_bytes()
    assert not list(tmp_path.glob(".demo*"))


@pytest.fixture
def own_series(series, tmp_path) -> Path:
    folder = tmp_path / "bureaucracy"
    shutil.copytree(series["bureaucracy"].folder, folder)
    return folder


def test_a_series_without_a_plan(own_series, tmp_path):
    (own_series / "demo" / "demo.yaml").unlink()
    with pytest.raises(WaveError) as caught:
        write_demo(tmp_path / "out", series=[own_series])
    assert str(caught.value) == (
        "the series 'bureaucracy' has no stand-in files: its folder holds no demo/demo.yaml. "
        "Choose a series that has one, or write demo/demo.yaml and demo/marginals.csv."
    )
    assert not (tmp_path / "out").exists()


def test_shares_that_do_not_add_up(own_series):
    _edit(own_series / "demo" / "marginals.csv", "2015,bureaucratic,1,62.0", "2015,bureaucratic,1,63.0")
    with pytest.raises(WaveError) as caught:
        demo_marginals(own_series)
    assert str(caught.value) == (
        "the percentages of an item must add up to 100; those of bureaucratic in 2015 of 'bureaucracy' add up "
        "to 101. Correct demo/marginals.csv."
    )


def test_an_answer_without_a_source_code(own_series, tmp_path):
    _edit(own_series / "demo" / "marginals.csv", "2015,bureaucratic,refused,", "2015,bureaucratic,no_answer,")
    with pytest.raises(WaveError) as caught:
        write_demo(tmp_path / "out", series=[own_series])
    assert str(caught.value) == (
        "the crosswalk of 'bureaucracy' must have a source code for every answer that is drawn; bureaucratic in "
        "2015 has none for 'no_answer'. Add the row, or correct demo/marginals.csv."
    )


def test_an_item_that_is_not_drawn(own_series, tmp_path):
    path = own_series / "demo" / "marginals.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("2018,sex,")), encoding="utf-8")
    with pytest.raises(WaveError) as caught:
        write_demo(tmp_path / "out", series=[own_series])
    assert str(caught.value) == (
        "every item of a stand-in wave must be drawn; 2018 of 'bureaucracy' lacks sex. "
        "Add them to demo/marginals.csv."
    )


def test_a_filtered_item_must_stand_alone(own_series):
    _edit(
        own_series / "demo" / "demo.yaml",
        "bribe_paid: {cluster: 0.12}",
        "bribe_paid: {cluster: 0.12, age: 0.1}",
    )
    with pytest.raises(WaveError, match=r"bribe_paid is not asked of everybody: give it a topic of its own"):
        read_plan(open_series(own_series))


def test_a_card_without_a_stand_in_wave(own_series, tmp_path):
    _edit(own_series / "demo" / "demo.yaml", '"2018":', '"2019":')
    with pytest.raises(WaveError) as caught:
        write_demo(tmp_path / "out", series=[own_series])
    assert str(caught.value) == (
        "every card of 'bureaucracy' must have its stand-in wave; the demo plan has none for '2018'. "
        "Add it under waves in demo/demo.yaml."
    )


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
