"""Did the answers as a whole change: the chi-square test, the direction, the distance, answer by answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from egovstats.console import as_html, as_text
from egovstats.design.design import Design, check_design
from egovstats.design.where import Where, mask_of
from egovstats.errors import EstimateError
from egovstats.estimate import proportion
from egovstats.inference.change import Changes, change
from egovstats.inference.chi_square import chi_square
from egovstats.inference.superiority import superiority
from egovstats.inference.wasserstein import wasserstein
from egovstats.results import HypothesisTest


@dataclass(frozen=True, slots=True, eq=False)
class DistributionChange:
    """What happened to all answers of an item between two waves.

    Parameters
    ----------
    item : str
    chi_square : HypothesisTest
        Rao-Scott test that the answers are spread alike.
    superiority, distance : HypothesisTest or None
        P(later > earlier) and the Wasserstein distance; None for answers without an order.
    answers : Changes
        Change of each answer's share, adjusted by max-t over the answers.
    notes : tuple of str
    """

    item: str
    chi_square: HypothesisTest
    superiority: HypothesisTest | None
    distance: HypothesisTest | None
    answers: Changes
    notes: tuple[str, ...]

    __repr__ = as_text
    _repr_html_ = as_html

    @property
    def tests(self) -> tuple[HypothesisTest, ...]:
        """All tests, that of the whole distribution first."""
        whole = (self.chi_square, self.superiority, self.distance)
        return (*(test for test in whole if test), *self.answers)

    @property
    def synthetic(self) -> bool:
        """Whether any source is made up."""
        return self.chi_square.synthetic

    def to_frame(self) -> pd.DataFrame:
        """One row a test, in the project's column names."""
        return pd.concat([test.to_frame() for test in self.tests], ignore_index=True)


def distribution_change(
    design: Design,
    item: str,
    *,
    on: str = "wave",
    pair: tuple[Any, Any] | None = None,
    where: Where = None,
    conf_level: float = 0.95,
) -> DistributionChange:
    """Compare all answers of an item in two waves.

    Parameters
    ----------
    design : Design
    item : str
        Column of answers.
    on : str
        Column that tells the waves apart.
    pair : (earlier, later), optional
        The first and the last wave with answers where left out.
    where : str or boolean array of shape (n,), optional
        Domain.
    conf_level : float

    Raises
    ------
    EstimateError
        Fewer than two waves with answers.

    References
    ----------
    Rao and Scott (1984), Annals of Statistics 12, 46-60; those of `superiority`, `wasserstein`, `max_t`.
    """
    frame = check_design(design).frame
    shares = proportion(design, item, by=on, where=where)
    waves = list(dict.fromkeys(shares.keys.loc[shares.n > 0, on]))
    earlier, later = pair or (waves[0], waves[-1])
    if len(waves) < 2:
        raise EstimateError(
            f"item {item!r} has answers in {len(waves)} wave(s), so nothing can have changed. "
            "Read more waves, or choose an item that was asked more than once."
        )
    mask = mask_of(frame, where)
    both = frame[on].isin([earlier, later]).to_numpy()
    both = both if mask is None else both & mask
    notes: list[str] = []
    ordered = getattr(design.items.get(item), "kind", "") != "nominal"
    if not ordered:
        notes.append("the answers have no order, so there is no direction and no distance")
    pairs = [(earlier, later)]
    return DistributionChange(
        item=item,
        chi_square=chi_square(design, item, on, where=both),
        superiority=superiority(design, item, on=on, pairs=pairs, where=where, conf_level=conf_level)[0]
        if ordered
        else None,
        distance=wasserstein(design, item, on=on, pairs=pairs, where=where, conf_level=conf_level)[0]
        if ordered
        else None,
        answers=change(shares, on=on, pairs=pairs, adjust="max-t", conf_level=conf_level),
        notes=tuple(notes),
    )
