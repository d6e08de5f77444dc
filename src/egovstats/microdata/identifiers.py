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
        r"(first|last|full|sur|family|middle|given)[ _]?name|name of (the )?(respondent|interviewer)"
        r"|(respondent|interviewer)['’]?s? name|имя интервьюера"
        r"|фамили[яи]|отчество|фио|имя респондента|овог|нэр|овог нэр|nom de famille|prenom|apellidos?"
    ),
    "a number or an address to reach somebody": (
        r"(tele)?phone|mobile|cell(phone)?|contact number|e-?mail|whatsapp|viber|telegram|skype"
        r"|facebook|instagram|fax|телефон|номер телефона|утас"
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
    "a date of birth": (
        r"(date of birth|birth ?date|birthday|dob)|дата рождения|төрсөн (он сар )?(өдөр|огноо)"
    ),
}
# "name of the province" in Mongolian has the word for a person's name
_NAME_OF_A_THING = re.compile(
    r"(?<!\w)(аймг|сум|баг|хороо|дүүрг|хот|нутаг|нутг|улс|нам|нэр дэвшигч|банк|байгууллаг|компан"
    r"|сургууль|сургуул|яам|агентлаг|алба|судалгаа|бүтээгдэхүүн)\w* нэр(?!\w)",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"(?<!\w)(weight\w*|wt|wgt|wght|pondera\w*|жин\w*|вес(а|ов\w*)?|взвешив\w*"
    r"|income|wages?|salary|earnings|expenditures?|expenses|spending|amount|cost|price|орлого\w*|зарлаг\w*|цалин\w*"
    r"|үнэ|доход\w*|зарплат\w*|заработ\w*|расход\w*|сумм\w*|цена|ingresos?|revenus?|salaire|gastos?"
    r"|duration|length|seconds|minutes|durée|duración|хугацаа\w*|үргэлжлэ\w*|длительность|продолжительность"
    r"|секунд\w*|минут\w*)(?!\w)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?<!\w)(id|ident\w*|case ?(id|number)|дугаар\w*|номер\w*|идентиф\w*)(?!\w)", re.IGNORECASE
)
_TIME = r"\d{1,2}:\d{2}\S*"
_MOMENT = re.compile(rf"\s*(?:\d{{1,4}}[-./]\d{{1,2}}[-./]\d{{1,4}}(?:[ T]+{_TIME})?|{_TIME})\s*")
_LIFETIMES = pd.Timedelta(days=20 * 365)  # fieldwork takes weeks; dates of birth are decades apart
_SHORTEST_NUMBER = 10_000  # to call or of a document: at least five digits
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
    texts = [_NAME_OF_A_THING.sub(" ", text) for text in _said(variable)]
    for reason, pattern in _NAMED.items():
        if any(pattern.search(text) for text in texts) and _may_be(reason, variable, known):
            return f"its name or label says that it holds {reason}"
    return ""


def _said(variable: Variable) -> list[str]:
    """The name in words, and the label where it is no question."""
    texts = [re.sub(r"[_\W]+", " ", re.sub(r"(?<=[a-zа-я])(?=[A-ZА-Я])", " ", variable.name))]
    if len(variable.label) <= 60 and not _QUESTION.search(variable.label):
        texts.append(variable.label)
    return texts


def _may_be(reason: str, variable: Variable, known: pd.Series) -> bool:
    """Whether the values can be what the name says: a yes and a no are nobody's phone number."""
    if known.nunique() <= min(5, len(known) // 2):
        return False
    if variable.kind != "number":
        return reason != "a person's name" or variable.kind == "text"
    if reason == "an exact place":
        return True
    # "number of mobile phones" has small numbers, a phone number large ones
    return reason != "a person's name" and bool((known.abs() >= _SHORTEST_NUMBER).mean() >= _MOST)


def _by_values(variable: Variable, known: pd.Series) -> str:
    if variable.kind == "text":
        texts = known.astype(str)
        for what, pattern in _LOOKS.items():
            if texts.str.fullmatch(pattern).mean() >= _MOST:
                return f"most of its values look like {what}"
    if len(known) < LEAST_ROWS or known.nunique() < _NEARLY_ALL * len(known):
        return ""
    if variable.kind in ("datetime", "time", "date"):
        # when an interview began differs for all, and names nobody
        births = variable.kind != "time" and known.max() - known.min() > _LIFETIMES
        return "nearly all of its dates differ, over more than 20 years" if births else ""
    if variable.kind == "number" and (_is_measured(variable) or bool((known.astype(float) % 1 != 0).any())):
        return ""  # weights, incomes and other measurements differ too
    if variable.kind == "text" and known.astype(str).str.fullmatch(_MOMENT).mean() >= _MOST:
        return ""  # dates and times in a file that has no type for them
    return "nearly all of its values differ"


def _is_measured(variable: Variable) -> bool:
    """Whether its name or label says that it is a weight, an amount or a duration."""
    said = " ".join(_said(variable))
    return bool(_MEASURED.search(said)) and not _NUMBERED.search(said)
