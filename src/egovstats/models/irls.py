"""Weighted maximum likelihood of a generalised linear model by Fisher scoring, in blocks of rows.

References
----------
McCullagh and Nelder (1989), section 2.5 (the iteration); Golub and Van Loan (2013), Matrix Computations,
4th ed., section 5.3 (why columns are centred and, where nearly dependent, made orthogonal first).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from egovstats.errors import EstimateError
from egovstats.models.columns import ROWS
from egovstats.models.families import Family
from egovstats.models.problem import Problem, Solution, pieces
from egovstats.one_thread import one_thread

STEPS = 60
_ENOUGH = 1e-12  # a step of so many deviations changes no digit
_RUNAWAY = 1e-2  # a last step that moves the linear predictor by so much leads nowhere
_SAMPLE = 1 << 15  # respondents whose fit gives the first guess for everybody
_LARGE = 1 << 17  # from so many respondents on
_DEPENDENT = 1e-11  # share of a column's square that earlier columns leave over
_NEARLY = 1e-6
_FAR = 10.0  # a column whose mean is so many deviations from 0 is centred


@one_thread
def solve(problem: Problem, start: np.ndarray | None = None) -> Solution:
    """Coefficients at the maximum.

    Parameters
    ----------
    problem : Problem
    start : np.ndarray, shape (p,), optional
        First guess; without it one comes from the answers, or from a part of many respondents.

    Raises
    ------
    EstimateError
        No convergence; a column that predicts the outcome perfectly.
    """
    if start is None and len(problem.y) >= _LARGE and not _linear(problem.family):
        start = _from_a_part(problem)
    problem = replace(problem, columns=problem.columns.shifted(_centres(problem)))
    if start is None:
        gram, target = _first(problem)
        beta = np.zeros(len(problem.columns))
    else:
        beta = np.linalg.solve(problem.back, start)
        gram, target = information(problem, beta)
    kept, nearly = independent(gram)
    gram, target = gram[np.ix_(kept, kept)], target[kept]
    problem, beta = problem.take(kept), beta[kept]
    if nearly:
        size = np.sqrt(np.diag(gram))
        basis = np.linalg.inv(np.linalg.cholesky(gram / np.outer(size, size))) / size
        problem = replace(problem, basis=basis)
        gram, target, beta = basis @ gram @ basis.T, basis @ target, np.linalg.solve(basis.T, beta)
    step = _solved(gram, target)
    first = None if start is None else _size(step, target, problem)
    unit = np.sqrt(np.diag(gram) / problem.weight.sum())  # about how much a step moves the linear predictor
    return Solution(problem, _climb(problem, beta + step, first, unit), kept)


def _linear(family: Family) -> bool:
    return family.name == "gaussian" and family.link.name == "identity"


def _size(step: np.ndarray, score: np.ndarray, problem: Problem) -> float:
    """Length of a step, in standard deviations of the linear predictor."""
    return float(np.sqrt(max(step @ score, 0.0) / problem.weight.sum()))


def _solved(gram: np.ndarray, target: np.ndarray) -> np.ndarray:
    size = np.sqrt(np.diag(gram))
    size = np.where(size > 0, size, 1.0)
    try:
        return np.linalg.solve(gram / np.outer(size, size), target / size) / size
    except np.linalg.LinAlgError as error:
        raise EstimateError("the columns of the model are not independent. Drop one of them.") from error


def _from_a_part(problem: Problem) -> np.ndarray | None:
    """A guess from respondents spread evenly over the file; None where they do not carry the model."""
    m = len(problem.y)
    chosen = np.arange(0, m, m // _SAMPLE)
    part = replace(
        problem,
        rows=chosen if problem.rows is None else problem.rows[chosen],
        y=problem.y[chosen],
        weight=problem.weight[chosen],
        offset=None if problem.offset is None else problem.offset[chosen],
    )
    try:
        found = solve(part)
    except EstimateError:  # a rare answer may be missing from the part; everybody together decides
        return None
    guess = np.zeros(len(problem.columns))
    guess[found.kept] = found.coefficients
    return guess


def _centres(problem: Problem) -> np.ndarray:
    """What to subtract from each column so that sums of squares lose no digits; needs an intercept."""
    p = len(problem.columns)
    if problem.names[0] != "Intercept":
        return np.zeros(p)
    m = len(problem.y)
    chosen = np.arange(0, m, max(m // 1024, 1))
    rows = chosen if problem.rows is None else problem.rows[chosen]
    X = problem.columns.matrix(rows, len(rows))
    mean, deviation = X.mean(axis=0), X.std(axis=0)
    far = np.abs(mean) > _FAR * deviation
    far[0] = False
    return np.array([float(f"{each:.3g}") if out else 0.0 for each, out in zip(mean, far, strict=True)])


@one_thread
def _first(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """Normal equations of the first step, from means guessed from the answers alone."""
    family, p = problem.family, len(problem.columns)
    gram, target = np.zeros((p, p)), np.zeros(p)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for part, block in problem.blocks():
            y = problem.y[part]
            mu = family.start(y)
            eta = np.asarray(family.link.predictor(mu), dtype=float)
            if family.name == "gaussian" and family.link.name != "identity":
                eta = np.where(np.isfinite(eta), eta, 0.0)
                mu = family.link.mean(eta)
            working, score = pieces(family, y, eta, problem.weight[part])
            if problem.offset is not None:
                eta = eta - problem.offset[part]
            weighted = block * working
            gram += weighted @ block.T
            target += weighted @ eta + block @ score
    return gram, target


@one_thread
def information(problem: Problem, beta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Information (p, p) and score (p,) at coefficients of the blocks."""
    p = len(beta)
    gram, score = np.zeros((p, p)), np.zeros(p)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for part, block in problem.blocks():
            eta = problem.linear(beta, block, part)
            working, each = pieces(problem.family, problem.y[part], eta, problem.weight[part])
            score += block @ each
            gram += (block * working) @ block.T
    return gram, score


def independent(gram: np.ndarray) -> tuple[np.ndarray, bool]:
    """Columns that are no linear combination of earlier ones, in order (R's rule for aliased columns).

    Parameters
    ----------
    gram : np.ndarray, shape (p, p)
        Weighted crossproduct of the columns.

    Returns
    -------
    kept : np.ndarray of int
    nearly : bool
        Whether a column that is kept is close to a combination of others.
    """
    p = len(gram)
    rest = np.array(gram, dtype=float)
    size = np.diag(gram).copy()
    kept: list[int] = []
    least = 1.0
    for at in range(p):
        if not np.isfinite(size[at]):
            raise EstimateError(
                "the fit starts from means that the family cannot have. Choose another link, or check the "
                "offset."
            )
        if size[at] <= 0 or rest[at, at] <= _DEPENDENT * size[at]:
            continue
        least = min(least, float(rest[at, at] / size[at]))
        kept.append(at)
        row = rest[at, at:] / rest[at, at]
        rest[at:, at:] -= np.outer(rest[at, at:], row)
    return np.array(kept, dtype=np.int64), least < _NEARLY


def _climb(problem: Problem, beta: np.ndarray, before: float | None, unit: np.ndarray) -> np.ndarray:
    """Fisher scoring until the next step changes no digit; `before` is the size of the step that led here."""
    last: np.ndarray | None = None
    size, step = before or np.inf, beta
    for count in range(STEPS):
        gram, score = information(problem, beta)
        if count and _flat(gram):
            _refuse_separation(problem, step)
        if not np.isfinite(score).all() or not (np.diag(gram) > 0).all() or not _possible(problem, beta):
            last = _constant(problem) if last is None else last
            if last is None:
                raise EstimateError(
                    "the first step leads to means that the family cannot have. Choose another link."
                )
            beta = (beta + last) / 2
            continue
        step = _solved(gram, score)
        earlier, size = size, _size(step, score, problem)
        if count > 3 and size > earlier:
            step *= 0.5
        last, beta = beta, beta + step
        # Newton's next step is about the square of this one; other links' shrinks as this one did.
        rate = size if problem.family.canonical else size / earlier if np.isfinite(earlier) else 1.0
        if size * min(rate, 1.0) < _ENOUGH or _linear(problem.family):
            if (np.abs(step) * unit).max() > _RUNAWAY and not _linear(problem.family):
                break
            return beta
    if size < 1e-3 and (np.abs(step) * unit).max() > _RUNAWAY:
        _refuse_separation(problem, step)
    raise EstimateError(f"the fit does not converge in {STEPS} steps. Join sparse categories, or drop terms.")


def _flat(gram: np.ndarray) -> bool:
    """Whether the information has lost a direction that it had: means there have reached 0 or 1."""
    size = np.sqrt(np.diag(gram))
    if not (size > 0).all() or not np.isfinite(size).all():
        return False
    return bool(np.linalg.eigvalsh(gram / np.outer(size, size))[0] < _DEPENDENT * 1e-4)


def _constant(problem: Problem) -> np.ndarray | None:
    """The same mean for everybody, to turn back to; None without an intercept."""
    if problem.names[0] != "Intercept":
        return None
    beta = np.zeros(len(problem.columns))
    mean = problem.family.start(np.array([problem.weight @ problem.y / problem.weight.sum()]))
    with np.errstate(all="ignore"):
        beta[0] = float(problem.family.link.predictor(mean)[0])
    return beta if problem.basis is None else np.linalg.solve(problem.basis.T, beta)


@one_thread
def _possible(problem: Problem, beta: np.ndarray) -> bool:
    """Whether all fitted means can belong to the family; links that keep them inside need no look."""
    name, link = problem.family.name, problem.family.link.name
    if _linear(problem.family) or (name, link) == ("poisson", "log"):
        return True
    if name == "binomial" and link not in ("log", "identity"):
        return True
    with np.errstate(all="ignore"):
        return all(
            problem.family.means(problem.family.link.mean(problem.linear(beta, block, part))).all()
            for part, block in problem.blocks()
        )


def _refuse_separation(problem: Problem, step: np.ndarray) -> None:
    """Name the column whose coefficient runs away: the likelihood is flat there, the step is not."""
    m = min(len(problem.y), ROWS)
    rows = np.arange(m) if problem.rows is None else problem.rows[:m]
    pull = np.abs(problem.back @ step) * problem.columns.matrix(rows, m).std(axis=0)
    name = repr(problem.names[int(np.argmax(pull))]) if pull.max() > 0 else "a combination of columns"
    raise EstimateError(
        f"{name} predicts the outcome perfectly for some respondents, so its coefficient has no finite "
        "estimate. Join its categories, or drop the term."
    )
