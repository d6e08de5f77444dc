"""Settings from files: what need not be typed with every command.

An option on the command line comes first, then an environment variable ``EGOVSTATS_<KEY>``, then the
nearest ``egovstats.yaml`` or ``egovstats.toml`` in this folder or above, then one in the user's own
folder, then the default. This module answers for the files; click for the others.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from egovstats.errors import EgovstatsError, nearest

LANGUAGES = ("en", "mn", "ru")
NAMES = ("egovstats.yaml", "egovstats.toml")


class SettingsError(EgovstatsError, ValueError):
    """A file of settings that cannot be used."""


def _folder(value: Any, file: Path) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a folder")
    return str(file.parent / Path(value).expanduser())


def _language(value: Any, file: Path) -> str:
    if value not in LANGUAGES:
        raise ValueError(f"must be one of {', '.join(LANGUAGES)}")
    return str(value)


def _level(value: Any, file: Path) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        raise ValueError("must lie between 0 and 1")
    return float(value)


def _formats(value: Any, file: Path) -> list[str]:
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ValueError("must be a format or a list of formats")
    return words


def _yes_or_no(value: Any, file: Path) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


KEYS: dict[str, Callable[[Any, Path], Any]] = {
    "data": _folder,
    "lang": _language,
    "conf_level": _level,
    "format": _formats,
    "quiet": _yes_or_no,
}
"""Key -> what reads its value; a folder is meant relative to the file that names it."""


def read_settings(folder: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """Settings that hold in a folder.

    Parameters
    ----------
    folder : Path
        Where the command was called.
    environment : mapping
        Environment variables.

    Returns
    -------
    dict
        Values by key; the nearer file wins.

    Raises
    ------
    SettingsError
        A file that cannot be read, two files in one folder, or any unknown key or wrong value in it,
        all told together; an unknown variable ``EGOVSTATS_...``.
    """
    _refuse_unknown_variables(environment)
    nearer = next(_settings_files(folder, *folder.parents), None)
    users = next(_settings_files(user_folder(environment)), None)
    values: dict[str, Any] = {}
    for file in (users, nearer):
        if file is not None:
            values |= _checked(_read(file), file)
    return values


def user_folder(environment: Mapping[str, str]) -> Path:
    """The user's own folder of settings on this system."""
    if sys.platform == "win32":
        base = environment.get("APPDATA") or str(Path.home() / "AppData" / "Roaming")
    else:
        base = environment.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "egovstats"


def _refuse_unknown_variables(environment: Mapping[str, str]) -> None:
    known = ["EGOVSTATS_" + key.upper() for key in (*KEYS, "debug")]
    for name in environment:
        if name.startswith("EGOVSTATS_") and name not in known:
            raise SettingsError(f"the environment variable {name} means nothing here. {nearest(name, known)}")


def _settings_files(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        found = [folder / name for name in NAMES if os.path.isfile(folder / name)]
        if len(found) > 1:
            raise SettingsError(
                f"there are two files of settings in the folder {folder.name!r}: {' and '.join(NAMES)}. "
                "Keep one of them."
            )
        yield from found


def _read(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8-sig")
        content = tomllib.loads(text) if file.suffix == ".toml" else _yaml(text)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise SettingsError(
            f"the settings in {file.name} cannot be read: {error}. Mend the file, or move it away."
        ) from error
    if not isinstance(content, dict):
        raise SettingsError(f"{file.name} must hold lines 'key: value'. The keys are: {', '.join(KEYS)}.")
    return content


def _yaml(text: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(text) or {}
    except YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error


def _checked(content: dict[str, Any], file: Path) -> dict[str, Any]:
    values, faults = {}, []
    for key, value in content.items():
        if key not in KEYS:
            faults.append(f"there is no setting {str(key)!r}. {nearest(str(key), KEYS)}")
            continue
        try:
            values[key] = KEYS[key](value, file)
        except ValueError as error:
            faults.append(f"{key} {error}, not {value!r}.")
    if faults:
        raise SettingsError(f"{file.name}: " + " ".join(faults))
    return values
