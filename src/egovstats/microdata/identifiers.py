"""Columns that probably say who a respondent is: names, numbers to call, places to find them.

Found by what a column is called and by how its values look together; no value is ever shown. It errs
towards finding too much, since one can keep a column by naming it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from egovstats.errors import SourceError, nearest
from egovstats.microdata.codebook import Codebook
from egovstats.microdata.variable import Variable

LEAST_ROWS = 30  # with fewer rows most columns differ by chance
_NEARLY_ALL = 0.9
_MOST = 0.5
_WORDS = {
    "a person's name": (
        r"(first|last|full|sur|family|middle|given)[ _]?name|name of (the )?respondent|respondent'?s? name"
        r"|фамили[яи]|отчество|фио|имя респондента|овог|нэр|овог нэр|nom de famille|prenom|apellidos?"
    ),
    "a number or an address to reach somebody": (
        r"(tele)?phone|mobile|cell(phone)?|contact number|e-?mail|whatsapp|fax|телефон|номер телефона|утас"
        r"|утасны дугаар|имэйл|эл\.? ?почта|telefono|celular|correo"
    ),
    "an exact place": (
        r"(home|street|postal|exact|house|full|ip)[ _]?address|street name|house number|gps|geolocation|lat"
        r"|lon|lng|latitude|longitude|адрес|домашний адрес|гэрийн хаяг|хаяг|байрны дугаар|direccion|adresse"
    ),
    "a number of an identity document": (
        r"passport|national id( number)?|id card|identity (card|number)|tax (id|number)|ssn|cedula|dni"
        r"|social security( number)?|паспорт|инн|снилс|регистрийн дугаар|регистр"
    ),
    "a date of birth": (r"(date of birth|birth ?date|birthday|dob)|дата рождения|төрсөн (он сар )?өдөр"),
}
_NAMED = {reason: re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) for reason, words in _WORDS.items()}
_LOOKS = {
    "e-mail addresses": re.compile(r"\s*[^@\s]+@[^@\s]+\.[^@\s]{2,}\s*"),
    # neither a number with decimals nor a date
    "phone numbers": re.compile(
        r"\s*(?!\d*[.,]\d+\s*$|\d{4}[-./]?[01]\d[-./]?[0-3]\d\b|\d{1,2}[-./]\d{1,2}[-./]\d{4}\b)"
        r"(?=(?:\D*\d){8,15}\D*$)\+?[\d(][\d ()/.-]*\s*"
    ),
    "network addresses": re.compile(r"\s*\d{1,3}(?:\.\d{1,3}){3}\s*"),
}
_QUESTION = re.compile(
    r"\?|\bhow (many|much|often)\b|\b(do|does|did|have|has|which|would|is|are|can)\b.*\b(you|your)\b",
    re.IGNORECASE,
)


def probable_identifiers(book: Codebook, frame: pd.DataFrame) -> dict[str, str]:
    """Columns that probably identify respondents, each with the reason.

    Parameters
    ----------
    book : Codebook
    frame : pd.DataFrame
        Codes, as `read_microdata` gives them.

    Returns
    -------
    dict of str to str
        Name to reason, in the order of the file. The weight is never among them, nor are columns whose
        values are answers with labels.
    """
    found = {}
    for name, variable in book.variables.items():
        if name in frame.columns and name != book.weight:
            reason = _reason(variable, frame[name])
            if reason:
                found[name] = reason
    return found


def left_out(found: Mapping[str, str], keep: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """The identifiers that were not asked for by name.

    Raises
    ------
    SourceError
        A name to keep is not there.
    """
    wanted = {keep} if isinstance(keep, str) else set(keep)
    names = list(known)
    for name in sorted(wanted - set(names)):
        raise SourceError(f"there is no column {name!r} to keep. {nearest(name, names)}")
    return {name: reason for name, reason in found.items() if name not in wanted}


def _reason(variable: Variable, column: pd.Series) -> str:
    known = column.dropna()
    if variable.kind == "text":
        known = known[known.astype(str).str.strip() != ""]
    if not len(known):
        return ""
    known = known[~variable.declared_missing(known)]
    if variable.values and known.isin(list(variable.values)).mean() >= _MOST:
        return ""  # answers to choose from
    named = _by_name(variable, known)
    return named or _by_values(variable, known)


def _by_name(variable: Variable, known: pd.Series) -> str:
    """By what it is called; a long question about phones or addresses is a question."""
    texts = [re.sub(r"[_\W]+", " ", re.sub(r"(?<=[a-zа-я])(?=[A-ZА-Я])", " ", variable.name))]
    if len(variable.label) <= 60 and not _QUESTION.search(variable.label):
        texts.append(variable.label)
    for reason, pattern in _NAMED.items():
        if any(pattern.search(text) for text in texts) and _may_be(reason, variable, known):
            return f"its name or label says that it holds {reason}"
    return ""


def _may_be(reason: str, variable: Variable, known: pd.Series) -> bool:
    """Whether the values can be what the name says: a yes and a no are nobody's phone number."""
    if known.nunique() <= min(5, len(known) // 2):
        return False
    if reason == "a date of birth":
        return variable.kind != "number" or bool((known.abs() > 10_000).all())
    return reason != "a person's name" or variable.kind == "text"


def _by_values(variable: Variable, known: pd.Series) -> str:
    if variable.kind == "text":
        texts = known.astype(str)
        for what, pattern in _LOOKS.items():
            if texts.str.fullmatch(pattern).mean() >= _MOST:
                return f"most of its values look like {what}"
    if len(known) < LEAST_ROWS or known.nunique() < _NEARLY_ALL * len(known):
        return ""
    if variable.kind in ("datetime", "time", "date"):
        return ""  # when an interview began differs for all, and names nobody
    if variable.kind == "number" and not bool((known.astype(float) % 1 == 0).all()):
        return ""  # weights and measurements differ too
    return "nearly all of its values differ"
