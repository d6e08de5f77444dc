"""Linear and nonlinear functions of estimates, on their joint covariance."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from egovstats.errors import EstimateError, nearest
from egovstats.one_thread import one_thread
from egovstats.results import Covariance, Estimates

_STEP = 1e-20  # complex-step derivatives are exact to rounding at any tiny step
_FUNCTIONS = {"log": np.log, "exp": np.exp, "sqrt": np.sqrt}
_ALLOWED = (
    ast.Expression,
    ast.BinOp,
    ast.UnaryOp,
    ast.Call,
    ast.Name,
    ast.Load,
    ast.Constant,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.Pow,
    ast.USub,
    ast.UAdd,
)


def names_of(estimates: Estimates) -> list[str]:
    """A name for each estimate: its key values joined by colons, keys that never vary left out."""
    columns = [estimates.keys[name].tolist() for name in estimates.keys.columns]
    varying = [values for values in columns if len(set(values)) > 1] or columns[-1:]
    return [":".join(str(value) for value in row) for row in zip(*varying, strict=True)]


def contrast(
    estimates: Estimates,
    contrasts: Mapping[str, Sequence[float] | Mapping[str, float] | str],
    *,
    null: float = 0.0,
) -> Estimates:
    """Functions of estimates, with their joint covariance.

    Parameters
    ----------
    estimates : Estimates, k of them
    contrasts : mapping
        A name for each function to: k coefficients; or coefficients by estimate name
        (``{"2013": -1, "2022": 1}``); or a formula over estimate names with + - * / **, log, exp and sqrt
        (``"later / earlier"``; names that are no plain words stand in backticks).
    null : float
        Not used by the estimates; kept in `notes` for tests against another value than 0.

    Returns
    -------
    Estimates
        One a function. Degrees of freedom: PSUs minus strata in the domains that the function involves.
        Nonlinear functions have standard errors by the delta method.

    Raises
    ------
    EstimateError
        The wrong number of coefficients, an unknown name, a formula that cannot be read.

    References
    ----------
    Lumley (2010), Complex Surveys, section 2.2; Squire and Trapp (1998), SIAM Review 40 (derivatives).

    Examples
    --------
    >>> import pandas as pd
    >>> from egovstats import Design, mean
    >>> frame = pd.DataFrame({"wave": [1, 1, 2, 2], "y": [1.0, 3.0, 4.0, 6.0]})
    >>> step = contrast(mean(Design(frame), "y", by="wave"), {"rise": [-1, 1]})
    >>> step.estimate.tolist()
    [3.0]
    """
    if not contrasts:
        raise EstimateError("no contrast was given. Pass a name and its coefficients: {'change': [-1, 1]}.")
    names = names_of(estimates)
    values, gradients = [], []
    for label, spec in contrasts.items():
        value, gradient = _evaluate(label, spec, names, estimates.estimate)
        values.append(value)
        gradients.append(gradient)
    jacobian = np.array(gradients)
    used = np.abs(jacobian) > 0
    # A void estimate (NaN) matters only to the functions that involve it.
    cov = np.where(np.isnan(estimates.cov), 0.0, estimates.cov)
    with one_thread:
        joint = jacobian @ cov @ jacobian.T
    void = (used & np.isnan(estimates.estimate)).any(axis=1)
    joint[void, :] = joint[:, void] = np.nan
    df = [estimates.df_of(np.flatnonzero(row)) if row.any() else estimates.design_df for row in used]
    linear = all(not isinstance(spec, str) for spec in contrasts.values())
    return Estimates(
        keys=pd.DataFrame({"contrast": list(contrasts)}),
        estimate=np.array(values),
        covariance=Covariance.of(joint),
        df=np.array(df),
        n=np.array([estimates.n[row].sum() for row in used]),
        population=np.array([estimates.population[row].sum() for row in used]),
        statistic="contrast",
        unit=estimates.unit if linear else "as in the formula",
        sources=estimates.sources,
        design_df=estimates.design_df,
        notes=estimates.notes if null == 0 else (*estimates.notes, f"tested against {null:g}"),
    )


def _evaluate(
    label: str, spec: Sequence[float] | Mapping[str, float] | str, names: list[str], estimate: np.ndarray
) -> tuple[float, np.ndarray]:
    """Value and gradient (k,) of one function."""
    if isinstance(spec, str):
        return _formula(label, spec, names, estimate)
    if isinstance(spec, Mapping):
        unknown = [name for name in spec if str(name) not in names]
        if unknown:
            raise EstimateError(
                f"contrast {label!r} names {unknown[0]!r}, which is no estimate. "
                f"{nearest(str(unknown[0]), names)}"
            )
        weights = np.zeros(len(names))
        for name, weight in spec.items():
            weights[names.index(str(name))] = float(weight)
    else:
        weights = np.asarray(list(spec), dtype=float)
        if weights.shape != estimate.shape:
            raise EstimateError(
                f"contrast {label!r} has {len(weights)} coefficients for {len(names)} estimates "
                f"({', '.join(names[:6])}{' ...' if len(names) > 6 else ''}). Pass one an estimate."
            )
    used = weights != 0
    return float(weights[used] @ estimate[used]), weights


def _formula(label: str, text: str, names: list[str], estimate: np.ndarray) -> tuple[float, np.ndarray]:
    quoted = re.sub(r"`([^`]+)`", lambda match: f"estimate_{_place(label, match.group(1), names)}_", text)
    try:
        tree = ast.parse(quoted, mode="eval")
    except SyntaxError as error:
        raise EstimateError(f"contrast {label!r}: the formula {text!r} cannot be read.") from error
    places: dict[str, int] = {}
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            raise EstimateError(
                f"contrast {label!r}: {text!r} holds {type(node).__name__.lower()}, which a formula cannot. "
                "Use estimate names, numbers, + - * / **, log, exp and sqrt."
            )
        if isinstance(node, ast.Name) and node.id not in _FUNCTIONS:
            made = re.fullmatch(r"estimate_(\d+)_", node.id)
            places[node.id] = int(made.group(1)) if made else _place(label, node.id, names)
    code = compile(tree, "<contrast>", "eval")
    gradient = np.zeros(len(names))
    point = estimate.astype(complex)
    for at in {*places.values()}:
        point[at] += 1j * _STEP
        moved = eval(code, {"__builtins__": {}}, {**_FUNCTIONS, **{n: point[i] for n, i in places.items()}})
        gradient[at] = np.imag(moved) / _STEP
        point[at] = estimate[at]
    value = eval(code, {"__builtins__": {}}, {**_FUNCTIONS, **{n: estimate[i] for n, i in places.items()}})
    return float(value), gradient


def _place(label: str, name: str, names: list[str]) -> int:
    if name not in names:
        raise EstimateError(
            f"contrast {label!r} names {name!r}, which is no estimate. {nearest(name, names)}"
        )
    return names.index(name)
