"""Publishers' layouts: small files made here, the real ones where they are at hand, and wrong ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from egovstats.errors import SourceError
from egovstats.indicators import read_indicators, shipped_indicators
from egovstats.indicators.areas import iso_code, iso_of_name

DIMENSIONS = ["Voice and Accountability", "Government Effectiveness"]


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def _workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def _wide(path: Path) -> Path:
    head = ["Estimate", "StdErr", "NumSrc", "Rank", "Lower", "Upper"]
    sheets: dict[str, list[list[object]]] = {
        "Introduction": [["The Worldwide Governance Indicators, 2022 Update"]]
    }
    for name in DIMENSIONS:
        sheets[name.replace(" ", "")] = [
            [name],
            ["Legend"],
            [None, None, *[2020] * 6, *[2021] * 6],
            ["Country/Territory", "Code", *head, *head],
            ["Mongolia", "MNG", -0.35, 0.19, 9, 39.4, 27.4, 50.5, -0.47, 0.19, 9, 34.6, 24.0, 46.2],
            ["Romania", "ROM", *["#N/A"] * 6, 0.1, 0.2, 9, 55.0, 45.0, 60.0],
        ]
    return _workbook(path, sheets)


def test_the_wide_governance_workbook(tmp_path):
    table = read_indicators("wgi", _wide(tmp_path / "wgi.xlsx"))
    assert table.editions() == ("2022",)
    assert table.areas == ("MNG", "ROU")
    assert table.indicators == ("WGI_GE_EST", "WGI_GE_PCTRANK", "WGI_VA_EST", "WGI_VA_PCTRANK")
    score = table.series("MNG", "WGI_GE_EST")
    assert score.at(2021)[["value", "std_error", "n_sources"]].tolist() == [-0.47, 0.19, 9.0]
    rank = table.series("MNG", "WGI_GE_PCTRANK").at(2021)
    assert rank[["value", "conf_low", "conf_high"]].tolist() == [34.6, 24.0, 46.2]
    assert list(table.series("ROU", "WGI_GE_EST").year) == [2021]


def test_the_long_governance_workbook_names_its_release_by_its_last_year(tmp_path):
    head = ["codeindyr", "code", "countryname", "year", "indicator"]
    head += ["estimate", "stddev", "nsource", "pctrank", "pctranklower", "pctrankupper"]
    rows = [
        ["MNGge2022", "MNG", "Mongolia", 2022, "ge", -0.42, 0.2, 8, 34.9, 24.1, 46.7],
        ["MNGge2023", "MNG", "Mongolia", 2023, "ge", -0.47, 0.2, 8, 34.0, 23.1, 45.3],
        ["ASMge2023", "ASM", "American Samoa", 2023, "ge", *[".."] * 6],
    ]
    path = _workbook(tmp_path / "long.xlsx", {"Sheet1": [head, *rows]})
    table = read_indicators("wgi", path)
    assert table.editions() == ("2024",)
    assert table.areas == ("MNG",)
    assert read_indicators("wgi", path, edition="2025").editions() == ("2025",)


def test_the_databank_csv(tmp_path):
    text = "\ufeffCountry Name,Country Code,Indicator Name,Indicator Code,2017,2018\n"
    for code, values in {
        "GE.EST": "-0.26,-0.23",
        "GE.STD.ERR": "0.2,0.21",
        "GE.NO.SRC": "9,9",
        "GE.PER.RNK": "42.3,45.7",
        "GE.PER.RNK.LOWER": "30,..",
        "GE.PER.RNK.UPPER": "52,55",
    }.items():
        text += f"Mongolia,MNG,Government Effectiveness: x,{code},{values}\n"
    table = read_indicators("wgi", _write(tmp_path / "databank.csv", text), indicator="WGI_GE_PCTRANK")
    row = table.series("MNG", "WGI_GE_PCTRANK").at(2018)
    assert table.editions() == ("2019",)
    assert (row["value"], row["conf_high"]) == (45.7, 55.0)
    assert np.isnan(row["conf_low"])


def test_the_e_government_table_by_code_takes_its_year_from_the_name(tmp_path):
    text = "country-code,country-name,e-gov-rank,e-gov-index,e-pat-index,osi,hci,tii\n"
    text += "MNG,Mongolia,92,0.5824,0.736,0.5972,0.7899,0.3602\n"
    table = read_indicators("egdi", _write(tmp_path / "egdi-2018.csv", text))
    assert table.editions() == ("2018",)
    assert table.series("MNG", "EGDI").at(2018)["rank"] == 92
    nameless = _write(tmp_path / "egdi.csv", text)
    with pytest.raises(SourceError) as error:
        read_indicators("egdi", nameless)
    assert str(error.value) == (
        "the survey year must be known, and 'egdi.csv' holds none in its columns or its name. "
        "Pass edition='2018' (the year of the survey)."
    )
    assert read_indicators("egdi", nameless, edition="2018").editions() == ("2018",)


def test_the_e_government_table_by_name_says_which_names_it_left_out(tmp_path):
    text = "Survey Year,Country Name,E-Government Rank,E-Government Index,Online Service Index\n"
    text += (
        '2022,"Mongolia ",74,0.7209,0.6263\n2022,Georgia (Country),60,0.7501,0.6\n2022,Atlantis,1,0.9,0.9\n'
    )
    table = read_indicators("egdi", _write(tmp_path / "EGOV_DATA.csv", text))
    assert table.areas == ("GEO", "MNG")
    assert table.notes == ("Left out, since these names have no known code: Atlantis.",)


def test_the_corruption_workbooks_old_and_new(tmp_path):
    old = _workbook(
        tmp_path / "CPI2012.xlsx",
        {
            "CPI 2012": [
                [
                    "Country Rank",
                    "Country / Territory",
                    None,
                    "CPI 2012 Score",
                    "Surveys Used",
                    "Standard Error",
                    "90% Confidence interval",
                    None,
                ],
                [None, None, None, None, None, None, "Lower", "Upper"],
                [94, "Mongolia", "AP", 36, 7, 2.6, 32, 40],
                [45, "Korea (South)", "AP", 56, 9, 2.4, 52, 60],
            ]
        },
    )
    table = read_indicators("cpi", old)
    assert table.editions() == ("2012",)
    row = table.series("MNG", "TI_CPI").at(2012)
    assert row[["value", "std_error", "conf_low", "conf_high", "rank"]].tolist() == [36, 2.6, 32, 40, 94]
    head = ["Country / Territory", "ISO3", "Region"]
    new = _workbook(
        tmp_path / "CPI2022.xlsx",
        {
            "CPI 2022": [
                ["Corruption Perceptions Index 2022: Global scores"],
                [
                    *head,
                    "CPI score 2022",
                    "Rank",
                    "Standard error",
                    "Number of sources",
                    "Lower CI",
                    "Upper CI",
                ],
                ["Mongolia", "MNG", "AP", 33, 116, 0.8, 8, 31.7, 34.3],
            ],
            "CPI Timeseries 2012 - 2022": [
                ["title"],
                [
                    *head,
                    "CPI score 2022",
                    "Rank 2022",
                    "Sources 2022",
                    "Standard error 2022",
                    "CPI Score 2012",
                    "Sources 2012",
                    "Standard error 2012",
                ],
                ["Mongolia", "MNG", "AP", 33, 116, 8, 0.8, 36, 7, 2.6],
            ],
        },
    )
    series = read_indicators("cpi", new).series("MNG", "TI_CPI")
    assert (series.edition, list(series.year)) == ("2022", [2012, 2022])
    assert series.at(2022)["conf_low"] == 31.7
    assert series.at(2012)["std_error"] == 2.6


def test_an_index_from_0_to_10_is_another_index(tmp_path):
    rows = [
        ["Country / Territory", "ISO3", "CPI 2010 Score", "Standard Error"],
        ["Mongolia", "MNG", 2.7, 0.2],
    ]
    with pytest.raises(SourceError, match="looked for scores from 0 to 100"):
        read_indicators("cpi", _workbook(tmp_path / "CPI2010.xlsx", {"CPI 2010": rows}))


def test_the_development_indicators_below_their_title_lines(tmp_path):
    text = '"Data Source","World Development Indicators",\n\n"Last Updated Date","2022-09-16",\n\n'
    text += '"Country Name","Country Code","Indicator Name","Indicator Code","2019","2020",\n'
    name = "Individuals using the Internet (% of population)"
    text += f'"Mongolia","MNG","{name}","IT.NET.USER.ZS","51.08","62.5",\n'
    table = read_indicators("wdi", _write(tmp_path / "API.csv", text))
    series = table.series("MNG", "WDI_IT.NET.USER.ZS")
    assert (series.edition, series.unit, series.scale) == ("data to 2020", "% of population", "percent")
    assert list(series.value) == [51.08, 62.5]


def test_our_own_format_reads_back(tmp_path):
    table = shipped_indicators()
    path = tmp_path / "indicators.csv"
    table.frame.to_csv(path, index=False)
    pd.testing.assert_frame_equal(read_indicators("egovstats", path).frame, table.frame)


WRONG = "area,value\nMNG,1\n"


@pytest.mark.parametrize(
    ("publisher", "message"),
    [
        (
            "wgi",
            "'data.csv' is not a file of the Worldwide Governance Indicators: looked for the columns "
            "'Country Code' and 'Indicator Code', found the columns area, value. "
            "Pass the publisher's file as downloaded, or another publisher.",
        ),
        (
            "egdi",
            "'data.csv' is not a table of the United Nations E-Government Survey: looked for columns for the "
            "index and its rank, found the columns area, value. "
            "Pass the publisher's file as downloaded, or another publisher.",
        ),
        (
            "cpi",
            "'data.csv' is not a workbook of the Corruption Perceptions Index: looked for an Excel workbook, "
            "found another kind of file. Pass the publisher's file as downloaded, or another publisher.",
        ),
        (
            "wdi",
            "'data.csv' is not a CSV of the World Development Indicators: looked for the columns "
            "Country Code, Indicator Code, Indicator Name, found 'area,value'. "
            "Pass the publisher's file as downloaded, or another publisher.",
        ),
        (
            "egovstats",
            "'data.csv' is not an indicator table of egovstats: looked for the columns indicator, year, "
            "edition, std_error, conf_low, conf_high, rank, n_sources, unit, scale, source, found the columns "
            "area, value. Pass the publisher's file as downloaded, or another publisher.",
        ),
    ],
)
def test_a_file_that_is_not_what_it_says(tmp_path, publisher, message):
    with pytest.raises(SourceError) as error:
        read_indicators(publisher, _write(tmp_path / "data.csv", WRONG))
    assert str(error.value) == message


def test_an_unknown_publisher_and_a_missing_file(tmp_path):
    with pytest.raises(SourceError, match=r"there is no reader for 'wgj'\. Did you mean 'wgi'"):
        read_indicators("wgj", tmp_path / "x.csv")
    with pytest.raises(SourceError, match=r"the file 'x.csv' cannot be read: No such file"):
        read_indicators("wgi", tmp_path / "x.csv")


def test_a_workbook_cut_off_in_the_middle(tmp_path):
    whole = _wide(tmp_path / "wgi.xlsx").read_bytes()
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match=r"'cut.xlsx' cannot be opened as an Excel workbook"):
        read_indicators("wgi", cut)


def test_text_in_a_column_of_numbers_is_shown(tmp_path):
    text = "Country Name,Country Code,Indicator Name,Indicator Code,2018\n"
    text += "Mongolia,MNG,Government Effectiveness: Estimate,GE.EST,minus one\n"
    with pytest.raises(SourceError) as error:
        read_indicators("wgi", _write(tmp_path / "d.csv", text))
    assert str(error.value) == (
        "the column '2018' of 'd.csv' must hold numbers, found 'minus one' (1 such cells). "
        "Check that the file is the publisher's own, unchanged."
    )


def test_a_file_in_another_encoding(tmp_path):
    path = tmp_path / "cyrillic.csv"
    path.write_bytes("Страна,Код\n".encode("cp1251"))
    with pytest.raises(SourceError, match=r"'cyrillic.csv' is not UTF-8 text \(byte 0\)"):
        read_indicators("wdi", path)
    with pytest.raises(SourceError, match=r"'cyrillic.csv' is not UTF-8 text \(byte 0\)"):
        read_indicators("wgi", path)


def test_codes_and_names_of_areas():
    assert [iso_code(code) for code in ("ROM", "ZAR", "ADO", "mng")] == ["ROU", "COD", "AND", "MNG"]
    names = {"Côte d´Ivoire": "CIV", "St. Lucia": "LCA", "Türkiye": "TUR", "KOREA, SOUTH": "KOR", "": ""}
    assert {name: iso_of_name(name) for name in names} == names


FILES = {
    "wgi-2022-update-wide.xlsx": ("wgi", "2022", 214),
    "wgi-2024-update-long.xlsx": ("wgi", "2024", 214),
    "wgi-databank-1996-2018.csv": ("wgi", "2019", 214),
    "egdi-2018-unu.csv": ("egdi", "2018", 193),
    "egdi-2022.csv": ("egdi", "2022", 193),
    "CPI2012.xlsx": ("cpi", "2012", 176),
    "CPI2022_GlobalResultsTrends.xlsx": ("cpi", "2022", 181),
    "wdi-internet-users.csv": ("wdi", "data to 2020", 261),
}


@pytest.mark.parametrize("name", FILES)
def test_the_real_files_read_whole_and_agree_with_what_ships(shared_data, name):
    publisher, edition, areas = FILES[name]
    path = shared_data / "indicators" / "publisher-files" / name
    if not path.is_file():
        pytest.skip(f"{name} is not at hand")
    read = read_indicators(publisher, path)
    assert (read.editions(), len(read.areas), read.notes) == ((edition,), areas, ())
    ours = shipped_indicators().frame
    wanted = {"data to 2020": "2022"}.get(edition, edition)
    if name.startswith("CPI2022"):
        wanted = "2023"  # scores are not revised: the next edition repeats them
    both = ours.loc[ours["edition"] == wanted].merge(
        read.frame, on=["area", "indicator", "year"], suffixes=("", "_read")
    )
    assert len(both) >= 9
    for column in ("value", "std_error", "n_sources"):
        known = both[column].notna() & both[f"{column}_read"].notna()
        np.testing.assert_allclose(
            both.loc[known, f"{column}_read"], both.loc[known, column], rtol=2e-6, atol=1e-7
        )
    limits = both["conf_low"].notna() & both["conf_low_read"].notna()
    np.testing.assert_allclose(both.loc[limits, "conf_low_read"], both.loc[limits, "conf_low"], rtol=2e-6)
