"""Log-linear models of a table of survey answers.

References
----------
Rao and Scott (1984), Annals of Statistics 12, 46-60 (tests of nested models); Agresti (2013), Categorical
Data Analysis, ch. 9 (the models).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from scipy import special

from egovstats.console import as_html, as_text
from egovstats.design.design import Design, check_design
from egovstats.design.where import Where
from egovstats.errors import EstimateError
from egovstats.models.formula import read_formula
from egovstats.results import Covariance, Estimates

_MOST = 65_000
_STEPS = 100
Term = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class LogLinear:
    """A fitted log-linear model.

    Parameters
    ----------
    coefficients : Estimates
        Key ``term``: effects that add up to 0 over the answers; the last answer's is minus the others'.
    terms : tuple of tuple of str
    deviance : float
        Of the table scaled to the respondents of the domain.
    share, cov : np.ndarray, shape (K,) and (K, K)
        Estimated shares of the cells and their covariance.
    fitted : np.ndarray, shape (K,)
        Shares under the model.
    cells : pd.DataFrame, K rows
        The answers of each cell.
    X : np.ndarray, shape (K, p)
        Model matrix, without the constant.
    respondents : float
        In the domain.
    """

    coefficients: Estimates
    terms: tuple[Term, ...]
    deviance: float
    share: np.ndarray
    cov: np.ndarray
    fitted: np.ndarray
    cells: pd.DataFrame
    X: np.ndarray
    respondents: float

    __repr__ = as_text
    _repr_html_ = as_html

    def to_frame(self, *, conf_level: float = 0.95) -> pd.DataFrame:
        """One row a coefficient, in the project's column names."""
        return self.coefficients.to_frame(conf_level=conf_level)


def loglinear(design: Design, formula: str, *, where: Where = None) -> LogLinear:
    """Fit a log-linear model to the estimated shares of a table.

    Parameters
    ----------
    design : Design
    formula : str
        ``"a + b"`` (independent), ``"a * b"`` (all of both), ``"a + b + a:b"``; a leading ~ is allowed.
    where : str or boolean array of shape (n,), optional
        Domain; rows outside stay in the design. People who answered all items are in the table.

    Raises
    ------
    EstimateError
        A formula that cannot be read, a column that is not there, a model whose fit runs off to infinity
        because cells are empty.

    References
    ----------
    Rao and Scott (1984), Annals of Statistics 12, 46-60.
    """
    terms = terms_of(formula)
    names = list(dict.fromkeys(name for term in terms for name in term))
    domains = check_design(design).domains(None, where)
    codes, levels = _cell_codes(design, names)
    k = len(levels)
    totals = design.code_totals(domains, codes, k).combine(np.column_stack([np.eye(k), np.ones(k)]))
    estimate, covariance = totals.covariance(range(k), [k] * k)
    cells, kept = _without_unused(pd.DataFrame(levels, columns=names), estimate[0])
    share, share_cov = estimate[0, kept], covariance.matrix[np.ix_(kept, kept)]
    X, labels = _matrix(cells, terms)
    respondents = float(domains.n[0])
    fitted = _fit(X, share)
    cov = _coefficient_cov(X, fitted, share_cov)
    return LogLinear(
        coefficients=Estimates(
            keys=pd.DataFrame({"term": labels}),
            estimate=_solve_log(X, fitted),
            covariance=Covariance.of(cov),
            df=np.full(len(labels), domains.df[0]),
            n=np.full(len(labels), float(np.count_nonzero(codes))),
            population=np.full(len(labels), float(totals.value[0, k])),
            statistic="log-linear effect",
            unit="log people",
            sources=design.sources,
            design_df=design.df,
            notes=() if domains.df[0] > 0 else ("no degrees of freedom: too few PSUs for intervals",),
        ),
        terms=tuple(terms),
        deviance=2 * respondents * float(special.rel_entr(share, fitted).sum()),
        share=share,
        cov=share_cov,
        fitted=fitted,
        cells=cells,
        X=X,
        respondents=respondents,
    )


def terms_of(formula: str) -> list[Term]:
    """Terms of a formula, those of few items first.

    Examples
    --------
    >>> terms_of("~ a * b")
    [('a',), ('b',), ('a', 'b')]
    """
    read = read_formula(formula.strip().removeprefix("~"), outcome=False)
    for part in (part for term in read.terms for part in term):
        if part.kind not in ("column", "factor"):
            raise EstimateError(
                f"the formula {formula!r} has the term {part.text!r}, but a table is made of columns of "
                "answers. Write it as 'a + b + a:b' or 'a * b'."
            )
    terms = [tuple(read.name_of(part.columns[0]) for part in term) for term in read.terms if term]
    return sorted(dict.fromkeys(terms), key=len)


def _cell_codes(design: Design, names: list[str]) -> tuple[np.ndarray, list[tuple[object, ...]]]:
    """Cell of each respondent, shape (n,): 0 for none; and the answers of cells 1, 2, ...."""
    each = [design.codes(name) for name in names]
    cells = int(np.prod([len(answers) for _, answers in each]))
    if cells > _MOST:
        raise EstimateError(f"the table of {names} has {cells} cells. Leave an item out, or join answers.")
    code = np.zeros(len(design), np.int64)
    complete = np.ones(len(design), bool)
    for codes, answers in each:
        code = code * len(answers) + codes - 1
        complete &= codes > 0
    kind = np.uint8 if cells < 255 else np.uint16
    return np.where(complete, code + 1, 0).astype(kind), list(product(*(answers for _, answers in each)))


def _without_unused(cells: pd.DataFrame, share: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """The cells of answers that somebody gave, and which they are."""
    kept = np.ones(len(cells), bool)
    for name in cells.columns:
        mass = pd.Series(share).groupby(cells[name], sort=False).transform("sum").to_numpy()
        kept &= mass > 0
        if cells[name][kept].nunique() < 2:
            raise EstimateError(
                f"fewer than two answers to {name!r} occur in this domain. "
                "Leave the item out, or widen where=."
            )
    return cells[kept].reset_index(drop=True), np.flatnonzero(kept)


def _matrix(cells: pd.DataFrame, terms: list[Term]) -> tuple[np.ndarray, list[str]]:
    """Effects that add up to 0, shape (K, p), and their names."""
    main: dict[str, list[tuple[str, np.ndarray]]] = {}
    for name in cells.columns:
        answers = list(dict.fromkeys(cells[name]))
        last = (cells[name] == answers[-1]).to_numpy(float)
        main[name] = [
            (f"{name}[{answer}]", (cells[name] == answer).to_numpy(float) - last) for answer in answers[:-1]
        ]
    labels, columns = [], []
    for term in terms:
        for parts in product(*(main[name] for name in reversed(term))):
            labels.append(":".join(label for label, _ in reversed(parts)))
            columns.append(np.prod([column for _, column in parts], axis=0))
    return np.column_stack(columns) if columns else np.zeros((len(cells), 0)), labels


def _fit(X: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Shares under the model: maximum likelihood of a table with these shares, by Newton's steps."""
    design = np.column_stack([np.ones(len(share)), X])
    mu = share + 0.1 / len(share)
    eta = np.log(mu)
    deviance = change = np.inf
    for _ in range(_STEPS):
        weighted = design * mu[:, None]
        beta = np.linalg.lstsq(design.T @ weighted, weighted.T @ (eta + (share - mu) / mu), rcond=None)[0]
        eta = design @ beta
        if not np.isfinite(eta).all() or eta.max() > 50 or eta.min() < -30:
            change = np.inf
            break
        mu = np.exp(eta)
        moved = float(special.kl_div(share, mu).sum())
        change, deviance = abs(moved - deviance), moved
        if change < 1e-15:
            return mu
    if np.isfinite(eta).all() and change < 1e-12:
        return mu
    raise EstimateError(
        f"the log-linear model has no finite fit: {int((share == 0).sum())} of {len(share)} cells are empty. "
        "Leave out an interaction, or join answers."
    )


def _solve_log(X: np.ndarray, fitted: np.ndarray) -> np.ndarray:
    design = np.column_stack([np.ones(len(fitted)), X])
    return np.linalg.lstsq(design, np.log(fitted), rcond=None)[0][1:]


def multinomial_spread(share: np.ndarray) -> np.ndarray:
    """Covariance of shares in a simple random sample of one."""
    return np.diag(share) - np.outer(share, share)


def _coefficient_cov(X: np.ndarray, fitted: np.ndarray, cov: np.ndarray) -> np.ndarray:
    centred = X - X.mean(axis=0)
    bread = np.linalg.inv(centred.T @ multinomial_spread(fitted) @ centred)
    pull = bread @ centred.T
    found = pull @ cov @ pull.T
    # Answers that the design or a calibration fixes have no variance; what is left of it is rounding.
    fixed = np.diag(found) < 1e-13 * np.diag(np.abs(pull) @ np.abs(cov) @ np.abs(pull).T)
    found[fixed, :] = found[:, fixed] = 0.0
    return found
