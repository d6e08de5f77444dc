"""A bundle holds what a reviewer needs and no respondent; it is checked, run and verified from the zip alone."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from review_sample import ROWS, SECRET, Study, write_study

import egovstats
from egovstats.cli import main
from egovstats.errors import DisclosureError, ReportError, SourceError
from egovstats.review.refusals import refuse_microdata
from egovstats.review.synthetic import synthetic_wave
from egovstats.review.synthetic_files import NoStandIn, name_of_stand_in, stand_in_files
from egovstats.review.waves_in_bundle import withheld_counts


@pytest.fixture(scope="module")
def packed(town: Study, town_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("bundle") / "town.zip"
    egovstats.bundle(town_run, file, data=town.data, report=town.report)
    return file


@pytest.fixture(scope="module")
def contents(packed: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(packed) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        return (code, *capsys.readouterr())

    return run


def test_what_is_in_it(contents: dict[str, bytes]) -> None:
    assert next(iter(contents)) == "ro-crate-metadata.json"
    expected = [
        "README.md",
        *(f"codebooks/town/{wave}.json" for wave in "abc"),
        "definition/report.yaml",
        "definition/surveys/town/crosswalk.csv",
        "definition/surveys/town/series.yaml",
        *(f"definition/surveys/town/waves/{wave}.yaml" for wave in "abc"),
        "harmonisation/town.csv",
    ]
    assert [name for name in list(contents)[1:] if not name.startswith(("run/", "synthetic/"))] == expected
    assert {name for name in contents if name.startswith("synthetic/")} == {
        f"synthetic/town/synthetic-town-{wave}.sav" for wave in "abc"
    }
    assert {"run/report.md", "run/results.json", "run/manifest.json"} <= set(contents)


def test_no_respondent_is_in_it(contents: dict[str, bytes], town: Study) -> None:
    for content in contents.values():
        assert SECRET.encode() not in content
    for file in town.data.iterdir():
        assert file.read_bytes() not in contents.values()
    book = json.loads(contents["codebooks/town/a.json"])
    assert [each["name"] for each in book["variables"]] == ["q1", "q2", "region", "point", "other"]


def test_synthetic_files_have_the_schema_and_the_stamp(
    contents: dict[str, bytes], town: Study, tmp_path: Path
) -> None:
    file = tmp_path / "synthetic-town-a.sav"
    file.write_bytes(contents[f"synthetic/town/{file.name}"])
    made, real = egovstats.read_microdata(file), egovstats.read_microdata(town.data / "town-a.sav")
    assert made.source.synthetic
    assert made.codebook.file_label.startswith("SYNTHETIC")
    assert "SYNTHETIC" in made.codebook.documents[0]
    assert "SYNTHETIC" in made.codebook.variables["synthetic"].label
    assert len(made.frame) == ROWS
    # nothing published says what this column holds, and an identifier is not made at all
    assert made.frame["other"].isna().all()
    assert "address" not in made.frame
    for name in ("q1", "q2", "region"):
        mine, theirs = made.codebook.variables[name], real.codebook.variables[name]
        assert (mine.label, mine.values, mine.missing_codes) == (
            theirs.label,
            theirs.values,
            theirs.missing_codes,
        )
    # what the report has published is what they are drawn from, up to chance (four standard errors)
    for code in (1, 2, 3, 9):
        p = float((real.frame["q1"] == code).mean())
        assert abs(float((made.frame["q1"] == code).mean()) - p) < 4 * np.sqrt(p * (1 - p) / ROWS)


def test_nothing_of_the_rows_but_the_marginals_goes_into_them(
    packed: Path, contents: dict[str, bytes], tmp_path: Path
) -> None:
    """With every connection between answers broken, the synthetic files are the same to the byte."""
    other = write_study(tmp_path, shuffled=True)
    file = tmp_path / "other.zip"
    egovstats.bundle(other.run(tmp_path / "run"), file, data=other.data, report=other.report)
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            if name.startswith("synthetic/"):
                assert archive.read(name) == contents[name]
            if name == "run/results.json":
                assert archive.read(name) != contents[name]


def test_the_report_runs_on_the_bundle_alone(packed: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(tmp_path)
    report = egovstats.build_report(tmp_path / "definition", data=tmp_path / "synthetic", language="mn")
    assert report.synthetic
    assert report.title == "Хотод итгэх итгэл"
    assert "town.change.all.trust.a_c.effect" in report.values()


def test_same_run_same_bytes_and_written_whole(
    town: Study, town_run: Path, packed: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again.zip"
    egovstats.bundle(town_run, again, data=town.data, report=town.report)
    assert again.read_bytes() == packed.read_bytes()
    with pytest.raises(SourceError, match="is there already"):
        egovstats.bundle(town_run, again, data=town.data, report=town.report)
    assert [each.name for each in tmp_path.iterdir()] == ["again.zip"]


def test_the_crate_links_inputs_to_outputs(contents: dict[str, bytes], town: Study) -> None:
    content = json.loads(contents["ro-crate-metadata.json"])
    graph: dict[str, dict[str, Any]] = {each["@id"]: each for each in content["@graph"]}
    root, run = graph["./"], graph["#run"]
    assert graph["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    assert "SYNTHETIC" in root["description"]
    assert root["datePublished"] == "2026-01-01"
    assert root["license"] == {"@id": "https://creativecommons.org/licenses/by/4.0/"}
    assert [graph[each["@id"]]["name"] for each in root["author"]] == ["A. Author", "B. Writer"]
    parts = {each["@id"] for each in root["hasPart"]}
    assert parts == set(contents) - {"ro-crate-metadata.json"}
    for name in parts:
        assert {"sha256", "encodingFormat", "description"} <= set(graph[name])
    read = [graph[each["@id"]] for each in run["object"]]
    wanted = {egovstats.read_microdata(file).source.sha256 for file in town.data.iterdir()}
    assert {each["sha256"] for each in read if each["@type"] == "CreativeWork"} == wanted
    assert {each["@id"] for each in run["result"]} == {name for name in parts if name.startswith("run/")}
    assert graph[run["instrument"]["@id"]]["softwareVersion"] == egovstats.__version__
    # every pointer leads somewhere in the crate, or to an address
    for entity in content["@graph"]:
        for value in entity.values():
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, dict):
                    assert each["@id"] in graph or each["@id"].startswith("http"), each


def test_the_log_withholds_small_counts(contents: dict[str, bytes]) -> None:
    lines = contents["harmonisation/town.csv"].decode("utf-8-sig").splitlines()
    refused = [line for line in lines if ",refused," in line]
    assert refused
    assert all(line.split(",")[7] == "" for line in refused)
    # one more is withheld beside each, or the total would give it away
    assert sum(",q1," in line and line.split(",")[7] == "" for line in lines) >= 2 * len(refused)


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([472, 108, 0], [0, 0, 0]),
        ([1, 472, 0, 108], [1, 0, 0, 1]),
        # 1 and 1 add up to 2, which leaves neither a choice: a third goes with them
        ([1, 1, 50, 90], [1, 1, 1, 0]),
        ([3], [1]),
    ],
)
def test_counts_that_follow_from_the_total(counts: list[int], hidden: list[int]) -> None:
    assert withheld_counts(np.array(counts), 5).astype(int).tolist() == hidden


def test_verify_takes_a_bundle(
    packed: Path, town: Study, tmp_path: Path, call: Callable[..., tuple[int, str, str]]
) -> None:
    found = egovstats.verify(packed, data=town.data)
    assert found.agrees
    assert len(found.outputs) > 15
    alone = egovstats.verify(packed)
    assert not alone.agrees
    assert {each.status for each in alone.outputs} == {"same"}
    assert {each.status for each in alone.inputs} == {"missing"}
    code, out, _ = call("verify", packed, "-q")
    assert code == 1
    assert out.startswith("The numbers were not made again. A bundle holds no respondents' answers")
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) + (b" " if name == "run/report.md" else b""))
        new.writestr("more.txt", "more")
    seen = {each.file: each.status for each in egovstats.verify(changed).outputs}
    assert (seen["run/report.md"], seen["more.txt"]) == ("changed", "new")


def test_what_is_no_bundle_is_refused(packed: Path, tmp_path: Path) -> None:
    strange = tmp_path / "strange.zip"
    with zipfile.ZipFile(strange, "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(ReportError, match=r"'strange\.zip' is no bundle of a report: it has no ro-crate"):
        egovstats.verify(strange)
    with zipfile.ZipFile(strange, "w") as archive:
        archive.writestr("../a.txt", "a")
    with pytest.raises(ReportError, match="which lies outside"):
        egovstats.verify(strange)
    cut = tmp_path / "cut.zip"
    data = bytearray(packed.read_bytes())
    data[200:260] = bytes(60)
    cut.write_bytes(bytes(data))
    with pytest.raises((SourceError, ReportError)):
        egovstats.verify(cut)


def test_another_definition_other_waves_or_changed_files_are_refused(
    town: Study, town_run: Path, tmp_path: Path, call: Callable[..., tuple[int, str, str]]
) -> None:
    file = tmp_path / "x.zip"
    with pytest.raises(ReportError, match=r"was made from wave files \(town-a\.sav"):
        egovstats.bundle(town_run, file, report=town.report)
    with pytest.raises(ReportError, match=r"does not end in \.zip"):
        egovstats.bundle(town_run, tmp_path / "x.tar", data=town.data, report=town.report)
    definition = shutil.copytree(town.report, tmp_path / "town")
    yaml = (definition / "report.yaml").read_text(encoding="utf-8")
    (definition / "report.yaml").write_text(yaml.replace('version: "1"', 'version: "2"'), encoding="utf-8")
    with pytest.raises(ReportError, match="is not the one that the run was made from"):
        egovstats.bundle(town_run, file, data=town.data, report=definition)
    other = write_study(tmp_path / "other", shuffled=True)
    with pytest.raises(ReportError, match="are not those of the run"):
        egovstats.bundle(town_run, file, data=other.data, report=town.report)
    run = shutil.copytree(town_run, tmp_path / "run")
    (run / "report.md").write_text("changed", encoding="utf-8")
    code, out, err = call("bundle", run, "-o", file, "--data", town.data, "--report", town.report, "-q")
    assert (code, out) == (3, "")
    assert "'report.md' of the run 'run' is not there, or is not as it was written" in err
    assert not file.exists()


def test_microdata_are_refused_whatever_they_are_called(town: Study) -> None:
    rows = (town.data / "town-a.sav").read_bytes()

    def refused(name: str, content: bytes, digest: str = "0") -> str:
        with pytest.raises(DisclosureError) as caught:
            refuse_microdata(
                {name: content},
                {name: digest},
                inputs={"f"},
                columns={"q1", "q2", "region", "point"},
                synthetic="synthetic/",
            )
        assert caught.value.exit_code == 4
        return str(caught.value)

    assert "is one of the wave files" in refused("run/report.md", b"any", "f")
    assert "is one of the wave files" in refused("synthetic/town/a.sav", b"any", "f")
    assert "is a data file (.sav)" in refused("run/a.sav", b"any")
    assert "under another name" in refused("definition/text/en.md", rows)
    head = b"Q1;q2;region;id\n1;2;1;1\n"
    assert "has columns of a wave file (q1, q2, region)" in refused("run/tables.csv", head)
    refuse_microdata(
        {"synthetic/a.sav": rows, "run/tables.csv": b"table,row,value\n"},
        {"synthetic/a.sav": "1", "run/tables.csv": "2"},
        inputs={"f"},
        columns={"q1", "q2", "region"},
        synthetic="synthetic/",
    )


def test_a_series_folder_with_wave_files_in_it_gives_away_none(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    inside = study.report / "surveys" / "town"
    for file in study.data.iterdir():
        shutil.copy(file, inside / file.name)
    (inside / "rows.csv").write_text("q1,q2,region\n1,2,1\n", encoding="utf-8")
    file = tmp_path / "town.zip"
    egovstats.bundle(study.run(tmp_path / "run"), file, data=study.data, report=study.report)
    with zipfile.ZipFile(file) as archive:
        carried = {Path(name).name for name in archive.namelist() if name.startswith("definition/surveys")}
    assert carried == {"series.yaml", "crosswalk.csv", "a.yaml", "b.yaml", "c.yaml"}


def test_a_report_without_surveys_needs_no_data(
    tmp_path: Path, call: Callable[..., tuple[int, str, str]]
) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "report.yaml").write_text(
        "name: small\ntitle: {en: Small}\nversion: '1'\ndate: 2026-01-01\nstudy: mongolia\nindicators:\n"
        "  - {id: cpi, indicator: TI_CPI, area: MNG, label: {en: CPI}, axis: {en: score}, name: {en: Mongolia}}\n"
        "sections:\n  - {kind: indicators, id: indicators, title: {en: Indicators}, indicators: [cpi]}\n",
        encoding="utf-8",
    )
    egovstats.build_report(folder).write(tmp_path / "run", formats=["json"])
    code, out, _ = call(
        "bundle", tmp_path / "run", "-o", tmp_path / "s.zip", "--report", folder, "--json", "-q"
    )
    assert code == 0
    assert "definition/surveys/mongolia/indicators.csv" in [each["file"] for each in json.loads(out)["rows"]]
    code, out, _ = call("verify", tmp_path / "s.zip", "-q")
    assert code == 0
    assert out.startswith("The run can be made again.")


@pytest.mark.parametrize("ending", [".csv", ".dta", ".zsav"])
def test_other_formats_are_stamped_too(town: Study, tmp_path: Path, ending: str) -> None:
    series = egovstats.open_series(town.report / "surveys" / "town")
    book = egovstats.read_microdata(town.data / "town-a.sav").codebook
    for _ in range(2):
        drawn = synthetic_wave(series, series.card("a"), book, {}, n=60, seed=1)
        files = stand_in_files(drawn, f"synthetic-town-a{ending}", encoding=None)
        for name, content in files.items():
            file = tmp_path / name
            assert not file.exists() or file.read_bytes() == content
            file.write_bytes(content)
    read = egovstats.read_microdata(tmp_path / f"synthetic-town-a{ending}")
    assert read.source.synthetic
    assert set(read.frame["q1"]) <= {1, 2, 3, 8, 9}
    assert read.frame["address"].isna().all() or set(read.frame["address"]) == {""}
    # two units or more in each stratum, or the report could not be run with lonely_psu fail
    assert (read.frame.groupby("region")["point"].nunique() > 1).all()


def test_waves_without_a_synthetic_file_have_a_reason(town: Study) -> None:
    cards = egovstats.open_series(town.report / "surveys" / "town").waves
    assert name_of_stand_in(cards[0], cards, "town-a.sav") == "synthetic-town-a.sav"
    none = name_of_stand_in(cards[0], cards, "town-a.parquet")
    assert isinstance(none, NoStandIn)
    assert none.reason == "files that end in '.parquet' cannot be written"
    spec = cards[0].file.model_copy(update={"names": (), "sha256": "0" * 64})
    known = cards[0].model_copy(update={"file": spec})
    none = name_of_stand_in(known, (known,), "x.sav")
    assert isinstance(none, NoStandIn)
    assert "knows its file by the checksum alone" in none.reason
    exact = cards[0].file.model_copy(update={"names": ("town-a.sav",)})
    named = cards[0].model_copy(update={"file": exact})
    assert name_of_stand_in(named, (named,), "town-a.sav") == "town-a.sav"
