"""Made-up pooled survey for the benchmarks; the same seed gives the same numbers.

    python benchmarks/make_data.py --size S --out FOLDER [--raw]

Sizes: T (tests), S (15 waves of 1,200), M (1,000,000 rows, 30,000 PSUs), L (20,000,000 rows).
Writes FOLDER/SIZE/survey.parquet and, but for L, replicates.parquet (80 bootstrap weights). With --raw also
raw/NAME.i4 or .f8, little-endian columns that R reads without a package; -1 is a missing answer there.

Strata are wave x region, PSUs lie in strata, weights are log-normal, rows come wave by wave in random order
within a wave. Forty five-point items with 2 to 9 % missing share an effect of the PSU.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

SEED = 20261101
SIZES = {  # rows, waves, strata a wave, PSUs a stratum
    "T": (3_000, 3, 4, 10),
    "S": (18_000, 15, 8, 15),
    "M": (1_000_000, 15, 20, 100),
    "L": (20_000_000, 15, 40, 200),
}
ITEMS = [f"q{at:02d}" for at in range(1, 41)]
REPLICATES = [f"rw{at:02d}" for at in range(1, 81)]


def one_wave(size: str, wave: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Columns of one wave (missing answers are -1), and the PSU of each row within the wave."""
    rows, waves, strata, psus = SIZES[size]
    n = rows // waves + (wave < rows % waves)
    rng = np.random.default_rng([SEED, ord(size), wave])
    psu = rng.permutation(np.arange(n) % (strata * psus))
    region = psu // psus
    effect = rng.normal(0, 0.3, strata * psus)[psu]
    age = np.clip(18 + rng.gamma(2, 13, n), 18, 95).astype(np.int16)
    sex, educ = rng.integers(1, 3, n), rng.integers(1, 5, n)
    urban = (rng.random(n) < rng.uniform(0.2, 0.8, strata)[region]).astype(int)
    income = np.exp(6 + 0.15 * educ + 0.3 * urban + effect + rng.normal(0, 0.6, n))
    chance = 1 / (1 + np.exp(0.3 - 0.05 * (wave - 7) + 0.01 * (age - 45) - 0.2 * (sex - 1) - effect))
    columns = {
        "wave": np.full(n, wave + 1),
        "year": np.full(n, 2010 + wave),
        "region": region + 1,
        "stratum": wave * strata + region + 1,
        "psu": wave * strata * psus + psu + 1,
        "w": np.round(100 * rng.lognormal(0, 0.35, strata * psus)[psu] * rng.lognormal(0, 0.2, n), 6),
        "sex": sex,
        "age": age,
        "agegrp": np.digitize(age, [25, 35, 45, 55, 65]) + 1,
        "educ": educ,
        "urban": urban,
        "income": np.round(income, 3),
        "vote": (rng.random(n) < chance).astype(int),
    }
    for at, item in enumerate(ITEMS):
        slope = np.random.default_rng([SEED, at]).normal(0, 0.03)
        latent = rng.standard_normal(n) + effect * (0.4 + 0.03 * at) + slope * (wave - 7)
        answer = np.digitize(latent, [-1.1, -0.4, 0.4, 1.2]) + 1
        answer[rng.random(n) < 0.02 + 0.07 * at / 39] = -1
        columns[item] = answer
    return columns, psu


def bootstrap(size: str, wave: int) -> np.ndarray:
    """Factors of the PSUs of a wave, shape (PSUs, 80): n - 1 drawn with replacement in each stratum of n."""
    _, _, strata, psus = SIZES[size]
    rng = np.random.default_rng([SEED, ord(size), wave, 1])
    hits = rng.multinomial(psus - 1, np.full(psus, 1 / psus), size=(strata, len(REPLICATES)))
    return (hits * (psus / (psus - 1))).transpose(0, 2, 1).reshape(strata * psus, -1)


def _as_arrow(name: str, values: np.ndarray) -> object:
    import pyarrow as pa

    if name in ("w", "income"):
        return pa.array(values)
    small = values.astype(np.int32 if name in ("psu", "stratum") else np.int16 if name == "year" else np.int8)
    return pa.array(small, mask=small == -1) if name in ITEMS else pa.array(small)


def make(size: str, folder: Path, *, raw: bool = False) -> Path:
    """Write one size; gives its folder."""
    import pyarrow as pa
    import pyarrow.parquet as parquet

    out = folder / size
    (out / "raw").mkdir(parents=True, exist_ok=True)
    with_replicates = size != "L"
    writers: dict[str, parquet.ParquetWriter] = {}
    columns: dict[str, list[np.ndarray]] = {}
    for wave in range(SIZES[size][1]):
        found, psu = one_wave(size, wave)
        tables = {"survey": pa.table({name: _as_arrow(name, values) for name, values in found.items()})}
        if with_replicates:
            weights = found["w"][:, None] * bootstrap(size, wave)[psu]
            tables["replicates"] = pa.table(
                dict(zip(REPLICATES, np.ascontiguousarray(weights.T), strict=True))
            )
        for name, table in tables.items():
            if name not in writers:
                writers[name] = parquet.ParquetWriter(out / f"{name}.parquet", table.schema)
            writers[name].write_table(table)
            if raw:
                for column in table.column_names:
                    values = found[column] if name == "survey" else table[column].to_numpy()
                    columns.setdefault(column, []).append(values)
    for writer in writers.values():
        writer.close()
    for name, parts in columns.items():
        values = np.concatenate(parts)
        kind = "f8" if values.dtype.kind == "f" else "i4"
        values.astype("<" + kind).tofile(out / "raw" / f"{name}.{kind}")
    return out


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", choices=list(SIZES), default="S")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--raw", action="store_true")
    args = parser.parse_args()
    print(make(args.size, args.out, raw=args.raw).name)


if __name__ == "__main__":
    main()
