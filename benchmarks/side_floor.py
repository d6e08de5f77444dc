"""The floor: plain numpy kernels without names, labels or checks, for the machine's own limit.

Each item is held as one byte from the start, PSUs are numbered so that a stratum and a wave are slices, and
totals by PSU come from `numpy.bincount` over pieces of the rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import harness
import numpy as np

PIECE = 1 << 18
WIDE = 6  # five answers, and 0 for none


class Sample:
    """PSUs in the order (wave, stratum, PSU)."""

    def __init__(self, wave: np.ndarray, stratum: np.ndarray, psu: np.ndarray, weight: np.ndarray) -> None:
        low, high = int(psu.min()), int(psu.max())
        there = np.zeros(high - low + 1, bool)
        there[psu - low] = True
        code = (np.cumsum(there, dtype=np.int32) - 1)[psu - low]
        self.psus = int(there.sum())
        own_stratum, own_wave = np.empty((2, self.psus), np.int64)
        own_stratum[code], own_wave[code] = stratum, wave
        order = np.lexsort((own_stratum, own_wave))
        place = np.empty(self.psus, np.int32)
        place[order] = np.arange(self.psus, dtype=np.int32)
        self.psu, self.weight, self.n = place[code], weight, len(weight)
        own_stratum, own_wave = own_stratum[order], own_wave[order]
        self.stratum_start = np.flatnonzero(np.diff(own_stratum, prepend=-1))
        self.wave_start = np.flatnonzero(np.diff(own_wave, prepend=-1))
        self.size = np.diff(self.stratum_start, append=self.psus).astype(float)
        self.wave_size = np.diff(self.wave_start, append=self.psus)
        self.wave_stratum = np.searchsorted(self.stratum_start, self.wave_start)
        self.waves = len(self.wave_start)
        self.df = self.wave_size - np.diff(self.wave_stratum, append=len(self.size))
        self.rows = np.searchsorted(wave, np.arange(wave[0], wave[-1] + 2))

    def totals(self, items: list[np.ndarray]) -> np.ndarray:
        """Weights by PSU and answer, shape (items, PSUs, WIDE)."""
        found = np.zeros((len(items), self.psus * WIDE))
        for low in range(0, self.n, PIECE):
            psu = self.psu[low : low + PIECE]
            first, last = int(psu.min()), int(psu.max()) + 1
            base = (psu - first).astype(np.int64) * WIDE
            for each, item in zip(found, items, strict=True):
                sums = np.bincount(
                    base + item[low : low + PIECE],
                    weights=self.weight[low : low + PIECE],
                    minlength=(last - first) * WIDE,
                )
                each[first * WIDE : last * WIDE] += sums
        return found.reshape(len(items), self.psus, WIDE)

    def answered(self, item: np.ndarray) -> np.ndarray:
        """Respondents by wave who answered."""
        return np.array([np.count_nonzero(item[a:b]) for a, b in zip(self.rows, self.rows[1:], strict=False)])

    def variance(self, scores: np.ndarray) -> np.ndarray:
        """Variance by wave of sums of linearised PSU totals, shape (..., PSUs)."""
        first = np.add.reduceat(scores, self.stratum_start, axis=-1)
        second = np.add.reduceat(scores * scores, self.stratum_start, axis=-1)
        each = (second - first * first / self.size) * (self.size / (self.size - 1))
        return np.add.reduceat(each, self.wave_stratum, axis=-1)


def column(path: Path, name: str) -> np.ndarray:
    import pyarrow.parquet as parquet

    found = parquet.read_table(path, columns=[name])[name].combine_chunks()
    if name.startswith("q"):
        return found.fill_null(0).to_numpy(zero_copy_only=False).astype(np.uint8)
    return found.to_numpy(zero_copy_only=False)


def load(op: str, folder: Path, items: int) -> dict[str, Any]:
    path = folder / "survey.parquet"
    state: dict[str, Any] = {name: column(path, name) for name in harness.columns_of(op, items)}
    state["items"] = [state[name] for name in state if name.startswith("q")]
    if op == "e":
        source = folder / "replicates.parquet"
        state["replicates"] = np.stack([column(source, f"rw{at:02d}") for at in range(1, 81)])
    if op == "d":
        parts = [
            np.ones(len(state["w"])),
            state["year"] - 2017.0,
            state["sex"] - 1.0,
            state["age"],
            state["educ"],
            state["urban"],
            np.log(state["income"]),
        ]
        state["X"], state["y"] = np.stack(parts), state["vote"].astype(float)
    if op != "design":
        state["sample"] = sample(state)
    return state


def sample(state: dict[str, Any]) -> Sample:
    return Sample(state["wave"], state["stratum"], state["psu"], state["w"])


def design(state: dict[str, Any]) -> list[float]:
    return [float(sample(state).n)]


def share(state: dict[str, Any]) -> list[float]:
    sample, item = state["sample"], state["items"][0]
    sums = sample.totals([item])[0]
    score, base = sums @ np.arange(WIDE), sums[:, 1:].sum(axis=1)
    people = np.add.reduceat(base, sample.wave_start)
    mean = np.add.reduceat(score, sample.wave_start) / people
    residual = score - np.repeat(mean, sample.wave_size) * base
    return [harness.total(mean), harness.total(np.sqrt(sample.variance(residual)) / people)]


def topline(state: dict[str, Any]) -> list[float]:
    from scipy.special import expit, logit, stdtrit

    sample = state["sample"]
    t = stdtrit(sample.df, 0.975)
    estimates = errors = 0.0
    for sums, item in zip(sample.totals(state["items"]), state["items"], strict=True):
        x = np.ascontiguousarray(sums[:, 1:].T)
        base = x.sum(axis=0)
        by_wave = np.add.reduceat(x, sample.wave_start, axis=1)
        people = by_wave.sum(axis=0)
        share = by_wave / people
        variance = sample.variance(x - np.repeat(share, sample.wave_size, axis=1) * base) / people**2
        spread, n = share * (1 - share), sample.answered(item)
        error = np.sqrt(variance)
        # Intervals and design effects are part of the table, so they are part of the floor.
        _ = (
            variance / (spread / (n - 1)),
            expit(logit(share) + np.array([-1, 1])[:, None, None] * t * error / spread),
        )
        estimates, errors = estimates + share.sum(), errors + error.sum()
    return [float(estimates), float(errors)]


def rao_scott(state: dict[str, Any]) -> list[float]:
    sample = state["sample"]
    groups, k = sample.waves, WIDE - 1
    helmert = [np.linalg.qr(np.column_stack([np.ones(m), np.eye(m)[:, 1:]]))[0][:, 1:] for m in (groups, k)]
    basis = np.kron(*helmert)
    held = np.diff(sample.stratum_start, append=sample.psus)
    factor = np.repeat(np.sqrt(sample.size / (sample.size - 1)), held)[:, None]
    found = 0.0
    for sums in sample.totals(state["items"]):
        x = sums[:, 1:]
        mean = np.add.reduceat(x, sample.stratum_start, axis=0) / sample.size[:, None]
        centred = (x - np.repeat(mean, held, axis=0)) * factor
        share = np.add.reduceat(x, sample.wave_start, axis=0)
        people = share.sum()
        share /= people
        cov = np.zeros((groups * k, groups * k))
        for at, (low, size) in enumerate(zip(sample.wave_start, sample.wave_size, strict=True)):
            part = centred[low : low + size]
            cov[at * k : at * k + k, at * k : at * k + k] = part.T @ part
        p, row = share.ravel(), cov.sum(axis=1)
        cov = (cov - np.outer(row, p) - np.outer(p, row) + row.sum() * np.outer(p, p)) / people**2
        weighted = basis / p[:, None]
        trace = np.trace(np.linalg.solve(basis.T @ weighted, weighted.T @ cov @ weighted))
        expected = np.outer(share.sum(axis=1), share.sum(axis=0))
        found += ((share - expected) ** 2 / expected).sum() / trace
    return [float(found)]


def logit(state: dict[str, Any], piece: int = 8192) -> list[float]:
    sample, x, y, weight = state["sample"], state["X"], state["y"], state["w"]
    p, n = x.shape
    beta, residual = np.zeros(p), np.empty(n)
    mean = np.average(y, weights=weight)
    beta[0] = np.log(mean / (1 - mean))
    for _ in range(50):
        hessian, gradient = np.zeros((p, p)), np.zeros(p)
        for low in range(0, n, piece):
            part, mass = x[:, low : low + piece], weight[low : low + piece]
            fitted = 1 / (1 + np.exp(-(beta @ part)))
            here = mass * (y[low : low + piece] - fitted)
            residual[low : low + piece] = here
            gradient += part @ here
            hessian += (part * (mass * fitted * (1 - fitted))) @ part.T
        step = np.linalg.solve(hessian, gradient)
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    scores = np.stack([np.bincount(sample.psu, weights=each * residual, minlength=sample.psus) for each in x])
    held = np.diff(sample.stratum_start, append=sample.psus)
    mean_score = np.add.reduceat(scores, sample.stratum_start, axis=1) / sample.size
    centred = (scores - np.repeat(mean_score, held, axis=1)) * np.repeat(
        np.sqrt(sample.size / (sample.size - 1)), held
    )
    bread = np.linalg.inv(hessian)
    cov = bread @ (centred @ centred.T) @ bread
    return [float(beta.sum()), float(np.sqrt(np.diag(cov)).sum())]


def replicates(state: dict[str, Any], piece: int = 4096) -> list[float]:
    sample, items, every, weight = state["sample"], state["items"], state["replicates"], state["w"]
    k = len(items)
    block = np.empty((2 * k, piece))
    estimates = errors = 0.0
    for start, end in zip(sample.rows, sample.rows[1:], strict=False):
        moved, whole = np.zeros((len(every), 2 * k)), np.zeros(2 * k)
        for low in range(start, end, piece):
            high = min(low + piece, end)
            size = high - low
            for at, item in enumerate(items):
                block[at, :size] = item[low:high]
                block[k + at, :size] = item[low:high] > 0
            moved += every[:, low:high] @ block[:, :size].T
            whole += block[:, :size] @ weight[low:high]
        mean = whole[:k] / whole[k:]
        estimates += mean.sum()
        errors += np.sqrt(((moved[:, :k] / moved[:, k:] - mean) ** 2).mean(axis=0)).sum()
    return [float(estimates), float(errors)]


def raking(state: dict[str, Any]) -> list[float]:
    weight, regions = state["w"], int(state["region"].max())
    controls = harness.margins(float(weight.sum()), regions)
    names = ("sex", "agegrp", "region", "educ")
    targets = [np.array(list(controls[name].values())) for name in names]
    shape = tuple(len(each) for each in targets)
    key = np.zeros(len(weight), np.int32)
    for name, size in zip(names, shape, strict=True):
        key = key * size + (state[name].astype(np.int32) - 1)
    before = np.bincount(key, weights=weight, minlength=int(np.prod(shape))).reshape(shape)
    cells = before.copy()
    for _ in range(200):
        worst = 0.0
        for axis, target in enumerate(targets):
            others = tuple(at for at in range(len(shape)) if at != axis)
            factor = target / cells.sum(axis=others)
            worst = max(worst, float(np.abs(factor - 1).max()))
            cells *= np.expand_dims(factor, others)
        if worst < 1e-10:
            break
    factor = np.divide(cells, before, out=np.ones(shape), where=before > 0).ravel()
    raked = weight * factor[key]
    return [float((raked * raked).sum())]


def median(state: dict[str, Any]) -> list[float]:
    from scipy.special import stdtrit

    sample, weight, income = state["sample"], state["w"], state["income"]
    found = np.zeros(3)
    bounds = np.append(sample.wave_stratum, len(sample.size))
    for at, (start, end) in enumerate(zip(sample.rows, sample.rows[1:], strict=False)):
        order = np.argsort(income[start:end])
        sorted_income, running = income[start:end][order], np.cumsum(weight[start:end][order])
        people = running[-1]
        middle = sorted_income[np.searchsorted(running, 0.5 * people * (1 - 1e-15))]
        below = income[start:end] <= middle
        p = weight[start:end] @ below / people
        first = sample.wave_start[at]
        scores = np.bincount(
            sample.psu[start:end] - first,
            weights=weight[start:end] * (below - p),
            minlength=sample.wave_size[at],
        )
        starts = sample.stratum_start[bounds[at] : bounds[at + 1]] - first
        m = sample.size[bounds[at] : bounds[at + 1]]
        sums, squares = np.add.reduceat(scores, starts), np.add.reduceat(scores**2, starts)
        error = np.sqrt(((squares - sums**2 / m) * m / (m - 1)).sum()) / people
        margin = stdtrit(sample.df[at], 0.975) * error
        ends = sorted_income[np.searchsorted(running, (p + np.array([-margin, margin])) * people)]
        found += [middle, *ends]
    return found.tolist()


OPS = {
    "design": design,
    "a": share,
    "b": topline,
    "again": topline,
    "c40": rao_scott,
    "d": logit,
    "e": replicates,
    "f": raking,
    "g": median,
}

if __name__ == "__main__":
    harness.side(load, OPS)
