"""Numbers as text, rounded the way a reader would by hand, in the signs of a language."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

MINUS = "\N{MINUS SIGN}"
NBSP = "\N{NO-BREAK SPACE}"

PStyle = Literal["apa", "asa", "plain"]
P_STYLES: tuple[PStyle, ...] = ("apa", "asa", "plain")


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs numbers are written with in one language.

    Parameters
    ----------
    decimal, group : str
        Decimal sign; separator of thousands.
    percent : str
        What follows a percentage, with its space where the language has one.
    leading_zero : bool
        Whether p-values keep their zero in APA and ASA style: a decimal comma needs it.
    """

    decimal: str = "."
    group: str = ","
    percent: str = "%"
    leading_zero: bool = False


def rounded(value: float, decimals: int, factor: int = 1) -> Decimal:
    """A number times `factor`, rounded half away from zero.

    The shortest decimal text that stands for the float is what is rounded, so that 0.125 prints as
    12.5 and then 13, as by hand, and not as 12 because of binary fractions.

    Examples
    --------
    >>> rounded(0.145, 0, 100)
    Decimal('15')
    """
    step = Decimal(1).scaleb(-decimals)
    result = (Decimal(repr(float(value))) * factor).quantize(step, rounding=ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def number_text(
    value: float,
    signs: Signs,
    *,
    decimals: int = 1,
    factor: int = 1,
    signed: bool = False,
    grouped: bool = True,
) -> str:
    """A number in the signs of a language, with a true minus sign.

    Examples
    --------
    >>> number_text(1234.5, Signs())
    '1,234.5'
    >>> number_text(0.132, Signs(), factor=100, signed=True)
    '+13.2'
    """
    result = rounded(value, decimals, factor)
    whole, _, fraction = f"{abs(result):,f}".partition(".")
    whole = whole.replace(",", signs.group if grouped else "")
    sign = MINUS if result < 0 else "+" if signed and result > 0 else ""
    return sign + whole + (signs.decimal + fraction if fraction else "")


def p_text(p: float, signs: Signs, style: PStyle = "apa") -> str:
    """A p-value with its relation sign, without the letter; they never part at a line's end.

    ``"apa"``: three decimals, no leading zero, "< .001" below that. ``"asa"``: the thresholds .001,
    .01 and .05 that sociology journals print; two decimals above. ``"plain"``: as APA with the zero.

    References
    ----------
    APA Publication Manual, 7th ed., 6.36 and 6.45.

    Examples
    --------
    >>> [p_text(p, Signs()).replace(NBSP, " ") for p in (0.0213, 0.00004)]
    ['= .021', '< .001']
    >>> [p_text(0.0213, Signs(), style).replace(NBSP, " ") for style in ("asa", "plain")]
    ['< .05', '= 0.021']
    """
    keep_zero = style == "plain" or signs.leading_zero
    for limit in (0.001, 0.01, 0.05) if style == "asa" else (0.001,):
        if p < limit:
            decimals = len(f"{limit:g}") - 2
            return f"<{NBSP}" + _without_zero(number_text(limit, signs, decimals=decimals), signs, keep_zero)
    decimals = 2 if style == "asa" else 3
    above = 1 - Decimal(1).scaleb(-decimals) / 2
    if p < 1 and Decimal(repr(float(p))) >= above:
        nearly = float(1 - Decimal(1).scaleb(-decimals))
        return f">{NBSP}" + _without_zero(number_text(nearly, signs, decimals=decimals), signs, keep_zero)
    return f"={NBSP}" + _without_zero(number_text(p, signs, decimals=decimals), signs, keep_zero)


def stars(p: float) -> str:
    """One, two or three asterisks for p below .05, .01 and .001.

    Examples
    --------
    >>> stars(0.004)
    '**'
    """
    return "*" * sum(p < limit for limit in (0.05, 0.01, 0.001))


def _without_zero(text: str, signs: Signs, keep: bool) -> str:
    return text if keep or not text.startswith("0" + signs.decimal) else text[1:]
