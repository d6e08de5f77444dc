"""Settings: which file or variable wins, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from egovstats.cli.settings import SettingsError, read_settings, user_folder


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "home").mkdir()
    return {"XDG_CONFIG_HOME": str(tmp_path / "home"), "APPDATA": str(tmp_path / "home")}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project" / "inner"
    folder.mkdir(parents=True)
    return folder


def test_no_files_no_settings(project: Path, home: dict[str, str]) -> None:
    assert read_settings(project, home) == {}


def test_nearest_file_wins_and_the_users_fills_up(project: Path, home: dict[str, str]) -> None:
    (project.parent / "egovstats.yaml").write_text("lang: mn\ndata: waves\n", encoding="utf-8")
    users = user_folder(home)
    users.mkdir()
    (users / "egovstats.toml").write_text('lang = "ru"\nconf_level = 0.9\n', encoding="utf-8")
    found = read_settings(project, home)
    assert found == {"lang": "mn", "data": str(project.parent / "waves"), "conf_level": 0.9}


def test_a_nearer_file_hides_the_one_above(project: Path, home: dict[str, str]) -> None:
    (project.parent / "egovstats.yaml").write_text("lang: mn\n", encoding="utf-8")
    (project / "egovstats.toml").write_text("quiet = true\n", encoding="utf-8")
    assert read_settings(project, home) == {"quiet": True}


def test_formats_are_one_or_several(project: Path, home: dict[str, str]) -> None:
    (project / "egovstats.yaml").write_text("format: [html, docx]\n", encoding="utf-8")
    assert read_settings(project, home) == {"format": ["html", "docx"]}
    (project / "egovstats.yaml").write_text("format: html\n", encoding="utf-8")
    assert read_settings(project, home) == {"format": ["html"]}


def test_all_faults_of_a_file_together(project: Path, home: dict[str, str]) -> None:
    (project / "egovstats.yaml").write_text("lnag: en\nlang: no\nconf_level: 95\n", encoding="utf-8")
    expected = (
        "egovstats.yaml: there is no setting 'lnag'. Did you mean 'lang'? "
        "lang must be one of en, mn, ru, not 'no'. conf_level must lie between 0 and 1, not 95."
    )
    with pytest.raises(SettingsError, match=f"^{re.escape(expected)}$"):
        read_settings(project, home)


def test_two_files_in_one_folder(project: Path, home: dict[str, str]) -> None:
    for name in ("egovstats.yaml", "egovstats.toml"):
        (project / name).write_text("", encoding="utf-8")
    with pytest.raises(SettingsError, match="two files of settings in the folder 'inner'"):
        read_settings(project, home)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("egovstats.yaml", "lang: en\nlang: ru\n"),
        ("egovstats.yaml", "lang: [en\n"),
        ("egovstats.toml", "lang = \n"),
    ],
)
def test_damaged_file(name: str, text: str, project: Path, home: dict[str, str]) -> None:
    (project / name).write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=f"^the settings in {name} cannot be read: .* Mend the file"):
        read_settings(project, home)


def test_a_list_is_no_file_of_settings(project: Path, home: dict[str, str]) -> None:
    (project / "egovstats.yaml").write_text("- en\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"must hold lines 'key: value'"):
        read_settings(project, home)


def test_unknown_variable(project: Path, home: dict[str, str]) -> None:
    with pytest.raises(
        SettingsError, match=r"EGOVSTATS_LNAG means nothing here. Did you mean 'EGOVSTATS_LANG'"
    ):
        read_settings(project, home | {"EGOVSTATS_LNAG": "en"})
