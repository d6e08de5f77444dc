"""Names of nets and differences say what is added and what is taken off."""

from __future__ import annotations

import pandas as pd
import pytest

import egovstats as eg
from egovstats.estimate.wording import joined, less

FRAME = pd.DataFrame({"q": [0, 1, 2, 3, 3, 2], "r": [1, 1, 2, 3, 0, 2], "g": list("aabbab")})


def test_a_net_names_both_sides() -> None:
    design = eg.Design(FRAME)
    assert eg.net(design, "q", plus=[2, 3], minus=[0, 1]).keys["net"].tolist() == ["2 or 3 minus 0 or 1"]
    assert eg.net(design, "q", plus=3).keys["net"].tolist() == ["3"]
    assert eg.proportion(design, "q", answers=[2, 3]).keys["answer"].tolist() == ["2 or 3"]
    assert eg.item_difference(design, "q", "r").keys["item"].tolist() == ["q minus r"]
    assert eg.t_test(design, "q", paired="r").keys["item"] == "q minus r"


@pytest.mark.parametrize(
    ("added", "taken", "name"),
    [
        (["Yes, fully", "in part"], ["no"], "Yes, fully or in part minus no"),
        (["more or less"], ["not at all"], "more or less minus not at all"),
        (["more or less", "a lot"], ["no"], "'more or less' or a lot minus no"),
        (["a - b"], ["c + d"], "a - b minus c + d"),
    ],
)
def test_names_stay_unambiguous(added: list[str], taken: list[str], name: str) -> None:
    assert less(joined(added), joined(taken)) == name
